//! `GET /v1/docks/{dockId}/recipients/{recipientId}`.

use macro_rules_attribute::apply;
use serde_json::{Value, json};

use super::{body, body_of};
use crate::harness::{PartyWorld, api_test, paths};

/// The role is that of now, and a cached response with another role is not current.
#[apply(api_test)]
async fn the_role_of_a_recipient_is_the_current_one() {
    let world = PartyWorld::new().await;
    let created = world.post_recipient(&body_of("a@example.com", &world.party)).await.expect(201);
    let path = paths::recipient(&world.dock, &created.id());
    let tag = created.header("etag").expect("a tag").to_owned();
    assert_eq!(world.if_none_match(&path, &tag).await.status, 304);
    let role = world.platform.get(&paths::role(&world.organization, &world.party, &created.text("roleId"))).await;
    world.revoke(&role).await;
    let without = world.if_none_match(&path, &tag).await.expect(200);
    assert_eq!((without.text("partyId"), &without.json()["roleId"]), (world.party.clone(), &Value::Null));
    assert_eq!(without.text("updatedAt"), created.text("updatedAt"));
    let assigned = world.assign_recipient().await;
    let with = world.if_none_match(&path, without.header("etag").expect("a tag")).await.expect(200);
    assert_eq!(with.text("roleId"), assigned.id());
    // `If-Match` compares the recipient only.
    world.patch_if_match(&path, &tag, "Ann").await.expect(200);
}

#[apply(api_test)]
async fn a_recipient_is_found_in_its_own_dock_only() {
    let world = PartyWorld::new().await;
    let other = world.platform.create_dock(&world.organization, "Other").await.id();
    let id = world.post_recipient(&body("a@example.com")).await.expect(201).id();
    let elsewhere = paths::recipient(&other, &id);
    world.platform.get(&elsewhere).await.expect_error(404, "RECIPIENT_NOT_FOUND");
    world.platform.patch(&elsewhere, &json!({ "name": "J" })).await.expect_error(404, "RECIPIENT_NOT_FOUND");
    world.platform.delete(&elsewhere).await.expect_error(404, "RECIPIENT_NOT_FOUND");
    world.get(&paths::recipient(&world.dock, &id)).await;
}
