//! Access tokens as credentials.

use berth::Options;
use berth_functions::ENDPOINTS;
use berth_shared::{credentials::Scope, http::Access};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::json;

use super::OAuth;
use crate::harness::{
    TestServer, api_test,
    checker::assert_consistent,
    credentials::with_checksum,
    logs, paths, patient,
    samples::{SampleRequest, Tenant, nonexistent},
};

const MINUTE: u64 = 60_000;

#[apply(api_test)]
async fn a_token_is_verified_by_one_request_and_cached() {
    let oauth = OAuth::new().await;
    oauth.own.client.list_docks().await.expect(200);
    let token = oauth.server.client(&oauth.token().await);
    for (millis, reads) in [(0, 1), (0, 0), (29_000, 0), (1_000, 1), (5 * MINUTE, 1)] {
        oauth.clock.advance(millis);
        oauth.wire.take();
        token.get_dock(&oauth.own.dock).await.expect(200);
        let traffic = oauth.wire.take();
        let verifying = traffic.operations().iter().filter(|operation| **operation == "BatchGetItem").count();
        assert_eq!(verifying, reads, "{:?}", traffic.operations());
    }
    // A rejected token takes the same request, and is not cached.
    let other = oauth.token().await;
    let digit = if &other[96..97] == "0" { "1" } else { "0" };
    let unknown = oauth.server.client(&with_checksum(&format!("{}{digit}000000", &other[..96])));
    for _ in 0..2 {
        oauth.wire.take();
        unknown.get_dock(&oauth.own.dock).await.expect_error(401, "UNAUTHORIZED");
        assert_eq!(oauth.wire.take().operations(), ["BatchGetItem"]);
    }
}

/// Requires for each endpoint that its IAM role reads access tokens and machine clients.
#[apply(api_test)]
async fn every_endpoint_accepts_a_token() {
    let server = TestServer::start().await;
    let platform = server.platform();
    for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.access.accepts_bearer()) {
        let tenant = Tenant::new(&server, "Bank of America").await;
        let scope = match endpoint.access {
            Access::Scope(scope) => scope,
            _ => Scope::LedgerAdmin,
        };
        let client = platform.create_machine_client(&tenant.organization, &[scope.as_str()]).await;
        let token = server.client(&server.anonymous().access_token(&client).await);
        let Access::Scope(_) = endpoint.access else {
            // In the ledger dialect, it is enough that the credential is accepted: nothing has these ids.
            let target = endpoint.path.replace(['{', '}'], "");
            let response = token.request(endpoint.method.clone(), &target).send().await;
            assert!(![401, 500, 503].contains(&response.status), "{}: {}", endpoint.name, response.body_text());
            continue;
        };
        let response = SampleRequest::of(endpoint, &tenant).send(&token).await;
        // The organization's credentials cannot use some endpoints, or hold none of the scopes that the sample names.
        let is_accepted = response.status == endpoint.success || response.status == 403;
        assert!(is_accepted, "{}: {} {}", endpoint.name, response.status, response.body_text());
    }
}

#[apply(api_test)]
async fn a_token_rotates_credentials_whose_scopes_it_holds() {
    let oauth = OAuth::new().await;
    let token = oauth.server.client(&oauth.token().await);
    let organization = &oauth.own.organization;
    let key = token.create_api_key(Some(organization), &["docks:read"]).await;
    let rotated = token.post(&paths::api_key_rotation(&key.id()), &json!({})).await.expect(200);
    oauth.server.client(&rotated.text("key")).list_docks().await.expect(200);
    let client = token.create_machine_client(organization, &["docks:read"]).await;
    let rotated = token.post(&paths::machine_client_rotation(organization, &client.id()), &json!({})).await.expect(200);
    let secret = rotated.text("clientSecret");
    let body =
        json!({ "grant_type": "client_credentials", "client_id": client.text("clientId"), "client_secret": secret });
    oauth.server.anonymous().post(paths::OAUTH_TOKEN, &body).await.expect(200);
    // A revoked token rotates nothing, even while it is cached.
    let late = oauth.token().await;
    let cached = oauth.server.client(&late);
    cached.list_docks().await.expect(200);
    oauth.server.platform().post(paths::OAUTH_REVOKE, &json!({ "token": late })).await.expect(200);
    cached.post(&paths::api_key_rotation(&key.id()), &json!({})).await.expect_error(401, "UNAUTHORIZED");
}

