//! Pagination through a list.

use std::collections::BTreeMap;

use futures::{StreamExt, stream};
use serde_json::Value;

use crate::harness::{TestClient, TestResponse};

/// Source of the next page.
#[derive(Clone, Copy)]
pub enum By {
    Cursor,
    /// The `Link` header with `rel="next"`. Pagination that begins with an offset continues by offset.
    Link,
}

/// Creates many resources of one kind, some concurrently.
pub async fn many<F: Future<Output = String>>(number: usize, make: impl Fn(usize) -> F) -> Vec<String> {
    stream::iter((0..number).map(make)).buffer_unordered(16).collect().await
}

pub async fn parties(client: &TestClient, organization: &str, number: usize) -> Vec<String> {
    many(number, |at| {
        let name = format!("Party {at}");
        async move { client.create_party(organization, &name).await.id() }
    })
    .await
}

/// Returns the target of the next page, or `None` after the last one.
pub fn next(response: &TestResponse, target: &str, by: By) -> Option<String> {
    let meta = &response.json()["meta"];
    let link = response.header("link").map(|link| {
        let (link, rel) = link.split_once(">; ").expect("a link");
        assert_eq!(rel, "rel=\"next\"");
        link.trim_start_matches('<').to_owned()
    });
    assert_eq!(link.is_some(), meta["hasMore"] == true);
    assert_eq!(meta["nextCursor"].is_string(), meta["hasMore"] == true);
    match by {
        By::Link => link,
        By::Cursor => {
            let (path, query) = target.split_once('?').expect("a query");
            let filters = query.split('&').filter(|pair| !pair.starts_with("cursor="));
            let cursor = meta["nextCursor"].as_str()?;
            Some(format!("{path}?{}&cursor={cursor}", filters.collect::<Vec<_>>().join("&")))
        }
    }
}

/// Pages through a list from `target`, and runs a function between the pages. Returns how often each id was seen, and
/// all rows.
pub async fn paginate<F: Future<Output = ()>>(
    client: &TestClient,
    target: &str,
    by: By,
    between: impl Fn(usize) -> F,
) -> (BTreeMap<String, usize>, Vec<Value>) {
    let (mut seen, mut rows, mut page) = (BTreeMap::new(), Vec::new(), 0);
    let mut target = Some(target.to_owned());
    while let Some(at) = target {
        let response = client.get(&at).await.expect(200);
        let data = response.json()["data"].as_array().expect("rows");
        for row in data {
            *seen.entry(row["id"].as_str().expect("an id").to_owned()).or_default() += 1;
        }
        rows.extend(data.iter().cloned());
        target = next(&response, &at, by);
        page += 1;
        between(page).await;
    }
    (seen, rows)
}

pub async fn nothing(_: usize) {}

pub fn expect_each_once(seen: &BTreeMap<String, usize>, stood: &[String]) {
    let missing: Vec<_> = stood.iter().filter(|id| !seen.contains_key(*id)).collect();
    let twice: Vec<_> = stood.iter().filter(|id| seen.get(*id).is_some_and(|times| *times > 1)).collect();
    assert!(missing.is_empty() && twice.is_empty(), "missing: {missing:?}, twice: {twice:?}");
}
