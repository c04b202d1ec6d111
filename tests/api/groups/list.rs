//! `GET /v1/docks/{dockId}/groups`.

use macro_rules_attribute::apply;

use crate::harness::{PartyWorld, api_test, paths, samples::nonexistent};

#[apply(api_test)]
async fn groups_are_listed_newest_first_with_their_recipients() {
    let world = PartyWorld::new().await;
    let ids = world.new_recipients(2).await;
    let first = world.new_group("First", &[&ids[0], &ids[1]]).await;
    let second = world.new_group("Second", &[&ids[1]]).await;
    let third = world.new_group("Third", &[]).await;
    world.assert_list(&world.groups_path(), &[&third, &second, &first]).await;
    let list = world.get(&world.groups_path()).await;
    for (row, group) in list.json()["data"].as_array().expect("rows").iter().zip([&third, &second, &first]) {
        assert_eq!(row, world.group(group).await.json());
    }
    world.platform.delete(&paths::group(&world.dock, &second)).await.expect(200);
    world.assert_list(&world.groups_path(), &[&third, &first]).await;
    let unknown = paths::groups(&nonexistent(&world.dock));
    world.platform.get(&unknown).await.expect_error(404, "DOCK_NOT_FOUND");
}
