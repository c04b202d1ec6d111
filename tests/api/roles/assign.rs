//! `POST /v1/organizations/{orgId}/parties/{partyId}/roles`.

use berth_shared::id;
use macro_rules_attribute::apply;
use serde_json::json;

use crate::api::documented::{check_id, check_members, check_refusal, check_time, post};
use crate::guarantees::isolation::tenants::two_tenants;
use crate::harness::{Berth, PartyWorld, api_test, paths, samples::Tenant, samples::unknown, world::each};

#[apply(api_test)]
async fn a_party_may_hold_both_roles_in_one_dock() {
    let world = PartyWorld::new().await;
    let first = world.assign(&world.party, &world.dock, "RECIPIENT").await;
    let second = world.assign(&world.party, &world.dock, "DISTRIBUTOR").await;
    assert_eq!(each(&world.of_party("").await, "id"), [second.id(), first.id()]);
    // In a dock the distributor's row comes first.
    assert_eq!(each(&world.of_dock(&world.dock, "").await, "role"), ["DISTRIBUTOR", "RECIPIENT"]);
    for (role, held) in [("RECIPIENT", &first), ("DISTRIBUTOR", &second)] {
        let again = world.platform.try_assign(&world.organization, &world.party, &world.dock, role).await;
        assert_eq!(again.refused(409, "ROLE_ALREADY_ASSIGNED").json()["conflictId"], json!(held.id()));
    }
    world.revoke(&first).await;
    assert_eq!(each(&world.of_party("").await, "id"), [second.id()]);
    assert_eq!(each(&world.of_dock(&world.dock, "").await, "id"), [second.id()]);
}

#[apply(api_test)]
async fn a_reassigned_role_has_a_new_id() {
    let world = PartyWorld::new().await;
    let first = world.assign(&world.party, &world.dock, "RECIPIENT").await;
    world.revoke(&first).await;
    let second = world.assign(&world.party, &world.dock, "RECIPIENT").await;
    assert_ne!(first.id(), second.id());
    for list in [world.of_party("").await, world.of_dock(&world.dock, "").await] {
        assert_eq!(each(&list, "id"), [second.id()]);
        assert_eq!(each(&list, "createdAt"), [second.text("createdAt")]);
    }
}

#[apply(api_test)]
async fn the_documented_role_is_returned() {
    let berth = Berth::start().await;
    let Tenant { organization, party, .. } = Tenant::new(&berth, "Bank of America").await;
    let dock = berth.platform().create_dock(&organization, "Closing").await.id();
    let target = paths::roles(&organization, &party);
    for role in ["DISTRIBUTOR", "RECIPIENT"] {
        let body = format!("{{\n    \"dockId\": \"{dock}\",\n    \"role\": \"{role}\"\n  }}");
        let made = post(&berth.platform(), &target, &body).await.expect(201);
        let shown = made.json();
        check_members(shown, &["id", "dockId", "partyId", "role", "createdAt"]);
        check_id::<id::Role>(&shown["id"], "dpr_");
        assert_eq!((made.text("dockId"), made.text("partyId")), (dock.clone(), party.clone()));
        assert_eq!(made.text("role"), role);
        check_time(&shown["createdAt"]);
        assert_eq!(made.header("location"), Some(format!("{target}/{}", made.id()).as_str()));
        assert!(made.header("etag").is_some());
    }
}

