//! `POST /v1/organizations/{orgId}/machine-clients/{machineClientId}/rotate`.

use berth::Options;
use berth_shared::time::Clock;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{TestServer, api_test, checker::assert_consistent, paths, patient, samples::Tenant};

const MINUTE: u64 = 60_000;

/// Requests a token with a secret, and returns the status.
async fn status(server: &TestServer, client_id: &str, secret: &str) -> u16 {
    let body = json!({ "grant_type": "client_credentials", "client_id": client_id, "client_secret": secret });
    server.anonymous().post(paths::OAUTH_TOKEN, &body).await.status
}

#[apply(api_test)]
async fn the_previous_secret_is_valid_until_the_end_of_its_grace_period() {
    let clock = Clock::default();
    let server = TestServer::start_with(Options { clock: clock.clone(), ..patient() }).await;
    let own = Tenant::new(&server, "Bank of America").await;
    let created = own.client.create_machine_client(&own.organization, &["docks:read"]).await;
    let (id, old) = (created.text("clientId"), created.text("clientSecret"));
    let token = own.client.access_token(&created).await;
    let target = paths::machine_client_rotation(&own.organization, &created.id());
    let start = clock.now();
    let rotated = own.client.post(&target, &json!({ "graceSeconds": 600 })).await.expect(200);
    let took = clock.now().millis_since_epoch() - start.millis_since_epoch();
    let new = rotated.text("clientSecret");
    assert_eq!((rotated.text("clientId"), rotated.header("etag").is_some()), (id.clone(), true));
    assert_eq!(rotated.header("cache-control"), Some("no-store"));
    clock.advance(10 * MINUTE - took - 2_000);
    assert_eq!((status(&server, &id, &old).await, status(&server, &id, &new).await), (200, 200));
    clock.advance(2_000 + took);
    assert_eq!((status(&server, &id, &old).await, status(&server, &id, &new).await), (401, 200));
    // Tokens stay valid.
    server.client(&token).list_docks().await.expect(200);
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn a_second_rotation_ends_the_first_secret() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Bank of America").await;
    let created = own.client.create_machine_client(&own.organization, &["docks:read"]).await;
    let id = created.text("clientId");
    let target = paths::machine_client_rotation(&own.organization, &created.id());
    let rotate = async |grace: u64| {
        own.client.post(&target, &json!({ "graceSeconds": grace })).await.expect(200).text("clientSecret")
    };
    let second = rotate(600).await;
    let third = rotate(600).await;
    assert_eq!(status(&server, &id, &created.text("clientSecret")).await, 401);
    assert_eq!((status(&server, &id, &second).await, status(&server, &id, &third).await), (200, 200));
    let fourth = rotate(0).await;
    for ended in [&second, &third] {
        assert_eq!(status(&server, &id, ended).await, 401);
    }
    assert_eq!(status(&server, &id, &fourth).await, 200);
}

#[apply(api_test)]
async fn a_repetition_rotates_once() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Bank of America").await;
    let target = paths::machine_client_rotation(&own.organization, &own.machine_client);
    let rotate = || own.client.request(Method::POST, &target).header("idempotency-key", "k").send();
    let (first, again) = (rotate().await.expect(200), rotate().await.expect(200));
    assert!(first.json()["clientSecret"].is_string());
    assert_eq!((&again.json()["clientSecret"], again.header("etag")), (&Value::Null, first.header("etag")));
    for wrong in [json!(-1), json!(28_801), json!("1")] {
        let error = own.client.post(&target, &json!({ "graceSeconds": wrong })).await;
        assert_eq!(error.error_locations(), ["/graceSeconds"]);
    }
}

#[apply(api_test)]
async fn a_revoked_key_rotates_no_client_even_while_it_is_cached() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Bank of America").await;
    let key = server.platform().create_api_key(Some(&own.organization), &["machine-clients:write", "docks:read"]).await;
    let client = server.client(&key.text("key"));
    let target = paths::machine_client_rotation(&own.organization, &own.machine_client);
    client.post(&target, &json!({})).await.expect(200);
    server.platform().revoke_api_key(&key.id()).await.expect(200);
    client.post(&target, &json!({})).await.expect_error(401, "UNAUTHORIZED");
}
