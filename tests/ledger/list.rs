//! `GET /v2/parties`: order, pages, and filters by prefix.

use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::api_test;
use crate::ledger::{Ledger, assert_error, assert_undecodable, parties};

/// Hints whose order differs from that of their ids: an id may sort before an id with a shorter hint.
const HINTS: [&str; 12] = ["b", "a", "a-b", "a b", "a:", "ab", "A", "a_", "party", "pty", "pty_", "zz"];

/// Creates parties in both dialects, and returns the ledger and all ids in order.
async fn full() -> (Ledger, Vec<String>) {
    let ledger = Ledger::new().await;
    let mut ids = Vec::new();
    for hint in HINTS {
        ids.push(ledger.party(hint).await);
    }
    let default = ledger.platform.default_organization().await;
    for name in ["Ann", "Ben", "Cid"] {
        let created = ledger.platform.create_party(&default, name).await;
        ids.push(created.text("ledgerParty"));
        assert_eq!(created.text("ledgerParty"), ledger.id(&created.id()));
        // Ids around that of a party that was created in `/v1`.
        for hint in [format!("{}-x", created.id()), format!("{}x", created.id()), created.id()[..20].to_owned() + "-"] {
            let body = json!({ "partyIdHint": hint });
            if ledger.allocate(&body).await.status == 200 {
                ids.push(ledger.id(&hint));
            }
        }
    }
    // Another organization's parties are in the list, too.
    let other = ledger.platform.create_organization("Other").await.id();
    ids.push(ledger.platform.create_party(&other, "Dan").await.text("ledgerParty"));
    ledger.allocate(&json!({ "partyIdHint": "a-c", "identityProviderId": other })).await.expect(200);
    ids.push(ledger.id("a-c"));
    ids.sort_unstable();
    ids.dedup();
    (ledger, ids)
}

/// Returns all pages of a list, each as its ids.
async fn pages(ledger: &Ledger, query: &str) -> Vec<Vec<String>> {
    let (mut pages, mut token) = (Vec::new(), String::new());
    loop {
        let page = ledger.platform.get(&format!("/v2/parties?{query}&pageToken={token}")).await.expect(200);
        pages.push(parties(&page));
        token = page.text("nextPageToken");
        if token.is_empty() {
            return pages;
        }
        assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_=".contains(&b)), "{token}");
    }
}

#[apply(api_test)]
async fn parties_are_sorted_in_byte_order() {
    let (ledger, ids) = full().await;
    let all = ledger.platform.list_ledger_parties().await.expect(200);
    assert_eq!(parties(&all), ids);
    assert_eq!(all.json()["nextPageToken"], "");
    assert_eq!(ledger.list("?pageSize=0").await, ids);
    let first = &all.json()["partyDetails"][0];
    let expected = json!({ "party": ids[0], "isLocal": true, "identityProviderId": "",
                           "localMetadata": { "resourceVersion": "0", "annotations": {} } });
    assert_eq!(*first, expected);
}

#[apply(api_test)]
async fn page_tokens_lead_through_the_list() {
    let (ledger, ids) = full().await;
    for size in [1, 2, 3, 7, ids.len(), 10_000] {
        let pages = pages(&ledger, &format!("pageSize={size}")).await;
        assert_eq!(pages.concat(), ids, "{size}");
        let (last, full) = pages.split_last().expect("a page");
        assert!(full.iter().all(|page| page.len() == size) && last.len() < size, "{size}");
    }
}

#[apply(api_test)]
async fn a_full_last_page_is_followed_by_an_empty_one() {
    let ledger = Ledger::new().await;
    for hint in ["a", "b", "c", "d"] {
        ledger.party(hint).await;
    }
    let pages = pages(&ledger, "pageSize=2").await;
    assert_eq!(pages, [vec![ledger.id("a"), ledger.id("b")], vec![ledger.id("c"), ledger.id("d")], vec![]]);
}

