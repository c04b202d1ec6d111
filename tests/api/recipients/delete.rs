//! `DELETE /v1/docks/{dockId}/recipients/{recipientId}`.

use futures::future::join_all;
use macro_rules_attribute::apply;
use serde_json::json;

use super::{body, body_of};
use crate::harness::checker::assert_consistent;
use crate::harness::{PartyWorld, api_test};

#[apply(api_test)]
async fn a_deleted_recipient_is_gone_and_its_party_keeps_the_role() {
    let world = PartyWorld::new().await;
    let path = world.new_recipient(&body_of("a@example.com", &world.party)).await;
    let role = world.get(&path).await.text("roleId");
    assert_eq!(world.platform.delete(&path).await.expect(200).json(), &json!({ "success": true }));
    world.platform.get(&path).await.expect_error(404, "RECIPIENT_NOT_FOUND");
    world.platform.patch(&path, &json!({ "name": "J" })).await.expect_error(404, "RECIPIENT_NOT_FOUND");
    world.platform.delete(&path).await.expect_error(404, "RECIPIENT_NOT_FOUND");
    world.assert_list(&world.recipients_path(), &[]).await;
    assert_eq!(world.held().await, [role]);
    // The address is free.
    world.post_recipient(&body("a@example.com")).await.expect(201);
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn of_simultaneous_deletions_one_succeeds() {
    let world = PartyWorld::new().await;
    let path = world.new_recipient(&body("a@example.com")).await;
    let mut found: Vec<_> = join_all((0..8).map(|_| world.platform.delete(&path))).await;
    found.sort_by_key(|response| response.status);
    let statuses: Vec<_> = found.iter().map(|response| response.status).collect();
    assert_eq!(statuses, [200, 404, 404, 404, 404, 404, 404, 404]);
    assert_consistent(&world.server).await;
}
