//! `GET /`, `GET /v1/healthz`, `GET /openapi.json` and requests without a route.

use berth_shared::http::{Access, Handler};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::Value;

use crate::harness::{PartyWorld, TestServer, api_test, encoding::decode, paths};

#[apply(api_test)]
async fn health_returns_the_version_without_a_credential() {
    let server = TestServer::start().await;
    let health = server.anonymous().get("/v1/healthz").await.expect(200);
    assert_eq!(health.text("status"), "ok");
    assert_eq!(health.text("version"), env!("CARGO_PKG_VERSION"));
}

#[apply(api_test)]
async fn the_contract_is_served_as_it_is_checked_in() {
    let server = TestServer::start().await;
    let document = server.anonymous().get("/openapi.json").await.expect(200);
    let checked_in: Value = serde_json::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi.json")))
        .expect("openapi.json is JSON");
    assert_eq!(*document.json(), checked_in);
}

#[apply(api_test)]
async fn the_contract_is_compressed_and_cached() {
    let server = TestServer::start().await;
    let get = |name: &'static str, value: &str| {
        server.anonymous().request(Method::GET, "/openapi.json").header(name, value).send()
    };
    let identity = get("accept-encoding", "identity").await.expect(200);
    assert_eq!(identity.header("content-encoding"), None);
    let mut tags = vec![identity.header("etag").expect("a tag").to_owned()];
    for (accepted, encoding) in [("gzip", "gzip"), ("gzip, br", "br"), ("br;q=0, gzip", "gzip")] {
        let response = get("accept-encoding", accepted).await.expect(200);
        assert_eq!(response.header("content-encoding"), Some(encoding));
        assert_eq!(response.header("cache-control"), Some("public, max-age=300"));
        assert_eq!(response.header("vary"), Some("Accept-Encoding"));
        assert!(response.body.len() * 5 < identity.body.len(), "{encoding}: {} bytes", response.body.len());
        assert_eq!(decode(Some(encoding), &response.body), identity.body, "{encoding}");
        tags.push(response.header("etag").expect("a tag").to_owned());
    }
    // Each encoding is a representation of its own.
    assert_eq!((tags[0] == tags[1], tags[1] == tags[2], tags[1] == tags[3]), (false, false, true));
    let unchanged = get("if-none-match", &tags[0]).await.expect(304);
    assert_eq!(unchanged.header("cache-control"), Some("public, max-age=300"));
    get("if-none-match", &tags[1]).await.expect(200);
}

#[apply(api_test)]
async fn the_root_describes_the_service_as_json_or_as_a_page() {
    let server = TestServer::start().await;
    let get = |accept: &str| server.anonymous().request(Method::GET, "/").header("accept", accept).send();
    let described = get("*/*").await.expect(200);
    assert_eq!(described.text("name"), "Berth");
    assert_eq!(described.text("version"), env!("CARGO_PKG_VERSION"));
    for link in ["console", "openapi", "health"] {
        let target = described.json()["links"][link].as_str().expect("a path");
        server.anonymous().get(target).await.expect(200);
    }
    let page = get("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8").await.expect(200);
    assert_eq!(page.header("content-type"), Some("text/html"));
    assert!(page.body_text().contains("href=\"/console\""), "{}", page.body_text());
    assert!(page.header("content-security-policy").is_some());
    assert_ne!(page.header("etag"), described.header("etag"));
    for response in [&described, &page] {
        assert_eq!(response.header("vary"), Some("Accept, Accept-Encoding"));
    }
    let known =
        server.anonymous().request(Method::GET, "/").header("if-none-match", described.header("etag").expect("a tag"));
    known.send().await.expect(304);
}

#[apply(api_test)]
async fn strict_handling_applies_to_public_endpoints() {
    let server = TestServer::start().await;
    for endpoint in berth_functions::ENDPOINTS {
        if endpoint.access != Access::Public || endpoint.method != Method::GET {
            continue;
        }
        let target = format!("{}?verbose=1", paths::public(endpoint));
        server.anonymous().get(&target).await.expect(endpoint.success);
        if let Handler::Other(_) = endpoint.handler {
            // The ledger dialect does not support the preference.
            continue;
        }
        let strict = server.anonymous().request(Method::GET, &target).header("prefer", "handling=strict");
        strict.send().await.expect_error(400, "VALIDATION_FAILED");
    }
}

#[apply(api_test)]
async fn routing_errors_precede_header_validation() {
    let server = TestServer::start().await;
    for (target, status, code) in
        [(paths::DOCKS, 405, "METHOD_NOT_ALLOWED"), ("/v1/nothing?a=1&a=2", 404, "ROUTE_NOT_FOUND")]
    {
        for (name, value) in [("if-match", "3"), ("if-none-match", ""), ("prefer", "handling=strict")] {
            let request = server.anonymous().request(Method::PUT, target).header(name, value);
            request.send().await.expect_error(status, code);
        }
    }
}

#[apply(api_test)]
async fn unknown_paths_are_not_found_without_a_credential() {
    let world = PartyWorld::new().await;
    let with_slash = [world.organization_path().as_str(), &world.dock_path(), paths::DOCKS, "/v1/healthz"]
        .map(|path| format!("{path}/"));
    let nonexistent = ["//", "/v1", "/v2", "/v1/organizations//parties", "/V1/docks", "/v1/docks/x/y/z", "/%2e%2e/x"];
    for target in with_slash.iter().map(String::as_str).chain(nonexistent) {
        for method in [Method::GET, Method::POST, Method::OPTIONS, Method::DELETE] {
            let error =
                world.server.anonymous().request(method, target).send().await.expect_error(404, "ROUTE_NOT_FOUND");
            assert_eq!(error.header("allow"), None, "{target}");
        }
        world.server.anonymous().request(Method::HEAD, target).send().await.expect(404);
    }
}
