//! `PATCH /v1/organizations/{orgId}/machine-clients/{machineClientId}`.

use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{World, api_test, checker::assert_consistent, paths, samples::nonexistent};

#[apply(api_test)]
async fn members_of_a_client_change() {
    let world = World::new().await;
    let party = world.platform.create_party(&world.organization, "Ann").await.id();
    let created = world.platform.create_machine_client(&world.organization, &["docks:read"]).await;
    let target = paths::machine_client(&world.organization, &created.id());
    for patch in [
        json!({ "name": "Renamed" }),
        json!({ "scopes": ["docks:read", "docks:write"] }),
        json!({ "partyId": party }),
        json!({ "partyId": null }),
        json!({ "tokenLifetimeSeconds": 86_400 }),
        json!({ "isActive": false }),
        json!({ "isActive": true }),
    ] {
        world.assert_patch(&target, patch.clone(), patch).await;
    }
    // A patch without a change has no new version.
    let before = world.get(&target).await;
    let same = json!({ "name": "Renamed", "isActive": true, "partyId": null });
    let after = world.platform.patch(&target, &same).await.expect(200);
    assert_eq!((after.json(), after.header("etag")), (before.json(), before.header("etag")));
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn wrong_values_are_rejected_and_other_members_ignored() {
    let world = World::new().await;
    let created = world.platform.create_machine_client(&world.organization, &["docks:read"]).await;
    let target = paths::machine_client(&world.organization, &created.id());
    for (member, wrong) in [
        ("name", Value::Null),
        ("scopes", json!([])),
        ("scopes", Value::Null),
        ("isActive", json!("false")),
        ("isActive", Value::Null),
        ("tokenLifetimeSeconds", json!(299)),
        ("tokenLifetimeSeconds", json!(86_401)),
        ("partyId", json!("pty_1")),
    ] {
        let error = world.platform.patch(&target, &json!({ member: wrong })).await;
        assert_eq!(error.error_locations(), [format!("/{member}")], "{wrong}");
    }
    let missing = json!({ "partyId": nonexistent("pty_01HQ3K9B2V6R4X8ZT1M5N7P0QS") });
    world.platform.patch(&target, &missing).await.expect_error(404, "PARTY_NOT_FOUND");
    let fixed = json!({ "dockId": "dock_1", "allowedIps": [], "expiresAt": null, "clientSecret": "x" });
    world.platform.patch(&target, &fixed).await.expect(200);
    let strict = world.platform.request(Method::PATCH, &target).header("prefer", "handling=strict");
    let error = strict.json(&fixed).send().await;
    assert_eq!(error.error_locations(), ["/dockId", "/allowedIps", "/expiresAt", "/clientSecret"]);
}

#[apply(api_test)]
async fn a_credential_changes_only_clients_whose_scopes_it_holds() {
    let world = World::new().await;
    let holder = world.server.tenant(&world.organization, &["machine-clients:write", "docks:read"]).await;
    let equal = world.platform.create_machine_client(&world.organization, &["docks:read"]).await.id();
    let stronger = world.platform.create_machine_client(&world.organization, &["docks:write"]).await.id();
    let path = |id: &str| paths::machine_client(&world.organization, id);
    holder.patch(&path(&equal), &json!({ "name": "Mine" })).await.expect(200);
    holder.patch(&path(&equal), &json!({ "scopes": ["docks:write"] })).await.expect_error(403, "SCOPE_NOT_HELD");
    for patch in [json!({ "name": "Taken" }), json!({ "scopes": ["docks:read"] }), json!({ "isActive": false })] {
        holder.patch(&path(&stronger), &patch).await.expect_error(403, "SCOPE_NOT_HELD");
    }
    let rotation = paths::machine_client_rotation(&world.organization, &stronger);
    holder.post(&rotation, &json!({})).await.expect_error(403, "SCOPE_NOT_HELD");
    holder.delete(&path(&stronger)).await.expect_error(403, "SCOPE_NOT_HELD");
}

#[apply(api_test)]
async fn a_client_of_a_deleted_dock_does_not_become_active() {
    let world = World::new().await;
    let dock = world.platform.create_dock(&world.organization, "Desk").await.id();
    let body = json!({ "name": "Bound", "scopes": ["docks:read"], "dockId": dock });
    let created = world.platform.post(&paths::machine_clients(&world.organization), &body).await.expect(201);
    let target = paths::machine_client(&world.organization, &created.id());
    world.platform.patch(&target, &json!({ "isActive": false })).await.expect(200);
    let key = berth_shared::store::keys::dock(world.organization.parse().expect("an id"), dock.parse().expect("an id"));
    let delete = world.server.running().client().delete_item().table_name(world.server.running().table());
    let text = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
    delete.key("pk", text(&key.pk)).key("sk", text(&key.sk)).send().await.expect("deleted");
    let error = world.platform.patch(&target, &json!({ "isActive": true })).await.expect_error(409, "DOCK_GONE");
    assert_eq!(error.json()["conflictId"], dock);
    // Other changes do not need the dock.
    world.platform.patch(&target, &json!({ "name": "Orphan" })).await.expect(200);
}
