//! `GET /v1/organizations/{orgId}/roles`: filters, totals and rejected requests.

use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::{
    DIRECTORY_SCOPES, PartyWorld, TestResponse, api_test, next_millisecond, paths, world::ULID, world::each, world::ids,
};

/// Returns the members that all lists of roles have.
fn shared(row: &Value) -> [String; 5] {
    ["id", "dockId", "partyId", "role", "createdAt"].map(|member| row[member].to_string())
}

#[apply(api_test)]
async fn rows_have_the_names_of_dock_and_party() {
    let world = PartyWorld::new().await;
    let role = world.assign_recipient().await;
    let list = world.get(&paths::organization_roles(&world.organization)).await;
    let row = json!({
        "id": role.id(), "dockId": world.dock, "dockName": "Desk", "partyId": world.party, "partyName": "Ann",
        "role": "RECIPIENT", "createdAt": role.text("createdAt"),
    });
    assert_eq!(list.json()["data"], json!([row]));
    world.platform.update_dock(&world.dock, &json!({ "name": "Counter" })).await.expect(200);
    world.platform.patch(&world.party_path(), &json!({ "name": "Anna" })).await.expect(200);
    for query in [String::new(), format!("?asOf={}", role.text("createdAt"))] {
        let list = world.of_organization(&query).await;
        assert_eq!((each(&list, "dockName"), each(&list, "partyName")), (vec!["Counter"], vec!["Anna"]));
    }
    // Without `asOf`, a row does not contain the end of the role.
    let row = world.of_organization("").await.json()["data"][0].clone();
    assert!(row.get("revokedAt").is_none() && row.get("revokedBy").is_none(), "{row}");
}

#[apply(api_test)]
async fn the_list_can_be_filtered_by_role_docks_and_parties() {
    let world = PartyWorld::new().await;
    let (d1, p1) = (&world.dock, &world.party);
    let d2 = &world.platform.create_dock(&world.organization, "Second").await.id();
    let p2 = &world.platform.create_party(&world.organization, "Bob").await.id();
    let p3 = &world.platform.create_party(&world.organization, "Cleo").await.id();
    let mut roles = Vec::new();
    for (party, dock, role) in [
        (p3, d1, "RECIPIENT"),
        (p1, d1, "RECIPIENT"),
        (p2, d2, "DISTRIBUTOR"),
        (p1, d2, "RECIPIENT"),
        (p1, d2, "DISTRIBUTOR"),
        (p2, d1, "RECIPIENT"),
    ] {
        next_millisecond().await;
        roles.push(world.assign(party, dock, role).await);
    }
    // The same state, held earlier: revoked roles are in the list of that time, and not in the current one.
    let then = roles[5].text("createdAt");
    let expect = async |suffix: &str| {
        for (filter, wanted) in [
            (String::new(), vec![0, 5, 2, 4, 3, 1]),
            ("role=RECIPIENT".to_owned(), vec![0, 5, 3, 1]),
            (format!("dockId={d1}"), vec![0, 5, 1]),
            (format!("dockId={d2},{d1}"), vec![0, 5, 2, 4, 3, 1]),
            (format!("dockId={d2},{d2}"), vec![2, 4, 3]),
            (format!("dockId={d2}&role=RECIPIENT"), vec![3]),
            (format!("partyId={p1}"), vec![4, 3, 1]),
            (format!("partyId={p1},{p3},{p1}"), vec![0, 4, 3, 1]),
            (format!("partyId={p2},{p1}&role=RECIPIENT"), vec![5, 3, 1]),
            (format!("partyId={p1},{p3}&dockId={d1}"), vec![0, 1]),
            (format!("partyId={p1},{p2}&dockId={d1},{d2}&role=DISTRIBUTOR"), vec![2, 4]),
            (format!("partyId=pty_{ULID}"), vec![]),
            (format!("dockId=dock_{ULID}"), vec![]),
            (format!("dockId=dock_{ULID},{d1}&partyId={p2},pty_{ULID}"), vec![5]),
        ] {
            let wanted: Vec<_> = wanted.into_iter().map(|at: usize| roles[at].id()).collect();
            let query = format!("?{filter}{suffix}");
            let list = world.of_organization(&query).await;
            assert_eq!(ids(&list), wanted, "{query}");
            assert_eq!(list.json()["meta"]["total"], wanted.len(), "{query}");
            // One row per page, by offset.
            for (offset, id) in wanted.iter().enumerate() {
                let page = world.of_organization(&format!("{query}&limit=1&offset={offset}")).await;
                assert_eq!(ids(&page), std::slice::from_ref(id), "{query} {offset}");
            }
        }
    };
    expect("").await;
    next_millisecond().await;
    for role in &roles {
        world.revoke(role).await;
    }
    expect(&format!("&asOf={then}")).await;
    assert_eq!(world.of_organization("").await.json()["data"], json!([]));
}

