//! `POST /v1/docks`.

use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::{Berth, World, api_test, paths, samples::Tenant, samples::unknown};

#[apply(api_test)]
async fn only_a_platform_key_has_to_name_the_organization() {
    let berth = Berth::start().await;
    let own = Tenant::new(&berth, "Premier Title Services").await;
    let made = own.caller.post_dock(&json!({ "name": "Closing" })).await.expect(201);
    assert_eq!(made.text("organizationId"), own.organization);
    let refused = berth.platform().post_dock(&json!({ "name": "Closing" })).await;
    let refused = refused.refused(400, "VALIDATION_FAILED");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/organizationId");
    let body = json!({ "name": "Closing", "organizationId": unknown(&own.organization) });
    berth.platform().post_dock(&body).await.refused(404, "ORGANIZATION_NOT_FOUND");
}

#[apply(api_test)]
async fn text_members_have_maximum_lengths() {
    let world = World::new().await;
    let dock = paths::dock(&world.platform.create_dock(&world.organization, "Desk").await.id());
    let limits = [
        ("legalName", 200),
        ("businessType", 64),
        ("taxId", 64),
        ("registrationNumber", 64),
        ("businessPhone", 32),
        ("customCss", 16_384),
    ];
    for (member, most) in limits {
        let (longest, above) = (json!("é".repeat(most)), json!("é".repeat(most + 1)));
        let made = world.platform.post_dock(&world.dock_body(member, &longest)).await.expect(201);
        assert_eq!(made.json()[member], longest);
        let pointer = format!("/{member}");
        let refused = world.platform.post_dock(&world.dock_body(member, &above)).await;
        assert_eq!(refused.failures(), [pointer.as_str()]);
        world.platform.patch(&dock, &json!({ member: longest })).await.expect(200);
        assert_eq!(world.platform.patch(&dock, &json!({ member: above })).await.failures(), [pointer]);
    }
    let address = |more: usize| {
        let line = |most: usize| "x".repeat(most + more);
        json!({ "street": line(200), "city": line(200), "state": line(200), "postalCode": line(32), "country": line(100) })
    };
    let made = world.platform.post_dock(&world.dock_body("businessAddress", &address(0))).await.expect(201);
    assert_eq!(made.json()["businessAddress"], address(0));
    let refused = world.platform.post_dock(&world.dock_body("businessAddress", &address(1))).await;
    let lines = ["street", "city", "state", "postalCode", "country"].map(|line| format!("/businessAddress/{line}"));
    assert_eq!(refused.failures(), lines);
}

#[apply(api_test)]
async fn domains_and_colors_are_validated() {
    let world = World::new().await;
    let domain = |last: usize| format!("{0}.{0}.{0}.{1}", "a".repeat(63), "b".repeat(last));
    let made = world.platform.post_dock(&world.dock_body("domain", &json!(domain(61)))).await.expect(201);
    assert_eq!(made.text("domain").len(), 253);
    let long_label = format!("{}.com", "a".repeat(64));
    let domains = [domain(62), long_label, String::new()].into_iter();
    let wrong = ["localhost", "a..b", "-a.com", "a-.com", "a_b.com", ".com", "a.com.", "é.com", "a.com/x"];
    for wrong in domains.chain(wrong.map(ToOwned::to_owned)) {
        for member in ["domain", "customDomain"] {
            let refused = world.platform.post_dock(&world.dock_body(member, &json!(wrong))).await;
            assert_eq!(refused.failures(), [format!("/{member}")], "{wrong}");
        }
    }
    for member in ["primaryColor", "secondaryColor"] {
        for colour in ["#fff", "#00Ff9a"] {
            let made = world.platform.post_dock(&world.dock_body(member, &json!(colour))).await.expect(201);
            assert_eq!(made.text(member), colour);
        }
        for wrong in ["", "#", "fff", "#ff", "#ffff", "#00ff9", "#00ff9a0", "#ggg", "red", "#é1"] {
            let refused = world.platform.post_dock(&world.dock_body(member, &json!(wrong))).await;
            assert_eq!(refused.failures(), [format!("/{member}")], "{wrong}");
        }
    }
}
