//! Cached keys and recorded uses over time. The tests move the clock of the server.

use std::time::Duration;

use berth::Options;
use berth_shared::time::{Clock, Time};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Fault, TestClient, TestServer, Wire, api_test, paths, patient};

const MINUTE: u64 = 60_000;

/// A server with a clock and recorded DynamoDB requests.
struct TimedServer {
    server: TestServer,
    wire: Wire,
    clock: Clock,
}

impl TimedServer {
    async fn start() -> Self {
        let (wire, clock) = (Wire::new(), Clock::default());
        let options = Options { http_client: Some(wire.layer()), clock: clock.clone(), ..patient() };
        Self { server: TestServer::start_with(options).await, wire, clock }
    }

    /// Returns the id of a new key, and a client with it.
    async fn key(&self, expires_at: Option<Time>) -> (String, TestClient) {
        let expires_at = expires_at.map(|time| time.to_string());
        let body = json!({ "name": "Timed", "scopes": ["docks:read"], "expiresAt": expires_at });
        let created = self.server.platform().post_api_key(&body).await.expect(201);
        (created.id(), self.server.client(&created.text("key")))
    }

    /// Returns the number of reads of API keys that a request with this status makes.
    async fn key_reads(&self, client: &TestClient, status: u16) -> usize {
        self.wire.take();
        client.list_docks().await.expect(status);
        self.wire.take().operations().iter().filter(|operation| **operation == "GetItem").count()
    }

    async fn used_at(&self, key: &str) -> Option<Time> {
        let list = self.server.platform().list_api_keys().await.expect(200);
        let rows = list.json()["data"].as_array().expect("rows").clone();
        let row: Value = rows.into_iter().find(|row| row["id"] == key).expect("the key");
        row["lastUsedAt"].as_str().map(|time| time.parse().expect("a time"))
    }
}

#[apply(api_test)]
async fn a_verified_key_is_cached_for_30_seconds() {
    let timed = TimedServer::start().await;
    let (id, client) = timed.key(None).await;
    // The first list also reads the secret of the cursors.
    assert_eq!(timed.key_reads(&client, 200).await, 2);
    assert_eq!(timed.key_reads(&client, 200).await, 0);
    timed.server.platform().revoke_api_key(&id).await.expect(200);
    timed.clock.advance(20_000);
    assert_eq!(timed.key_reads(&client, 200).await, 0);
    timed.clock.advance(10_000);
    assert_eq!(timed.key_reads(&client, 401).await, 1);
    // A rejected key is not cached.
    assert_eq!(timed.key_reads(&client, 401).await, 1);
}

#[apply(api_test)]
async fn a_cached_key_is_read_again_after_30_seconds() {
    let timed = TimedServer::start().await;
    let (_, client) = timed.key(None).await;
    timed.key_reads(&client, 200).await;
    for _ in 0..3 {
        timed.clock.advance(30_000);
        assert_eq!(timed.key_reads(&client, 200).await, 1);
        // Uses do not prolong it.
        timed.clock.advance(15_000);
        assert_eq!(timed.key_reads(&client, 200).await, 0);
        timed.clock.advance(15_000);
        assert_eq!(timed.key_reads(&client, 200).await, 1);
    }
}

#[apply(api_test)]
async fn a_cached_key_is_rejected_from_its_expiry() {
    let timed = TimedServer::start().await;
    let (_, client) = timed.key(Some(timed.clock.now().plus_millis(10 * MINUTE))).await;
    timed.clock.advance(10 * MINUTE - 10_000);
    client.list_docks().await.expect(200);
    timed.clock.advance(10_000);
    let error = client.list_docks().await.expect_error(401, "UNAUTHORIZED");
    assert_eq!(error.json()["message"], "Invalid or expired API key");
    timed.clock.advance(365 * 24 * 60 * MINUTE);
    client.list_docks().await.expect_error(401, "UNAUTHORIZED");
}

#[apply(api_test)]
async fn the_last_use_is_recorded_once_an_hour() {
    let timed = TimedServer::start().await;
    let (id, client) = timed.key(None).await;
    client.list_docks().await.expect(200);
    let first = timed.used_at(&id).await.expect("a use");
    timed.clock.advance(59 * MINUTE);
    client.list_docks().await.expect(200);
    assert_eq!(timed.used_at(&id).await, Some(first));
    for _ in 0..2 {
        let before = timed.used_at(&id).await.expect("a use");
        timed.clock.advance(60 * MINUTE);
        let now = timed.clock.now();
        client.list_docks().await.expect(200);
        let renewed = timed.used_at(&id).await.expect("a use");
        assert!(before < renewed && now <= renewed, "{before} {now} {renewed}");
    }
}

#[apply(api_test)]
async fn a_use_that_was_not_recorded_is_recorded_by_the_next_request() {
    let timed = TimedServer::start().await;
    for (number, scope, target) in [(1, "docks:read", paths::DOCKS), (2, "ledger:read", "/v2/authenticated-user")] {
        let created = timed.server.platform().create_api_key(None, &[scope]).await;
        let client = timed.server.client(&created.text("key"));
        for attempt in 1..=2 {
            let id = format!("unrecorded-{number}-{attempt}");
            timed.wire.plan(&id, |operation| (operation == "PutItem").then(Fault::throttled));
            client.request(Method::GET, target).header("x-request-id", &id).send().await.expect(200);
            assert!(timed.wire.end_plan(&id) > 0, "{target}: attempt {attempt} writes");
            assert_eq!(timed.used_at(&created.id()).await, None);
        }
        client.get(target).await.expect(200);
        assert!(timed.used_at(&created.id()).await.is_some(), "{target}");
        // From then on, there is nothing to record.
        timed.wire.take();
        client.get(target).await.expect(200);
        assert!(!timed.wire.take().operations().contains(&"PutItem"), "{target}");
    }
}

#[apply(api_test)]
async fn the_clock_of_the_server_does_not_shorten_the_time_of_a_request() {
    let timed = TimedServer::start().await;
    timed.clock.advance(24 * 60 * MINUTE);
    timed.wire.once("TransactWriteItems", Fault::Late(Duration::from_millis(200)));
    timed.server.platform().create_organization("Tomorrow").await;
}
