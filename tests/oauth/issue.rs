//! `POST /v1/oauth/token`.

use std::net::IpAddr;

use base64::{Engine, engine::general_purpose::STANDARD};
use berth_shared::store::{Action, Record};
use futures::future::join_all;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::json;

use super::{OAuth, SCOPES, expect_oauth_error, post_form};
use crate::harness::{api_test, checker::assert_consistent, paths};

const MINUTE: u64 = 60_000;

#[apply(api_test)]
async fn a_client_obtains_a_token_by_form_json_and_basic() {
    let oauth = OAuth::new().await;
    let (id, secret) = (oauth.client.text("clientId"), oauth.client.text("clientSecret"));
    let anonymous = oauth.server.anonymous();
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let basic = STANDARD.encode(format!("{id}:{secret}"));
    let responses = [
        oauth.issue(json!({})).await,
        post_form(&anonymous, paths::OAUTH_TOKEN, &form, None).await,
        post_form(&anonymous, paths::OAUTH_TOKEN, "grant_type=client_credentials", Some(&basic)).await,
        post_form(
            &anonymous,
            paths::OAUTH_TOKEN,
            &format!("grant_type=client_credentials&client_id={id}"),
            Some(&basic),
        )
        .await,
    ];
    for response in responses {
        let response = response.expect(200);
        let token = response.text("access_token");
        assert!(token.starts_with("dyt_test_") && token.len() == 9 + 44 + 1 + 49, "{token}");
        let expected =
            json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600, "scope": SCOPES.join(" ") });
        let mut found = response.json().clone();
        let mut scopes: Vec<_> = found["scope"].as_str().expect("scopes").split(' ').map(str::to_owned).collect();
        scopes.sort_by_key(|scope| SCOPES.iter().position(|known| known == scope));
        found["scope"] = json!(scopes.join(" "));
        assert_eq!(found, expected);
        assert_eq!(response.header("cache-control"), Some("no-store"));
        oauth.server.client(&token).list_docks().await.expect(200);
        assert!(!format!("{:?}", oauth.server.items().await).contains(&token[53..]), "only a digest is stored");
    }
    assert_consistent(&oauth.server).await;
}

#[apply(api_test)]
async fn a_token_has_the_requested_scopes() {
    let oauth = OAuth::new().await;
    let response = oauth.issue(json!({ "scope": "ledger:read  docks:read docks:read" })).await.expect(200);
    assert_eq!(response.text("scope"), "docks:read ledger:read");
    let client = oauth.server.client(&response.text("access_token"));
    client.list_docks().await.expect(200);
    client
        .post_api_key(&json!({ "name": "No", "scopes": ["docks:read"] }))
        .await
        .expect_error(403, "INSUFFICIENT_SCOPE");
    for wrong in ["docks:write", "docks:read docks:fly", "docks:read,ledger:read", " "] {
        expect_oauth_error(&oauth.issue(json!({ "scope": wrong })).await, 400, "invalid_scope");
    }
}

