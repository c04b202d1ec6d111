//! Walks through lists while they change: none of what stood at the start is missed, none is seen twice.

use std::collections::BTreeMap;

use futures::{StreamExt, stream};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::{
    checker::expect_whole,
    harness::{Answer, Berth, Caller, tests},
};

pub fn tests() -> Vec<Trial> {
    tests![
        a_walk_by_cursor_misses_nothing_while_parties_are_added,
        a_walk_by_offset_misses_nothing_while_parties_are_added,
        a_plain_walk_by_offset_sees_everything_once,
        a_walk_misses_nothing_while_rows_change,
        the_roles_of_a_party_are_walked_whole,
        the_parties_of_a_dock_are_walked_whole,
        every_list_is_walked_whole,
        a_cursor_leads_on_in_its_own_list_only,
    ]
}

/// How a walk gets from page to page.
#[derive(Clone, Copy)]
enum By {
    Cursor,
    /// `Link: rel="next"`, which a walk that began with an offset goes on by offset.
    Link,
}

/// Makes many things of one kind, some at once.
async fn many<F: Future<Output = String>>(number: usize, make: impl Fn(usize) -> F) -> Vec<String> {
    stream::iter((0..number).map(make)).buffer_unordered(16).collect().await
}

async fn parties(caller: &Caller, organization: &str, number: usize) -> Vec<String> {
    many(number, |at| {
        let name = format!("Party {at}");
        async move { caller.create_party(organization, &name).await.id() }
    })
    .await
}

