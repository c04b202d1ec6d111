//! `PATCH /v1/organizations/{orgId}/parties/{partyId}`.

use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::{World, api_test};

#[apply(api_test)]
async fn optional_members_can_be_set_and_cleared() {
    let world = World::new().await;
    let party = world.new_party().await;
    for (member, one, other) in [("email", "a@b.com", "c@d.com"), ("externalRef", "E-1", "E-2")] {
        for value in [json!(one), json!(other), json!(null), json!(null), json!(one)] {
            world.assert_patch(&party, json!({ member: value }), json!({ member: value })).await;
        }
    }
    world.assert_patch(&party, json!({ "type": "INDIVIDUAL" }), json!({ "type": "INDIVIDUAL" })).await;
    // The index of external references follows.
    for (external_ref, found) in [("E-1", 1), ("E-2", 0)] {
        let listed = world.platform.get(&format!("{}?externalRef={external_ref}", world.parties_path())).await;
        assert_eq!(listed.json()["meta"]["total"], found, "{external_ref}");
    }
}
