//! `DELETE /v1/docks/{dockId}/groups/{groupId}/recipients/{recipientId}`.

use macro_rules_attribute::apply;

use super::{members, refs};
use crate::harness::checker::assert_consistent;
use crate::harness::samples::nonexistent;
use crate::harness::{PartyWorld, api_test, paths};

#[apply(api_test)]
async fn a_recipient_leaves_a_group() {
    let world = PartyWorld::new().await;
    let ids = world.new_recipients(2).await;
    let group = world.new_group("Lenders", &refs(&ids)).await;
    let one = |id: &str| format!("{}/{id}", paths::group_recipients(&world.dock, &group));
    // The second time, it is not in the group.
    for _ in 0..2 {
        let left = world.platform.delete(&one(&ids[0])).await.expect(200);
        assert_eq!((left.json(), members(&left)), (world.group(&group).await.json(), vec![ids[1].as_str()]));
    }
    world.platform.delete(&one(&nonexistent(&ids[0]))).await.expect_error(404, "RECIPIENT_NOT_FOUND");
    assert_consistent(&world.server).await;
}
