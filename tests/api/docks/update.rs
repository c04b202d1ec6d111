//! `PATCH /v1/docks/{dockId}`.

use berth_shared::time::Time;
use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::{World, api_test, checker::assert_consistent, paths};

#[apply(api_test)]
async fn optional_members_can_be_set_and_cleared() {
    let world = World::new().await;
    let dock = world.new_dock(json!({})).await;
    for (member, value) in [
        ("domain", "a.example.com"),
        ("customDomain", "b.example.com"),
        ("legalName", "Desk AG"),
        ("businessType", "llc"),
        ("taxId", "1"),
        ("registrationNumber", "2"),
        ("businessPhone", "3"),
        ("businessEmail", "a@b.com"),
        ("primaryColor", "#fff"),
        ("secondaryColor", "#000"),
        ("customCss", "a{}"),
    ] {
        for value in [json!(value), json!(null), json!(null), json!(value)] {
            world.assert_patch(&dock, json!({ member: value }), json!({ member: value })).await;
        }
    }
    // The organization of a dock cannot be changed. The dock's state is its own.
    let ignored = json!({ "organizationId": "org_x", "status": "CLOSED", "id": "x", "createdAt": 1 });
    world.assert_patch(&dock, ignored, json!({})).await;
}

#[apply(api_test)]
async fn an_address_is_replaced_as_a_whole() {
    let world = World::new().await;
    let dock = world.new_dock(json!({ "businessAddress": { "street": "Am Hof 1", "city": "Bonn" } })).await;
    let address = |city: Value, country: Value| json!({ "businessAddress": { "street": null, "city": city, "state": null, "postalCode": null, "country": country } });
    let patch = json!({ "businessAddress": { "country": "DE", "city": null } });
    world.assert_patch(&dock, patch, address(json!(null), json!("DE"))).await;
    world.assert_patch(&dock, json!({ "businessAddress": {} }), address(json!(null), json!(null))).await;
    world.assert_patch(&dock, json!({ "businessAddress": null }), json!({ "businessAddress": null })).await;
}

#[apply(api_test)]
async fn a_domain_belongs_to_one_dock() {
    let world = World::new().await;
    let other = world.platform.create_organization("Other").await.id();
    // One dock may have one domain in both members.
    let both = world.new_dock(json!({ "domain": "both.example.com", "customDomain": "BOTH.example.com" })).await;
    world.new_dock(json!({ "domain": "a.example.com", "customDomain": "b.example.com" })).await;
    let dock = world.new_dock(json!({})).await;
    for domain in ["both.example.com", "a.example.com", "b.example.com"] {
        for member in ["domain", "customDomain"] {
            let sent = domain.to_uppercase();
            let foreign = json!({ "organizationId": other, "name": "D", member: sent });
            for error in [
                world.platform.post_dock(&foreign).await,
                world.post_dock(json!({ member: sent })).await,
                world.platform.patch(&dock, &json!({ member: sent, "name": "New" })).await,
            ] {
                let error = error.expect_error(400, "DOMAIN_ALREADY_REGISTERED");
                assert_eq!(error.text("message"), format!("Domain '{domain}' is already registered to another dock"));
            }
        }
    }
    assert_eq!(world.platform.get(&dock).await.text("name"), "Desk", "the patches have no effect");
    // A domain in both members is released only if both are changed.
    world.assert_patch(&both, json!({ "domain": null }), json!({ "domain": null })).await;
    world.post_dock(json!({ "domain": "both.example.com" })).await.expect_error(400, "DOMAIN_ALREADY_REGISTERED");
    world.assert_patch(&both, json!({ "customDomain": null }), json!({ "customDomain": null })).await;
    world.post_dock(json!({ "domain": "both.example.com" })).await.expect(201);
}

#[apply(api_test)]
async fn a_released_domain_can_be_reused() {
    let world = World::new().await;
    let dock = world.new_dock(json!({ "domain": "a.example.com", "customDomain": "b.example.com" })).await;
    // Two members exchange their values: both domains stay with this dock.
    let swapped = json!({ "domain": "b.example.com", "customDomain": "a.example.com" });
    world.assert_patch(&dock, swapped.clone(), swapped).await;
    world.assert_patch(&dock, json!({ "domain": "c.example.com" }), json!({ "domain": "c.example.com" })).await;
    let second = world.new_dock(json!({ "domain": "b.example.com" })).await;
    world
        .platform
        .patch(&dock, &json!({ "domain": "b.example.com" }))
        .await
        .expect_error(400, "DOMAIN_ALREADY_REGISTERED");
    world.assert_patch(&second, json!({ "domain": null }), json!({ "domain": null })).await;
    world.assert_patch(&dock, json!({ "domain": "b.example.com" }), json!({ "domain": "b.example.com" })).await;
}

#[apply(api_test)]
async fn an_unverified_domain_stops_blocking_others_after_30_days() {
    let world = World::new().await;
    let domain = "a.example.com";
    let before = Time::now();
    let first = world.new_dock(json!({ "domain": domain })).await;
    let items = world.server.items().await.into_iter();
    let [guard] = items.filter(|item| item.contains_key("blocksUntil")).collect::<Vec<_>>().try_into().expect("one");
    let until: u64 = guard["blocksUntil"].as_n().expect("a number").parse().expect("whole");
    let month = 30 * 24 * 60 * 60 * 1000;
    let period = before.plus_millis(month).millis_since_epoch()..=Time::now().plus_millis(month).millis_since_epoch();
    assert!(period.contains(&until), "{until} is not in {period:?}");
    let end_at = async |time: Time| {
        world.server.set_number(&format!("DOMAIN#{domain}"), "DOMAIN", "blocksUntil", time.millis_since_epoch()).await;
    };
    let taken = async |members: Value| {
        world.post_dock(members).await.expect_error(400, "DOMAIN_ALREADY_REGISTERED");
    };
    end_at(Time::now().plus_millis(60_000)).await;
    taken(json!({ "domain": domain })).await;
    // A change of other members does not renew the claim. Removing and setting the domain does.
    end_at(Time::now()).await;
    world.patched(&first, json!({ "domain": domain, "name": "First" })).await;
    world.patched(&first, json!({ "domain": null })).await;
    world.patched(&first, json!({ "domain": domain })).await;
    taken(json!({ "customDomain": domain })).await;
    // Another organization takes it.
    end_at(Time::now()).await;
    let other = world.platform.create_organization("Other").await.id();
    let body = json!({ "organizationId": other, "name": "Second", "domain": domain });
    let second = paths::dock(&world.platform.post_dock(&body).await.expect(201).id());
    taken(json!({ "domain": domain })).await;
    assert_consistent(&world.server).await;
    // The first dock can still be changed. It has no claim to give up any more, and the second keeps the domain.
    world.patched(&first, json!({ "name": "Third" })).await;
    let moved = json!({ "domain": "b.example.com", "customDomain": "c.example.com" });
    world.assert_patch(&first, moved.clone(), moved).await;
    let error = world.platform.patch(&first, &json!({ "domain": domain })).await;
    error.expect_error(400, "DOMAIN_ALREADY_REGISTERED");
    assert_consistent(&world.server).await;
    // A patch takes an expired domain, too.
    end_at(Time::now()).await;
    world.assert_patch(&first, json!({ "domain": domain }), json!({ "domain": domain })).await;
    world.patched(&second, json!({ "domain": null })).await;
    taken(json!({ "domain": domain })).await;
    assert_consistent(&world.server).await;
}
