//! `DELETE /v1/organizations/{orgId}/parties/{partyId}/roles/{roleId}`.

use macro_rules_attribute::apply;

use crate::harness::{DIRECTORY_SCOPES, PartyWorld, api_test, paths, world::ULID, world::each, world::rows};

#[apply(api_test)]
async fn a_revoked_role_cannot_be_revoked_again() {
    let world = PartyWorld::new().await;
    let role = world.assign(&world.party, &world.dock, "RECIPIENT").await;
    world.revoke(&role).await;
    for id in [role.id(), format!("dpr_{ULID}")] {
        let target = format!("{}/{id}", world.roles_path(&world.party));
        world.platform.delete(&target).await.expect_error(404, "ROLE_NOT_FOUND");
    }
    assert!(rows(&world.of_party("").await).is_empty());
}

#[apply(api_test)]
async fn a_role_is_found_only_under_its_party() {
    let world = PartyWorld::new().await;
    let role = world.assign(&world.party, &world.dock, "RECIPIENT").await;
    let other_party = world.platform.create_party(&world.organization, "Bob").await.id();
    let other = world.platform.create_organization("Other").await.id();
    let foreign = paths::role(&other, &world.party, &role.id());
    for target in [format!("{}/{}", world.roles_path(&other_party), role.id()), foreign] {
        world.platform.delete(&target).await.expect_error(404, "ROLE_NOT_FOUND");
    }
    let tenant = world.server.tenant(&other, &DIRECTORY_SCOPES).await;
    let target = format!("{}/{}", world.roles_path(&world.party), role.id());
    tenant.delete(&target).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
    assert_eq!(each(&world.of_party("").await, "id"), [role.id()]);
}
