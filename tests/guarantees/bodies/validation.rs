//! Validation: all errors of a request in one response, and strict handling.

use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::json;

use crate::harness::{PartyWorld, api_test, paths, world::succeeded};

#[apply(api_test)]
async fn all_errors_of_a_body_are_reported_together() {
    let world = PartyWorld::new().await;
    let parties = format!("{}/parties", world.organization_path());
    let body = json!({
        "type": "COMPANY", "name": "", "email": "x", "externalRef": " ",
        "metadata": { "deep": [[[[[[[[1]]]]]]]], "long": "x".repeat(17_000) },
    });
    let id_locations = ["/type", "/name", "/email", "/externalRef", "/metadata/deep", "/metadata"];
    assert_eq!(world.platform.post(&parties, &body).await.error_locations(), id_locations);
    let party = format!("{parties}/{}", world.party);
    let patch = json!({ "type": null, "name": null, "email": 1, "externalRef": [], "metadata": "x" });
    let id_locations = ["/type", "/name", "/email", "/externalRef", "/metadata"];
    assert_eq!(world.platform.patch(&party, &patch).await.error_locations(), id_locations);
    assert_eq!(world.platform.post(&parties, &json!({})).await.error_locations(), ["/type", "/name"]);
    let key = json!({ "name": 1, "scopes": ["docks:read", "x:y"], "organizationId": "o", "expiresAt": "never" });
    let error = world.platform.post_api_key(&key).await;
    assert_eq!(error.error_locations().len(), 4, "{}", error.json());
    assert!(error.error_locations()[1].starts_with("/scopes"), "{}", error.json());
    // Each message begins with the name of the member.
    let error = world.platform.post_dock(&json!({ "organizationId": 1, "businessAddress": { "city": 2 } })).await;
    let sentences = ["organizationId must be a string", "name is required", "businessAddress.city must be a string"];
    assert_eq!(error.json()["message"], json!(sentences));
    assert_eq!(error.json()["detail"], sentences.join("; "));
}

#[apply(api_test)]
async fn an_error_response_lists_at_most_100_violations() {
    let world = PartyWorld::new().await;
    let error = async |count: usize| {
        let key = json!({ "name": "K", "scopes": vec!["x"; count] });
        let error = world.platform.post_api_key(&key).await.expect_error(400, "VALIDATION_FAILED");
        let listed = error.error_locations().len();
        assert_eq!(error.json()["message"].as_array().map(Vec::len), Some(listed), "{count}");
        assert_eq!(error.json()["detail"].as_str().map(|detail| detail.split("; ").count()), Some(listed), "{count}");
        (listed, error.json().get("errorsTruncated").cloned(), error.body.len())
    };
    assert!(matches!(error(99).await, (99, None, _)));
    assert!(matches!(error(100).await, (100, None, _)));
    let truncated = Some(json!(true));
    for count in [101, 1_000, 65_000] {
        let (listed, found, bytes) = error(count).await;
        assert_eq!((listed, &found), (100, &truncated), "{count}");
        assert!(bytes < 20_000, "{bytes} bytes");
    }
    // Unknown members, too, and headers come first.
    let many: serde_json::Map<_, _> = (0..200).map(|number| (format!("m{number}"), json!(1))).collect();
    let request = world.platform.request(Method::POST, paths::ORGANIZATIONS).json(&json!(many));
    let error = request.header("prefer", "handling=strict").header("idempotency-key", "a b").send().await;
    assert_eq!((error.error_locations().len(), error.error_locations()[0]), (100, "Idempotency-Key"));
    assert_eq!(error.json()["errorsTruncated"], true);
}

