//! `POST /v1/organizations/{orgId}/parties/{partyId}/roles`.

use berth_shared::id;
use macro_rules_attribute::apply;
use serde_json::json;

use crate::api::documented::{assert_documented_error, check_id, check_members, check_time, post};
use crate::guarantees::isolation::tenants::two_tenants;
use crate::harness::{PartyWorld, TestServer, api_test, paths, samples::Tenant, samples::nonexistent, world::each};

#[apply(api_test)]
async fn a_party_may_hold_both_roles_in_one_dock() {
    let world = PartyWorld::new().await;
    let first = world.assign(&world.party, &world.dock, "RECIPIENT").await;
    let second = world.assign(&world.party, &world.dock, "DISTRIBUTOR").await;
    assert_eq!(each(&world.of_party("").await, "id"), [second.id(), first.id()]);
    // In a dock, the distributor precedes the recipient.
    assert_eq!(each(&world.of_dock(&world.dock, "").await, "role"), ["DISTRIBUTOR", "RECIPIENT"]);
    for (role, held) in [("RECIPIENT", &first), ("DISTRIBUTOR", &second)] {
        let again = world.platform.try_assign(&world.organization, &world.party, &world.dock, role).await;
        assert_eq!(again.expect_error(409, "ROLE_ALREADY_ASSIGNED").json()["conflictId"], json!(held.id()));
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
    let server = TestServer::start().await;
    let Tenant { organization, party, .. } = Tenant::new(&server, "Bank of America").await;
    let dock = server.platform().create_dock(&organization, "Closing").await.id();
    let target = paths::roles(&organization, &party);
    for role in ["DISTRIBUTOR", "RECIPIENT"] {
        let body = format!("{{\n    \"dockId\": \"{dock}\",\n    \"role\": \"{role}\"\n  }}");
        let created = post(&server.platform(), &target, &body).await.expect(201);
        let shown = created.json();
        check_members(shown, &["id", "dockId", "partyId", "role", "createdAt"]);
        check_id::<id::Role>(&shown["id"], "dpr_");
        assert_eq!((created.text("dockId"), created.text("partyId")), (dock.clone(), party.clone()));
        assert_eq!(created.text("role"), role);
        check_time(&shown["createdAt"]);
        assert_eq!(created.header("location"), Some(format!("{target}/{}", created.id()).as_str()));
        assert!(created.header("etag").is_some());
    }
}

#[apply(api_test)]
async fn the_documented_error_responses_are_returned() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Bank of America").await;
    let other = Tenant::new(&server, "Metro Health System").await;
    let platform = server.platform();
    let Tenant { organization, party, dock, role, .. } = &own;
    let target = paths::roles(organization, party);
    for (body, message) in [
        (json!({ "dockId": dock, "role": "SENDER" }), "role must be DISTRIBUTOR or RECIPIENT"),
        (json!({ "dockId": dock }), "role is required"),
        (json!({ "role": "RECIPIENT" }), "dockId is required"),
        (json!({ "dockId": "dock_1", "role": "RECIPIENT" }), "dockId must be an id of the form dock_"),
        (json!({ "dockId": party, "role": "RECIPIENT" }), "dockId must be an id of the form dock_"),
    ] {
        assert_documented_error(platform.post(&target, &body).await, 400, "VALIDATION_FAILED", message);
    }
    let error = server.anonymous().try_assign(organization, party, dock, "RECIPIENT").await;
    assert_documented_error(error, 401, "UNAUTHORIZED", "Invalid or expired API key");
    for (party, dock, code, message) in [
        (&other.party, dock, "PARTY_OF_ANOTHER_ORGANIZATION", "party belongs to another organization"),
        (party, &other.dock, "DOCK_OF_ANOTHER_ORGANIZATION", "dock belongs to another organization"),
    ] {
        assert_documented_error(platform.try_assign(organization, party, dock, "RECIPIENT").await, 403, code, message);
    }
    let (no_organization, no_party, no_dock) = (nonexistent(organization), nonexistent(party), nonexistent(dock));
    for (organization, party, dock, code, message) in [
        (&no_organization, party, dock, "ORGANIZATION_NOT_FOUND", "Organization not found"),
        (organization, &no_party, dock, "PARTY_NOT_FOUND", "Party not found"),
        (organization, party, &no_dock, "DOCK_NOT_FOUND", "Dock not found"),
    ] {
        assert_documented_error(platform.try_assign(organization, party, dock, "RECIPIENT").await, 404, code, message);
    }
    let error = platform.try_assign(organization, party, dock, "DISTRIBUTOR").await;
    assert_eq!(error.json()["conflictId"], json!(role));
    assert_documented_error(error, 409, "ROLE_ALREADY_ASSIGNED", "holds this role");
}

#[apply(api_test)]
async fn a_platform_key_gets_403_for_a_resource_of_another_organization() {
    let server = TestServer::start().await;
    let (a, b) = two_tenants(&server).await;
    let platform = server.platform();
    let nowhere = Tenant {
        organization: nonexistent(&a.organization),
        dock: nonexistent(&a.dock),
        party: nonexistent(&a.party),
        role: nonexistent(&a.role),
        recipient: nonexistent(&a.recipient),
        group: nonexistent(&a.group),
        outsider: nonexistent(&a.outsider),
        key: nonexistent(&a.key),
        machine_client: nonexistent(&a.machine_client),
        client: a.client.clone(),
    };
    // Organization, party, dock. 404 precedes 403, and errors of the party precede those of the dock.
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
        let response = platform.try_assign(&organization.organization, &party.party, &dock.dock, "RECIPIENT").await;
        response.expect_error(status, code);
    }
    platform.assign(&a.organization, &a.party, &a.dock, "RECIPIENT").await;
}

#[apply(api_test)]
async fn an_organization_key_gets_404_for_a_resource_of_another_organization() {
    let server = TestServer::start().await;
    let (a, b) = two_tenants(&server).await;
    for (organization, party, dock, code) in [
        (&b, &b, &b, "ORGANIZATION_NOT_FOUND"),
        (&a, &b, &a, "PARTY_NOT_FOUND"),
        (&a, &a, &b, "DOCK_NOT_FOUND"),
        (&a, &b, &b, "PARTY_NOT_FOUND"),
    ] {
        let response = a.client.try_assign(&organization.organization, &party.party, &dock.dock, "RECIPIENT").await;
        response.expect_error(404, code);
    }
}
