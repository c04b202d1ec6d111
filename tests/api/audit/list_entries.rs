//! `GET /v1/audit/logs`.

use berth_shared::{credentials::Scope, store::Action};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{PartyWorld, TestResponse, TestServer, World, api_test, next_millisecond, paths, world::ids};

fn data(page: &TestResponse) -> &Vec<Value> {
    page.json()["data"].as_array().expect("data")
}

/// Returns one member of each row.
fn members<'a>(page: &'a TestResponse, member: &str) -> Vec<&'a str> {
    data(page).iter().map(|row| row[member].as_str().expect("text")).collect()
}

impl World {
    async fn audit(&self, query: &str) -> TestResponse {
        self.get(&format!("{}?organizationId={}{query}", paths::AUDIT_LOGS, self.organization)).await
    }
}

#[apply(api_test)]
async fn an_entry_describes_a_change() {
    let world = PartyWorld::new().await;
    let client = world.server.tenant(&world.organization, &["parties:write", "audit:read"]).await;
    let before = world.get(&world.party_path()).await.json().clone();
    let patch = client.request(Method::PATCH, &world.party_path()).header("x-request-id", "change-1");
    let after = patch.header("user-agent", "test/1").json(&json!({ "email": "a@b.com" })).send().await.expect(200);
    let page = client.get(paths::AUDIT_LOGS).await.expect(200);
    let entry = &data(&page)[0];
    assert_eq!(
        *entry,
        json!({
            "id": entry["id"],
            "organizationId": world.organization,
            "dockId": null,
            "entityType": "party",
            "entityId": world.party,
            "action": "party.updated",
            "actor": { "type": "api_key", "id": entry["actor"]["id"] },
            "changes": {
                "before": { "email": null, "updatedAt": before["updatedAt"], "version": 1 },
                "after": { "email": "a@b.com", "updatedAt": after.json()["updatedAt"], "version": 2 },
            },
            "metadata": {},
            "requestId": "change-1",
            "ipAddress": "127.0.0.1",
            "userAgent": "test/1",
            "createdAt": after.json()["updatedAt"],
            "expiresAt": null,
        })
    );
    assert_eq!(page.json()["meta"]["total"], Value::Null);
}

#[apply(api_test)]
async fn each_filter_selects_its_entries() {
    let world = PartyWorld::new().await;
    let (server, platform) = (&world.server, &world.platform);
    let other_dock = platform.create_dock(&world.organization, "Other").await.id();
    let role = world.assign_recipient().await.expect(201);
    let elsewhere = world.assign(&world.party, &other_dock, "DISTRIBUTOR").await.expect(201);
    let tenant = server.tenant(&world.organization, &["roles:write"]).await;
    tenant.delete(&paths::role(&world.organization, &world.party, &role.id())).await.expect(200);
    let whole = world.audit("&limit=100").await;
    assert!(ids(&whole).is_sorted_by(|one, next| one > next), "newest first");
    assert_eq!(
        members(&whole, "action"),
        [
            "party.role.revoked",
            "api_key.created",
            "party.role.assigned",
            "party.role.assigned",
            "dock.created",
            "party.created",
            "dock.created",
            "organization.created",
        ]
    );
    let actor = data(&whole)[0]["actor"]["id"].as_str().expect("an id").to_owned();
    let expect = async |query: &str, wanted: &[usize]| {
        let page = world.audit(query).await;
        let wanted: Vec<_> = wanted.iter().map(|at| data(&whole)[*at].clone()).collect();
        assert_eq!(*data(&page), wanted, "{query}");
        assert_eq!(page.json()["meta"]["hasMore"], false, "{query}");
    };
    expect(&format!("&dockId={}", world.dock), &[0, 3, 6]).await;
    expect(&format!("&dockId={other_dock}"), &[2, 4]).await;
    expect("&entityType=role", &[0, 2, 3]).await;
    expect("&entityType=dock", &[4, 6]).await;
    expect("&entityType=artifact", &[]).await;
    expect(&format!("&entityId={}", role.id()), &[0, 3]).await;
    expect(&format!("&entityId={}", elsewhere.id()), &[2]).await;
    expect(&format!("&entityId={}", world.organization), &[7]).await;
    expect("&entityId=nothing", &[]).await;
    // An id with the ULID of another resource.
    expect(&format!("&entityId={}", world.party.replace("pty_", "dock_")), &[]).await;
    expect(&format!("&actorId={actor}"), &[0]).await;
    expect("&action=party.role.assigned", &[2, 3]).await;
    expect("&action=party.updated", &[]).await;
    // Several filters.
    expect(&format!("&dockId={}&action=dock.created", world.dock), &[6]).await;
    expect(&format!("&entityType=role&actorId={actor}"), &[0]).await;
    expect(&format!("&entityType=dock&entityId={}", role.id()), &[]).await;
    expect(&format!("&entityType=role&action=dock.created&dockId={other_dock}"), &[]).await;
    // The organization of a dock is found.
    let page = platform.get(&format!("{}?dockId={}", paths::AUDIT_LOGS, other_dock)).await.expect(200);
    assert_eq!(ids(&page), [ids(&whole)[2].clone(), ids(&whole)[4].clone()]);
}