#[apply(api_test)]
async fn malformed_requests_are_rejected() {
    let oauth = OAuth::new().await;
    let anonymous = oauth.server.anonymous();
    for (others, error) in [
        (json!({ "grant_type": "password" }), "unsupported_grant_type"),
        (json!({ "grant_type": "" }), "invalid_request"),
        (json!({ "grant_type": 1 }), "invalid_request"),
        (json!({ "scope": ["docks:read"] }), "invalid_request"),
    ] {
        expect_oauth_error(&oauth.issue(others).await, 400, error);
    }
    for form in ["", "grant_type", "grant_type=client_credentials&grant_type=client_credentials", "grant_type=%ff"] {
        expect_oauth_error(&post_form(&anonymous, paths::OAUTH_TOKEN, form, None).await, 400, "invalid_request");
    }
    let text = anonymous.request(Method::POST, paths::OAUTH_TOKEN).body("text/plain", "grant_type=client_credentials");
    expect_oauth_error(&text.send().await, 415, "invalid_request");
    let encoded = anonymous.request(Method::POST, paths::OAUTH_TOKEN).header("content-encoding", "gzip");
    expect_oauth_error(&encoded.json(&oauth.grant(&json!({}))).send().await, 415, "invalid_request");
    let large = format!("grant_type=client_credentials&scope={}", "x".repeat(262_144));
    expect_oauth_error(&post_form(&anonymous, paths::OAUTH_TOKEN, &large, None).await, 413, "invalid_request");
    // Two ways to authenticate at once.
    let basic = STANDARD.encode(format!("{}:{}", oauth.client.text("clientId"), oauth.client.text("clientSecret")));
    let request =
        anonymous.request(Method::POST, paths::OAUTH_TOKEN).header("authorization", &format!("Basic {basic}"));
    expect_oauth_error(&request.json(&oauth.grant(&json!({}))).send().await, 400, "invalid_request");
    // An `Idempotency-Key` has no meaning.
    let keyed = || {
        let request = anonymous.request(Method::POST, paths::OAUTH_TOKEN).header("idempotency-key", "k");
        request.json(&oauth.grant(&json!({}))).send()
    };
    assert_ne!(keyed().await.expect(200).text("access_token"), keyed().await.expect(200).text("access_token"));
}

