//! Access to every endpoint of the ledger dialect.

use std::collections::BTreeMap;

use berth_functions::ENDPOINTS;
use berth_shared::http::{Access, Endpoint};
use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::{TestClient, TestResponse, api_test, paths};
use crate::ledger::{Ledger, annotations_patch, assert_error, assert_redacted, parties, send_sample};

fn scoped_endpoints() -> impl Iterator<Item = &'static Endpoint> {
    ENDPOINTS.iter().filter(|endpoint| matches!(endpoint.access, Access::Ledger(_)))
}

/// Two organizations, each with a party `<hint>`, a client, and the id of its key.
struct Tenants {
    ledger: Ledger,
    other: String,
    own: String,
    client: TestClient,
    user: String,
}

impl Tenants {
    async fn new() -> Self {
        let ledger = Ledger::new().await;
        let mut organizations = Vec::new();
        for hint in ["theirs", "mine"] {
            let organization = ledger.platform.create_organization(hint).await.id();
            let body = json!({ "partyIdHint": hint, "identityProviderId": organization });
            ledger.allocate(&body).await.expect(200);
            organizations.push(organization);
        }
        let own = organizations.pop().expect("two organizations");
        let other = organizations.pop().expect("two organizations");
        let key = ledger.platform.create_api_key(Some(&own), &["ledger:admin"]).await;
        let client = ledger.server.client(&key.text("key"));
        Self { ledger, other, own, client, user: key.id() }
    }
}

#[apply(api_test)]
async fn requests_without_credential_or_scope_get_redacted_errors() {
    let Tenants { ledger, own, .. } = Tenants::new().await;
    let server = &ledger.server;
    let revoked = ledger.platform.create_api_key(None, &["ledger:admin"]).await;
    ledger.platform.revoke_api_key(&revoked.id()).await.expect(200);
    let scopes = ["organizations:read", "parties:read", "parties:write"];
    let unscoped = [ledger.user(&scopes).await.0, server.tenant(&own, &scopes).await];
    let mut checked = 0;
    for endpoint in scoped_endpoints() {
        for client in [server.anonymous(), server.client("dk_live_a1b2c3d4"), server.client(&revoked.text("key"))] {
            assert_redacted(send_sample(endpoint, &client, &ledger.id("mine"), "alice").await, 401);
        }
        for client in &unscoped {
            assert_redacted(send_sample(endpoint, client, &ledger.id("mine"), "alice").await, 403);
        }
        checked += 1;
    }
    assert_eq!(checked, 9);
}

/// Returns the comparable part of a response: without its trace, and with `<id>` for the id.
fn found(response: &TestResponse, id: &str) -> (u16, BTreeMap<String, Value>) {
    let text = String::from_utf8_lossy(&response.body).replace(id, "<id>");
    let mut body: BTreeMap<String, Value> = serde_json::from_str(&text).expect("an object");
    body.remove("traceId");
    if let Some(context) = body.get_mut("context").and_then(Value::as_object_mut) {
        context.remove("tid");
    }
    (response.status, body)
}

