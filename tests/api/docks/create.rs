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
    let limits =
        [("legalName", 200), ("businessType", 64), ("taxId", 64), ("registrationNumber", 64), ("businessPhone", 32)];
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
    let wrong =
        ["localhost", "a..b", "-a.com", "a-.com", "a_b.com", ".com", "a.com.", "a.com/x", "xn--a.com", "a b.com"];
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

#[apply(api_test)]
async fn international_domains_are_stored_in_ascii() {
    let world = World::new().await;
    for (sent, stored) in [
        ("Bücher.Example", "xn--bcher-kva.example"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("ｆｕｌｌ．example", "full.example"),
    ] {
        let created = world.post_dock(json!({ "domain": sent, "customDomain": stored })).await.expect(201);
        assert_eq!((created.text("domain"), created.text("customDomain")), (stored.to_owned(), stored.to_owned()));
        let error = world.post_dock(json!({ "customDomain": sent.to_uppercase() })).await;
        error.expect_error(400, "DOMAIN_ALREADY_REGISTERED");
    }
}

#[apply(api_test)]
async fn an_ip_address_is_not_a_domain() {
    let world = World::new().await;
    for wrong in ["127.0.0.1", "10.1", "0x7f.0.0.0x1", "１２７.0.0.１", "::1", "[2001:db8::1]", "a.1", "com", "例え"]
    {
        for member in ["domain", "customDomain"] {
            let error = world.platform.post_dock(&world.dock_body(member, &json!(wrong))).await;
            assert_eq!(error.error_locations(), [format!("/{member}")], "{wrong}");
        }
    }
    world.post_dock(json!({ "domain": "127.0.0.1.example" })).await.expect(201);
}

#[apply(api_test)]
async fn a_style_sheet_has_at_most_16_kib_and_no_markup() {
    let world = World::new().await;
    let dock = world.new_dock(json!({})).await;
    for good in ["x".repeat(16_384), "é".repeat(8_192), "ul > li::before { content: '\\3c' }\n".to_owned()] {
        let created = world.post_dock(json!({ "customCss": good })).await.expect(201);
        assert_eq!(created.text("customCss"), good);
        world.platform.patch(&dock, &json!({ "customCss": good })).await.expect(200);
    }
    let markup = "a{}</style><script>alert(1)</script>".to_owned();
    for wrong in ["x".repeat(16_385), format!("x{}", "é".repeat(8_192)), markup, "<".to_owned()] {
        let error = world.platform.post_dock(&world.dock_body("customCss", &json!(wrong))).await;
        assert_eq!(error.error_locations(), ["/customCss"]);
        assert_eq!(world.platform.patch(&dock, &json!({ "customCss": wrong })).await.error_locations(), ["/customCss"]);
    }
}