/// The target of the next page, `None` after the last.
fn next(answer: &Answer, target: &str, by: By) -> Option<String> {
    let meta = &answer.json()["meta"];
    let link = answer.header("link").map(|link| {
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

/// Walks a list from `target`, and does something between the pages. How often each id was seen, and all rows.
async fn walk<F: Future<Output = ()>>(
    caller: &Caller,
    target: &str,
    by: By,
    between: impl Fn(usize) -> F,
) -> (BTreeMap<String, usize>, Vec<Value>) {
    let (mut seen, mut rows, mut page) = (BTreeMap::new(), Vec::new(), 0);
    let mut target = Some(target.to_owned());
    while let Some(at) = target {
        let answer = caller.get(&at).await.expect(200);
        let data = answer.json()["data"].as_array().expect("rows");
        for row in data {
            *seen.entry(row["id"].as_str().expect("an id").to_owned()).or_default() += 1;
        }
        rows.extend(data.iter().cloned());
        target = next(&answer, &at, by);
        page += 1;
        between(page).await;
    }
    (seen, rows)
}

async fn nothing(_: usize) {}

fn expect_each_once(seen: &BTreeMap<String, usize>, stood: &[String]) {
    let missing: Vec<_> = stood.iter().filter(|id| !seen.contains_key(*id)).collect();
    let twice: Vec<_> = stood.iter().filter(|id| seen.get(*id).is_some_and(|times| *times > 1)).collect();
    assert!(missing.is_empty() && twice.is_empty(), "missing: {missing:?}, twice: {twice:?}");
}

async fn walk_while_parties_are_added(target: &str, by: By) {
    let berth = Berth::start().await;
    let caller = berth.platform();
    let organization = caller.create_organization("Growing").await.id();
    let stood = parties(&caller, &organization, 500).await;
    let target = target.replace("{}", &organization);
    // Some between the pages, where an offset would slip, and some at any moment.
    let add = || async {
        caller.create_party(&organization, "Late").await;
    };
    let between = |_| async {
        add().await;
        add().await;
    };
    let adding = async {
        for _ in 0..40 {
            add().await;
        }
    };
    let ((seen, rows), ()) = futures::future::join(walk(&caller, &target, by, between), adding).await;
    expect_each_once(&seen, &stood);
    assert!(rows.is_sorted_by(|one, next| one["createdAt"].as_str() >= next["createdAt"].as_str()), "newest first");
    expect_whole(&berth).await;
}

async fn a_walk_by_cursor_misses_nothing_while_parties_are_added() {
    walk_while_parties_are_added("/v1/organizations/{}/parties?limit=23", By::Cursor).await;
}

async fn a_walk_by_offset_misses_nothing_while_parties_are_added() {
    walk_while_parties_are_added("/v1/organizations/{}/parties?limit=23&offset=0", By::Link).await;
}

async fn a_plain_walk_by_offset_sees_everything_once() {
    let berth = Berth::start().await;
    let caller = berth.platform();
    let organization = caller.create_organization("Still").await.id();
    let mut stood = parties(&caller, &organization, 130).await;
    let mut found = Vec::new();
    for page in 0..7 {
        let target = format!("/v1/organizations/{organization}/parties?limit=20&offset={}", page * 20);
        let answer = caller.get(&target).await.expect(200);
        let meta = &answer.json()["meta"];
        assert_eq!((&meta["total"], &meta["page"], &meta["pageSize"]), (&json!(130), &json!(page + 1), &json!(20)));
        assert_eq!(meta["hasMore"], page < 6);
        let rows = answer.json()["data"].as_array().expect("rows").iter();
        found.extend(rows.map(|row| row["id"].as_str().expect("an id").to_owned()));
    }
    let beyond = caller.get(&format!("/v1/organizations/{organization}/parties?offset=10000")).await.expect(200);
    assert_eq!((&beyond.json()["data"], &beyond.json()["meta"]["total"]), (&json!([]), &json!(130)));
    assert!(found.is_sorted_by(|one, next| one > next), "newest first, ties by id");
    found.sort();
    stood.sort();
    assert_eq!(found, stood);
}

/// What is renamed, re-typed or given roles in the middle of a walk stays where it is.
async fn a_walk_misses_nothing_while_rows_change() {
    let berth = Berth::start().await;
    let caller = berth.platform();
    let organization = caller.create_organization("Changing").await.id();
    let stood = parties(&caller, &organization, 90).await;
    for by in [By::Cursor, By::Link] {
        let between = |page: usize| {
            let target = format!("/v1/organizations/{organization}/parties/{}", stood[page * 7 % 90]);
            let (caller, body) = (caller.clone(), json!({ "name": format!("Renamed {page}"), "type": "INDIVIDUAL" }));
            async move { drop(caller.patch(&target, &body).await.expect(200)) }
        };
        let target = format!("/v1/organizations/{organization}/parties?limit=10");
        expect_each_once(&walk(&caller, &target, by, between).await.0, &stood);
    }
    expect_whole(&berth).await;
}

async fn the_roles_of_a_party_are_walked_whole() {
    let berth = Berth::start().await;
    let caller = &berth.platform();
    let organization = &caller.create_organization("Roles").await.id();
    let party = &caller.create_party(organization, "Busy").await.id();
    let docks = many(60, |at| async move { caller.create_dock(organization, &format!("Dock {at}")).await.id() }).await;
    let roles = many(120, |at| {
        let (dock, role) = (&docks[at / 2], ["DISTRIBUTOR", "RECIPIENT"][at % 2]);
        async move { caller.assign(organization, party, dock, role).await.id() }
    })
    .await;
    let list = format!("/v1/organizations/{organization}/parties/{party}/roles?limit=7");
    for by in [By::Cursor, By::Link] {
        let (seen, rows) = walk(caller, &list, by, nothing).await;
        assert_eq!(seen.len(), 120);
        expect_each_once(&seen, &roles);
        assert!(rows.iter().all(|row| row["dockName"].as_str().is_some_and(|name| name.starts_with("Dock "))));
        let (seen, rows) = walk(caller, &format!("{list}&role=RECIPIENT"), by, nothing).await;
        assert_eq!(seen.len(), 60);
        assert!(rows.iter().all(|row| row["role"] == "RECIPIENT"));
    }
    // What is revoked in the middle may be seen or not; the others are seen once.
    let gone = &roles[..40];
    let between = |page: usize| {
        let target = gone.get(page * 2).map(|id| format!("{}/{id}", list.trim_end_matches("?limit=7")));
        async move {
            if let Some(target) = target {
                caller.delete(&target).await.expect(200);
            }
        }
    };
    expect_each_once(&walk(caller, &list, By::Cursor, between).await.0, &roles[40..]);
    expect_whole(&berth).await;
}

async fn the_parties_of_a_dock_are_walked_whole() {
    let berth = Berth::start().await;
    let caller = &berth.platform();
    let organization = &caller.create_organization("Members").await.id();
    let dock = &caller.create_dock(organization, "Full").await.id();
    let members = parties(caller, organization, 60).await;
    let roles = many(120, |at| {
        let (party, role) = (&members[at / 2], ["DISTRIBUTOR", "RECIPIENT"][at % 2]);
        async move { caller.assign(organization, party, dock, role).await.id() }
    })
    .await;
    let list = format!("/v1/docks/{dock}/parties?limit=7");
    for by in [By::Cursor, By::Link] {
        // Added in the middle of the walk, they come before what has been seen already.
        let between = |_| async {
            let party = caller.create_party(organization, "Newcomer").await.id();
            caller.assign(organization, &party, dock, "RECIPIENT").await;
        };
        let (seen, rows) = walk(caller, &list, by, between).await;
        expect_each_once(&seen, &roles);
        assert!(rows.iter().all(|row| row["partyName"].is_string() && row["partyType"] == "ORGANIZATION"));
        let mine = rows.iter().filter(|row| roles.iter().any(|id| row["id"] == *id));
        let order: Vec<_> = mine.map(|row| (row["partyId"].to_string(), row["role"].to_string())).collect();
        let sorted = order.is_sorted_by(|one, next| one.0 > next.0 || (one.0 == next.0 && one.1 < next.1));
        assert!(sorted, "newest party first, the distributor before the recipient");
        let (seen, _) = walk(caller, &format!("{list}&role=DISTRIBUTOR"), by, nothing).await;
        assert_eq!(seen.len(), 60);
    }
    expect_whole(&berth).await;
}

async fn every_list_is_walked_whole() {
    let berth = Berth::start().await;
    let caller = &berth.platform();
    let organizations = many(25, |at| async move { caller.create_organization(&format!("Org {at}")).await.id() }).await;
    let organization = &organizations[0];
    let docks = many(25, |at| async move { caller.create_dock(organization, &format!("Dock {at}")).await.id() }).await;
    let scopes = ["docks:read"];
    let keys = many(25, |_| async move { caller.create_api_key(Some(organization), &scopes).await.id() }).await;
    let by_ref = many(25, |at| async move {
        let body = json!({ "type": "INDIVIDUAL", "name": format!("Same {at}"), "externalRef": "one ref" });
        caller.post(&format!("/v1/organizations/{organization}/parties"), &body).await.expect(201).id()
    })
    .await;
    for (target, stood) in [
        // The deployment's own organization is none of these.
        ("/v1/organizations?limit=7&search=org".to_owned(), &organizations),
        ("/v1/organizations?limit=7&search=oRg".to_owned(), &organizations),
        ("/v1/docks?limit=7".to_owned(), &docks),
        (format!("/v1/docks?limit=7&organizationId={organization}"), &docks),
        ("/v1/docks?limit=7&search=dock".to_owned(), &docks),
        (format!("/v1/api-keys?limit=7&organizationId={organization}"), &keys),
        (format!("/v1/organizations/{organization}/parties?limit=7&externalRef=one%20ref"), &by_ref),
        (format!("/v1/organizations/{organization}/parties?limit=7&search=same"), &by_ref),
        (format!("/v1/organizations/{organization}/parties?limit=7&type=INDIVIDUAL"), &by_ref),
    ] {
        for by in [By::Cursor, By::Link] {
            let (seen, _) = walk(caller, &target, by, nothing).await;
            assert_eq!(seen.len(), stood.len(), "{target}");
            expect_each_once(&seen, stood);
            let total = caller.get(&target).await.json()["meta"]["total"].clone();
            assert_eq!(total, stood.len(), "{target}");
        }
    }
}

async fn a_cursor_leads_on_in_its_own_list_only() {
    let berth = Berth::start().await;
    let caller = berth.platform();
    let (one, other) = (caller.create_organization("One").await.id(), caller.create_organization("Other").await.id());
    for organization in [&one, &other] {
        parties(&caller, organization, 5).await;
    }
    let list = |organization: &str, query: &str| format!("/v1/organizations/{organization}/parties?limit=2&{query}");
    let page = caller.get(&list(&one, "type=ORGANIZATION")).await.expect(200);
    let cursor = page.json()["meta"]["nextCursor"].as_str().expect("a cursor").to_owned();
    caller.get(&list(&one, &format!("type=ORGANIZATION&cursor={cursor}"))).await.expect(200);
    let mut altered = cursor.clone().into_bytes();
    let end = altered.last_mut().expect("a character");
    *end = if *end == b'A' { b'B' } else { b'A' };
    let altered = String::from_utf8(altered).expect("ASCII");
    for (organization, query) in [
        (&other, format!("type=ORGANIZATION&cursor={cursor}")),
        (&one, format!("cursor={cursor}")),
        (&one, format!("type=INDIVIDUAL&cursor={cursor}")),
        (&one, format!("type=ORGANIZATION&search=p&cursor={cursor}")),
        (&one, format!("type=ORGANIZATION&cursor={altered}")),
        (&one, format!("type=ORGANIZATION&cursor={cursor}&offset=0")),
        (&one, format!("type=ORGANIZATION&anchor={altered}")),
        (&one, "type=ORGANIZATION&cursor=x".to_owned()),
    ] {
        caller.get(&list(organization, &query)).await.refused(400, "VALIDATION_FAILED");
    }
    // A tenant's cursor is not the platform's, though both look at the same list.
    let tenant = berth.tenant(&one, &["parties:read"]).await;
    tenant.get(&list(&one, &format!("type=ORGANIZATION&cursor={cursor}"))).await.refused(400, "VALIDATION_FAILED");
}
