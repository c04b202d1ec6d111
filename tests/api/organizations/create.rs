//! `POST /v1/organizations`.

use berth_shared::{domain::RESERVED_SLUGS, id};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::documented::{assert_documented_error, check_id, check_members, check_time, post};
use crate::harness::{TestServer, api_test, paths, samples::Tenant};

/// Body of the first documented example, byte for byte.
const BANK: &str = r#"{
"name": "Bank of America",
"metadata": {
"industry": "financial-services",
"region": "north-america",
"tier": "enterprise"
}
}"#;

const HEALTH: &str = r#"{
"name": "Metro Health System",
"metadata": {
"industry": "healthcare",
"facilities": 12,
"region": "metro-chicago"
}
}"#;

const TITLE: &str = r#"{
"name": "Premier Title Services",
"metadata": {
"industry": "real-estate",
"branches": 8,
"states": ["CA", "NV", "AZ"]
}
}"#;

#[apply(api_test)]
async fn each_documented_example_returns_the_documented_organization() {
    let server = TestServer::start().await;
    for (body, slug) in [(BANK, "bank-of-america"), (HEALTH, "metro-health-system"), (TITLE, "premier-title-services")]
    {
        let created = post(&server.platform(), paths::ORGANIZATIONS, body).await.expect(201);
        let shown = created.json();
        check_members(shown, &["id", "name", "slug", "metadata", "createdAt", "updatedAt", "_count"]);
        check_id::<id::Organization>(&shown["id"], "org_");
        let sent: Value = serde_json::from_str(body).expect("the example is JSON");
        assert_eq!((&shown["name"], &shown["metadata"]), (&sent["name"], &sent["metadata"]));
        assert_eq!(shown["slug"], slug);
        check_time(&shown["createdAt"]);
        assert_eq!(shown["updatedAt"], shown["createdAt"]);
        assert_eq!(shown["_count"], json!({ "docks": 0, "parties": 0, "machineClients": 0 }));
        let location = created.header("location").expect("a location");
        assert_eq!(location, paths::organization(&created.id()));
        let read = server.platform().get(location).await.expect(200);
        assert_eq!((read.json(), read.header("etag")), (shown, created.header("etag")));
    }
    // Metadata is optional.
    let created = post(&server.platform(), paths::ORGANIZATIONS, r#"{"name": "Plain"}"#).await.expect(201);
    assert_eq!(created.json()["metadata"], json!({}));
}

#[apply(api_test)]
async fn an_organization_with_a_taken_name_gets_a_numbered_slug() {
    let server = TestServer::start().await;
    for slug in ["bank-of-america", "bank-of-america-1", "bank-of-america-2"] {
        let created = post(&server.platform(), paths::ORGANIZATIONS, BANK).await.expect(201);
        assert_eq!((created.text("name").as_str(), created.text("slug").as_str()), ("Bank of America", slug));
    }
}

#[apply(api_test)]
async fn the_documented_error_responses_are_returned() {
    let server = TestServer::start().await;
    let platform = server.platform();
    let create = async |body: &str| post(&platform, paths::ORGANIZATIONS, body).await;
    assert_documented_error(create("{}").await, 400, "VALIDATION_FAILED", "name is required");
    assert_documented_error(create(r#"{"name": 7}"#).await, 400, "VALIDATION_FAILED", "name must be a string");
    let wrong = r#"{"name": "A", "metadata": []}"#;
    assert_documented_error(create(wrong).await, 400, "VALIDATION_FAILED", "metadata must be an object");
    assert_documented_error(create(r#"{"name": "#).await, 400, "MALFORMED_BODY", "");
    for client in [server.anonymous(), server.client("dk_live_a1b2c3d4")] {
        let error = post(&client, paths::ORGANIZATIONS, BANK).await;
        assert_documented_error(error, 401, "UNAUTHORIZED", "Invalid or expired API key");
    }
    // The documented 409 is returned for a taken slug, and for a taken name with strict handling.
    let first = create(BANK).await.expect(201);
    let by_slug = create(r#"{"name": "Another", "slug": "bank-of-america"}"#).await;
    let request = platform.request(Method::POST, paths::ORGANIZATIONS).header("prefer", "handling=strict");
    let by_name = request.body("application/json", BANK).send().await;
    for error in [by_slug, by_name] {
        assert_eq!(error.json()["conflictId"], json!(first.id()));
        assert_documented_error(error, 409, "SLUG_ALREADY_TAKEN", "slug");
    }
}

#[apply(api_test)]
async fn an_organization_key_cannot_create_organizations() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Premier Title Services").await;
    let error = own.client.post_organization(&json!({ "name": "Another" })).await;
    error.expect_error(403, "PLATFORM_KEY_REQUIRED");
    // The scope of the key is checked before the body. The number of organizations does not change.
    own.client.post_organization(&json!({})).await.expect_error(403, "PLATFORM_KEY_REQUIRED");
    // One is the deployment's own organization.
    assert_eq!(server.platform().list_organizations().await.json()["meta"]["total"], 2);
}

#[apply(api_test)]
async fn a_reserved_slug_is_rejected_and_a_derived_one_gets_a_number() {
    let server = TestServer::start().await;
    let platform = server.platform();
    let document = platform.get("/openapi.json").await.expect(200);
    let description = document.json()["paths"]["/v1/organizations"]["post"]["description"].to_string();
    for slug in RESERVED_SLUGS {
        assert!(description.contains(&format!("`{slug}`")), "{slug} is documented");
        let error = platform.post_organization(&json!({ "name": "Acme", "slug": slug })).await;
        let error = error.expect_error(409, "SLUG_RESERVED");
        assert_eq!(error.json().get("conflictId"), Some(&Value::Null), "{slug}");
    }
    let strict = platform.request(Method::POST, paths::ORGANIZATIONS).header("prefer", "handling=strict");
    let error = strict.json(&json!({ "name": "ADMIN" })).send().await.expect_error(409, "SLUG_RESERVED");
    assert_eq!(error.json()["conflictId"], Value::Null);
    for slug in ["admin-1", "admin-2"] {
        assert_eq!(platform.create_organization("Admin").await.text("slug"), slug);
    }
    assert_eq!(platform.create_organization("Ｗ Ｗ Ｗ").await.text("slug"), "w-w-w");
    assert_eq!(platform.create_organization("ＷＷＷ").await.text("slug"), "www-1");
    assert_eq!(platform.create_organization("Admins").await.text("slug"), "admins");
    let found = platform.get("/v1/organizations?slug=admin").await.expect(200);
    assert_eq!(found.json()["meta"]["total"], 0);
}

#[apply(api_test)]
async fn no_slug_begins_with_the_prefix_of_encoded_names() {
    let server = TestServer::start().await;
    let platform = server.platform();
    let error = platform.post_organization(&json!({ "name": "Acme", "slug": "xn--bcher-kva" })).await;
    assert_eq!(error.error_locations(), ["/slug"]);
    assert_eq!(platform.create_organization("xn--bcher-kva").await.text("slug"), "xn-bcher-kva");
    let created = platform.post_organization(&json!({ "name": "Acme", "slug": "xn-a" })).await.expect(201);
    let error = platform.patch(&paths::organization(&created.id()), &json!({ "slug": "xn--a" })).await;
    assert_eq!(error.error_locations(), ["/slug"]);
}
