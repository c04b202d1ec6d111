//! `POST /v1/organizations/{orgId}/roles/check`.

use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::{PartyWorld, World, api_test, paths, world::ULID};

#[apply(api_test)]
async fn results_are_in_the_order_of_the_checks() {
    let world = PartyWorld::new().await;
    let held = world.assign(&world.party, &world.dock, "RECIPIENT").await.id();
    let ended = world.assign(&world.party, &world.dock, "DISTRIBUTOR").await;
    world.revoke(&ended).await;
    let check = |dock: &str, party: &str, role: &str| json!({ "dockId": dock, "partyId": party, "role": role });
    let (dock, party) = (world.dock.as_str(), world.party.as_str());
    let (no_dock, no_party) = (format!("dock_{ULID}"), format!("pty_{ULID}"));
    let cases = [
        (check(dock, party, "RECIPIENT"), Some(&held)),
        (check(dock, &no_party, "RECIPIENT"), None),
        (check(dock, party, "DISTRIBUTOR"), None),
        (check(&no_dock, party, "RECIPIENT"), None),
        (check(dock, party, "RECIPIENT"), Some(&held)),
        (check(dock, &no_party, "RECIPIENT"), None),
    ];
    let checks: Vec<_> = cases.iter().map(|(check, _)| check.clone()).collect();
    let results = world.check(&world.platform, json!(checks)).await;
    for (at, (mut wanted, held)) in cases.into_iter().enumerate() {
        wanted["assigned"] = json!(held.is_some());
        wanted["roleId"] = json!(held);
        assert_eq!(results[at], wanted, "{at}");
    }
    assert_eq!(results.as_array().map(Vec::len), Some(6));
    let nonexistent = format!("/v1/organizations/org_{ULID}/roles/check");
    let body = json!({ "checks": checks });
    world.platform.post(&nonexistent, &body).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
}

#[apply(api_test)]
async fn a_role_of_another_organization_is_not_assigned() {
    let world = PartyWorld::new().await;
    let other = world.platform.create_organization("Other").await.id();
    let dock = world.platform.create_dock(&other, "D").await.id();
    let party = world.platform.create_party(&other, "P").await.id();
    world.platform.assign(&other, &party, &dock, "RECIPIENT").await;
    let check = json!([{ "dockId": dock, "partyId": party, "role": "RECIPIENT" }]);
    let tenant = world.server.tenant(&world.organization, &["roles:read"]).await;
    // Not even a platform key finds it through this organization.
    for client in [&tenant, &world.platform] {
        let result = world.check(client, check.clone()).await[0].clone();
        assert_eq!((&result["assigned"], &result["roleId"]), (&json!(false), &Value::Null));
    }
}

#[apply(api_test)]
async fn a_request_has_1_to_100_checks() {
    let world = World::new().await;
    let target = paths::role_checks(&world.organization);
    let (dock, party) = ("dock_01HQ3K9B2V6R4X8ZT1M5N7P0QS", "pty_01HQ3K9B2V6R4X8ZT1M5N7P0QS");
    let checks = |count: usize| {
        let check = json!({ "dockId": dock, "partyId": party, "role": "DISTRIBUTOR" });
        json!({ "checks": vec![check; count] })
    };
    for count in [1, 100] {
        let response = world.platform.post(&target, &checks(count)).await.expect(200);
        assert_eq!(response.json()["results"].as_array().map(Vec::len), Some(count));
    }
    for count in [0, 101] {
        assert_eq!(world.platform.post(&target, &checks(count)).await.error_locations(), ["/checks"], "{count}");
    }
    let mut wrong = checks(4);
    wrong["checks"][1]["role"] = json!("OWNER");
    wrong["checks"][2] = json!("DISTRIBUTOR");
    wrong["checks"][3] = json!({ "dockId": party, "role": null });
    let id_locations = ["/checks/1/role", "/checks/2", "/checks/3/dockId", "/checks/3/partyId", "/checks/3/role"];
    assert_eq!(world.platform.post(&target, &wrong).await.error_locations(), id_locations);
}