#[apply(api_test)]
async fn another_tenants_party_looks_like_an_unknown_one() {
    let Tenants { ledger, other, client, .. } = Tenants::new().await;
    let created = ledger.platform.create_party(&other, "Ann").await.text("ledgerParty");
    let key = ledger.platform.create_api_key(Some(&other), &["ledger:admin"]).await.id();
    let last = if key.ends_with('0') { "1" } else { "0" };
    let never_user = format!("{}{last}", &key[..key.len() - 1]);
    let never = ledger.id("never");
    let mut compared = 0;
    for endpoint in scoped_endpoints().filter(|endpoint| endpoint.path.contains('{')) {
        for theirs in [ledger.id("theirs"), created.clone()] {
            let (foreign, nonexistent) = (
                send_sample(endpoint, &client, &theirs, &key).await,
                send_sample(endpoint, &client, &never, &never_user).await,
            );
            let (id, never) = if endpoint.path.contains("{party}") { (&theirs, &never) } else { (&key, &never_user) };
            assert_eq!(found(&foreign, id), found(&nonexistent, never), "{}", endpoint.name);
            let is_nothing = foreign.status == 404 || foreign.json()["partyDetails"] == json!([]);
            assert!(is_nothing, "{}: {}", endpoint.name, foreign.json());
            compared += 1;
        }
    }
    assert_eq!(compared, 8);
    let several =
        format!("{}?parties={}&parties={created}", paths::ledger_party(&ledger.id("mine")), ledger.id("theirs"));
    assert_eq!(parties(&client.get(&several).await.expect(200)), [ledger.id("mine")]);
    let untouched = ledger.platform.get(&format!("/v2/parties?identity-provider-id={other}")).await.expect(200);
    let untouched = untouched.json()["partyDetails"].as_array().expect("a list").clone();
    for party in untouched.iter().filter(|party| party["party"] != json!(ledger.id("mine"))) {
        assert_eq!(party["localMetadata"], json!({ "resourceVersion": "0", "annotations": {} }));
    }
}

#[apply(api_test)]
async fn another_identity_provider_is_forbidden() {
    let Tenants { ledger, other, own, client, .. } = Tenants::new().await;
    let default = ledger.platform.default_organization().await;
    let id = ledger.id("mine");
    let patched = |provider: &str| {
        let mut body = annotations_patch(&id, &json!({}));
        body["partyDetails"]["identityProviderId"] = json!(provider);
        body
    };
    for provider in [other.as_str(), &default, &crate::harness::samples::nonexistent(&other), "unknown"] {
        assert_redacted(client.get(&format!("/v2/parties?identity-provider-id={provider}")).await, 403);
        assert_redacted(
            client.get(&format!("{}?identity-provider-id={provider}", paths::ledger_party(&id))).await,
            403,
        );
        assert_redacted(client.allocate_ledger_party(&json!({ "identityProviderId": provider })).await, 403);
        assert_redacted(client.update_ledger_party(&id, &patched(provider)).await, 403);
    }
    for provider in ["", own.as_str()] {
        let created = client.allocate_ledger_party(&json!({ "identityProviderId": provider })).await.expect(200);
        assert_eq!(created.json()["partyDetails"]["identityProviderId"], json!(own));
        let changed = client.update_ledger_party(&id, &patched(provider)).await.expect(200);
        assert_eq!(changed.json()["partyDetails"]["identityProviderId"], json!(own));
        let listed = client.get(&format!("/v2/parties?identity-provider-id={provider}")).await.expect(200);
        assert!(parties(&listed).contains(&id) && !parties(&listed).contains(&ledger.id("theirs")));
    }
    // A hint is unique for all tenants. Its owner is not disclosed.
    assert_redacted(client.allocate_ledger_party(&json!({ "partyIdHint": "theirs" })).await, 403);
    assert_error(client.allocate_ledger_party(&json!({ "partyIdHint": "mine" })).await, 400, "INVALID_ARGUMENT");
}

#[apply(api_test)]
async fn an_organization_key_has_access_only_to_its_parties() {
    let Tenants { ledger, own, client, user, .. } = Tenants::new().await;
    for endpoint in scoped_endpoints() {
        send_sample(endpoint, &client, &ledger.id("mine"), &user).await.expect(200);
    }
    let listed = client.list_ledger_parties().await.expect(200);
    for party in listed.json()["partyDetails"].as_array().expect("a list") {
        assert_eq!(party["identityProviderId"], json!(own));
    }
    // A read scope of an organization key permits only reads of its own resources.
    let reader = ledger.server.tenant(&own, &["ledger:read"]).await;
    for (hint, shown) in [("mine", 1), ("theirs", 0)] {
        let found = reader.get_ledger_party(&ledger.id(hint)).await.expect(200);
        assert_eq!(parties(&found).len(), shown);
    }
    assert_redacted(reader.list_ledger_parties().await, 403);
}
