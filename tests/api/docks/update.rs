//! `PATCH /v1/docks/{dockId}`.

use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::{World, api_test};

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
