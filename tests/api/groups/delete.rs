//! `DELETE /v1/docks/{dockId}/groups/{groupId}`.

use macro_rules_attribute::apply;
use serde_json::json;

use super::refs;
use crate::harness::checker::assert_consistent;
use crate::harness::{PartyWorld, api_test, paths};

#[apply(api_test)]
async fn a_deleted_group_is_gone_and_its_recipients_stay() {
    let world = PartyWorld::new().await;
    let ids = world.new_recipients(60).await;
    // One that fits into a transaction, and one that does not.
    for count in [2, 60] {
        let path = paths::group(&world.dock, &world.new_group("Lenders", &refs(&ids[..count])).await);
        assert_eq!(world.platform.delete(&path).await.expect(200).json(), &json!({ "success": true }));
        world.platform.get(&path).await.expect_error(404, "GROUP_NOT_FOUND");
        world.platform.delete(&path).await.expect_error(404, "GROUP_NOT_FOUND");
        assert_consistent(&world.server).await;
    }
    world.assert_list(&world.groups_path(), &[]).await;
    let recipients = world.get(&format!("{}?limit=1", paths::recipients(&world.dock))).await;
    assert_eq!(recipients.json()["meta"]["total"], 60);
}

/// A recipient that is deleted leaves its groups, of which there may be more than fit into a transaction.
#[apply(api_test)]
async fn a_deleted_recipient_leaves_its_groups() {
    let world = PartyWorld::new().await;
    let ids = world.new_recipients(2).await;
    let mut groups = Vec::new();
    for at in 0..35 {
        groups.push(world.new_group(&format!("Group {at}"), &refs(&ids)).await);
    }
    world.platform.delete(&paths::recipient(&world.dock, &ids[0])).await.expect(200);
    for group in [&groups[0], &groups[34]] {
        let group = world.group(group).await;
        assert_eq!((&group.json()["recipientCount"], super::members(&group)), (&json!(1), vec![ids[1].as_str()]));
    }
    assert_consistent(&world.server).await;
}