#[apply(api_test)]
async fn a_period_has_its_beginning_and_not_its_end() {
    let world = World::new().await;
    let mut created = Vec::new();
    for at in 0..4 {
        next_millisecond().await;
        created.push(world.platform.create_party(&world.organization, &format!("P{at}")).await);
    }
    let time = |at: usize| created[at].text("createdAt");
    let wanted = |range: std::ops::Range<usize>| created[range].iter().rev().map(TestResponse::id).collect::<Vec<_>>();
    for filter in ["", "&entityType=party", "&action=party.created", "&entityType=party&action=party.created"] {
        for (query, range) in [
            (format!("&from={}", time(1)), 1..4),
            (format!("&from={}&to={}", time(1), time(3)), 1..3),
            (format!("&from={}&to={}", time(2), time(2)), 0..0),
            (format!("&from={}&to={}", time(3), time(1)), 0..0),
            (format!("&from={}&to={}", time(0), time(3).replace('Z', "%2B00:00")), 0..3),
        ] {
            let page = world.audit(&format!("{filter}{query}")).await;
            assert_eq!(members(&page, "entityId"), wanted(range), "{filter}{query}");
        }
        // Pages stay within the period.
        let page = world.audit(&format!("{filter}&from={}&to={}&limit=1", time(1), time(3))).await;
        let cursor = page.json()["meta"]["nextCursor"].as_str().expect("a cursor").to_owned();
        let next = world.audit(&format!("{filter}&from={}&to={}&limit=1&cursor={cursor}", time(1), time(3))).await;
        assert_eq!(
            (members(&next, "entityId"), &next.json()["meta"]["hasMore"]),
            (vec![created[1].id().as_str()], &json!(false))
        );
    }
    let one = |query: String| async move { members(&world.audit(&query).await, "entityId").len() };
    let of_first = format!("&entityId={}", created[0].id());
    assert_eq!(one(format!("{of_first}&from={}", time(0))).await, 1);
}

#[apply(api_test)]
async fn the_first_and_the_last_time_are_valid() {
    let world = World::new().await;
    assert_eq!(data(&world.audit("&from=0000-01-01T00:00:00Z&to=9999-12-31T23:59:59.999Z").await).len(), 1);
    assert!(data(&world.audit("&to=1970-01-01T00:00:00Z").await).is_empty());
}

