//! `POST /v1/api-keys/{keyId}/rotate`.

use berth::Options;
use berth_shared::{
    store::{Record, record::SecretMatch},
    time::Clock,
};
use futures::future::join_all;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    TestClient, TestResponse, TestServer, api_test, checker::assert_consistent, paths, patient, samples::Tenant,
};

const MINUTE: u64 = 60_000;

/// A server with a clock, and another process on the same table.
struct Rotations {
    server: TestServer,
    another: TestServer,
    clock: Clock,
}

impl Rotations {
    async fn start() -> Self {
        let clock = Clock::default();
        let options = || Options { clock: clock.clone(), ..patient() };
        let server = TestServer::start_with(options()).await;
        let another = TestServer::start_with(Options { store: server.shared_store(), ..options() }).await;
        Self { server, another, clock }
    }

    async fn rotate(&self, id: &str, grace_seconds: u64) -> TestResponse {
        let body = json!({ "graceSeconds": grace_seconds });
        self.server.platform().post(&paths::api_key_rotation(id), &body).await.expect(200)
    }

    /// Returns the status with a credential, in both processes.
    async fn statuses(&self, credential: &str) -> [u16; 2] {
        [
            self.server.client(credential).list_docks().await.status,
            self.another.client(credential).list_docks().await.status,
        ]
    }
}

