//! `DELETE /v1/docks/{dockId}/groups/{groupId}/recipients`.

use macro_rules_attribute::apply;
use serde_json::json;

use super::{members, refs};
use crate::harness::checker::assert_consistent;
use crate::harness::samples::nonexistent;
use crate::harness::{PartyWorld, api_test, paths};

#[apply(api_test)]
async fn recipients_leave_a_group_and_stay_in_the_dock() {
    let world = PartyWorld::new().await;
    let ids = world.new_recipients(60).await;
    let group = world.new_group("Lenders", &refs(&ids[..58])).await;
    // Some of them are not in the group, and there are more than fit into a transaction.
    let removed = world.remove(&group, &refs(&ids[2..])).await.expect(200);
    assert_eq!((&removed.json()["recipientCount"], members(&removed)), (&json!(2), refs(&ids[..2])));
    assert_eq!(world.group(&group).await.json(), removed.json());
    assert_eq!(world.remove(&group, &refs(&ids[2..])).await.expect(200).json(), removed.json());
    world.get(&paths::recipient(&world.dock, &ids[59])).await;
    assert_eq!(world.remove(&group, &[]).await.error_locations(), ["/recipientIds"]);
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn an_unknown_recipient_is_named_and_none_is_removed() {
    let world = PartyWorld::new().await;
    let ids = world.new_recipients(1).await;
    let group = world.new_group("Lenders", &refs(&ids)).await;
    let unknown = nonexistent(&ids[0]);
    let error = world.remove(&group, &[&ids[0], &unknown]).await.expect_error(404, "RECIPIENT_NOT_FOUND");
    assert!(error.text("detail").contains(&unknown));
    assert_eq!(members(&world.group(&group).await), refs(&ids));
}