#[apply(api_test)]
async fn the_documented_error_responses_are_returned() {
    let berth = Berth::start().await;
    let own = Tenant::new(&berth, "Bank of America").await;
    let other = Tenant::new(&berth, "Metro Health System").await;
    let platform = berth.platform();
    let Tenant { organization, party, dock, role, .. } = &own;
    let target = paths::roles(&organization, &party);
    for (body, message) in [
        (json!({ "dockId": dock, "role": "SENDER" }), "role must be DISTRIBUTOR or RECIPIENT"),
        (json!({ "dockId": dock }), "role is required"),
        (json!({ "role": "RECIPIENT" }), "dockId is required"),
        (json!({ "dockId": "dock_1", "role": "RECIPIENT" }), "dockId must be an id of the form dock_"),
        (json!({ "dockId": party, "role": "RECIPIENT" }), "dockId must be an id of the form dock_"),
    ] {
        check_refusal(platform.post(&target, &body).await, 400, "VALIDATION_FAILED", message);
    }
    let refused = berth.nobody().try_assign(organization, party, dock, "RECIPIENT").await;
    check_refusal(refused, 401, "UNAUTHORIZED", "Invalid or expired API key");
    for (party, dock, code, message) in [
        (&other.party, dock, "PARTY_OF_ANOTHER_ORGANIZATION", "party belongs to another organization"),
        (party, &other.dock, "DOCK_OF_ANOTHER_ORGANIZATION", "dock belongs to another organization"),
    ] {
        check_refusal(platform.try_assign(organization, party, dock, "RECIPIENT").await, 403, code, message);
    }
    let (no_organization, no_party, no_dock) = (unknown(organization), unknown(party), unknown(dock));
    for (organization, party, dock, code, message) in [
        (&no_organization, party, dock, "ORGANIZATION_NOT_FOUND", "Organization not found"),
        (organization, &no_party, dock, "PARTY_NOT_FOUND", "Party not found"),
        (organization, party, &no_dock, "DOCK_NOT_FOUND", "Dock not found"),
    ] {
        check_refusal(platform.try_assign(organization, party, dock, "RECIPIENT").await, 404, code, message);
    }
    let refused = platform.try_assign(organization, party, dock, "DISTRIBUTOR").await;
    assert_eq!(refused.json()["conflictId"], json!(role));
    check_refusal(refused, 409, "ROLE_ALREADY_ASSIGNED", "holds this role");
}

#[apply(api_test)]
async fn a_platform_key_gets_403_for_a_resource_of_another_organization() {
    let berth = Berth::start().await;
    let (a, b) = two_tenants(&berth).await;
    let platform = berth.platform();
    let nowhere = Tenant {
        organization: unknown(&a.organization),
        dock: unknown(&a.dock),
        party: unknown(&a.party),
        role: unknown(&a.role),
        key: unknown(&a.key),
        caller: a.caller.clone(),
    };
    // Organization, party, dock. What does not exist comes before what belongs elsewhere, and the party before the dock.
    for (organization, party, dock, status, code) in [
        (&a, &b, &a, 403, "PARTY_OF_ANOTHER_ORGANIZATION"),
        (&a, &a, &b, 403, "DOCK_OF_ANOTHER_ORGANIZATION"),
        (&a, &b, &b, 403, "PARTY_OF_ANOTHER_ORGANIZATION"),
        (&nowhere, &a, &a, 404, "ORGANIZATION_NOT_FOUND"),
        (&nowhere, &nowhere, &nowhere, 404, "ORGANIZATION_NOT_FOUND"),
        (&a, &nowhere, &a, 404, "PARTY_NOT_FOUND"),
        (&a, &nowhere, &b, 404, "PARTY_NOT_FOUND"),
        (&a, &nowhere, &nowhere, 404, "PARTY_NOT_FOUND"),
        (&a, &a, &nowhere, 404, "DOCK_NOT_FOUND"),
        (&a, &b, &nowhere, 404, "DOCK_NOT_FOUND"),
    ] {
        let answer = platform.try_assign(&organization.organization, &party.party, &dock.dock, "RECIPIENT").await;
        answer.refused(status, code);
    }
    platform.assign(&a.organization, &a.party, &a.dock, "RECIPIENT").await;
}

#[apply(api_test)]
async fn an_organization_key_gets_404_for_a_resource_of_another_organization() {
    let berth = Berth::start().await;
    let (a, b) = two_tenants(&berth).await;
    for (organization, party, dock, code) in [
        (&b, &b, &b, "ORGANIZATION_NOT_FOUND"),
        (&a, &b, &a, "PARTY_NOT_FOUND"),
        (&a, &a, &b, "DOCK_NOT_FOUND"),
        (&a, &b, &b, "PARTY_NOT_FOUND"),
    ] {
        let answer = a.caller.try_assign(&organization.organization, &party.party, &dock.dock, "RECIPIENT").await;
        answer.refused(404, code);
    }
}
