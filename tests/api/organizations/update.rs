//! `PATCH /v1/organizations/{orgId}`.

use berth_shared::time::Time;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::guarantees::isolation::tenants::two_tenants;
use crate::harness::{PartyWorld, TestServer, World, api_test, checker::assert_consistent, paths, world::tag};

#[apply(api_test)]
async fn a_released_slug_stays_reserved_for_its_organization() {
    let world = World::new().await;
    let own = world.organization_path();
    world.assert_patch(&own, json!({ "slug": "new" }), json!({ "slug": "new" })).await;
    let find = |slug: &'static str| {
        let platform = world.platform.clone();
        async move {
            platform.get(&format!("/v1/organizations?slug={slug}")).await.expect(200).json()["data"][0]["id"].clone()
        }
    };
    assert_eq!((find("acme").await, find("new").await), (Value::Null, json!(world.organization)));
    // A derived slug gets a number. An explicit one is rejected, also under strict handling.
    let second = world.platform.create_organization("Acme").await;
    assert_eq!(second.text("slug"), "acme-1");
    let strict = world.platform.request(Method::POST, paths::ORGANIZATIONS).header("prefer", "handling=strict");
    let second = paths::organization(&second.id());
    for error in [
        world.platform.post_organization(&json!({ "name": "Other", "slug": "acme" })).await,
        strict.json(&json!({ "name": "Acme" })).send().await,
        world.platform.patch(&second, &json!({ "slug": "acme", "name": "New" })).await,
    ] {
        let error = error.expect_error(409, "SLUG_RESERVED");
        assert_eq!(error.json().get("conflictId"), Some(&Value::Null));
    }
    assert_eq!(world.get(&second).await.text("name"), "Acme", "the patch has no effect");
    // The organization itself can take the slug back, and give it up again.
    world.assert_patch(&own, json!({ "slug": "acme" }), json!({ "slug": "acme" })).await;
    assert_eq!(find("acme").await, json!(world.organization));
    world.platform.patch(&second, &json!({ "slug": "acme" })).await.expect_error(409, "SLUG_ALREADY_TAKEN");
    world.platform.patch(&second, &json!({ "slug": "new" })).await.expect_error(409, "SLUG_RESERVED");
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn the_reservation_of_a_slug_ends_after_30_days() {
    let world = World::new().await;
    let before = Time::now();
    world.patched(&world.organization_path(), json!({ "slug": "new" })).await;
    let items = world.server.items().await.into_iter();
    let [guard] = items.filter(|item| item.contains_key("reservedUntil")).collect::<Vec<_>>().try_into().expect("one");
    let until: u64 = guard["reservedUntil"].as_n().expect("a number").parse().expect("whole");
    let month = 30 * 24 * 60 * 60 * 1000;
    let period = before.plus_millis(month).millis_since_epoch()..=Time::now().plus_millis(month).millis_since_epoch();
    assert!(period.contains(&until), "{until} is not in {period:?}");
    let second = paths::organization(&world.platform.create_organization("Second").await.id());
    let end_at = async |time: Time| {
        world.server.set_number("SLUG#acme", "SLUG", "reservedUntil", time.millis_since_epoch()).await;
    };
    end_at(Time::now().plus_millis(60_000)).await;
    world.platform.patch(&second, &json!({ "slug": "acme" })).await.expect_error(409, "SLUG_RESERVED");
    end_at(Time::now()).await;
    world.assert_patch(&second, json!({ "slug": "acme" }), json!({ "slug": "acme" })).await;
    // Now it is reserved for its last owner, and no longer for the first.
    let own = world.organization_path();
    world.platform.patch(&own, &json!({ "slug": "acme" })).await.expect_error(409, "SLUG_ALREADY_TAKEN");
    world.patched(&second, json!({ "slug": "pier-nine" })).await;
    world.platform.patch(&own, &json!({ "slug": "acme" })).await.expect_error(409, "SLUG_RESERVED");
    end_at(Time::now()).await;
    assert_eq!(world.platform.create_organization("Acme").await.text("slug"), "acme");
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn a_reserved_slug_is_a_conflict() {
    let world = World::new().await;
    let own = world.organization_path();
    let tenant = world.server.tenant(&world.organization, &["organizations:write"]).await;
    for client in [&world.platform, &tenant] {
        let error = client.patch(&own, &json!({ "slug": "login" })).await.expect_error(409, "SLUG_RESERVED");
        assert_eq!(error.json().get("conflictId"), Some(&Value::Null));
    }
    // 412 precedes 409, and 400 precedes both.
    let patch =
        |body: Value| world.platform.request(Method::PATCH, &own).header("if-match", "\"9\"").json(&body).send();
    patch(json!({ "slug": "login" })).await.expect_error(412, "PRECONDITION_FAILED");
    assert_eq!(patch(json!({ "slug": "login", "name": "" })).await.error_locations(), ["/name"]);
}

#[apply(api_test)]
async fn a_taken_slug_is_a_conflict() {
    let world = World::new().await;
    let other = world.platform.create_organization("Other").await.id();
    let patch = json!({ "slug": "other", "name": "New" });
    let error = world.platform.patch(&world.organization_path(), &patch).await.expect_error(409, "SLUG_ALREADY_TAKEN");
    assert_eq!(error.json()["conflictId"], json!(other));
    // For an organization key, the error does not disclose the owner of the slug.
    let tenant = world.server.tenant(&world.organization, &["organizations:write"]).await;
    let error = tenant.patch(&world.organization_path(), &patch).await.expect_error(409, "SLUG_ALREADY_TAKEN");
    assert_eq!(error.json()["conflictId"], Value::Null);
    let unchanged = world.platform.get(&world.organization_path()).await;
    assert_eq!((unchanged.text("name"), unchanged.text("slug")), ("Acme".to_owned(), "acme".to_owned()));
    // An organization's own slug does not conflict.
    world.assert_patch(&world.organization_path(), json!({ "slug": "acme" }), json!({})).await;
}

#[apply(api_test)]
async fn a_new_name_does_not_change_the_slug() {
    let world = World::new().await;
    world.assert_patch(&world.organization_path(), json!({ "name": "Bank" }), json!({ "name": "Bank" })).await;
    assert_eq!(world.platform.create_organization("Bank").await.text("slug"), "bank");
    assert_eq!(world.platform.create_organization("Acme").await.text("slug"), "acme-1");
}

#[apply(api_test)]
async fn a_slug_conflict_shows_the_owner_only_to_the_platform() {
    let server = TestServer::start().await;
    let (other, own) = two_tenants(&server).await;
    let target = paths::organization(&own.organization);
    let body = json!({ "slug": "bank-of-america" });
    let redact_conflict = own.client.patch(&target, &body).await.expect_error(409, "SLUG_ALREADY_TAKEN");
    assert_eq!(redact_conflict.json().get("conflictId"), Some(&Value::Null));
    assert!(!redact_conflict.json().to_string().contains(&other.organization));
    let found = server.platform().patch(&target, &body).await.expect_error(409, "SLUG_ALREADY_TAKEN");
    assert_eq!(found.text("conflictId"), other.organization);
    let body = json!({ "name": "Another", "slug": "bank-of-america" });
    let found = server.platform().post_organization(&body).await.expect_error(409, "SLUG_ALREADY_TAKEN");
    assert_eq!(found.text("conflictId"), other.organization);
}

#[apply(api_test)]
async fn if_match_compares_the_version_and_ignores_the_counts() {
    let world = PartyWorld::new().await;
    let known = tag(&world.platform.get(&world.organization_path()).await);
    world.platform.create_dock(&world.organization, "Second").await;
    let changed = world.patch_if_match(&world.organization_path(), &known, "Acme 2").await.expect(200);
    assert!(tag(&changed).starts_with("\"2."), "{}", tag(&changed));
    assert_eq!(tag(&changed), tag(&world.platform.get(&world.organization_path()).await));
    world.patch_if_match(&world.organization_path(), &known, "Acme 3").await.expect_error(412, "PRECONDITION_FAILED");
    world.patch_if_match(&world.organization_path(), "\"2\"", "Acme 3").await.expect(200);
}