#[apply(api_test)]
async fn a_token_expires_at_the_end_of_its_lifetime_although_it_is_cached() {
    let oauth = OAuth::new().await;
    let patch = json!({ "tokenLifetimeSeconds": 300 });
    oauth.server.platform().patch(&oauth.path(), &patch).await.expect(200);
    let start = oauth.clock.now();
    let issued = oauth.issue(json!({})).await.expect(200);
    assert_eq!(issued.json()["expires_in"], 300);
    let took = oauth.clock.now().millis_since_epoch() - start.millis_since_epoch();
    let token = issued.text("access_token");
    oauth.clock.advance(5 * MINUTE - took - 2_000);
    oauth.server.client(&token).list_docks().await.expect(200);
    oauth.clock.advance(2_000 + took);
    oauth.server.client(&token).list_docks().await.expect_error(401, "UNAUTHORIZED");
    assert!(!oauth.is_active(&token).await);
}

#[apply(api_test)]
async fn deactivation_ends_the_tokens_of_a_client_for_good() {
    let oauth = OAuth::new().await;
    let store = oauth.server.shared_store();
    let another = TestServer::start_with(Options { store, clock: oauth.clock.clone(), ..patient() }).await;
    let token = oauth.token().await;
    for server in [&oauth.server, &another] {
        server.client(&token).list_docks().await.expect(200);
    }
    let platform = oauth.server.platform();
    for is_active in [false, true] {
        platform.patch(&oauth.path(), &json!({ "isActive": is_active })).await.expect(200);
        // The process that changes the client knows it. Another one may have cached the token for 30 seconds.
        oauth.server.client(&token).list_docks().await.expect_error(401, "UNAUTHORIZED");
        oauth.clock.advance(30_000);
        another.client(&token).list_docks().await.expect_error(401, "UNAUTHORIZED");
        assert!(!oauth.is_active_for_platform(&token).await);
    }
    oauth.server.client(&oauth.token().await).list_docks().await.expect(200);
}

#[apply(api_test)]
async fn a_token_acts_as_its_client() {
    let oauth = OAuth::new().await;
    let token = oauth.server.client(&oauth.token().await);
    let other = oauth.server.platform().create_organization("Other").await.id();
    token.get_organization(&other).await.expect(403);
    let foreign = oauth.server.platform().create_dock(&other, "Foreign").await.id();
    for dock in [&foreign, &nonexistent(&foreign)] {
        token.get_dock(dock).await.expect_error(404, "DOCK_NOT_FOUND");
    }
    // The log, the audit trail, the ledger and `Idempotency-Key`s know it by the id of its client.
    let response = token.list_docks().await.expect(200);
    let line = logs::line_of_request(response.header("x-request-id").expect("an id"));
    assert_eq!((&line["keyId"], &line["organizationId"]), (&json!(oauth.client.id()), &json!(oauth.own.organization)));
    let user = token.get("/v2/authenticated-user").await.expect(200);
    assert_eq!(user.json()["user"]["id"], oauth.client.id());
    let body = json!({ "name": "Key", "scopes": ["docks:read"] });
    let post = |client: &crate::harness::TestClient| {
        client.request(Method::POST, paths::API_KEYS).header("idempotency-key", "k").json(&body).send()
    };
    let first = post(&token).await.expect(201);
    assert_eq!(first.text("createdBy"), oauth.client.id());
    let later = oauth.server.client(&oauth.token().await);
    assert_eq!(post(&later).await.expect(201).id(), first.id(), "another token of the client repeats it");
    assert_ne!(post(&oauth.server.platform()).await.expect(201).id(), first.id());
    assert_consistent(&oauth.server).await;
}