#[apply(api_test)]
async fn every_wrong_credential_gets_the_same_401() {
    let oauth = OAuth::new().await;
    let other = oauth.server.platform().create_machine_client(&oauth.own.organization, &["docks:read"]).await;
    let key = oauth.server.platform().create_api_key(None, &["docks:read"]).await.text("key");
    let (id, secret) = (oauth.client.text("clientId"), oauth.client.text("clientSecret"));
    let last = if secret.ends_with('0') { "1" } else { "0" };
    let wrong_sum = format!("{}{last}", &secret[..secret.len() - 1]);
    let token = oauth.token().await;
    let mut bodies = Vec::new();
    let (other_id, other_secret, record_id) = (other.text("clientId"), other.text("clientSecret"), oauth.client.id());
    for (client_id, client_secret) in [
        (id.as_str(), other_secret.as_str()),
        (other_id.as_str(), secret.as_str()),
        (id.as_str(), wrong_sum.as_str()),
        (id.as_str(), key.as_str()),
        (id.as_str(), token.as_str()),
        (id.as_str(), "x"),
        (record_id.as_str(), secret.as_str()),
        ("dyc_0000000000000000000000", secret.as_str()),
        (id.as_str(), ""),
        ("", secret.as_str()),
    ] {
        let response = oauth.issue(json!({ "client_id": client_id, "client_secret": client_secret })).await;
        expect_oauth_error(&response, 401, "invalid_client");
        assert_eq!(response.header("www-authenticate"), None);
        bodies.push(response.text("error_description"));
    }
    let bearer =
        oauth.server.client(&secret).post(paths::OAUTH_TOKEN, &json!({ "grant_type": "client_credentials" })).await;
    expect_oauth_error(&bearer, 401, "invalid_client");
    for basic in [STANDARD.encode(format!("{id}:x")), STANDARD.encode("x"), "!".to_owned()] {
        let form = "grant_type=client_credentials";
        let response = post_form(&oauth.server.anonymous(), paths::OAUTH_TOKEN, form, Some(&basic)).await;
        expect_oauth_error(&response, 401, "invalid_client");
        assert_eq!(response.header("www-authenticate"), Some("Basic realm=\"berth\""));
        bodies.push(response.text("error_description"));
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    // A client secret is no bearer credential.
    oauth.server.client(&secret).list_docks().await.expect_error(401, "UNAUTHORIZED");
}

#[apply(api_test)]
async fn inactive_expired_and_misplaced_clients_obtain_no_token() {
    let oauth = OAuth::new().await;
    let platform = oauth.server.platform();
    platform.patch(&oauth.path(), &json!({ "isActive": false })).await.expect(200);
    expect_oauth_error(&oauth.issue(json!({})).await, 403, "unauthorized_client");
    platform.patch(&oauth.path(), &json!({ "isActive": true })).await.expect(200);
    oauth.issue(json!({})).await.expect(200);
    let ends = oauth.clock.now().plus_millis(10 * MINUTE).to_string();
    let body = json!({
        "name": "Short", "scopes": ["docks:read"], "expiresAt": ends, "allowedIps": ["127.0.0.2/32"],
    });
    let created = platform.post(&paths::machine_clients(&oauth.own.organization), &body).await.expect(201);
    let grant = json!({
        "grant_type": "client_credentials",
        "client_id": created.text("clientId"),
        "client_secret": created.text("clientSecret"),
    });
    let elsewhere = oauth.server.anonymous();
    let inside = elsewhere.from_address(IpAddr::from([127, 0, 0, 2]));
    expect_oauth_error(&elsewhere.post(paths::OAUTH_TOKEN, &grant).await, 401, "invalid_client");
    oauth.clock.advance(8 * MINUTE);
    let issued = inside.post(paths::OAUTH_TOKEN, &grant).await.expect(200);
    // The token ends with its client, and is valid in the same networks.
    let seconds = issued.json()["expires_in"].as_u64().expect("seconds");
    assert!(seconds <= 120, "{seconds}");
    let token = inside.with_credential(&issued.text("access_token"));
    token.list_docks().await.expect(200);
    elsewhere.with_credential(&issued.text("access_token")).list_docks().await.expect_error(401, "UNAUTHORIZED");
    oauth.clock.advance(2 * MINUTE);
    token.list_docks().await.expect_error(401, "UNAUTHORIZED");
    expect_oauth_error(&inside.post(paths::OAUTH_TOKEN, &grant).await, 401, "invalid_client");
}

#[apply(api_test)]
async fn a_client_obtains_ten_tokens_in_a_sliding_minute() {
    let oauth = OAuth::new().await;
    // Only issued tokens count.
    for _ in 0..3 {
        expect_oauth_error(&oauth.issue(json!({ "scope": "docks:fly" })).await, 400, "invalid_scope");
    }
    oauth.token().await;
    oauth.clock.advance(MINUTE / 2);
    let statuses = join_all((0..16).map(|_| oauth.issue(json!({})))).await;
    assert_eq!(statuses.iter().filter(|response| response.status == 200).count(), 9);
    let limited = statuses.iter().find(|response| response.status == 429).expect("a limit");
    expect_oauth_error(limited, 429, "slow_down");
    let wait: u64 = limited.header("retry-after").expect("a time").parse().expect("seconds");
    assert!((1..=30).contains(&wait), "{wait}");
    // The first token leaves the minute, the others do not.
    oauth.clock.advance(wait * 1000);
    oauth.token().await;
    expect_oauth_error(&oauth.issue(json!({})).await, 429, "slow_down");
    oauth.clock.advance(MINUTE);
    oauth.token().await;
    assert_consistent(&oauth.server).await;
}

#[apply(api_test)]
async fn every_issuance_is_in_the_audit_trail() {
    let oauth = OAuth::new().await;
    let response = oauth.issue(json!({ "scope": "docks:read" })).await.expect(200);
    let entries = oauth.server.records().await.into_iter().filter_map(|record| match record {
        Record::AuditEntry(entry) if entry.entity_id.starts_with("tok_") => Some(entry),
        _ => None,
    });
    let entries: Vec<_> = entries.collect();
    let [entry] = entries.as_slice() else { panic!("one entry: {entries:?}") };
    assert_eq!((entry.action, entry.actor.kind.as_str()), (Action::Create, "machine_client"));
    assert_eq!(entry.actor.id, oauth.client.id());
    assert_eq!(Some(entry.request_id.as_str()), response.header("x-request-id"));
    let after = entry.details().and_then(|details| details.changes.as_ref()).expect("changes").after.to_text();
    assert!(
        after.contains("\"docks:read\"") && after.contains(&oauth.client.id()) && !after.contains("digest"),
        "{after}"
    );
}
