//! The DynamoDB requests and units of machine clients and their tokens, for `costs.rs`.

use serde_json::json;

use super::costs::{Ledger, at_most};
use crate::harness::{TestClient, Traffic, paths};

pub async fn machine_clients(ledger: &mut Ledger, platform: &TestClient, org: &str) {
    let list = paths::machine_clients(org);
    let body = json!({ "name": "Client", "scopes": ["parties:read", "machine-clients:read", "machine-clients:write"] });
    let created =
        ledger.note("create-machine-client", at_most(1, 1, 12.0, 0.0), 201, platform.post(&list, &body)).await;
    let target = paths::machine_client(org, &created.id());
    ledger.note("get-machine-client", at_most(1, 1, 0.0, 2.0), 200, platform.get(&target)).await;
    ledger.note("list-machine-clients", at_most(2, 3, 0.0, 12.0), 200, platform.get(&list)).await;
    let body = json!({ "name": "Renamed" });
    ledger.note("update-machine-client", at_most(2, 2, 4.0, 2.0), 200, platform.patch(&target, &body)).await;
    let rotation = paths::machine_client_rotation(org, &created.id());
    ledger.note("rotate-machine-client", at_most(2, 2, 6.0, 2.0), 200, platform.post(&rotation, &json!({}))).await;
    tokens(ledger, platform, org).await;
    ledger.note("delete-machine-client", at_most(2, 2, 8.0, 2.0), 200, platform.delete(&target)).await;
}

async fn tokens(ledger: &mut Ledger, platform: &TestClient, org: &str) {
    let client = platform.create_machine_client(org, &["parties:read", "machine-clients:write"]).await;
    let grant = json!({
        "grant_type": "client_credentials",
        "client_id": client.text("clientId"),
        "client_secret": client.text("clientSecret"),
    });
    // The first issuance of an hour also records the use of the client.
    let anonymous = ledger.server().anonymous();
    anonymous.post(paths::OAUTH_TOKEN, &grant).await.expect(200);
    let issue = anonymous.post(paths::OAUTH_TOKEN, &grant);
    let token = ledger.note("issue-token", at_most(2, 2, 8.0, 2.0), 200, issue).await.text("access_token");
    ledger.age_keys();
    let bearer = ledger.server().client(&token);
    let nonexistent = format!("/v1/organizations/{org}/parties/pty_01HQ3K9B2V6R4X8ZT1M5N7P0QS");
    let (_, first) = ledger.whole_cost_of(bearer.get(&nonexistent)).await;
    let (_, again) = ledger.whole_cost_of(bearer.get(&nonexistent)).await;
    let verifies = |traffic: &Traffic| {
        Traffic(traffic.0.iter().filter(|request| request.operation == "BatchGetItem").cloned().collect())
    };
    ledger.row("authenticate with a token, first time", verifies(&first), at_most(1, 1, 0.0, 1.0));
    ledger.row("authenticate with a token, within 30 s", verifies(&again), at_most(0, 0, 0.0, 0.0));
    let body = json!({ "token": token });
    let introspect = platform.post(paths::OAUTH_INTROSPECT, &body);
    ledger.note("introspect-token, API key", at_most(1, 1, 0.0, 2.0), 200, introspect).await;
    let revoke = platform.post(paths::OAUTH_REVOKE, &body);
    ledger.note("revoke-token, API key", at_most(2, 2, 4.0, 2.0), 200, revoke).await;
}
