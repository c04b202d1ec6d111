//! `GET /v1/organizations/{orgId}/parties`.

use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::{World, api_test, world::ids};

#[apply(api_test)]
async fn the_list_can_be_filtered_by_type_and_external_reference() {
    let world = World::new().await;
    let ann = world.create_party("INDIVIDUAL", "Ann", Some("E-1")).await;
    let bob = world.create_party("ORGANIZATION", "Bob", Some("E-1")).await;
    let eve = world.create_party("INDIVIDUAL", "Eve", Some("e-1")).await;
    let parties = world.parties_path();
    for (filter, wanted) in [
        ("", vec![&*eve, &bob, &ann]),
        ("?type=INDIVIDUAL", vec![&*eve, &ann]),
        ("?type=ORGANIZATION", vec![&*bob]),
        // References are compared exactly.
        ("?externalRef=E-1", vec![&*bob, &ann]),
        ("?externalRef=e-1", vec![&*eve]),
        ("?externalRef=E-", vec![]),
        ("?externalRef=E-1&type=INDIVIDUAL", vec![&*ann]),
        ("?externalRef=E-1&search=bo", vec![&*bob]),
        ("?externalRef=E-1&search=eve", vec![]),
        ("?type=INDIVIDUAL&search=E", vec![&*eve]),
    ] {
        world.assert_list(&format!("{parties}{filter}"), &wanted).await;
    }
    // The index follows changes of a party.
    let patch = json!({ "name": "Zoe", "type": "INDIVIDUAL" });
    world.platform.patch(&format!("{parties}/{bob}"), &patch).await.expect(200);
    world.assert_list(&format!("{parties}?externalRef=E-1&search=bo"), &[]).await;
    world.assert_list(&format!("{parties}?externalRef=E-1&search=zo"), &[&bob]).await;
    world.assert_list(&format!("{parties}?externalRef=E-1&type=INDIVIDUAL"), &[&bob, &ann]).await;
    // A page of a filtered list is full, even if rows between its rows do not match.
    let page = world.get(&format!("{parties}?externalRef=E-1&search=n&limit=1")).await;
    assert_eq!((ids(&page), &page.json()["meta"]["hasMore"]), (vec![ann], &json!(false)));
}

#[apply(api_test)]
async fn totals_follow_a_change_of_type() {
    let world = World::new().await;
    let party = world.new_party().await;
    world.new_party().await;
    let totals = || async {
        let mut totals = Vec::new();
        for filter in ["", "?type=ORGANIZATION", "?type=INDIVIDUAL"] {
            let listed = world.platform.get(&format!("{}{filter}", world.parties_path())).await.expect(200);
            let meta = listed.json()["meta"]["total"].as_u64().expect("a total");
            assert_eq!(meta, listed.json()["data"].as_array().map_or(0, Vec::len) as u64);
            totals.push(meta);
        }
        totals
    };
    assert_eq!(totals().await, [2, 2, 0]);
    world.patched(&party, json!({ "type": "INDIVIDUAL" })).await;
    assert_eq!(totals().await, [2, 1, 1]);
    world.patched(&party, json!({ "type": "INDIVIDUAL" })).await;
    assert_eq!(totals().await, [2, 1, 1]);
    world.patched(&party, json!({ "type": "ORGANIZATION" })).await;
    assert_eq!(totals().await, [2, 2, 0]);
    assert_eq!(world.platform.get(&world.organization_path()).await.json()["_count"]["parties"], 2);
}
