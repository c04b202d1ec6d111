//! `PATCH /v1/docks/{dockId}/recipients/{recipientId}`.

use std::collections::BTreeMap;

use futures::future::join_all;
use macro_rules_attribute::apply;
use serde_json::{Value, json};

use super::{body, body_of};
use crate::guarantees::isolation::tenants::two_tenants;
use crate::harness::checker::assert_consistent;
use crate::harness::{PartyWorld, TestServer, api_test, next_millisecond, paths};

#[apply(api_test)]
async fn members_are_set_cleared_and_kept() {
    let world = PartyWorld::new().await;
    let path = world.new_recipient(&body("a@example.com")).await;
    for (patch, changed) in [
        (json!({}), json!({})),
        (json!({ "name": " Ann " }), json!({ "name": "Ann" })),
        (json!({ "email": "B@Example.com" }), json!({ "email": "b@example.com" })),
        (json!({ "stakeholderClass": "agent" }), json!({ "stakeholderClass": "agent" })),
        (json!({ "stakeholderClass": null }), json!({ "stakeholderClass": null })),
        (json!({ "identifiers": { "a": 1, "b": { "x": 1 } } }), json!({ "identifiers": { "a": 1, "b": { "x": 1 } } })),
        (json!({ "identifiers": { "a": null, "c": 2 } }), json!({ "identifiers": { "b": { "x": 1 }, "c": 2 } })),
        (json!({ "identifiers": null }), json!({ "identifiers": {} })),
    ] {
        world.assert_patch(&path, patch, changed).await;
    }
    for member in ["name", "email"] {
        let error = world.platform.patch(&path, &json!({ member: null })).await;
        assert_eq!(error.error_locations(), [format!("/{member}")]);
    }
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn merged_identifiers_obey_the_limits() {
    let world = PartyWorld::new().await;
    let path = world.new_recipient(&body("a@example.com")).await;
    let half = json!({ "identifiers": { "a": "x".repeat(9_000) } });
    world.platform.patch(&path, &half).await.expect(200);
    let error = world.platform.patch(&path, &json!({ "identifiers": { "b": "x".repeat(9_000) } })).await;
    assert_eq!(error.error_locations(), ["/identifiers"]);
}

#[apply(api_test)]
async fn a_patch_without_changes_keeps_the_version() {
    let world = PartyWorld::new().await;
    let path = world.new_recipient(&body_of("a@example.com", &world.party)).await;
    let before = world.get(&path).await;
    next_millisecond().await;
    for patch in [json!({}), json!({ "email": "A@example.com" }), json!({ "partyId": world.party })] {
        let after = world.platform.patch(&path, &patch).await.expect(200);
        assert_eq!((after.json(), after.header("etag")), (before.json(), before.header("etag")), "{patch}");
    }
}

#[apply(api_test)]
async fn an_address_of_another_recipient_is_a_conflict_and_the_old_one_is_free() {
    let world = PartyWorld::new().await;
    let first = world.new_recipient(&body("a@example.com")).await;
    let second = world.post_recipient(&body("b@example.com")).await.expect(201).id();
    let error = world.platform.patch(&first, &json!({ "email": "B@example.com", "partyId": world.party })).await;
    assert_eq!(error.expect_error(409, "EMAIL_ALREADY_USED").json()["conflictId"], json!(second));
    assert_eq!(world.held().await, Vec::<String>::new());
    world.platform.patch(&first, &json!({ "email": "c@example.com" })).await.expect(200);
    world.post_recipient(&body("a@example.com")).await.expect(201);
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn a_new_party_gets_the_role_and_an_unlinked_party_keeps_it() {
    let world = PartyWorld::new().await;
    let path = world.new_recipient(&body("a@example.com")).await;
    let linked = world.patched(&path, json!({ "partyId": world.party })).await;
    assert_eq!(linked["partyId"], json!(world.party));
    assert_eq!(world.held().await, [linked["roleId"].as_str().expect("a role")]);
    let unlinked = world.patched(&path, json!({ "partyId": null })).await;
    assert_eq!((&unlinked["partyId"], &unlinked["roleId"]), (&Value::Null, &Value::Null));
    assert_eq!(world.held().await.len(), 1);
    // Linked again, it has the role that the party kept.
    let again = world.patched(&path, json!({ "partyId": world.party })).await;
    assert_eq!(again["roleId"], linked["roleId"]);
    // The same party again, after the role was revoked.
    let role = linked["roleId"].as_str().expect("a role");
    world.revoke(&world.platform.get(&paths::role(&world.organization, &world.party, role)).await).await;
    assert_eq!(world.get(&path).await.json()["roleId"], Value::Null);
    let renewed = world.patched(&path, json!({ "partyId": world.party })).await;
    assert_ne!(renewed["roleId"], linked["roleId"]);
    assert_eq!(world.held().await, [renewed["roleId"].as_str().expect("a role")]);
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn a_party_of_another_organization_is_disclosed_to_platform_keys_only() {
    let server = TestServer::start().await;
    let (a, b) = two_tenants(&server).await;
    let (path, patch) = (paths::recipient(&a.dock, &a.recipient), json!({ "partyId": b.party }));
    server.platform().patch(&path, &patch).await.expect_error(403, "PARTY_OF_ANOTHER_ORGANIZATION");
    a.client.patch(&path, &patch).await.expect_error(404, "PARTY_NOT_FOUND");
}

#[apply(api_test)]
async fn concurrent_patches_all_take_effect() {
    let world = PartyWorld::new().await;
    let path = world.new_recipient(&body("a@example.com")).await;
    let patches: Vec<_> =
        (0..24).map(|at| json!({ "identifiers": { format!("k{at}"): at }, "partyId": world.party })).collect();
    let responses = join_all(patches.iter().map(|patch| world.platform.patch(&path, patch))).await;
    responses.into_iter().for_each(|response| drop(response.expect(200)));
    let all: BTreeMap<_, _> = (0..24).map(|at| (format!("k{at}"), json!(at))).collect();
    assert_eq!(world.get(&path).await.json()["identifiers"], json!(all));
    assert_eq!(world.held().await.len(), 1);
    assert_consistent(&world.server).await;
}
