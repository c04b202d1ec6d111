//! `PATCH /v1/organizations/{orgId}`.

use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::guarantees::isolation::tenants::two_tenants;
use crate::harness::{PartyWorld, TestServer, World, api_test, paths, world::tag};

#[apply(api_test)]
async fn a_released_slug_can_be_reused() {
    let world = World::new().await;
    world.assert_patch(&world.organization_path(), json!({ "slug": "new" }), json!({ "slug": "new" })).await;
    let find = |slug: &'static str| {
        let platform = world.platform.clone();
        async move {
            platform.get(&format!("/v1/organizations?slug={slug}")).await.expect(200).json()["data"][0]["id"].clone()
        }
    };
    assert_eq!((find("acme").await, find("new").await), (Value::Null, json!(world.organization)));
    let second = world.platform.create_organization("Acme").await;
    assert_eq!(second.text("slug"), "acme");
    assert_eq!(find("acme").await, json!(second.id()));
    world
        .platform
        .patch(&world.organization_path(), &json!({ "slug": "acme" }))
        .await
        .expect_error(409, "SLUG_ALREADY_TAKEN");
    // The slug can be taken back after the other organization has released it.
    world.patched(&paths::organization(&second.id()), json!({ "slug": "other" })).await;
    world.assert_patch(&world.organization_path(), json!({ "slug": "acme" }), json!({ "slug": "acme" })).await;
    assert_eq!(find("acme").await, json!(world.organization));
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