#[apply(api_test)]
async fn a_revoked_token_creates_nothing_even_while_it_is_cached() {
    let oauth = OAuth::new().await;
    let store = oauth.server.shared_store();
    let another = TestServer::start_with(Options { store, clock: oauth.clock.clone(), ..patient() }).await;
    let text = oauth.token().await;
    let cached = another.client(&text);
    cached.list_docks().await.expect(200);
    oauth.own.client.post(paths::OAUTH_REVOKE, &json!({ "token": text })).await.expect(200);
    cached.list_docks().await.expect(200);
    let body = json!({ "name": "Late", "scopes": ["docks:read"] });
    cached.post_api_key(&body).await.expect_error(401, "UNAUTHORIZED");
    let clients = paths::machine_clients(&oauth.own.organization);
    cached.post(&clients, &body).await.expect_error(401, "UNAUTHORIZED");
}

#[apply(api_test)]
async fn what_a_token_creates_inherits_the_limits_of_its_client() {
    let oauth = OAuth::new().await;
    let platform = oauth.server.platform();
    let body = json!({
        "name": "Limited",
        "scopes": ["api-keys:write", "docks:read"],
        "expiresAt": "2999-01-01T00:00:00Z",
        "allowedIps": ["127.0.0.0/8"],
    });
    let created = platform.post(&paths::machine_clients(&oauth.own.organization), &body).await.expect(201);
    let token = oauth.server.client(&platform.access_token(&created).await);
    let key = token.post_api_key(&json!({ "name": "Key", "scopes": ["docks:read"] })).await.expect(201);
    assert_eq!(key.text("expiresAt"), "2999-01-01T00:00:00.000Z");
    assert_eq!(key.json()["allowedIps"], json!(["127.0.0.0/8"]));
    // A token that is bound to a dock creates nothing, and reaches only its dock.
    let body = json!({ "name": "Bound", "scopes": ["api-keys:write", "docks:read"], "dockId": oauth.own.dock });
    let created = platform.post(&paths::machine_clients(&oauth.own.organization), &body).await.expect(201);
    let token = oauth.server.client(&platform.access_token(&created).await);
    token.get_dock(&oauth.own.dock).await.expect(200);
    token.list_docks().await.expect_error(403, "DOCK_BOUND_CREDENTIAL");
    let body = json!({ "name": "Key", "scopes": ["docks:read"] });
    token.post_api_key(&body).await.expect_error(403, "DOCK_BOUND_CREDENTIAL");
}

#[apply(api_test)]
async fn no_variation_of_a_token_is_accepted() {
    let oauth = OAuth::new().await;
    let (token, other) = (oauth.token().await, oauth.token().await);
    for credential in [&token, &other] {
        oauth.server.client(credential).list_docks().await.expect(200);
    }
    let mut variations: Vec<String> = (9..token.len() - 6)
        .map(|at| {
            let digit = if &token[at..=at] == "0" { "1" } else { "0" };
            with_checksum(&format!("{}{digit}{}", &token[..at], &token[at + 1..]))
        })
        .collect();
    variations.extend([
        with_checksum(&format!("{}{}", &token[..54], &other[54..])),
        with_checksum(&format!("{}{}", &other[..54], &token[54..])),
        with_checksum(&token.replace("dyt_", "dys_")),
        with_checksum(&token.replace("dyt_", "dk_")),
        with_checksum(&token.replace("_test_", "_live_")),
        format!("{token}0"),
        token[..token.len() - 1].to_owned(),
    ]);
    for text in variations.into_iter().filter(|text| *text != token) {
        oauth.server.client(&text).list_docks().await.expect_error(401, "UNAUTHORIZED");
    }
}
