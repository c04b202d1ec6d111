//! `GET /v1/organizations/{orgId}/parties/{partyId}/roles/{roleId}`.

use macro_rules_attribute::apply;
use reqwest::Method;

use crate::guarantees::isolation::tenants::two_tenants;
use crate::harness::{PartyWorld, TestServer, api_test, paths, samples::nonexistent, world::rows, world::tag};

#[apply(api_test)]
async fn a_role_is_returned_as_it_was_assigned() {
    let world = PartyWorld::new().await;
    let assigned = world.assign_recipient().await;
    let target = assigned.header("location").expect("a created resource has a path");
    assert_eq!(target, paths::role(&world.organization, &world.party, &assigned.id()));
    let tenant = world.server.tenant(&world.organization, &["roles:read"]).await;
    for client in [&world.platform, &tenant] {
        let read = client.get(target).await.expect(200);
        assert_eq!((read.json(), read.header("etag")), (assigned.json(), assigned.header("etag")));
    }
}

#[apply(api_test)]
async fn a_role_agrees_with_its_row_in_the_list() {
    let world = PartyWorld::new().await;
    let role = world.assign_recipient().await;
    let read = world.get(&paths::role(&world.organization, &world.party, &role.id())).await;
    let mut row = rows(&world.of_party("").await)[0].clone();
    let dock_name = row.as_object_mut().expect("a row is an object").remove("dockName");
    assert_eq!((&row, dock_name), (read.json(), Some("Desk".into())));
}

#[apply(api_test)]
async fn only_a_role_that_is_held_is_found() {
    let world = PartyWorld::new().await;
    let revoked = world.assign_recipient().await;
    let target = paths::role(&world.organization, &world.party, &revoked.id());
    world.revoke(&revoked).await;
    world.platform.get(&target).await.expect_error(404, "ROLE_NOT_FOUND");
    // A current entity tag does not hide the revocation.
    for tags in [&tag(&revoked), "*"] {
        world.if_none_match(&target, tags).await.expect_error(404, "ROLE_NOT_FOUND");
    }
    let reassigned = world.assign_recipient().await;
    world.platform.get(&target).await.expect_error(404, "ROLE_NOT_FOUND");
    let target = paths::role(&world.organization, &world.party, &reassigned.id());
    assert_eq!(world.get(&target).await.json(), reassigned.json());
    let unknown = paths::role(&world.organization, &world.party, &nonexistent(&reassigned.id()));
    world.platform.get(&unknown).await.expect_error(404, "ROLE_NOT_FOUND");
}

#[apply(api_test)]
async fn a_role_is_found_only_under_its_party_and_organization() {
    let server = TestServer::start().await;
    let (own, other) = two_tenants(&server).await;
    let platform = server.platform();
    let second = platform.create_party(&own.organization, "Bob").await.id();
    for (organization, party, role) in [
        (&own.organization, &second, &own.role),
        (&own.organization, &own.party, &other.role),
        (&own.organization, &other.party, &other.role),
        (&other.organization, &own.party, &own.role),
    ] {
        platform.get(&paths::role(organization, party, role)).await.expect_error(404, "ROLE_NOT_FOUND");
    }
    own.client.get(&paths::role(&own.organization, &own.party, &own.role)).await.expect(200);
    let foreign = paths::role(&other.organization, &other.party, &other.role);
    own.client.get(&foreign).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
}

#[apply(api_test)]
async fn the_entity_tag_of_a_role_is_the_condition_of_its_revocation() {
    let world = PartyWorld::new().await;
    let role = world.assign_recipient().await;
    let target = paths::role(&world.organization, &world.party, &role.id());
    let current = tag(&world.get(&target).await);
    let outdated = world.send_with(Method::DELETE, &target, ("if-match", r#""0""#), None).await;
    outdated.expect_error(412, "PRECONDITION_FAILED");
    world.platform.get(&target).await.expect(200);
    world.send_with(Method::DELETE, &target, ("if-match", &current), None).await.expect(200);
    world.platform.get(&target).await.expect_error(404, "ROLE_NOT_FOUND");
}