#[apply(api_test)]
async fn added_parties_do_not_disturb_later_pages() {
    let ledger = Ledger::new().await;
    for hint in ["b", "d", "f"] {
        ledger.party(hint).await;
    }
    let page = ledger.platform.get("/v2/parties?pageSize=2").await.expect(200);
    for hint in ["a", "c", "e"] {
        ledger.party(hint).await;
    }
    // A token is bound neither to a page size nor to a filter.
    let token = page.text("nextPageToken");
    assert_eq!(ledger.list(&format!("?pageToken={token}")).await, [ledger.id("e"), ledger.id("f")]);
    assert_eq!(ledger.list(&format!("?pageToken={token}&filter-party=f")).await, [ledger.id("f")]);
    assert_eq!(ledger.list(&format!("?pageToken={token}&filter-party=c")).await, Vec::<String>::new());
}

#[apply(api_test)]
async fn invalid_sizes_and_tokens_are_rejected() {
    let ledger = Ledger::new().await;
    let list = async |query: &str| ledger.platform.get(&format!("/v2/parties?{query}")).await;
    for query in ["pageSize=-1", "pageSize=10001", "pageSize=2147483647", "pageToken=!", "pageToken=w6k"] {
        assert_error(list(query).await, 400, "INVALID_ARGUMENT");
    }
    for query in ["pageSize=x", "pageSize=1.0", "pageSize=2147483648", "pageSize="] {
        assert_undecodable(list(query).await, "query parameter pageSize");
    }
    for query in ["pageToken=", "pageToken=&pageSize=10000&filter-party=&identity-provider-id=", "unknown=1"] {
        list(query).await.expect(200);
    }
    assert_error(list("identity-provider-id=a!").await, 400, "INVALID_FIELD");
    let cause = async |query: &str| list(query).await.text("cause");
    assert!(cause("pageSize=10001").await.ends_with("Page size must not exceed the server's maximum of 10000"));
    assert!(cause("pageSize=-1").await.ends_with("Page size must be non-negative"));
    assert!(cause("filter-party=a.b").await.contains("Invalid field filterString: "));
}

#[apply(api_test)]
async fn filters_are_prefixes_of_ids() {
    let (ledger, ids) = full().await;
    let ns = &ledger.namespace;
    let with = |prefix: &str| ids.iter().filter(|id| id.starts_with(prefix)).cloned().collect::<Vec<_>>();
    let created_in_rest = ids.iter().rfind(|id| id.starts_with("pty_0") && id.len() == 30 + 70);
    let created_in_rest = created_in_rest.expect("a party of the REST dialect").clone();
    let prefixes =
        ["a", "a-", "a b", "ab", "A", "p", "pt", "pty", "pty_", "pty_0", "a:", "a::", "a:::", "nobody", "a::1220"];
    let longer = [
        created_in_rest[..12].to_owned(),
        created_in_rest[..30].to_owned(),
        created_in_rest[..31].to_owned(),
        created_in_rest[..36].to_owned(),
        created_in_rest.clone(),
        format!("a::{ns}"),
        format!("a:::{ns}"),
        format!("a:::{}", &ns[..9]),
        format!("a::{}", ns.replace('1', "2")),
        format!("a::{ns}0"),
    ];
    for prefix in prefixes.into_iter().chain(longer.iter().map(String::as_str)) {
        let filter = format!("filter-party={}", prefix.replace(' ', "%20"));
        assert_eq!(ledger.list(&format!("?{filter}")).await, with(prefix), "{prefix}");
        assert_eq!(pages(&ledger, &format!("{filter}&pageSize=1")).await.concat(), with(prefix), "{prefix}");
    }
    for odd in ["a.b", "%C3%A9", "a%25", &"a".repeat(186), &"a".repeat(256)] {
        let error = ledger.platform.get(&format!("/v2/parties?filter-party={odd}")).await;
        assert_error(error, 400, "INVALID_FIELD");
    }
    assert_eq!(ledger.list(&format!("?filter-party={}", "a".repeat(185))).await, Vec::<String>::new());
}
