//! The documented examples of `GET /v1/organizations/{orgId}/parties/{partyId}/roles`.

use berth_shared::id;
use macro_rules_attribute::apply;
use serde_json::json;

use crate::api::documented::{assert_documented_error, check_id, check_members, check_time};
use crate::harness::{TestResponse, TestServer, api_test, paths, samples::nonexistent};

/// Creates a party that is distributor in two docks and recipient in a third, as in the documented example. Returns the
/// path of its roles, and the docks, oldest first.
async fn multi_role_party(server: &TestServer) -> (String, Vec<(String, &'static str, &'static str)>) {
    let platform = server.platform();
    let organization = platform.create_organization("Bank of America").await.id();
    let party = platform.create_party(&organization, "First American Title").await.id();
    let mut docks = Vec::new();
    for (name, role) in
        [("Underwriting Division", "DISTRIBUTOR"), ("Closing", "DISTRIBUTOR"), ("Agent Portal", "RECIPIENT")]
    {
        let dock = platform.create_dock(&organization, name).await.id();
        platform.assign(&organization, &party, &dock, role).await;
        docks.push((dock, name, role));
        // Roles of one millisecond have no order of creation.
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    (paths::roles(&organization, &party), docks)
}

/// Returns dock, dock name and role of each row.
fn found(list: &TestResponse) -> Vec<(&str, &str, &str)> {
    let rows = list.json()["data"].as_array().expect("a list").iter();
    rows.map(|row| {
        let text = |member: &str| row[member].as_str().expect("a string");
        (text("dockId"), text("dockName"), text("role"))
    })
    .collect()
}

#[apply(api_test)]
async fn the_documented_page_is_returned() {
    let server = TestServer::start().await;
    let (target, docks) = multi_role_party(&server).await;
    let list = server.platform().get(&target).await.expect(200);
    check_members(list.json(), &["data", "meta"]);
    for row in list.json()["data"].as_array().expect("a list") {
        check_members(row, &["id", "dockId", "dockName", "partyId", "role", "createdAt"]);
        check_id::<id::Role>(&row["id"], "dpr_");
        check_id::<id::Dock>(&row["dockId"], "dock_");
        check_id::<id::Party>(&row["partyId"], "pty_");
        check_time(&row["createdAt"]);
    }
    // Newest first, as documented.
    let expected: Vec<_> = docks.iter().rev().map(|(dock, name, role)| (dock.as_str(), *name, *role)).collect();
    assert_eq!(found(&list), expected);
    let meta = json!({ "total": 3, "page": 1, "pageSize": 20, "hasMore": false, "nextCursor": null });
    assert_eq!(list.json()["meta"], meta);
    // `limit` and `offset`, as documented.
    let page = server.platform().get(&format!("{target}?limit=1&offset=1")).await.expect(200);
    assert_eq!(found(&page), expected[1..2]);
    let meta = &page.json()["meta"];
    assert_eq!((&meta["total"], &meta["page"], &meta["pageSize"]), (&json!(3), &json!(2), &json!(1)));
    assert_eq!(meta["hasMore"], true);
}

#[apply(api_test)]
async fn the_documented_filters_are_applied() {
    let server = TestServer::start().await;
    let (target, docks) = multi_role_party(&server).await;
    let list = async |query: &str| server.platform().get(&format!("{target}?{query}")).await.expect(200);
    let (first, second, third) = (docks[0].0.as_str(), docks[1].0.as_str(), docks[2].0.as_str());
    for (query, expected) in [
        ("role=DISTRIBUTOR".to_owned(), vec![second, first]),
        ("role=RECIPIENT".to_owned(), vec![third]),
        (format!("dockId={first}"), vec![first]),
        (format!("dockId={first}&role=DISTRIBUTOR"), vec![first]),
        (format!("dockId={first}&role=RECIPIENT"), vec![]),
        (format!("dockId={}", nonexistent(first)), vec![]),
    ] {
        let response = list(&query).await;
        let found: Vec<_> = found(&response).into_iter().map(|(dock, ..)| dock).collect();
        assert_eq!(found, expected, "{query}");
        assert_eq!(response.json()["meta"]["total"], json!(expected.len()), "{query}");
        assert_eq!(response.json()["meta"]["hasMore"], false, "{query}");
    }
}

#[apply(api_test)]
async fn the_documented_error_responses_are_returned() {
    let server = TestServer::start().await;
    let (target, docks) = multi_role_party(&server).await;
    let platform = server.platform();
    assert_documented_error(server.anonymous().get(&target).await, 401, "UNAUTHORIZED", "Invalid or expired API key");
    let ids: Vec<&str> = target.split('/').collect();
    let nowhere = target.replace(ids[3], &nonexistent(ids[3]));
    let no_party = target.replace(ids[5], &nonexistent(ids[5]));
    for filter in ["", "?role=RECIPIENT", &format!("?dockId={}", docks[0].0)] {
        let error = platform.get(&format!("{no_party}{filter}")).await;
        assert_documented_error(error, 404, "PARTY_NOT_FOUND", "Party not found");
        // Without the organization there is no party either, and the error is the same.
        let error = platform.get(&format!("{nowhere}{filter}")).await;
        assert_documented_error(error, 404, "PARTY_NOT_FOUND", "Party not found");
    }
}

#[apply(api_test)]
async fn one_party_is_distributor_in_two_docks_and_recipient_in_a_third() {
    let server = TestServer::start().await;
    let (target, docks) = multi_role_party(&server).await;
    let list = server.platform().get(&target).await.expect(200);
    let roles: Vec<_> = found(&list).into_iter().map(|(.., role)| role).collect();
    assert_eq!(roles, ["RECIPIENT", "DISTRIBUTOR", "DISTRIBUTOR"]);
    // The list of each dock contains the same role.
    for (dock, _, role) in docks {
        let parties = server.platform().list_dock_parties(&dock).await.expect(200);
        let rows = parties.json()["data"].as_array().expect("a list");
        assert_eq!(rows.len(), 1);
        assert_eq!((&rows[0]["role"], &rows[0]["partyName"]), (&json!(role), &json!("First American Title")));
        assert!(target.contains(rows[0]["partyId"].as_str().expect("an id")));
    }
}
