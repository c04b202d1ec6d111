//! Errors and caching of every endpoint in the endpoint list. A new endpoint is tested without another line.

use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::json;

use crate::harness::{
    TestServer, api_test, documents,
    samples::{IdLocation, SampleRequest, Tenant, id_locations, nonexistent, scoped_endpoints},
};

#[apply(api_test)]
async fn an_invalid_request_returns_400() {
    let server = TestServer::start().await;
    let tenant = Tenant::new(&server, "Acme").await;
    for (endpoint, _) in scoped_endpoints() {
        let sample = SampleRequest::of(endpoint, &tenant);
        // An unknown parameter, with strict handling.
        let target = format!("{}?unknown=1", sample.target());
        let request = sample.request_to(&tenant.client, &target).header("prefer", "handling=strict");
        let error = request.send().await;
        // An organization key cannot create organizations, whatever the request.
        if error.status != 403 {
            assert_eq!(error.error_locations(), ["unknown"], "{}", endpoint.name);
        }
        if endpoint.body.is_some() {
            let request = server.platform().request(endpoint.method.clone(), &sample.target());
            assert_eq!(request.json(&json!([])).send().await.error_locations(), [""], "{}", endpoint.name);
        }
        let header = match endpoint.method {
            Method::POST if endpoint.accepts_idempotency_key() => Some(("Idempotency-Key", "")),
            Method::GET if documents(endpoint.name, 304) => Some(("If-None-Match", "1")),
            Method::PATCH | Method::DELETE => Some(("If-Match", "1")),
            _ => None,
        };
        if let Some((name, value)) = header {
            let request = sample.request(&server.platform()).header(name, value);
            assert_eq!(request.send().await.error_locations(), [name], "{}", endpoint.name);
        }
        if endpoint.paged {
            let error = server.platform().get(&format!("{}?limit=0", sample.target())).await;
            assert_eq!(error.error_locations(), ["limit"], "{}", endpoint.name);
        }
    }
}

#[apply(api_test)]
async fn a_large_body_returns_413_and_another_media_type_415() {
    let server = TestServer::start().await;
    let tenant = Tenant::new(&server, "Acme").await;
    for (endpoint, _) in scoped_endpoints().filter(|(endpoint, _)| endpoint.body.is_some()) {
        let target = SampleRequest::of(endpoint, &tenant).target();
        let send = |media_type: &str, body: String| {
            server.platform().request(endpoint.method.clone(), &target).body(media_type, body).send()
        };
        send("application/json", " ".repeat(262_145)).await.expect_error(413, "BODY_TOO_LARGE");
        send("text/plain", "{}".to_owned()).await.expect_error(415, "UNSUPPORTED_MEDIA_TYPE");
    }
}

#[apply(api_test)]
async fn an_unknown_id_in_the_path_returns_404() {
    let server = TestServer::start().await;
    let tenant = Tenant::new(&server, "Acme").await;
    for (endpoint, _) in scoped_endpoints() {
        for (location, prefix) in id_locations(endpoint) {
            if !matches!(location, IdLocation::Path(_)) {
                continue;
            }
            for id in [nonexistent(tenant.id(&prefix)), format!("{prefix}_x")] {
                let mut sample = SampleRequest::of(endpoint, &tenant);
                sample.put(&location, &id);
                for client in [&tenant.client, &server.platform()] {
                    let error = sample.send(client).await;
                    assert_eq!(error.status, 404, "{} at {location:?}: {}", endpoint.name, error.json());
                }
            }
        }
    }
}

#[apply(api_test)]
async fn another_method_returns_405_with_the_allowed_methods() {
    let server = TestServer::start().await;
    let tenant = Tenant::new(&server, "Acme").await;
    for (endpoint, _) in scoped_endpoints() {
        let target = SampleRequest::of(endpoint, &tenant).target();
        let error = server.anonymous().request(Method::PUT, &target).send().await;
        let error = error.expect_error(405, "METHOD_NOT_ALLOWED");
        let allowed = error.header("allow").expect("the allowed methods");
        for method in [endpoint.method.as_str(), "OPTIONS"] {
            assert!(allowed.split(", ").any(|name| name == method), "{}: {allowed}", endpoint.name);
        }
    }
}

#[apply(api_test)]
async fn the_current_etag_returns_304() {
    let server = TestServer::start().await;
    let tenant = Tenant::new(&server, "Acme").await;
    let tagged = scoped_endpoints().filter(|(endpoint, _)| documents(endpoint.name, 304));
    for (endpoint, _) in tagged {
        let sample = SampleRequest::of(endpoint, &tenant);
        let etag = sample.send(&tenant.client).await.expect(200).header("etag").expect("an ETag").to_owned();
        let unchanged = sample.request(&tenant.client).header("if-none-match", &etag).send().await;
        assert!(unchanged.expect(304).body.is_empty(), "{}", endpoint.name);
    }
}

#[apply(api_test)]
async fn a_stale_etag_returns_412_and_changes_nothing() {
    let server = TestServer::start().await;
    let changing = |method: &Method| [Method::PATCH, Method::DELETE].contains(method);
    for (endpoint, _) in scoped_endpoints().filter(|(endpoint, _)| changing(&endpoint.method)) {
        assert!(documents(endpoint.name, 412), "{} has no 412 in the contract", endpoint.name);
        let tenant = Tenant::new(&server, "Acme").await.deletable(endpoint, &server.platform()).await;
        let sample = SampleRequest::of(endpoint, &tenant);
        // Only a platform key deletes organizations.
        let client = if endpoint.name == "delete-organization" { server.platform() } else { tenant.client.clone() };
        let before = server.items().await.len();
        let error = sample.request(&client).header("if-match", "\"0\"").send().await;
        error.expect_error(412, "PRECONDITION_FAILED");
        // The first use of the key may be recorded.
        assert!(server.items().await.len() <= before + 1, "{}", endpoint.name);
        sample.send(&client).await.expect(endpoint.success);
    }
}
