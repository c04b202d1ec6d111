//! Responses stay below the payload limit of Lambda.

use std::collections::BTreeSet;

use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::{TestClient, TestResponse, api_test, paths};
use crate::ledger::{Ledger, assert_error, parties};

/// Maximum size of a payload, in bytes.
const MAX: usize = 5_242_880;
/// Number of parties with large annotations. Their list is larger than a payload.
const PARTIES: usize = 8;

/// Returns the size of the body as Lambda sends it: as a JSON string.
fn payload(response: &TestResponse) -> usize {
    serde_json::to_string(response.body_text()).expect("a text").len()
}

/// Returns the ids of all pages, of which each is within the limit, and the number of pages.
async fn pages(client: &TestClient, query: &str) -> (Vec<String>, usize) {
    let (mut ids, mut token, mut count) = (Vec::new(), String::new(), 0);
    loop {
        let page = client.get(&format!("/v2/parties?{query}&pageToken={token}")).await.expect(200);
        assert!(payload(&page) <= MAX, "{query}: {}", payload(&page));
        ids.extend(parties(&page));
        count += 1;
        token = page.text("nextPageToken");
        if token.is_empty() {
            return (ids, count);
        }
        assert!(!parties(&page).is_empty());
    }
}

#[apply(api_test)]
async fn a_page_of_large_annotations_ends_early() {
    let ledger = Ledger::new().await;
    let acme = ledger.platform.create_organization("Acme").await.id();
    let mut ids = BTreeSet::new();
    for at in 0..PARTIES {
        // A quote is two bytes in JSON, and four in the payload.
        let annotations = json!({ "a": "\"".repeat(190_000) });
        let hint = format!("party {at:02}");
        let body = json!({
            "partyIdHint": hint, "identityProviderId": acme, "localMetadata": { "annotations": annotations },
        });
        ledger.allocate(&body).await.expect(200);
        ids.insert(ledger.id(&hint));
    }
    let ids: Vec<_> = ids.into_iter().collect();
    let tenant = ledger.server.tenant(&acme, &["ledger:admin"]).await;
    for (client, query) in [(&tenant, String::new()), (&ledger.platform, format!("identity-provider-id={acme}"))] {
        let (found, count) = pages(client, &query).await;
        assert_eq!(found, ids);
        assert_eq!(count, 2, "{query}");
    }
    // Without annotations, they fit into one page.
    let (found, count) = pages(&ledger.platform, "").await;
    assert_eq!((found, count), (ids.clone(), 1));
    // A list of ids has no pages: a larger one is rejected.
    let get = async |ids: &[String]| {
        let more: Vec<_> = ids.iter().map(|id| format!("parties={}", id.replace(' ', "%20"))).collect();
        tenant.get(&format!("{}?{}", paths::ledger_party("nobody"), more.join("&"))).await
    };
    let six = get(&ids[..6]).await.expect(200);
    assert!(parties(&six) == ids[..6] && payload(&six) <= MAX);
    let error = assert_error(get(&ids).await, 400, "INVALID_ARGUMENT");
    assert!(error.text("cause").contains("fewer parties"));
}
