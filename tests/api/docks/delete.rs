//! `DELETE /v1/docks/{dockId}`.

use std::collections::BTreeSet;

use berth_shared::{domain::Domain, store::keys};
use futures::future::{join, join_all};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::json;

use crate::harness::checker::assert_consistent;
use crate::harness::world::{each, rows};
use crate::harness::{DIRECTORY_SCOPES, PartyWorld, World, api_test, next_millisecond, paths, world::ULID};

#[apply(api_test)]
async fn a_deleted_dock_is_gone_for_every_reader() {
    let world = PartyWorld::new().await;
    let other = world.platform.create_dock(&world.organization, "Other").await.id();
    let kept = world.assign(&world.party, &other, "RECIPIENT").await;
    let roles = [world.assign_recipient().await, world.assign(&world.party, &world.dock, "DISTRIBUTOR").await];
    assert_eq!(world.platform.delete(&world.dock_path()).await.expect(200).json(), &json!({ "success": true }));
    for gone in [world.dock_path(), paths::dock_parties(&world.dock)] {
        world.platform.get(&gone).await.expect_error(404, "DOCK_NOT_FOUND");
    }
    let as_of = format!("{}?asOf=2026-01-01T00:00:00Z", paths::dock_parties(&world.dock));
    world.platform.get(&as_of).await.expect_error(404, "DOCK_NOT_FOUND");
    world.platform.patch(&world.dock_path(), &json!({ "name": "B" })).await.expect_error(404, "DOCK_NOT_FOUND");
    world.platform.delete(&world.dock_path()).await.expect_error(404, "DOCK_NOT_FOUND");
    for role in &roles {
        let target = paths::role(&world.organization, &world.party, &role.id());
        world.platform.get(&target).await.expect_error(404, "ROLE_NOT_FOUND");
    }
    let again = world.platform.try_assign(&world.organization, &world.party, &world.dock, "RECIPIENT").await;
    again.expect_error(404, "DOCK_NOT_FOUND");
    for list in [paths::DOCKS.to_owned(), format!("{}?organizationId={}", paths::DOCKS, world.organization)] {
        world.assert_list(&list, &[&other]).await;
    }
    world.assert_list(&world.roles_path(&world.party), &[&kept.id()]).await;
    world.assert_list(&format!("{}?dockId={}", world.roles_path(&world.party), world.dock), &[]).await;
    world.assert_list(&paths::organization_roles(&world.organization), &[&kept.id()]).await;
    let check = json!({ "dockId": world.dock, "partyId": world.party, "role": "RECIPIENT" });
    assert_eq!(world.check(&world.platform, json!([check])).await[0]["assigned"], false);
    assert_eq!(world.get(&world.organization_path()).await.json()["_count"]["docks"], 1);
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn the_history_of_a_deleted_dock_stays() {
    let world = PartyWorld::new().await;
    world.assign_recipient().await;
    let early = world.assign(&world.party, &world.dock, "DISTRIBUTOR").await;
    let before = world.platform.patch(&world.dock_path(), &json!({ "name": "Bureau" })).await.expect(200);
    let before = before.text("updatedAt");
    next_millisecond().await;
    world.revoke(&early).await;
    next_millisecond().await;
    world.platform.delete(&world.dock_path()).await.expect(200);
    let of_party = world.of_party(&format!("?asOf={before}")).await;
    let of_organization = world.of_organization(&format!("?asOf={before}")).await;
    for list in [&of_party, &of_organization] {
        assert_eq!(each(list, "dockName"), ["Bureau", "Bureau"]);
        assert_eq!(each(list, "role"), ["DISTRIBUTOR", "RECIPIENT"]);
        let ends = each(list, "revokedAt");
        assert!(before.as_str() < ends[0] && ends[0] < ends[1], "{ends:?}: the deletion changed an earlier revocation");
    }
    assert!(rows(&world.of_party("").await).is_empty());
    let end = each(&of_party, "revokedAt")[1].to_owned();
    assert!(rows(&world.of_party(&format!("?asOf={end}")).await).is_empty());
}

/// The audit trail of a deleted dock can be read by its id alone, also with a platform key.
#[apply(api_test)]
async fn the_audit_trail_of_a_deleted_dock_stays() {
    let world = PartyWorld::new().await;
    let role = world.assign_recipient().await.id();
    world.platform.delete(&world.dock_path()).await.expect(200);
    let own = world.server.tenant(&world.organization, &["audit:read"]).await;
    for client in [&world.platform, &own] {
        let trail = client.get(&format!("{}?dockId={}&limit=100", paths::AUDIT_LOGS, world.dock)).await.expect(200);
        let entries = trail.json()["data"].as_array().expect("entries");
        let mut ended: Vec<_> = entries.iter().map(|entry| entry["entityId"].clone()).collect();
        ended.retain(|id| *id == json!(role) || *id == json!(world.dock));
        assert_eq!(ended.len(), 4, "a creation and an end of each: {entries:?}");
        let target = paths::entity_audit_logs("dock", &world.dock);
        let trail = client.get(&target).await.expect(200);
        assert_eq!(trail.json()["data"].as_array().expect("entries").len(), 2, "{}", trail.json());
    }
}

#[apply(api_test)]
async fn if_match_binds_the_deletion() {
    let world = PartyWorld::new().await;
    let target = world.dock_path();
    let delete = |tag| world.send_with(Method::DELETE, &target, ("if-match", tag), None);
    delete("\"2\"").await.expect_error(412, "PRECONDITION_FAILED");
    world.get(&target).await;
    delete("\"1\"").await.expect(200);
    delete("\"1\"").await.expect_error(404, "DOCK_NOT_FOUND");
}

#[apply(api_test)]
async fn only_the_own_organization_deletes_a_dock() {
    let world = PartyWorld::new().await;
    let other = world.platform.create_organization("Other").await.id();
    let tenant = world.server.tenant(&other, &DIRECTORY_SCOPES).await;
    tenant.delete(&world.dock_path()).await.expect_error(404, "DOCK_NOT_FOUND");
    for client in [&tenant, &world.platform] {
        client.delete(&format!("/v1/docks/dock_{ULID}")).await.expect_error(404, "DOCK_NOT_FOUND");
    }
    world.get(&world.dock_path()).await;
    let own = world.server.tenant(&world.organization, &["docks:write"]).await;
    own.delete(&world.dock_path()).await.expect(200);
    // Neither the owner nor another organization learns that the dock existed.
    for client in [&own, &tenant] {
        client.delete(&world.dock_path()).await.expect_error(404, "DOCK_NOT_FOUND");
    }
}

#[apply(api_test)]
async fn the_domains_of_a_deleted_dock_are_free() {
    let world = World::new().await;
    let domains = json!({ "domain": "a.example", "customDomain": "b.example" });
    let target = world.new_dock(domains.clone()).await;
    world.platform.delete(&target).await.expect(200);
    world.new_dock(domains).await;
    assert_consistent(&world.server).await;
}

/// After 30 days, another dock can take an unverified domain. The deletion of its previous dock leaves it alone.
#[apply(api_test)]
async fn a_domain_that_another_dock_took_stays() {
    let world = World::new().await;
    let before = world.new_dock(json!({ "domain": "a.example", "customDomain": "b.example" })).await;
    let key = keys::domain(&Domain::parse("a.example").expect("a domain"));
    world.server.set_number(&key.pk, &key.sk, "blocksUntil", 1).await;
    world.new_dock(json!({ "domain": "a.example" })).await;
    world.platform.delete(&before).await.expect(200);
    world.post_dock(json!({ "domain": "a.example" })).await.expect_error(400, "DOMAIN_ALREADY_REGISTERED");
    world.new_dock(json!({ "domain": "b.example" })).await;
    assert_consistent(&world.server).await;
}

/// Of simultaneous deletions one succeeds, and every assignment either precedes it or fails.
#[apply(api_test)]
async fn no_assignment_outlives_its_dock() {
    let world = PartyWorld::new().await;
    let mut parties = Vec::new();
    for number in 0..32 {
        parties.push(world.platform.create_party(&world.organization, &format!("Party {number}")).await.id());
    }
    for round in 0..3 {
        let dock = world.platform.create_dock(&world.organization, &format!("Dock {round}")).await.id();
        let target = paths::dock(&dock);
        let pairs = parties.iter().flat_map(|party| ["DISTRIBUTOR", "RECIPIENT"].map(|role| (party, role)));
        let assignments =
            join_all(pairs.map(|(party, role)| world.platform.try_assign(&world.organization, party, &dock, role)));
        let deletions = join_all((0..4).map(|_| world.platform.delete(&target)));
        let (assigned, deleted) = join(assignments, deletions).await;
        for response in &assigned {
            assert!(response.status == 201 || response.json()["code"] == "DOCK_NOT_FOUND", "{}", response.body_text());
        }
        let statuses: BTreeSet<u16> = deleted.iter().map(|response| response.status).collect();
        assert!(statuses.contains(&200) && statuses.is_subset(&[200, 404].into()), "{statuses:?}");
        // Nothing is left: neither in a list, nor in a counter, nor in the table.
        world.platform.delete(&target).await.expect_error(404, "DOCK_NOT_FOUND");
        world.assert_list(&paths::organization_roles(&world.organization), &[]).await;
        for party in &parties {
            world.assert_list(&world.roles_path(party), &[]).await;
        }
    }
    assert_consistent(&world.server).await;
}
