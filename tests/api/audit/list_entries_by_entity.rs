//! `GET /v1/audit/logs/entity/{entityType}/{entityId}`.

use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::{PartyWorld, api_test, paths, world::ids};

#[apply(api_test)]
async fn the_trail_of_a_resource_has_all_its_entries() {
    let world = PartyWorld::new().await;
    let role = world.assign_recipient().await.expect(201);
    world.platform.patch(&world.party_path(), &json!({ "name": "Anna" })).await.expect(200);
    world.platform.patch(&world.dock_path(), &json!({ "name": "Table" })).await.expect(200);
    world.revoke(&role).await;
    let tenant = world.server.tenant(&world.organization, &["audit:read"]).await;
    let key = world.platform.create_api_key(Some(&world.organization), &["docks:read"]).await.id();
    let client = world.platform.create_machine_client(&world.organization, &["docks:read"]).await.id();
    let recipient = world.platform.create_recipient(&world.dock, "jane@example.com").await.id();
    world.platform.patch(&paths::recipient(&world.dock, &recipient), &json!({ "name": "Jane" })).await.expect(200);
    for (entity_type, id, actions) in [
        ("party", world.party.clone(), vec!["party.updated", "party.created"]),
        ("role", role.id(), vec!["party.role.revoked", "party.role.assigned"]),
        ("dock", world.dock.clone(), vec!["dock.updated", "dock.created"]),
        ("organization", world.organization.clone(), vec!["organization.created"]),
        ("api_key", key, vec!["api_key.created"]),
        ("machine_client", client, vec!["machine_client.created"]),
        ("recipient", recipient, vec!["recipient.updated", "recipient.created"]),
    ] {
        let target = paths::entity_audit_logs(entity_type, &id);
        let page = tenant.get(&target).await.expect(200);
        let rows = page.json()["data"].as_array().expect("rows");
        let found: Vec<_> = rows.iter().map(|row| row["action"].as_str().expect("an action")).collect();
        assert_eq!(found, actions, "{entity_type}");
        assert!(rows.iter().all(|row| row["entityId"] == json!(id)));
        // A platform key names the organization of a role. The owner of the others is found.
        let named = format!("{target}?organizationId={}", world.organization);
        assert_eq!(ids(&world.get(&named).await), ids(&page), "{entity_type}");
        if entity_type == "role" {
            world.platform.get(&target).await.expect_error(404, "AUDIT_ENTRY_NOT_FOUND");
        } else {
            assert_eq!(ids(&world.get(&target).await), ids(&page), "{entity_type}");
        }
        // Page by page.
        let first = tenant.get(&format!("{target}?limit=1")).await.expect(200);
        let mut found = ids(&first);
        if let Some(cursor) = first.json()["meta"]["nextCursor"].as_str() {
            found.extend(ids(&tenant.get(&format!("{target}?limit=1&cursor={cursor}")).await.expect(200)));
        }
        assert_eq!(found, ids(&page), "{entity_type}");
    }
}

#[apply(api_test)]
async fn a_resource_without_entries_is_not_found() {
    let world = PartyWorld::new().await;
    let other = world.platform.create_organization("Other").await.id();
    let foreign = world.platform.create_party(&other, "Bob").await.id();
    let tenant = world.server.tenant(&world.organization, &["audit:read"]).await;
    for (entity_type, id) in [
        ("party", foreign.as_str()),
        ("party", "pty_01HQ3K9B2V6R4X8ZT1M5N7P0QS"),
        ("dock", world.party.as_str()),
        ("organization", other.as_str()),
        ("artifact", "art_1"),
        ("Party", world.party.as_str()),
        ("party", "%01"),
    ] {
        let target = paths::entity_audit_logs(entity_type, id);
        tenant.get(&target).await.expect_error(404, "AUDIT_ENTRY_NOT_FOUND");
    }
    for (entity_type, id) in [
        ("dock", "x"),
        ("party", "x"),
        ("api_key", "x"),
        ("organization", "x"),
        ("role", "x"),
        ("recipient", "x"),
        ("machine_client", "x"),
    ] {
        let target = paths::entity_audit_logs(entity_type, id);
        world.platform.get(&target).await.expect_error(404, "AUDIT_ENTRY_NOT_FOUND");
    }
    let target = format!("{}?organizationId={other}", paths::entity_audit_logs("party", &foreign));
    tenant.get(&target).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
    world.get(&target).await;
    let error = tenant.get(&format!("{}?organizationId=x", paths::entity_audit_logs("party", &foreign))).await;
    assert_eq!(error.error_locations(), ["organizationId"]);
}
