//! Filters that most rows do not match: a page reads a limited number of rows, and the next one continues there.

use std::cell::Cell;

use berth::Options;
use macro_rules_attribute::apply;
use serde_json::{Value, json};

use super::pages::{By, next, paginate};
use crate::guarantees::growth::directory::Directory;
use crate::harness::{DynamoDbRequest, TestResponse, TestServer, Wire, api_test, paths, patient, world::ids};

/// Maximum number of rows that a page with a filter reads.
const MAX_READ: usize = 2_000;

/// A large organization.
struct Large {
    directory: Directory,
    _server: TestServer,
    wire: Wire,
    list: String,
}

impl Large {
    /// Creates an organization with about this many parties, which have the same name and type.
    async fn new(parties: usize) -> Self {
        let wire = Wire::new();
        let server = TestServer::start_with(Options { http_client: Some(wire.layer()), ..patient() }).await;
        let mut directory = Directory::make(&server).await;
        directory.grow(parties, 1).await;
        let list = paths::parties(&directory.org);
        Self { directory, _server: server, wire, list }
    }

    async fn get(&self, target: &str) -> TestResponse {
        self.directory.client.get(target).await.expect(200)
    }

    async fn total(&self) -> usize {
        let page = self.get(&format!("{}?limit=1", self.list)).await;
        page.json()["meta"]["total"].as_u64().and_then(|total| total.try_into().ok()).expect("a total")
    }

    /// Changes the party at this place of the list, and returns its id.
    async fn change(&self, at: usize, patch: &Value) -> String {
        let party = ids(&self.get(&format!("{}?limit=1&offset={at}", self.list)).await).remove(0);
        let target = paths::party(&self.directory.org, &party);
        self.directory.client.patch(&target, patch).await.expect(200).id()
    }

    /// Returns a page, with the number of rows that its queries may read. The second number is that of its total.
    async fn measured(&self, target: &str) -> (TestResponse, usize) {
        self.wire.take();
        let response = self.get(target).await;
        let limit = |request: &DynamoDbRequest| request.body["Limit"].as_u64().unwrap_or_default();
        let read: u64 = self.wire.take().0.iter().filter(|request| request.operation == "Query").map(limit).sum();
        (response, read.try_into().expect("a small number"))
    }
}

/// A page and its total read 2000 rows each. That is enough for 2000 rows, and not for one more.
#[apply(api_test)]
async fn a_search_reads_a_limited_number_of_rows() {
    let large = Large::new(MAX_READ - 20).await;
    let missing = MAX_READ - large.total().await;
    let wanted = large.change(large.total().await - 1, &json!({ "name": "Needle" })).await;
    for _ in 0..missing {
        large.directory.client.create_party(&large.directory.org, "Hay").await;
    }
    let search = format!("{}?search=needle", large.list);
    let (page, read) = large.measured(&search).await;
    assert_eq!((ids(&page), &page.json()["meta"]["total"]), (vec![wanted.clone()], &json!(1)));
    assert!(read <= 2 * MAX_READ + 1, "{read}");
    // One more row: the last one is beyond the limit.
    large.directory.client.create_party(&large.directory.org, "Hay").await;
    for by in [By::Cursor, By::Link] {
        let (page, read) = large.measured(&search).await;
        let meta = &page.json()["meta"];
        assert_eq!((ids(&page).len(), &meta["total"], &meta["hasMore"]), (0, &Value::Null, &json!(true)));
        assert!(read <= 2 * MAX_READ + 1, "{read}");
        let target = next(&page, &search, by).expect("a next page");
        let (page, read) = large.measured(&target).await;
        let meta = &page.json()["meta"];
        assert_eq!((ids(&page), &meta["total"], &meta["hasMore"]), (vec![wanted.clone()], &Value::Null, &json!(false)));
        assert!(read <= 2 * MAX_READ + 1, "{read}");
    }
}

/// By cursor and by link, pagination reads each row once, and finds all matches, whatever lies between them.
#[apply(api_test)]
async fn a_filtered_page_does_not_lose_its_place() {
    let large = Large::new(2 * MAX_READ + 1000).await;
    let end = large.total().await - 1;
    let mut wanted = Vec::new();
    for at in [5, 6, MAX_READ - 1, MAX_READ, MAX_READ + 1, 2 * MAX_READ + 700, end] {
        wanted.push(large.change(at, &json!({ "name": "Needle", "type": "INDIVIDUAL", "externalRef": "pin" })).await);
    }
    let list = &large.list;
    for (by, filter, limit) in [
        (By::Cursor, "search=needle", 2),
        (By::Link, "search=needle", 1),
        (By::Link, "type=INDIVIDUAL", 3),
        (By::Cursor, "type=INDIVIDUAL", 20),
    ] {
        let (target, pages) = (format!("{list}?{filter}&limit={limit}"), Cell::new(0));
        let (_, rows) = paginate(&large.directory.client, &target, by, async |page| pages.set(page)).await;
        let found: Vec<_> = rows.iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect();
        assert_eq!(found, wanted, "{target}");
        assert!(pages.get() <= wanted.len() + 4, "{target}: {} pages", pages.get());
    }
    // An offset counts matches. A page that ends before the offset continues to it.
    for (by, offset) in [(By::Cursor, 4), (By::Link, 6), (By::Link, 7)] {
        let target = format!("{list}?search=needle&limit=2&offset={offset}");
        let (mut at, mut found) = (Some(target.clone()), Vec::new());
        while let Some(target) = at {
            let page = large.get(&target).await;
            found.extend(ids(&page));
            // A cursor is not combined with an offset.
            let target = target.replace(&format!("&offset={offset}"), "");
            at = next(&page, &target, by);
        }
        assert_eq!(found, wanted[offset..], "{target}");
    }
    assert_eq!(ids(&large.get(&format!("{list}?externalRef=pin&search=needle")).await), wanted);
}

/// The other lists with `search`.
#[apply(api_test)]
async fn a_search_of_docks_and_organizations_is_limited() {
    let wire = Wire::new();
    let server = TestServer::start_with(Options { http_client: Some(wire.layer()), ..patient() }).await;
    let mut directory = Directory::make(&server).await;
    directory.grow_each([1, MAX_READ + 1, 1, MAX_READ + 1, 1, 1]).await;
    let own = format!("/v1/docks?organizationId={}&search=none", directory.org);
    for search in [&own, "/v1/docks?search=none", "/v1/organizations?search=none"] {
        let page = directory.client.get(search).await.expect(200);
        assert_eq!((&page.json()["meta"]["total"], &page.json()["meta"]["hasMore"]), (&Value::Null, &json!(true)));
        for by in [By::Cursor, By::Link] {
            let next = next(&page, search, by).expect("a next page");
            let page = directory.client.get(&next).await.expect(200);
            assert_eq!((ids(&page).len(), &page.json()["meta"]["hasMore"]), (0, &json!(false)), "{search}");
        }
    }
}
