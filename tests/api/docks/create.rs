//! `POST /v1/docks`.

use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::{TestServer, World, api_test, paths, samples::Tenant, samples::nonexistent};

#[apply(api_test)]
async fn only_a_platform_key_has_to_name_the_organization() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Premier Title Services").await;
    let created = own.client.post_dock(&json!({ "name": "Closing" })).await.expect(201);
    assert_eq!(created.text("organizationId"), own.organization);
    let error = server.platform().post_dock(&json!({ "name": "Closing" })).await;
    let error = error.expect_error(400, "VALIDATION_FAILED");
    assert_eq!(error.json()["errors"][0]["pointer"], "/organizationId");
    let body = json!({ "name": "Closing", "organizationId": nonexistent(&own.organization) });
    server.platform().post_dock(&body).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
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
        let created = world.platform.post_dock(&world.dock_body(member, &longest)).await.expect(201);
        assert_eq!(created.json()[member], longest);
        let pointer = format!("/{member}");
        let error = world.platform.post_dock(&world.dock_body(member, &above)).await;
        assert_eq!(error.error_locations(), [pointer.as_str()]);
        world.platform.patch(&dock, &json!({ member: longest })).await.expect(200);
        assert_eq!(world.platform.patch(&dock, &json!({ member: above })).await.error_locations(), [pointer]);
    }
    let address = |more: usize| {
        let line = |most: usize| "x".repeat(most + more);
        json!({ "street": line(200), "city": line(200), "state": line(200), "postalCode": line(32), "country": line(100) })
    };
    let created = world.platform.post_dock(&world.dock_body("businessAddress", &address(0))).await.expect(201);
    assert_eq!(created.json()["businessAddress"], address(0));
    let error = world.platform.post_dock(&world.dock_body("businessAddress", &address(1))).await;
    let lines = ["street", "city", "state", "postalCode", "country"].map(|line| format!("/businessAddress/{line}"));
    assert_eq!(error.error_locations(), lines);
}

#[apply(api_test)]
async fn domains_and_colors_are_validated() {
    let world = World::new().await;
    let domain = |last: usize| format!("{0}.{0}.{0}.{1}", "a".repeat(63), "b".repeat(last));
    let created = world.platform.post_dock(&world.dock_body("domain", &json!(domain(61)))).await.expect(201);
    assert_eq!(created.text("domain").len(), 253);
    let long_label = format!("{}.com", "a".repeat(64));
    let domains = [domain(62), long_label, String::new()].into_iter();
    let wrong = ["localhost", "a..b", "-a.com", "a-.com", "a_b.com", ".com", "a.com.", "é.com", "a.com/x"];
    for wrong in domains.chain(wrong.map(ToOwned::to_owned)) {
        for member in ["domain", "customDomain"] {
            let error = world.platform.post_dock(&world.dock_body(member, &json!(wrong))).await;
            assert_eq!(error.error_locations(), [format!("/{member}")], "{wrong}");
        }
    }
    for member in ["primaryColor", "secondaryColor"] {
        for colour in ["#fff", "#00Ff9a"] {
            let created = world.platform.post_dock(&world.dock_body(member, &json!(colour))).await.expect(201);
            assert_eq!(created.text(member), colour);
        }
        for wrong in ["", "#", "fff", "#ff", "#ffff", "#00ff9", "#00ff9a0", "#ggg", "red", "#é1"] {
            let error = world.platform.post_dock(&world.dock_body(member, &json!(wrong))).await;
            assert_eq!(error.error_locations(), [format!("/{member}")], "{wrong}");
        }
    }
}