#[apply(api_test)]
async fn the_total_is_exact_if_it_has_a_counter() {
    let world = PartyWorld::new().await;
    let second = world.platform.create_dock(&world.organization, "Second").await.id();
    let other = world.platform.create_party(&world.organization, "Bob").await.id();
    let mut last = None;
    for party in [&world.party, &other] {
        for dock in [&world.dock, &second] {
            for role in ["RECIPIENT", "DISTRIBUTOR"] {
                last = Some(world.assign(party, dock, role).await);
            }
        }
    }
    let then = last.expect("a role").text("createdAt");
    let (dock, party) = (&world.dock, &world.party);
    for (filter, whole, first) in [
        (String::new(), 8, Value::Null),
        ("&role=RECIPIENT".to_owned(), 4, Value::Null),
        (format!("&partyId={party}"), 4, json!(4)),
        (format!("&partyId={party},{other},{party}"), 8, json!(8)),
        (format!("&partyId={party},{other}&role=RECIPIENT"), 4, json!(4)),
        (format!("&dockId={dock}"), 4, json!(4)),
        (format!("&dockId={dock},{second},{dock}"), 8, json!(8)),
        (format!("&dockId={dock}&role=RECIPIENT"), 2, json!(2)),
        (format!("&dockId={dock}&partyId={party}"), 2, Value::Null),
        (format!("&dockId={dock}&asOf={then}"), 4, Value::Null),
        (format!("&partyId={party}&asOf={then}"), 4, Value::Null),
    ] {
        let page = world.of_organization(&format!("?limit=1{filter}")).await;
        assert_eq!(
            (&page.json()["meta"]["total"], &page.json()["meta"]["hasMore"]),
            (&first, &json!(true)),
            "{filter}"
        );
        // A first page with all rows.
        let page = world.of_organization(&format!("?limit={whole}{filter}")).await;
        assert_eq!((&page.json()["meta"]["total"], &page.json()["meta"]["hasMore"]), (&json!(whole), &json!(false)));
        // The last page is not the first one.
        let page = world.of_organization(&format!("?offset={}&limit=1{filter}", whole - 1)).await;
        assert_eq!(
            (&page.json()["meta"]["total"], &page.json()["meta"]["hasMore"]),
            (&first, &json!(false)),
            "{filter}"
        );
    }
}

#[apply(api_test)]
async fn all_lists_contain_the_same_roles() {
    let world = PartyWorld::new().await;
    let mut docks = vec![world.dock.clone()];
    let mut parties = vec![world.party.clone()];
    for at in 0..3 {
        docks.push(world.platform.create_dock(&world.organization, &format!("D{at}")).await.id());
        parties.push(world.platform.create_party(&world.organization, &format!("P{at}")).await.id());
    }
    let mut middle = String::new();
    for (p, party) in parties.iter().enumerate() {
        for (d, dock) in docks.iter().enumerate() {
            let role = world.assign(party, dock, if (p + d) % 2 == 0 { "RECIPIENT" } else { "DISTRIBUTOR" }).await;
            if (p, d) == (2, 2) {
                middle = role.text("createdAt");
            }
            if (p + d) % 3 == 0 {
                next_millisecond().await;
                world.revoke(&role).await;
            }
        }
    }
    for filter in ["?limit=100", "?limit=100&role=RECIPIENT", &format!("?limit=100&asOf={middle}")] {
        let list = world.of_organization(filter).await;
        let all = rows(&list);
        let by_docks = world.of_organization(&format!("{filter}&dockId={}", docks.join(","))).await;
        let by_parties = world.of_organization(&format!("{filter}&partyId={}", parties.join(","))).await;
        assert_eq!((rows(&by_docks), rows(&by_parties)), (all.clone(), all.clone()), "{filter}");
        let mut by_party: Vec<Value> = Vec::new();
        for party in parties.iter().rev() {
            by_party
                .extend(rows(&world.platform.get(&format!("{}{filter}", world.roles_path(party))).await.expect(200)));
        }
        let (all, by_party): (Vec<_>, Vec<_>) =
            (all.iter().map(shared).collect(), by_party.iter().map(shared).collect());
        assert_eq!(all, by_party, "{filter}");
        assert!(all.len() >= 4, "{filter}");
    }
}

fn rows(list: &TestResponse) -> Vec<Value> {
    list.json()["data"].as_array().expect("rows").clone()
}

