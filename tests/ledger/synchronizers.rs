//! `GET /v2/state/connected-synchronizers`.

use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::{TestClient, api_test};
use crate::ledger::{Ledger, assert_error, assert_redacted};

async fn connected(client: &TestClient, query: &str) -> Value {
    let response = client.get(&format!("/v2/state/connected-synchronizers{query}")).await.expect(200);
    response.json()["connectedSynchronizers"].clone()
}

#[apply(api_test)]
async fn the_permission_is_that_of_the_party() {
    let ledger = Ledger::new().await;
    let acme = ledger.platform.create_organization("Acme").await.id();
    let own = ledger.party("Alice").await;
    let body = json!({ "partyIdHint": "theirs", "identityProviderId": acme });
    ledger.allocate(&body).await.expect(200);
    let created = ledger.platform.create_party(&acme, "Ann").await.text("ledgerParty");
    let with = |permission: &str| {
        json!([{ "synchronizerAlias": "berth", "synchronizerId": ledger.synchronizer(),
                 "permission": format!("PARTICIPANT_PERMISSION_{permission}") }])
    };
    let (reader, _) = ledger.user(&["ledger:read"]).await;
    for client in [&ledger.platform, &reader] {
        for all in ["", "?party=", "?participantId=&identityProviderId=", &format!("?identityProviderId={acme}")] {
            assert_eq!(connected(client, all).await, with("UNSPECIFIED"), "{all}");
        }
        for party in [&own, &ledger.id("theirs"), &created] {
            assert_eq!(connected(client, &format!("?party={party}")).await, with("SUBMISSION"));
            let here = format!("?party={party}&participantId={}", ledger.id("participant"));
            assert_eq!(connected(client, &here).await, with("SUBMISSION"));
            let elsewhere = format!("?party={party}&participantId={}", ledger.id("other"));
            assert_eq!(connected(client, &elsewhere).await, json!([]));
        }
        let elsewhere = format!("Alice::1220{}", "0".repeat(64));
        for unknown in [ledger.id("Bob"), elsewhere, "Alice".to_owned()] {
            assert_eq!(connected(client, &format!("?party={unknown}")).await, json!([]), "{unknown}");
        }
    }
    // For an organization key, another organization's party is unknown.
    let tenant = ledger.server.tenant(&acme, &["ledger:admin"]).await;
    assert_eq!(connected(&tenant, &format!("?party={created}")).await, with("SUBMISSION"));
    assert_eq!(connected(&tenant, &format!("?party={own}")).await, json!([]));
}

#[apply(api_test)]
async fn malformed_parameters_are_rejected() {
    let ledger = Ledger::new().await;
    let acme = ledger.platform.create_organization("Acme").await.id();
    let tenant = ledger.server.tenant(&acme, &["ledger:admin"]).await;
    let get = async |query: &str| ledger.platform.get(&format!("/v2/state/connected-synchronizers?{query}")).await;
    for (query, field) in [
        ("party=a.b", "party"),
        ("party=%C3%A9", "party"),
        (&*format!("party={}", "a".repeat(256)), "party"),
        ("party=a&participantId=a.b", "participant_id"),
        ("party=a&participantId=participant", "participant_id"),
        ("identityProviderId=a!", "identity_provider_id"),
        ("party=a&identityProviderId=a!", "identity_provider_id"),
    ] {
        let error = assert_error(get(query).await, 400, "INVALID_FIELD");
        assert!(error.text("cause").contains(&format!("Invalid field {field}: ")), "{query}: {}", error.json());
    }
    for query in ["identityProviderId=other", "party=a.b&identityProviderId=other"] {
        assert_redacted(tenant.get(&format!("/v2/state/connected-synchronizers?{query}")).await, 403);
    }
}
