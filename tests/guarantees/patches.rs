//! JSON Merge Patch semantics of every updatable resource.

use std::collections::BTreeMap;

use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::{World, api_test};

#[apply(api_test)]
async fn absent_members_are_unchanged() {
    let world = World::new().await;
    let party = json!({
        "type": "INDIVIDUAL", "name": "Ann", "email": "a@b.com", "externalRef": "E-1", "metadata": { "a": 1 },
    });
    let party = world.platform.post(&world.parties_path(), &party).await.expect(201);
    let party = format!("{}/{}", world.parties_path(), party.id());
    let dock = json!({
        "domain": "a.example.com", "customDomain": "b.example.com", "legalName": "Desk AG", "taxId": "1",
        "businessType": "llc", "registrationNumber": "2", "businessPhone": "3", "businessEmail": "a@b.com",
        "businessAddress": { "city": "Bonn" }, "primaryColor": "#fff", "secondaryColor": "#000", "customCss": "a{}",
    });
    let dock = world.new_dock(dock).await;
    world
        .assert_patch(&world.organization_path(), json!({ "metadata": { "k": 1 } }), json!({ "metadata": { "k": 1 } }))
        .await;
    for target in [world.organization_path(), party, dock] {
        world.assert_patch(&target, json!({}), json!({})).await;
        world.assert_patch(&target, json!({ "name": " New\u{2003}" }), json!({ "name": "New" })).await;
    }
}

#[apply(api_test)]
async fn required_members_cannot_be_removed() {
    let world = World::new().await;
    let (party, dock) = (world.new_party().await, world.new_dock(json!({})).await);
    for (target, member) in [
        (&world.organization_path(), "name"),
        (&world.organization_path(), "slug"),
        (&party, "name"),
        (&party, "type"),
        (&dock, "name"),
    ] {
        let before = world.platform.get(target).await;
        let patch = json!({ member: null, "metadata": { "x": 1 }, "taxId": "1" });
        assert_eq!(world.platform.patch(target, &patch).await.error_locations(), [format!("/{member}")]);
        assert_eq!(world.platform.get(target).await.json(), before.json(), "the patch has no effect");
    }
}

#[apply(api_test)]
async fn metadata_is_merged_at_its_top_level() {
    let world = World::new().await;
    for target in [world.organization_path(), world.new_party().await] {
        for (patch, after) in [
            (
                json!({ "a": 1, "b": { "x": 1, "y": 2 }, "c": [1, 2] }),
                json!({ "a": 1, "b": { "x": 1, "y": 2 }, "c": [1, 2] }),
            ),
            (json!({ "a": "2" }), json!({ "a": "2", "b": { "x": 1, "y": 2 }, "c": [1, 2] })),
            // Nested values are not merged, and null is a value.
            (json!({ "b": { "x": null } }), json!({ "a": "2", "b": { "x": null }, "c": [1, 2] })),
            (json!({ "c": [null] }), json!({ "a": "2", "b": { "x": null }, "c": [null] })),
            (json!({ "a": null, "nowhere": null, "d": false }), json!({ "b": { "x": null }, "c": [null], "d": false })),
            (json!({}), json!({ "b": { "x": null }, "c": [null], "d": false })),
            (json!(null), json!({})),
            (json!({ "": "", "a/b": 1, "ключ": "значение" }), json!({ "": "", "a/b": 1, "ключ": "значение" })),
            (json!({ "": null }), json!({ "a/b": 1, "ключ": "значение" })),
        ] {
            world.assert_patch(&target, json!({ "metadata": patch }), json!({ "metadata": after })).await;
        }
    }
    // In a creation, null is a value like any other.
    let body = json!({ "name": "Nulls", "metadata": { "a": null } });
    let created = world.platform.post_organization(&body).await.expect(201);
    assert_eq!(created.json()["metadata"], json!({ "a": null }));
}

#[apply(api_test)]
async fn updated_at_changes_only_with_the_resource() {
    let world = World::new().await;
    for target in [world.organization_path(), world.new_party().await, world.new_dock(json!({})).await] {
        let before = world.platform.get(&target).await;
        assert_eq!(before.text("createdAt"), before.text("updatedAt"));
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        let after = world.patched(&target, json!({ "name": "New" })).await;
        assert_eq!(after["createdAt"], before.json()["createdAt"]);
        assert!(after["updatedAt"].as_str() > before.json()["updatedAt"].as_str(), "{after}");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        let again = world.patched(&target, json!({ "name": "New" })).await;
        assert_eq!(again, after, "a patch without changes keeps updatedAt");
    }
}

#[apply(api_test)]
async fn concurrent_patches_of_different_keys_all_take_effect() {
    let world = World::new().await;
    for target in [world.new_party().await, world.organization_path()] {
        let patches = (0..32).map(|at| {
            let (client, target) = (world.platform.clone(), target.clone());
            tokio::spawn(async move { client.patch(&target, &json!({ "metadata": { format!("k{at}"): at } })).await })
        });
        let mut tags = Vec::new();
        for (at, patch) in patches.collect::<Vec<_>>().into_iter().enumerate() {
            let response = patch.await.expect("the task does not panic").expect(200);
            assert_eq!(response.json()["metadata"][format!("k{at}")], at);
            tags.push(response.header("etag").expect("a tag").to_owned());
        }
        let all: BTreeMap<_, _> = (0..32).map(|at| (format!("k{at}"), json!(at))).collect();
        assert_eq!(world.platform.get(&target).await.json()["metadata"], json!(all), "{target}");
        // Each patch is its own version.
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), 32, "{tags:?}");
    }
}
