//! `POST /v1/docks/{dockId}/groups/{groupId}/recipients`.

use futures::future::join_all;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::json;

use super::{members, refs};
use crate::harness::checker::assert_consistent;
use crate::harness::samples::nonexistent;
use crate::harness::{PartyWorld, api_test, paths, world::tag};

#[apply(api_test)]
async fn recipients_are_added_once() {
    let world = PartyWorld::new().await;
    let ids = world.new_recipients(3).await;
    let group = world.new_group("Lenders", &[&ids[2]]).await;
    let added = world.add(&group, &[&ids[1], &ids[2], &ids[1]]).await.expect(200);
    assert_eq!((&added.json()["recipientCount"], members(&added)), (&json!(2), refs(&ids[1..])));
    let again = world.add(&group, &[&ids[1]]).await.expect(200);
    assert_eq!((again.json(), tag(&again)), (added.json(), tag(&added)));
    assert_eq!(world.group(&group).await.json(), added.json());
    assert_eq!(world.add(&group, &[]).await.error_locations(), ["/recipientIds"]);
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn an_unknown_recipient_is_named_and_none_is_added() {
    let world = PartyWorld::new().await;
    let ids = world.new_recipients(60).await;
    let group = world.new_group("Lenders", &[]).await;
    let unknown = nonexistent(&ids[59]);
    let error = world.add(&group, &[refs(&ids), vec![unknown.as_str()]].concat()).await;
    assert!(error.expect_error(404, "RECIPIENT_NOT_FOUND").text("detail").contains(&unknown));
    assert_eq!(world.group(&group).await.json()["recipientCount"], 0);
}

#[apply(api_test)]
async fn simultaneous_additions_all_take_effect() {
    let world = PartyWorld::new().await;
    let ids = world.new_recipients(16).await;
    let group = world.new_group("Lenders", &[]).await;
    let (target, bodies) =
        (paths::group_recipients(&world.dock, &group), ids.iter().map(|id| json!({ "recipientIds": [id] })));
    let bodies: Vec<_> = bodies.collect();
    for response in join_all(bodies.iter().map(|body| world.platform.post(&target, body))).await {
        response.expect(200);
    }
    let read = world.group(&group).await;
    assert_eq!((&read.json()["recipientCount"], members(&read)), (&json!(16), refs(&ids)));
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn a_replay_adds_nothing_again() {
    let world = PartyWorld::new().await;
    let ids = world.new_recipients(50).await;
    let group = world.new_group("Lenders", &[]).await;
    let target = paths::group_recipients(&world.dock, &group);
    let body = json!({ "recipientIds": ids });
    let send = || world.platform.request(Method::POST, &target).header("idempotency-key", "k").json(&body).send();
    let first = send().await.expect(200);
    world.remove(&group, &[&ids[0]]).await.expect(200);
    let again = send().await.expect(200);
    assert_eq!((again.json(), again.header("idempotency-replayed")), (first.json(), Some("true")));
    assert_eq!(world.group(&group).await.json()["recipientCount"], 49);
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn a_group_has_at_most_10_000_recipients() {
    let world = PartyWorld::new().await;
    let ids = world.new_recipients(2).await;
    let group = world.new_group("Lenders", &[]).await;
    let ulid = |id: &str| id.split_once('_').expect("an id").1.to_owned();
    let pk = format!("ORG#{}#DOCK#{}#GRP", ulid(&world.organization), ulid(&world.dock));
    // As if it had that many.
    world.server.set_number(&pk, &format!("GRP#{}", ulid(&group)), "recipientCount", 9_999).await;
    let error = world.add(&group, &refs(&ids)).await.expect_error(409, "TOO_MANY_MEMBERS");
    assert!(error.json()["conflictId"].is_null(), "{}", error.json());
    world.add(&group, &[&ids[0]]).await.expect(200);
}
