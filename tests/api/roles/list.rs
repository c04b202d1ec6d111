//! `GET /v1/organizations/{orgId}/parties/{partyId}/roles`.

use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::guarantees::pagination::pages::{By, expect_each_once, many, nothing, paginate};
use crate::harness::{
    PartyWorld, TestResponse, TestServer, api_test, checker::assert_consistent, next_millisecond, paths, world::ULID,
    world::each, world::rows,
};

#[apply(api_test)]
async fn the_list_can_be_filtered_by_role_and_dock() {
    let world = PartyWorld::new().await;
    let second = world.platform.create_dock(&world.organization, "Second").await.id();
    let a = world.assign(&world.party, &world.dock, "RECIPIENT").await.id();
    let b = world.assign(&world.party, &second, "RECIPIENT").await.id();
    let c = world.assign(&world.party, &second, "DISTRIBUTOR").await.id();
    let (dock, none) = (&world.dock, format!("dock_{ULID}"));
    for (filter, wanted) in [
        (String::new(), vec![&c, &b, &a]),
        ("?role=RECIPIENT".to_owned(), vec![&b, &a]),
        ("?role=DISTRIBUTOR".to_owned(), vec![&c]),
        (format!("?dockId={second}"), vec![&c, &b]),
        (format!("?dockId={dock}"), vec![&a]),
        (format!("?dockId={second}&role=RECIPIENT"), vec![&b]),
        (format!("?dockId={dock}&role=DISTRIBUTOR"), vec![]),
        (format!("?dockId={none}"), vec![]),
    ] {
        assert_eq!(each(&world.of_party(&filter).await, "id").iter().collect::<Vec<_>>(), wanted, "{filter}");
    }
    // One row per page, by offset.
    for (offset, wanted) in [(0, &c), (1, &b)] {
        let page = world.of_party(&format!("?dockId={second}&limit=1&offset={offset}")).await;
        assert_eq!((&page.json()["data"][0]["id"], &page.json()["meta"]["total"]), (&json!(wanted), &json!(2)));
    }
}

#[apply(api_test)]
async fn both_lists_contain_the_same_roles() {
    let world = PartyWorld::new().await;
    let mut docks = vec![world.dock.clone()];
    let mut parties = vec![world.party.clone()];
    for at in 0..3 {
        docks.push(world.platform.create_dock(&world.organization, &format!("D{at}")).await.id());
        parties.push(world.platform.create_party(&world.organization, &format!("P{at}")).await.id());
    }
    for (p, party) in parties.iter().enumerate() {
        for (d, dock) in docks.iter().enumerate() {
            let role = world.assign(party, dock, if (p + d) % 2 == 0 { "RECIPIENT" } else { "DISTRIBUTOR" }).await;
            if (p + d) % 3 == 0 {
                world.revoke(&role).await;
            }
        }
    }
    let shared = |row: &Value| ["id", "dockId", "partyId", "role", "createdAt"].map(|member| row[member].to_string());
    for filter in ["", "?role=RECIPIENT", "?role=DISTRIBUTOR"] {
        let (mut by_party, mut by_dock) = (Vec::new(), Vec::new());
        for party in &parties {
            let list = world.platform.get(&format!("{}{filter}", world.roles_path(party))).await.expect(200);
            by_party.extend(rows(&list).iter().map(shared));
        }
        for dock in &docks {
            by_dock.extend(rows(&world.of_dock(dock, filter).await).iter().map(shared));
        }
        by_party.sort();
        by_dock.sort();
        assert_eq!(by_party, by_dock, "{filter}");
        assert!(by_party.len() >= 4, "{filter}");
    }
}

#[apply(api_test)]
async fn both_lists_show_current_names() {
    let world = PartyWorld::new().await;
    world.assign(&world.party, &world.dock, "RECIPIENT").await;
    let past = world.assign(&world.party, &world.dock, "DISTRIBUTOR").await;
    let then = past.text("createdAt");
    next_millisecond().await;
    world.revoke(&past).await;
    let party = paths::party(&world.organization, &world.party);
    world.platform.update_dock(&world.dock, &json!({ "name": "Counter" })).await.expect(200);
    world.platform.patch(&party, &json!({ "name": "Anna", "type": "INDIVIDUAL" })).await.expect(200);
    for (query, count) in [(String::new(), 1), (format!("?asOf={then}"), 2)] {
        assert_eq!(each(&world.of_party(&query).await, "dockName"), vec!["Counter"; count], "{query}");
        let list = world.of_dock(&world.dock, &query).await;
        assert_eq!(each(&list, "partyName"), vec!["Anna"; count], "{query}");
        assert_eq!(each(&list, "partyType"), vec!["INDIVIDUAL"; count], "{query}");
    }
}

