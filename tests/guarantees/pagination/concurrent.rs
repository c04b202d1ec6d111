//! Pagination while the list changes: no row is missed, none is returned twice.

use macro_rules_attribute::apply;
use serde_json::json;

use crate::guarantees::pagination::pages::{By, expect_each_once, many, nothing, paginate, parties};
use crate::harness::{TestServer, api_test, checker::assert_consistent, paths};

async fn paginate_while_parties_are_added(target: &str, by: By) {
    let server = TestServer::start().await;
    let client = server.platform();
    let organization = client.create_organization("Growing").await.id();
    let stood = parties(&client, &organization, 500).await;
    let target = target.replace("{}", &organization);
    // Some parties are added between two pages, where an offset would shift, and some at any time.
    let add = || async {
        client.create_party(&organization, "Late").await;
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
    let ((seen, rows), ()) = futures::future::join(paginate(&client, &target, by, between), adding).await;
    expect_each_once(&seen, &stood);
    assert!(rows.is_sorted_by(|one, next| one["createdAt"].as_str() >= next["createdAt"].as_str()), "newest first");
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn cursor_pagination_is_complete_while_parties_are_added() {
    paginate_while_parties_are_added("/v1/organizations/{}/parties?limit=23", By::Cursor).await;
}

#[apply(api_test)]
async fn offset_pagination_by_links_is_complete_while_parties_are_added() {
    paginate_while_parties_are_added("/v1/organizations/{}/parties?limit=23&offset=0", By::Link).await;
}

#[apply(api_test)]
async fn offset_pagination_of_an_unchanged_list_is_complete() {
    let server = TestServer::start().await;
    let client = server.platform();
    let organization = client.create_organization("Still").await.id();
    let mut stood = parties(&client, &organization, 130).await;
    let mut found = Vec::new();
    for page in 0..7 {
        let target = format!("{}?limit=20&offset={}", paths::parties(&organization), page * 20);
        let response = client.get(&target).await.expect(200);
        let meta = &response.json()["meta"];
        assert_eq!((&meta["total"], &meta["page"], &meta["pageSize"]), (&json!(130), &json!(page + 1), &json!(20)));
        assert_eq!(meta["hasMore"], page < 6);
        let rows = response.json()["data"].as_array().expect("rows").iter();
        found.extend(rows.map(|row| row["id"].as_str().expect("an id").to_owned()));
    }
    let beyond = client.get(&format!("{}?offset=10000", paths::parties(&organization))).await.expect(200);
    assert_eq!((&beyond.json()["data"], &beyond.json()["meta"]["total"]), (&json!([]), &json!(130)));
    assert!(found.is_sorted_by(|one, next| one > next), "newest first, ties by id");
    found.sort();
    stood.sort();
    assert_eq!(found, stood);
}

/// Rows that are renamed, change their type or get roles during pagination keep their position.
#[apply(api_test)]
async fn pagination_is_complete_while_rows_change() {
    let server = TestServer::start().await;
    let client = server.platform();
    let organization = client.create_organization("Changing").await.id();
    let stood = parties(&client, &organization, 90).await;
    for by in [By::Cursor, By::Link] {
        let between = |page: usize| {
            let target = paths::party(&organization, &stood[page * 7 % 90]);
            let (client, body) = (client.clone(), json!({ "name": format!("Renamed {page}"), "type": "INDIVIDUAL" }));
            async move { drop(client.patch(&target, &body).await.expect(200)) }
        };
        let target = format!("{}?limit=10", paths::parties(&organization));
        expect_each_once(&paginate(&client, &target, by, between).await.0, &stood);
    }
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn pagination_of_every_list_is_complete() {
    let server = TestServer::start().await;
    let client = &server.platform();
    let organizations = many(25, |at| async move { client.create_organization(&format!("Org {at}")).await.id() }).await;
    let organization = &organizations[0];
    let docks = many(25, |at| async move { client.create_dock(organization, &format!("Dock {at}")).await.id() }).await;
    let scopes = ["docks:read"];
    let keys = many(25, |_| async move { client.create_api_key(Some(organization), &scopes).await.id() }).await;
    let by_ref = many(25, |at| async move {
        let body = json!({ "type": "INDIVIDUAL", "name": format!("Same {at}"), "externalRef": "one ref" });
        client.post_party(organization, &body).await.expect(201).id()
    })
    .await;
    for (target, stood) in [
        // The deployment's own organization is not one of these.
        ("/v1/organizations?limit=7&search=org".to_owned(), &organizations),
        ("/v1/organizations?limit=7&search=oRg".to_owned(), &organizations),
        ("/v1/docks?limit=7".to_owned(), &docks),
        (format!("/v1/docks?limit=7&organizationId={organization}"), &docks),
        ("/v1/docks?limit=7&search=dock".to_owned(), &docks),
        (format!("/v1/api-keys?limit=7&organizationId={organization}"), &keys),
        (format!("{}?limit=7&externalRef=one%20ref", paths::parties(organization)), &by_ref),
        (format!("{}?limit=7&search=same", paths::parties(organization)), &by_ref),
        (format!("{}?limit=7&type=INDIVIDUAL", paths::parties(organization)), &by_ref),
    ] {
        for by in [By::Cursor, By::Link] {
            let (seen, _) = paginate(client, &target, by, nothing).await;
            assert_eq!(seen.len(), stood.len(), "{target}");
            expect_each_once(&seen, stood);
            let total = client.get(&target).await.json()["meta"]["total"].clone();
            assert_eq!(total, stood.len(), "{target}");
        }
    }
}

#[apply(api_test)]
async fn a_cursor_of_another_list_is_rejected() {
    let server = TestServer::start().await;
    let client = server.platform();
    let (one, other) = (client.create_organization("One").await.id(), client.create_organization("Other").await.id());
    for organization in [&one, &other] {
        parties(&client, organization, 5).await;
    }
    let list = |organization: &str, query: &str| format!("{}?limit=2&{query}", paths::parties(organization));
    let page = client.get(&list(&one, "type=ORGANIZATION")).await.expect(200);
    let cursor = page.json()["meta"]["nextCursor"].as_str().expect("a cursor").to_owned();
    client.get(&list(&one, &format!("type=ORGANIZATION&cursor={cursor}"))).await.expect(200);
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
        client.get(&list(organization, &query)).await.expect_error(400, "VALIDATION_FAILED");
    }
    // A tenant's cursor is not valid for a platform key, even for the same list.
    let tenant = server.tenant(&one, &["parties:read"]).await;
    tenant.get(&list(&one, &format!("type=ORGANIZATION&cursor={cursor}"))).await.expect_error(400, "VALIDATION_FAILED");
}