#[apply(api_test)]
async fn a_rotation_returns_the_key_with_its_new_credential() {
    let server = TestServer::start().await;
    let created = server.platform().create_api_key(None, &["docks:read"]).await;
    let rotated =
        server.platform().request(Method::POST, &paths::api_key_rotation(&created.id())).send().await.expect(200);
    let (old, new) = (created.text("key"), rotated.text("key"));
    assert_ne!(old, new);
    let mut expected = created.json().clone();
    expected["key"] = json!(new);
    assert_eq!(*rotated.json(), expected);
    assert_eq!((created.header("etag"), rotated.header("etag")), (Some("\"1\""), Some("\"2\"")));
    assert_eq!(rotated.header("cache-control"), Some("no-store"));
    // Without a body, the grace period is an hour. Both credentials are the same key.
    for credential in [&old, &new] {
        server.client(credential).list_docks().await.expect(200);
    }
    let table = format!("{:?}", server.items().await);
    assert!(!table.contains(&new[31..]) && !table.contains(&new), "only digests are stored");
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn the_previous_secret_is_valid_until_the_end_of_its_grace_period() {
    let rotations = Rotations::start().await;
    let created = rotations.server.platform().create_api_key(None, &["docks:read"]).await;
    let (id, old) = (created.id(), created.text("key"));
    assert_eq!(rotations.statuses(&old).await, [200; 2]);
    let start = rotations.clock.now();
    let new = rotations.rotate(&id, 600).await.text("key");
    let rotated = rotations.clock.now();
    // The tests do not stop the clock, so the rotation is between these two times.
    rotations.clock.advance(10 * MINUTE - (rotated.millis_since_epoch() - start.millis_since_epoch()) - 2_000);
    assert_eq!(rotations.statuses(&old).await, [200; 2], "shortly before the end, cached from then on");
    rotations.clock.advance(2_000 + rotated.millis_since_epoch() - start.millis_since_epoch());
    assert_eq!(rotations.statuses(&old).await, [401; 2], "at the end, although it was cached");
    assert_eq!(rotations.statuses(&new).await, [200; 2]);
}

#[apply(api_test)]
async fn a_second_rotation_ends_the_first_secret() {
    let rotations = Rotations::start().await;
    let created = rotations.server.platform().create_api_key(None, &["docks:read"]).await;
    let second = rotations.rotate(&created.id(), 600).await.text("key");
    let third = rotations.rotate(&created.id(), 600).await.text("key");
    assert_eq!(rotations.statuses(&created.text("key")).await, [401; 2]);
    for credential in [second, third] {
        assert_eq!(rotations.statuses(&credential).await, [200; 2]);
    }
}

#[apply(api_test)]
async fn without_a_grace_period_the_previous_secret_ends_at_once() {
    let rotations = Rotations::start().await;
    let created = rotations.server.platform().create_api_key(None, &["docks:read"]).await;
    let (id, old) = (created.id(), created.text("key"));
    let with_grace = rotations.rotate(&id, 28_800).await.text("key");
    assert_eq!(rotations.statuses(&old).await, [200; 2]);
    assert_eq!(rotations.statuses(&with_grace).await, [200; 2]);
    let new = rotations.rotate(&id, 0).await.text("key");
    // The process that rotates knows it. Another one may have cached the credentials for 30 seconds.
    for credential in [&old, &with_grace] {
        assert_eq!(rotations.server.client(credential).list_docks().await.status, 401);
    }
    rotations.clock.advance(30_000);
    for credential in [&old, &with_grace] {
        assert_eq!(rotations.statuses(credential).await, [401; 2]);
    }
    assert_eq!(rotations.statuses(&new).await, [200; 2]);
}

#[apply(api_test)]
async fn the_grace_period_ends_with_the_key() {
    let rotations = Rotations::start().await;
    let expires_at = rotations.clock.now().plus_millis(10 * MINUTE);
    let body = json!({ "name": "Short", "scopes": ["docks:read"], "expiresAt": expires_at.to_string() });
    let created = rotations.server.platform().post_api_key(&body).await.expect(201);
    let new = rotations.rotate(&created.id(), 3600).await.text("key");
    rotations.clock.advance(9 * MINUTE);
    assert_eq!(rotations.statuses(&created.text("key")).await, [200; 2]);
    rotations.clock.advance(MINUTE);
    for credential in [created.text("key"), new] {
        assert_eq!(rotations.statuses(&credential).await, [401; 2]);
    }
}

#[apply(api_test)]
async fn grace_seconds_have_limits() {
    let server = TestServer::start().await;
    let id = server.platform().create_api_key(None, &["docks:read"]).await.id();
    let target = paths::api_key_rotation(&id);
    for wrong in [json!(-1), json!(28_801), json!(1.5), json!("60"), json!(true), json!([])] {
        let error = server.platform().post(&target, &json!({ "graceSeconds": wrong })).await;
        assert_eq!(error.error_locations(), ["/graceSeconds"], "{wrong}");
    }
    for good in [json!(0), json!(28_800), json!(60.0), Value::Null] {
        server.platform().post(&target, &json!({ "graceSeconds": good })).await.expect(200);
    }
}

#[apply(api_test)]
async fn of_32_rotations_at_once_one_secret_is_current_and_one_replaced() {
    let server = TestServer::start_with(patient()).await;
    let created = server.platform().create_api_key(None, &["docks:read"]).await;
    let rotate = async || {
        let target = paths::api_key_rotation(&created.id());
        let rotated = server.platform().post(&target, &json!({})).await;
        (rotated.status == 200).then(|| rotated.text("key"))
    };
    let secrets: Vec<_> = join_all((0..32).map(|_| rotate())).await.into_iter().flatten().collect();
    assert!(!secrets.is_empty());
    let records = server.records().await;
    let record = records.iter().find_map(|record| match record {
        Record::ApiKey(record) if record.key.id.to_string() == created.id() => Some(record),
        _ => None,
    });
    let record = record.expect("the key");
    assert_eq!(record.key.version, 1 + secrets.len() as u64, "each rotation is one version");
    let all = secrets.iter().cloned().chain([created.text("key")]);
    let digest = |text: String| text.parse::<berth_shared::credentials::Credential>().expect("a credential").digest();
    let now = berth_shared::time::Time::now();
    let matches: Vec<_> = all.map(|text| record.secrets.compare(&digest(text), now).expect("digests")).collect();
    let count = |is: fn(&SecretMatch) -> bool| matches.iter().filter(|found| is(found)).count();
    assert_eq!(count(|found| *found == SecretMatch::Current), 1);
    assert_eq!(count(|found| matches!(found, SecretMatch::Previous(_))), 1);
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn a_revoked_key_is_not_rotated() {
    let server = TestServer::start().await;
    let created = server.platform().create_api_key(None, &["docks:read"]).await;
    let target = paths::api_key_rotation(&created.id());
    let rotate = |key: &'static str| {
        let request = server.platform().request(Method::POST, &target).header("idempotency-key", key);
        request.json(&json!({ "graceSeconds": 60 })).send()
    };
    let first = rotate("one").await.expect(200);
    server.platform().revoke_api_key(&created.id()).await.expect(200);
    let error = rotate("two").await.expect_error(409, "API_KEY_REVOKED");
    assert_eq!(error.json()["conflictId"], created.id());
    // The repetition of a rotation that succeeded is replayed, without the secret.
    let again = rotate("one").await.expect(200);
    let mut expected = first.json().clone();
    expected["key"] = Value::Null;
    assert_eq!((again.json(), again.header("idempotency-replayed")), (&expected, Some("true")));
}

#[apply(api_test)]
async fn a_key_rotates_only_keys_whose_scopes_it_holds_and_itself() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Bank of America").await;
    let created = server.platform().create_api_key(Some(&own.organization), &["api-keys:write", "docks:read"]).await;
    let holder = server.client(&created.text("key"));
    let stronger = server.platform().create_api_key(Some(&own.organization), &["docks:write"]).await.id();
    let foreign = Tenant::new(&server, "Other").await.key;
    let rotate = async |client: &TestClient, id: &str| client.post(&paths::api_key_rotation(id), &json!({})).await;
    rotate(&holder, &stronger).await.expect_error(403, "SCOPE_NOT_HELD");
    rotate(&holder, &foreign).await.expect_error(404, "API_KEY_NOT_FOUND");
    rotate(&holder, &own.key).await.expect(200);
    let new = rotate(&holder, &created.id()).await.expect(200).text("key");
    server.client(&new).list_docks().await.expect(200);
    // A revoked key rotates no other, although this process has just verified it.
    server.platform().revoke_api_key(&created.id()).await.expect(200);
    holder.list_docks().await.expect(401);
    let cached = server.client(&new);
    cached.list_docks().await.expect(200);
    rotate(&cached, &own.key).await.expect_error(401, "UNAUTHORIZED");
}
