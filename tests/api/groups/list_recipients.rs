//! `GET /v1/docks/{dockId}/groups/{groupId}/recipients`.

use macro_rules_attribute::apply;

use super::refs;
use crate::harness::{PartyWorld, api_test, paths, samples::nonexistent, world::ids};

#[apply(api_test)]
async fn the_recipients_of_a_group_are_paged_newest_first() {
    let world = PartyWorld::new().await;
    let members = world.new_recipients(5).await;
    let group = world.new_group("Lenders", &refs(&members)).await;
    let target = paths::group_recipients(&world.dock, &group);
    world.assert_list(&target, &refs(&members)).await;
    let first = world.get(&format!("{target}?limit=2")).await;
    let cursor = first.json()["meta"]["nextCursor"].as_str().expect("a cursor").to_owned();
    let second = world.get(&format!("{target}?limit=2&cursor={cursor}")).await;
    assert_eq!([ids(&first), ids(&second)].concat(), members[..4]);
    // A row is the recipient as it is read alone.
    let row = &first.json()["data"][0];
    assert_eq!(row, world.get(&paths::recipient(&world.dock, &members[0])).await.json());
    let unknown = paths::group_recipients(&world.dock, &nonexistent(&group));
    world.platform.get(&unknown).await.expect_error(404, "GROUP_NOT_FOUND");
}
