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
    let places = ["/type", "/name", "/email", "/externalRef", "/metadata/deep", "/metadata"];
    assert_eq!(world.platform.post(&parties, &body).await.failures(), places);
    let party = format!("{parties}/{}", world.party);
    let patch = json!({ "type": null, "name": null, "email": 1, "externalRef": [], "metadata": "x" });
    let places = ["/type", "/name", "/email", "/externalRef", "/metadata"];
    assert_eq!(world.platform.patch(&party, &patch).await.failures(), places);
    assert_eq!(world.platform.post(&parties, &json!({})).await.failures(), ["/type", "/name"]);
    let key = json!({ "name": 1, "scopes": ["docks:read", "x:y"], "organizationId": "o", "expiresAt": "never" });
    let refused = world.platform.post_api_key(&key).await;
    assert_eq!(refused.failures().len(), 4, "{}", refused.json());
    assert!(refused.failures()[1].starts_with("/scopes"), "{}", refused.json());
    // Each sentence begins with the name of what it is about.
    let refused = world.platform.post_dock(&json!({ "organizationId": 1, "businessAddress": { "city": 2 } })).await;
    let sentences = ["organizationId must be a string", "name is required", "businessAddress.city must be a string"];
    assert_eq!(refused.json()["message"], json!(sentences));
    assert_eq!(refused.json()["detail"], sentences.join("; "));
}

#[apply(api_test)]
async fn errors_of_headers_query_and_body_are_reported_together() {
    let world = PartyWorld::new().await;
    let call = world.platform.call(Method::POST, "/v1/organizations?x=1&x=2").json(&json!({ "slug": "A", "y": 1 }));
    let refused = call.header("idempotency-key", "a b").header("prefer", "handling=strict").send().await;
    assert_eq!(refused.failures(), ["Idempotency-Key", "x", "/name", "/slug", "/y"]);
    let target = "/v1/docks?limit=0&offset=x&organizationId=o&search=";
    let refused = world.platform.call(Method::GET, target).header("if-none-match", "1").send().await;
    assert_eq!(refused.failures(), ["If-None-Match", "search", "organizationId", "limit", "offset"]);
}

#[apply(api_test)]
async fn errors_that_depend_on_the_key_are_reported_with_the_rest() {
    let world = PartyWorld::new().await;
    // Only a platform's key has to name the organization.
    let refused = world.platform.post_dock(&json!({ "name": "", "domain": "x" })).await;
    assert_eq!(refused.failures(), ["/organizationId", "/name", "/domain"]);
    let key = json!({ "name": "", "scopes": ["docks:read"], "expiresAt": "2020-01-01T00:00:00Z" });
    assert_eq!(world.platform.post_api_key(&key).await.failures(), ["/name", "/expiresAt"]);
}

#[apply(api_test)]
async fn handling_is_lenient_unless_strict_is_preferred() {
    let world = PartyWorld::new().await;
    for (method, target, body) in world.bodies() {
        let mut body = body;
        body["unknown"] = json!({ "a": 1 });
        body["id"] = json!("x");
        let target = format!("{target}?unknown=1&other=");
        let call = || world.platform.call(method.clone(), &target).json(&body);
        let refused = call().header("prefer", "respond-async, handling=strict").send().await;
        assert_eq!(refused.failures(), ["other", "unknown", "/unknown", "/id"], "{method} {target}");
        assert_eq!(refused.header("preference-applied"), Some("handling=strict"));
        let taken = call().header("prefer", "handling=lenient").send().await;
        assert!(succeeded(&taken), "{method} {target}");
        assert_eq!(taken.header("preference-applied"), None);
    }
    for target in
        [paths::ORGANIZATIONS, paths::DOCKS, paths::API_KEYS, &format!("{}/parties", world.organization_path())]
    {
        let call = || world.platform.call(Method::GET, &format!("{target}?unknown=1&limit=5")).header("x", "y");
        call().send().await.expect(200);
        let refused = call().header("prefer", "handling=strict").send().await;
        assert_eq!(refused.failures(), ["unknown"], "{target}");
    }
    let single = format!("{}?unknown=1", world.organization_path());
    world.platform.get(&single).await.expect(200);
    let refused = world.platform.call(Method::GET, &single).header("prefer", "handling=strict").send().await;
    assert_eq!(refused.failures(), ["unknown"]);
}

#[apply(api_test)]
async fn strict_handling_reports_nested_unknown_members() {
    let world = PartyWorld::new().await;
    let dock =
        json!({ "organizationId": world.organization, "name": "D", "businessAddress": { "city": "Bonn", "zip": "1" } });
    let check = json!({ "dockId": world.dock, "partyId": world.party, "role": "RECIPIENT", "extra": 1 });
    let calls = [
        ("/v1/docks".to_owned(), dock, "/businessAddress/zip"),
        (format!("{}/roles/check", world.organization_path()), json!({ "checks": [check] }), "/checks/0/extra"),
    ];
    for (target, body, place) in calls {
        assert!(succeeded(&world.platform.post(&target, &body).await), "{target}");
        let call = world.platform.call(Method::POST, &target).json(&body).header("prefer", "handling=strict");
        assert_eq!(call.send().await.failures(), [place], "{target}");
    }
    // Metadata is the caller's own: nothing in it is unknown.
    let body = json!({ "name": "Strict", "metadata": { "anything": 1 } });
    let call = world.platform.call(Method::POST, paths::ORGANIZATIONS).json(&body).header("prefer", "handling=strict");
    call.send().await.expect(201);
}