#[apply(api_test)]
async fn errors_of_headers_query_and_body_are_reported_together() {
    let world = PartyWorld::new().await;
    let request =
        world.platform.request(Method::POST, "/v1/organizations?x=1&x=2").json(&json!({ "slug": "A", "y": 1 }));
    let error = request.header("idempotency-key", "a b").header("prefer", "handling=strict").send().await;
    assert_eq!(error.error_locations(), ["Idempotency-Key", "x", "/name", "/slug", "/y"]);
    let target = "/v1/docks?limit=0&offset=x&organizationId=o&search=";
    let error = world.platform.request(Method::GET, target).header("if-none-match", "1").send().await;
    assert_eq!(error.error_locations(), ["If-None-Match", "search", "organizationId", "limit", "offset"]);
}

#[apply(api_test)]
async fn errors_that_depend_on_the_key_are_reported_with_the_rest() {
    let world = PartyWorld::new().await;
    // Only a platform key must name the organization.
    let error = world.platform.post_dock(&json!({ "name": "", "domain": "x" })).await;
    assert_eq!(error.error_locations(), ["/organizationId", "/name", "/domain"]);
    let key = json!({ "name": "", "scopes": ["docks:read"], "expiresAt": "2020-01-01T00:00:00Z" });
    assert_eq!(world.platform.post_api_key(&key).await.error_locations(), ["/name", "/expiresAt"]);
}

#[apply(api_test)]
async fn handling_is_lenient_unless_strict_is_preferred() {
    let world = PartyWorld::new().await;
    for (method, target, body) in world.bodies() {
        let mut body = body;
        body["unknown"] = json!({ "a": 1 });
        body["id"] = json!("x");
        let target = format!("{target}?unknown=1&other=");
        let request = || world.platform.request(method.clone(), &target).json(&body);
        let error = request().header("prefer", "respond-async, handling=strict").send().await;
        assert_eq!(error.error_locations(), ["other", "unknown", "/unknown", "/id"], "{method} {target}");
        assert_eq!(error.header("preference-applied"), Some("handling=strict"));
        let taken = request().header("prefer", "handling=lenient").send().await;
        assert!(succeeded(&taken), "{method} {target}");
        assert_eq!(taken.header("preference-applied"), None);
    }
    for target in
        [paths::ORGANIZATIONS, paths::DOCKS, paths::API_KEYS, &format!("{}/parties", world.organization_path())]
    {
        let request = || world.platform.request(Method::GET, &format!("{target}?unknown=1&limit=5")).header("x", "y");
        request().send().await.expect(200);
        let error = request().header("prefer", "handling=strict").send().await;
        assert_eq!(error.error_locations(), ["unknown"], "{target}");
    }
    let single = format!("{}?unknown=1", world.organization_path());
    world.platform.get(&single).await.expect(200);
    let error = world.platform.request(Method::GET, &single).header("prefer", "handling=strict").send().await;
    assert_eq!(error.error_locations(), ["unknown"]);
}

#[apply(api_test)]
async fn strict_handling_reports_nested_unknown_members() {
    let world = PartyWorld::new().await;
    let dock =
        json!({ "organizationId": world.organization, "name": "D", "businessAddress": { "city": "Bonn", "zip": "1" } });
    let check = json!({ "dockId": world.dock, "partyId": world.party, "role": "RECIPIENT", "extra": 1 });
    let requests = [
        ("/v1/docks".to_owned(), dock, "/businessAddress/zip"),
        (format!("{}/roles/check", world.organization_path()), json!({ "checks": [check] }), "/checks/0/extra"),
    ];
    for (target, body, place) in requests {
        assert!(succeeded(&world.platform.post(&target, &body).await), "{target}");
        let request = world.platform.request(Method::POST, &target).json(&body).header("prefer", "handling=strict");
        assert_eq!(request.send().await.error_locations(), [place], "{target}");
    }
    // Any member of metadata is known.
    let body = json!({ "name": "Strict", "metadata": { "anything": 1 } });
    let request =
        world.platform.request(Method::POST, paths::ORGANIZATIONS).json(&body).header("prefer", "handling=strict");
    request.send().await.expect(201);
}
