//! `POST /v1/oauth/introspect`.

use macro_rules_attribute::apply;
use serde_json::json;

use super::{OAuth, expect_oauth_error, post_form};
use crate::harness::{TestClient, api_test, paths, samples::Tenant};

async fn introspected(client: &TestClient, token: &str) -> serde_json::Value {
    client.post(paths::OAUTH_INTROSPECT, &json!({ "token": token })).await.expect(200).json().clone()
}

#[apply(api_test)]
async fn a_valid_token_is_described() {
    let oauth = OAuth::new().await;
    let before = oauth.clock.now().seconds_since_epoch();
    let issued = oauth.issue(json!({ "scope": "docks:read ledger:read" })).await.expect(200);
    let token = issued.text("access_token");
    let found = introspected(&oauth.server.client(&token), &token).await;
    let iat = found["iat"].as_u64().expect("a time");
    assert!(before <= iat && iat <= oauth.clock.now().seconds_since_epoch());
    let expected = json!({
        "active": true,
        "scope": "docks:read ledger:read",
        "client_id": oauth.client.text("clientId"),
        "token_type": "Bearer",
        "exp": iat + 3600,
        "iat": iat,
        "sub": oauth.client.id(),
        "organizationId": oauth.own.organization,
        "dockId": null,
    });
    assert_eq!(found, expected);
    // Tokens lose the scopes that the client loses.
    let patch = json!({ "scopes": ["docks:read"] });
    oauth.server.platform().patch(&oauth.path(), &patch).await.expect(200);
    assert_eq!(introspected(&oauth.server.platform(), &token).await["scope"], "docks:read");
    let form = format!("token={token}&token_type_hint=access_token");
    let basic = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        format!("{}:{}", oauth.client.text("clientId"), oauth.client.text("clientSecret")),
    );
    let by_form = post_form(&oauth.server.anonymous(), paths::OAUTH_INTROSPECT, &form, Some(&basic)).await.expect(200);
    assert_eq!(by_form.json()["active"], true);
}

#[apply(api_test)]
async fn who_may_not_see_a_token_gets_inactive() {
    let oauth = OAuth::new().await;
    let token = oauth.token().await;
    let other = Tenant::new(&oauth.server, "Other").await;
    let platform = oauth.server.platform();
    let neighbour = platform.create_machine_client(&oauth.own.organization, &["docks:read"]).await;
    let neighbours = oauth.server.client(&platform.access_token(&neighbour).await);
    let inactive = json!({ "active": false });
    for (client, active) in [
        (&platform, true),
        (&oauth.own.client, true),
        (&oauth.server.client(&token), true),
        (&other.client, false),
        (&neighbours, false),
    ] {
        let found = introspected(client, &token).await;
        assert_eq!(found["active"], active);
        assert!(active || found == inactive, "{found}");
    }
    // Other credentials and texts are never active.
    let key = oauth.own.client.credential().expect("a key").to_owned();
    for text in
        [key, oauth.client.text("clientSecret"), "x".to_owned(), format!("{token}0"), token.replace("_test_", "_live_")]
    {
        assert_eq!(introspected(&platform, &text).await, inactive, "{text}");
    }
    let reader = oauth.server.tenant(&oauth.own.organization, &["docks:read"]).await;
    let denied = reader.post(paths::OAUTH_INTROSPECT, &json!({ "token": token })).await;
    expect_oauth_error(&denied, 403, "insufficient_scope");
}

#[apply(api_test)]
async fn a_dock_bound_key_sees_only_tokens_of_its_dock() {
    let oauth = OAuth::new().await;
    let token = oauth.token().await;
    let platform = oauth.server.platform();
    let body = json!({ "name": "Bound", "scopes": ["docks:read"], "dockId": oauth.own.dock });
    let bound = platform.post(&paths::machine_clients(&oauth.own.organization), &body).await.expect(201);
    let of_dock = platform.access_token(&bound).await;
    let body = json!({ "name": "Bound", "scopes": ["machine-clients:read"], "dockId": oauth.own.dock });
    let key = oauth.server.client(&oauth.own.client.post_api_key(&body).await.expect(201).text("key"));
    assert_eq!(introspected(&key, &token).await["active"], false);
    assert_eq!(introspected(&key, &of_dock).await["dockId"], oauth.own.dock);
}

#[apply(api_test)]
async fn invalid_requests_are_rejected() {
    let oauth = OAuth::new().await;
    let platform = oauth.server.platform();
    for path in [paths::OAUTH_INTROSPECT, paths::OAUTH_REVOKE] {
        expect_oauth_error(&platform.post(path, &json!({})).await, 400, "invalid_request");
        let anonymous = oauth.server.anonymous().post(path, &json!({ "token": "x" })).await;
        expect_oauth_error(&anonymous, 401, "invalid_client");
        let invalid = oauth.server.client("dk_test_x").post(path, &json!({ "token": "x" })).await;
        expect_oauth_error(&invalid, 401, "invalid_token");
        assert_eq!(invalid.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
        let large = format!("token={}", "x".repeat(262_144));
        expect_oauth_error(&post_form(&platform, path, &large, None).await, 413, "invalid_request");
        let text = platform.request(reqwest::Method::POST, path).body("text/plain", "token=x");
        expect_oauth_error(&text.send().await, 415, "invalid_request");
    }
}
