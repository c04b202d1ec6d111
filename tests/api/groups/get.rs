//! `GET /v1/docks/{dockId}/groups/{groupId}`.

use macro_rules_attribute::apply;
use serde_json::json;

use super::members;
use crate::harness::{PartyWorld, api_test, paths};

/// The response also depends on the names of the recipients, so its tag does, too.
#[apply(api_test)]
async fn the_tag_follows_the_names_of_the_recipients() {
    let world = PartyWorld::new().await;
    let ids = world.new_recipients(1).await;
    let group = world.new_group("Lenders", &[&ids[0]]).await;
    let path = paths::group(&world.dock, &group);
    let tag = world.get(&path).await.header("etag").expect("a tag").to_owned();
    assert_eq!(world.if_none_match(&path, &tag).await.status, 304);
    let recipient = paths::recipient(&world.dock, &ids[0]);
    world.platform.patch(&recipient, &json!({ "name": "Joan" })).await.expect(200);
    let read = world.if_none_match(&path, &tag).await.expect(200);
    assert_eq!(read.json()["recipients"][0]["name"], "Joan");
    // `If-Match` compares the group only.
    world.patch_if_match(&path, &tag, "Agents").await.expect(200);
}

#[apply(api_test)]
async fn a_group_is_found_in_its_own_dock_only() {
    let world = PartyWorld::new().await;
    let other = world.platform.create_dock(&world.organization, "Other").await.id();
    let group = world.new_group("Lenders", &[]).await;
    let elsewhere = paths::group(&other, &group);
    world.platform.get(&elsewhere).await.expect_error(404, "GROUP_NOT_FOUND");
    world.platform.delete(&elsewhere).await.expect_error(404, "GROUP_NOT_FOUND");
    world.platform.get(&format!("{elsewhere}/recipients")).await.expect_error(404, "GROUP_NOT_FOUND");
}

#[apply(api_test)]
async fn a_group_shows_the_first_100_recipients() {
    let world = PartyWorld::new().await;
    let ids = world.new_recipients(101).await;
    let group = world.new_group("Large", &[]).await;
    let (first, last) = ids.split_at(60);
    world.add(&group, &super::refs(last)).await.expect(200);
    let added = world.add(&group, &super::refs(first)).await.expect(200);
    assert_eq!((&added.json()["recipientCount"], members(&added)), (&json!(101), super::refs(&ids[..100])));
    assert_eq!(world.group(&group).await.json(), added.json());
}
