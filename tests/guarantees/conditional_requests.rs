//! Entity tags, `If-Match` and `If-None-Match`.

use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::json;

use crate::harness::{PartyWorld, api_test, world::ULID, world::tag};

#[apply(api_test)]
async fn every_created_resource_has_a_location_and_an_etag() {
    let world = PartyWorld::new().await;
    let organization = &world.organization;
    let docks = json!({ "name": "D", "organizationId": organization });
    let role = json!({ "dockId": &world.dock, "role": "RECIPIENT" });
    let creations = [
        ("/v1/organizations".to_owned(), json!({ "name": "O" })),
        ("/v1/docks".to_owned(), docks),
        (format!("{}/parties", world.organization_path()), json!({ "name": "P", "type": "INDIVIDUAL" })),
        (format!("{}/roles", world.party_path()), role),
        ("/v1/api-keys".to_owned(), json!({ "name": "K", "scopes": ["docks:read"] })),
    ];
    for (target, body) in creations {
        let created = world.platform.post(&target, &body).await.expect(201);
        let location = created.header("location").expect("a location").to_owned();
        assert_eq!(location, format!("{target}/{}", created.id()));
        assert!(tag(&created).starts_with("\"1"), "{}", tag(&created));
        if !target.ends_with("roles") && !target.ends_with("api-keys") {
            let read = world.platform.get(&location).await.expect(200);
            assert_eq!((tag(&read), read.json()), (tag(&created), created.json()), "{target}");
        }
    }
}

#[apply(api_test)]
async fn if_none_match_with_the_current_etag_returns_304() {
    let world = PartyWorld::new().await;
    for target in &world.resource_paths() {
        let known = tag(&world.platform.get(target).await);
        let tags = [known.clone(), format!("W/{known}"), "*".to_owned(), format!("\"x\", {known}")];
        for tags in &tags {
            let response = world.if_none_match(target, tags).await.expect(304);
            assert!(response.body.is_empty() && response.header("content-type").is_none());
            assert_eq!(tag(&response), known, "{target} {tags}");
        }
        for other in ["\"0\"", "\"1x\"", "W/\"2\"", "\"\""] {
            assert_eq!(tag(&world.if_none_match(target, other).await.expect(200)), known);
        }
        world.platform.patch(target, &json!({ "name": "New" })).await.expect(200);
        world.if_none_match(target, &known).await.expect(200);
    }
}

#[apply(api_test)]
async fn a_patch_with_a_stale_if_match_is_rejected() {
    let world = PartyWorld::new().await;
    for target in &world.resource_paths() {
        let first = tag(&world.platform.get(target).await);
        let second = tag(&world.patch_if_match(target, &first, "Second").await.expect(200));
        assert_ne!(first, second);
        // Weak tags never match in `If-Match` (RFC 9110, section 13.1.1).
        for stale in [first.as_str(), "\"0\"", "\"20\"", &format!("W/{second}"), "\"\"", "\"x\", \"y\""] {
            let error = world.patch_if_match(target, stale, "Third").await.expect_error(412, "PRECONDITION_FAILED");
            assert!(error.json()["message"].is_string(), "{stale}");
        }
        assert_eq!(world.platform.get(target).await.text("name"), "Second");
        world.patch_if_match(target, &format!("{first}, {second}"), "Third").await.expect(200);
        assert_eq!(world.patch_if_match(target, "*", "Fourth").await.expect(200).text("name"), "Fourth");
        // A patch without changes is rejected, too.
        world.patch_if_match(target, &second, "Fourth").await.expect_error(412, "PRECONDITION_FAILED");
    }
}

#[apply(api_test)]
async fn a_deletion_with_a_stale_if_match_is_rejected() {
    let world = PartyWorld::new().await;
    let role = world.assign_recipient().await;
    let key = world.platform.create_api_key(None, &["docks:read"]).await;
    for created in [role, key] {
        let (target, known) = (created.header("location").expect("a location"), tag(&created));
        for stale in ["\"2\"", "\"x\"", &format!("W/{known}")] {
            let error = world.send_with(Method::DELETE, target, ("if-match", stale), None).await;
            error.expect_error(412, "PRECONDITION_FAILED");
        }
        world.send_with(Method::DELETE, target, ("if-match", &known), None).await.expect(200);
    }
    let again = world.assign_recipient().await;
    let target = again.header("location").expect("a location");
    world.send_with(Method::DELETE, target, ("if-match", "*"), None).await.expect(200);
}

#[apply(api_test)]
async fn a_malformed_condition_is_a_validation_error() {
    let world = PartyWorld::new().await;
    for wrong in ["1", "\"1", "1\"", "\"1\" \"2\"", "w/\"1\"", "*, \"1\"", "\"1\",,\"2"] {
        for target in &world.resource_paths() {
            let error = world.patch_if_match(target, wrong, "Other").await;
            assert_eq!(error.error_locations(), ["If-Match"], "{target} {wrong}");
            assert_eq!(
                world.if_none_match(target, wrong).await.error_locations(),
                ["If-None-Match"],
                "{target} {wrong}"
            );
        }
        let role = format!("{}/roles/dpr_{ULID}", world.party_path());
        let error = world.send_with(Method::DELETE, &role, ("if-match", wrong), None).await;
        assert_eq!(error.error_locations(), ["If-Match"], "{wrong}");
    }
}

#[apply(api_test)]
async fn a_patch_without_changes_keeps_the_version() {
    let world = PartyWorld::new().await;
    for target in &world.resource_paths() {
        let before = world.platform.get(target).await;
        let mut patches = vec![json!({}), json!({ "name": before.text("name") })];
        if *target != world.dock_path() {
            patches.extend([
                json!({ "metadata": {} }),
                json!({ "metadata": null }),
                json!({ "metadata": { "x": null } }),
            ]);
        }
        for patch in patches {
            let after = world.platform.patch(target, &patch).await.expect(200);
            assert_eq!((tag(&after), after.json()), (tag(&before), before.json()), "{target} {patch}");
        }
    }
}
