//! `GET /v2/parties` across identity providers.

use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::{TestClient, api_test};
use crate::ledger::{Ledger, assert_error, assert_redacted, parties};

/// A ledger with parties of three identity providers, each allocated or created at `/v1`.
struct Providers {
    ledger: Ledger,
    acme: String,
    /// Ids of parties with their identity providers, in order. The default one is empty.
    parties: Vec<(String, String)>,
}

impl Providers {
    async fn new() -> Self {
        let ledger = Ledger::new().await;
        let default = ledger.platform.default_organization().await;
        let acme = ledger.platform.create_organization("Acme").await.id();
        let other = ledger.platform.create_organization("Other").await.id();
        let mut parties = Vec::new();
        for (at, provider) in ["", &acme, &other].into_iter().enumerate() {
            for hint in [format!("a{at}"), format!("z{at}")] {
                let body = json!({
                    "partyIdHint": hint,
                    "identityProviderId": provider,
                    "localMetadata": { "annotations": { "a": "x" } },
                });
                ledger.allocate(&body).await.expect(200);
                parties.push((ledger.id(&hint), provider.to_owned()));
            }
            let organization = if provider.is_empty() { &default } else { provider };
            let created = ledger.platform.create_party(organization, "Ann").await;
            parties.push((created.text("ledgerParty"), provider.to_owned()));
        }
        parties.sort();
        Self { ledger, acme, parties }
    }

    /// Returns a party as an administrator of this provider sees it.
    fn shown((party, owner): &(String, String), viewer: &str) -> Value {
        if owner != viewer {
            // Only the default provider sees that the party is local.
            return json!({ "party": party, "isLocal": viewer.is_empty(), "identityProviderId": "",
                           "localMetadata": { "resourceVersion": "", "annotations": {} } });
        }
        let annotations = if party.starts_with("pty_") { json!({}) } else { json!({ "a": "x" }) };
        json!({ "party": party, "isLocal": true, "identityProviderId": owner,
                "localMetadata": { "resourceVersion": "0", "annotations": annotations } })
    }

    fn all(&self, viewer: &str) -> Value {
        self.parties.iter().map(|party| Self::shown(party, viewer)).collect()
    }
}

async fn list(client: &TestClient, query: &str) -> Value {
    client.get(&format!("/v2/parties?{query}")).await.expect(200).json()["partyDetails"].clone()
}

#[apply(api_test)]
async fn a_platform_key_lists_the_parties_of_all_providers() {
    let providers = Providers::new().await;
    let Providers { ledger, acme, .. } = &providers;
    let default = ledger.platform.default_organization().await;
    assert_eq!(list(&ledger.platform, "").await, providers.all(""));
    assert_eq!(list(&ledger.platform, &format!("identity-provider-id={default}")).await, providers.all(""));
    assert_eq!(list(&ledger.platform, &format!("identity-provider-id={acme}")).await, providers.all(acme));
    // The provider need not exist.
    assert_eq!(list(&ledger.platform, "identity-provider-id=some-idp").await, providers.all("some-idp"));
    assert_error(ledger.platform.get("/v2/parties?identity-provider-id=a!").await, 400, "INVALID_FIELD");
}

#[apply(api_test)]
async fn pages_and_filters_hold_across_providers() {
    let providers = Providers::new().await;
    let Providers { ledger, parties: all, .. } = &providers;
    for filter in ["", "a", "z1", "pty_", "pty", "a1::", "nobody"] {
        let expected: Vec<_> = all.iter().map(|(id, _)| id.clone()).filter(|id| id.starts_with(filter)).collect();
        for size in [1, 2, 4, 100] {
            let (mut found, mut token) = (Vec::new(), String::new());
            loop {
                let target = format!("/v2/parties?filter-party={filter}&pageSize={size}&pageToken={token}");
                let page = ledger.platform.get(&target).await.expect(200);
                found.extend(parties(&page));
                token = page.text("nextPageToken");
                if token.is_empty() {
                    break;
                }
            }
            assert_eq!(found, expected, "{filter:?} {size}");
        }
    }
}

#[apply(api_test)]
async fn an_organization_key_lists_its_own_parties() {
    let providers = Providers::new().await;
    let Providers { ledger, acme, parties, .. } = &providers;
    let tenant = ledger.server.tenant(acme, &["ledger:admin"]).await;
    let own: Value =
        parties.iter().filter(|(_, owner)| owner == acme).map(|party| Providers::shown(party, acme)).collect();
    for query in ["", "identity-provider-id=", &format!("identity-provider-id={acme}"), "pageSize=10000"] {
        assert_eq!(list(&tenant, query).await, own, "{query}");
    }
    assert_eq!(list(&tenant, "filter-party=a0").await, json!([]));
    assert_eq!(list(&tenant, "filter-party=a1").await, json!([own[0]]));
    for other in ["some-idp", &ledger.platform.default_organization().await] {
        assert_redacted(tenant.get(&format!("/v2/parties?identity-provider-id={other}")).await, 403);
    }
}