#[apply(api_test)]
async fn as_of_supports_the_same_filters() {
    let world = PartyWorld::new().await;
    let second = world.platform.create_dock(&world.organization, "Second").await.id();
    let a = world.assign(&world.party, &world.dock, "RECIPIENT").await;
    let b = world.assign(&world.party, &second, "RECIPIENT").await;
    let c = world.assign(&world.party, &second, "DISTRIBUTOR").await;
    let then = c.text("createdAt");
    next_millisecond().await;
    world.revoke(&a).await;
    world.revoke(&c).await;
    for (filter, wanted) in [
        (String::new(), vec![&c, &b, &a]),
        ("&role=RECIPIENT".to_owned(), vec![&b, &a]),
        (format!("&dockId={second}"), vec![&c, &b]),
        (format!("&dockId={}&role=DISTRIBUTOR", world.dock), vec![]),
        (format!("&dockId={second}&role=DISTRIBUTOR"), vec![&c]),
    ] {
        let wanted: Vec<_> = wanted.into_iter().map(TestResponse::id).collect();
        let list = world.of_party(&format!("?asOf={then}{filter}")).await;
        assert_eq!(each(&list, "id"), wanted, "{filter}");
        // The same rows, one per page.
        let mut found = Vec::new();
        for offset in 0..wanted.len() {
            let page = world.of_party(&format!("?asOf={then}{filter}&limit=1&offset={offset}")).await;
            assert_eq!(page.json()["meta"]["total"], wanted.len());
            found.push(page.json()["data"][0]["id"].as_str().expect("an id").to_owned());
        }
        assert_eq!(found, wanted, "{filter}");
    }
    for (role, held) in [("DISTRIBUTOR", &c), ("RECIPIENT", &b)] {
        assert_eq!(each(&world.of_dock(&second, &format!("?asOf={then}&role={role}")).await, "id"), [held.id()]);
    }
}

#[apply(api_test)]
async fn pagination_returns_every_role_once_while_roles_are_revoked() {
    let server = TestServer::start().await;
    let client = &server.platform();
    let organization = &client.create_organization("Roles").await.id();
    let party = &client.create_party(organization, "Busy").await.id();
    let docks = many(60, |at| async move { client.create_dock(organization, &format!("Dock {at}")).await.id() }).await;
    let roles = many(120, |at| {
        let (dock, role) = (&docks[at / 2], ["DISTRIBUTOR", "RECIPIENT"][at % 2]);
        async move { client.assign(organization, party, dock, role).await.id() }
    })
    .await;
    let list = format!("{}?limit=7", paths::roles(organization, party));
    for by in [By::Cursor, By::Link] {
        let (seen, rows) = paginate(client, &list, by, nothing).await;
        assert_eq!(seen.len(), 120);
        expect_each_once(&seen, &roles);
        assert!(rows.iter().all(|row| row["dockName"].as_str().is_some_and(|name| name.starts_with("Dock "))));
        let (seen, rows) = paginate(client, &format!("{list}&role=RECIPIENT"), by, nothing).await;
        assert_eq!(seen.len(), 60);
        assert!(rows.iter().all(|row| row["role"] == "RECIPIENT"));
    }
    // A role that is revoked meanwhile may be returned or not. All others are returned once.
    let gone = &roles[..40];
    let between = |page: usize| {
        let target = gone.get(page * 2).map(|id| format!("{}/{id}", list.trim_end_matches("?limit=7")));
        async move {
            if let Some(target) = target {
                client.delete(&target).await.expect(200);
            }
        }
    };
    expect_each_once(&paginate(client, &list, By::Cursor, between).await.0, &roles[40..]);
    assert_consistent(&server).await;
}
