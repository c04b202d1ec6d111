//! `PATCH /v1/docks/{dockId}/groups/{groupId}`.

use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::checker::assert_consistent;
use crate::harness::{PartyWorld, api_test, paths};

#[apply(api_test)]
async fn name_and_description_are_set_and_kept() {
    let world = PartyWorld::new().await;
    let ids = world.new_recipients(1).await;
    let path = paths::group(&world.dock, &world.new_group("Lenders", &[&ids[0]]).await);
    for (patch, changed) in [
        (json!({}), json!({})),
        (json!({ "name": " Agents " }), json!({ "name": "Agents" })),
        (json!({ "description": "All agents" }), json!({ "description": "All agents" })),
        (json!({ "description": null }), json!({ "description": null })),
    ] {
        world.assert_patch(&path, patch, changed).await;
    }
    assert_eq!(world.platform.patch(&path, &json!({ "name": null })).await.error_locations(), ["/name"]);
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn a_name_of_another_group_is_a_conflict_and_the_old_one_is_free() {
    let world = PartyWorld::new().await;
    let first = paths::group(&world.dock, &world.new_group("First", &[]).await);
    let second = world.new_group("Second", &[]).await;
    let error = world.platform.patch(&first, &json!({ "name": "Second" })).await;
    assert_eq!(error.expect_error(409, "GROUP_NAME_ALREADY_USED").json()["conflictId"], json!(second));
    world.platform.patch(&first, &json!({ "name": "Third" })).await.expect(200);
    world.new_group("First", &[]).await;
    assert_consistent(&world.server).await;
}