#[apply(api_test)]
async fn lists_of_ids_have_at_most_50_ids() {
    let world = PartyWorld::new().await;
    let role = world.assign_recipient().await.id();
    for (name, own, unknown) in
        [("dockId", &world.dock, format!("dock_{ULID}")), ("partyId", &world.party, format!("pty_{ULID}"))]
    {
        let list = |number: usize| [vec![unknown.as_str(); number - 1], vec![own.as_str()]].concat().join(",");
        assert_eq!(ids(&world.of_organization(&format!("?{name}={}", list(50))).await), std::slice::from_ref(&role));
        let error = world.organization_roles(&format!("?{name}={}", list(51))).await;
        assert_eq!(error.error_locations(), [name]);
        assert!(error.text("detail").contains("at most 50"), "{}", error.json());
        for wrong in [
            format!("{own},"),
            format!(",{own}"),
            format!("{own}, {own}").replace(' ', "%20"),
            format!("{own};{own}"),
            own.to_lowercase(),
            world.organization.clone(),
            "x".to_owned(),
            String::new(),
        ] {
            let error = world.organization_roles(&format!("?{name}={wrong}")).await;
            assert_eq!(error.error_locations(), [name], "{wrong}");
        }
    }
    // All errors at once.
    let error = world.organization_roles("?role=OWNER&dockId=x&partyId=x&asOf=now&limit=501&offset=x").await;
    assert_eq!(error.error_locations(), ["role", "dockId", "partyId", "asOf", "limit", "offset"]);
}

#[apply(api_test)]
async fn a_page_has_up_to_500_rows() {
    let world = PartyWorld::new().await;
    let role = world.assign_recipient().await.id();
    for limit in [1, 500] {
        let page = world.of_organization(&format!("?limit={limit}")).await;
        assert_eq!((ids(&page), &page.json()["meta"]["pageSize"]), (vec![role.clone()], &json!(limit)));
    }
    for limit in ["0", "501", "1000"] {
        assert_eq!(world.organization_roles(&format!("?limit={limit}")).await.error_locations(), ["limit"]);
    }
    assert_eq!(world.of_organization("").await.json()["meta"]["pageSize"], 20);
    // The maximum of other lists stays.
    let error = world.platform.get(&format!("{}?limit=101", world.roles_path(&world.party))).await;
    assert_eq!(error.error_locations(), ["limit"]);
}

#[apply(api_test)]
async fn an_unknown_organization_is_not_found() {
    let world = PartyWorld::new().await;
    world.assign_recipient().await;
    let unknown = format!("org_{ULID}");
    for query in [String::new(), format!("?dockId={}", world.dock), format!("?partyId={}", world.party)] {
        let list = format!("{}{query}", paths::organization_roles(&unknown));
        world.platform.get(&list).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
    }
    // An organization without roles exists.
    let empty = world.platform.create_organization("Empty").await.id();
    let list = paths::organization_roles(&empty);
    world.assert_list(&list, &[]).await;
    let tenant = world.server.tenant(&empty, &["roles:read"]).await;
    assert_eq!(tenant.get(&list).await.expect(200).json()["meta"]["total"], 0);
    tenant.get(&paths::organization_roles(&world.organization)).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
}

#[apply(api_test)]
async fn ids_of_another_organization_match_nothing() {
    let world = PartyWorld::new().await;
    let own = world.assign_recipient().await.id();
    let other = world.platform.create_organization("Other").await.id();
    let party = world.platform.create_party(&other, "Bob").await.id();
    let dock = world.platform.create_dock(&other, "Foreign").await.id();
    let foreign = world.platform.assign(&other, &party, &dock, "RECIPIENT").await;
    let tenant = world.server.tenant(&world.organization, &DIRECTORY_SCOPES).await;
    let list = paths::organization_roles(&world.organization);
    for client in [&world.platform, &tenant] {
        for suffix in [String::new(), format!("&asOf={}", foreign.text("createdAt"))] {
            for (filter, wanted) in [
                (format!("dockId={dock}"), vec![]),
                (format!("partyId={party}"), vec![]),
                (format!("dockId={dock}&partyId={party}"), vec![]),
                (format!("dockId={dock},{}", world.dock), vec![own.clone()]),
                (format!("partyId={party},{}", world.party), vec![own.clone()]),
            ] {
                let page = client.get(&format!("{list}?{filter}{suffix}")).await.expect(200);
                assert_eq!(
                    (ids(&page), &page.json()["meta"]["total"]),
                    (wanted.clone(), &json!(wanted.len())),
                    "{filter}"
                );
            }
        }
    }
}