#[apply(api_test)]
async fn a_key_reads_the_trail_of_its_organization() {
    let server = TestServer::start().await;
    let platform = server.platform();
    let [own, other] = ["Own", "Other"].map(|name| platform.create_organization(name));
    let (own, other) = (own.await.id(), other.await.id());
    let [dock, foreign] = [&own, &other].map(|owner| platform.create_dock(owner, "Desk"));
    let (dock, foreign) = (dock.await.id(), foreign.await.id());
    let tenant = server.tenant(&own, &["audit:read"]).await;
    let logs = paths::AUDIT_LOGS;
    let default = tenant.get(logs).await.expect(200);
    assert_eq!(ids(&default), ids(&tenant.get(&format!("{logs}?organizationId={own}")).await.expect(200)));
    assert!(data(&default).iter().all(|entry| entry["organizationId"] == json!(own)));
    tenant.get(&format!("{logs}?dockId={dock}")).await.expect(200);
    let error = tenant.get(&format!("{logs}?organizationId={other}")).await;
    error.expect_error(404, "ORGANIZATION_NOT_FOUND");
    tenant.get(&format!("{logs}?dockId={foreign}")).await.expect_error(404, "DOCK_NOT_FOUND");
    tenant.get(&format!("{logs}?dockId={foreign}&organizationId={own}")).await.expect_error(404, "DOCK_NOT_FOUND");
    // A platform key reads the trail of every organization, and of the platform.
    let page = platform.get(logs).await.expect(200);
    assert!(data(&page).iter().all(|entry| entry["organizationId"] == Value::Null));
    assert!(members(&page, "action").contains(&"api_key.created"));
    let nobody = "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS";
    platform.get(&format!("{logs}?organizationId={nobody}")).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
    let nothing = "dock_01HQ3K9B2V6R4X8ZT1M5N7P0QS";
    platform.get(&format!("{logs}?dockId={nothing}")).await.expect_error(404, "DOCK_NOT_FOUND");
    let error = platform.get(&format!("{logs}?dockId={foreign}&organizationId={own}")).await;
    error.expect_error(404, "DOCK_NOT_FOUND");
    // Without a match, an existing organization or dock has an empty list.
    for target in [format!("{logs}?organizationId={own}&entityType=x"), format!("{logs}?dockId={dock}&entityType=x")] {
        assert!(data(&platform.get(&target).await.expect(200)).is_empty(), "{target}");
    }
}

#[apply(api_test)]
async fn invalid_parameters_are_rejected() {
    let world = World::new().await;
    let long = "x".repeat(257);
    for (query, wrong) in [
        ("organizationId=x", "organizationId"),
        ("dockId=org_01HQ3K9B2V6R4X8ZT1M5N7P0QS", "dockId"),
        ("entityType=Party", "entityType"),
        ("entityType=1", "entityType"),
        (&format!("entityType={}", &long[..65]), "entityType"),
        (&format!("entityId={long}"), "entityId"),
        (&format!("actorId={long}"), "actorId"),
        ("actorId=%01", "actorId"),
        ("action=party.role.assign", "action"),
        ("from=yesterday", "from"),
        ("to=2026-01-01", "to"),
        ("limit=101", "limit"),
    ] {
        let error = world.platform.get(&format!("{}?{query}", paths::AUDIT_LOGS)).await;
        assert_eq!(error.error_locations(), [wrong], "{query}");
    }
    for name in Action::names() {
        world.get(&format!("{}?action={name}", paths::AUDIT_LOGS)).await;
    }
    for query in [format!("entityType={}", &long[..64]), format!("entityId={}&actorId={}", &long[1..], &long[1..])] {
        world.get(&format!("{}?{query}", paths::AUDIT_LOGS)).await;
    }
}

/// The rows of a large entry do not contain its details, and the list does.
#[apply(api_test)]
async fn a_large_entry_is_complete_in_every_view() {
    let world = World::new().await;
    let metadata = json!({ "k": "x".repeat(3_000) });
    let body = json!({ "type": "INDIVIDUAL", "name": "Ann", "metadata": metadata });
    let party = world.platform.post(&world.parties_path(), &body).await.expect(201).id();
    let target = paths::party(&world.organization, &party);
    world.platform.patch(&target, &json!({ "metadata": { "k": "y".repeat(3_000) } })).await.expect(200);
    let whole = world.audit("&limit=2").await;
    assert_eq!(data(&whole)[1]["changes"]["after"]["metadata"], metadata);
    let actor = data(&whole)[0]["actor"]["id"].as_str().expect("an id");
    for query in [format!("&actorId={actor}"), "&entityType=party".to_owned(), format!("&entityId={party}")] {
        assert_eq!(data(&world.audit(&format!("{query}&limit=2")).await), data(&whole), "{query}");
    }
    let by_entity = world.get(&paths::entity_audit_logs("party", &party)).await;
    assert_eq!(data(&by_entity), data(&whole));
    // An entry of the platform.
    let scopes: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    let body = json!({ "name": "ü".repeat(200), "scopes": scopes });
    let key = world.platform.post_api_key(&body).await.expect(201);
    let page = world.get(&format!("{}?action=api_key.created&limit=1", paths::AUDIT_LOGS)).await;
    assert_eq!(data(&page)[0]["changes"]["after"]["name"], key.json()["name"]);
}
