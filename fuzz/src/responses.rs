//! Properties of every response.

use std::{collections::HashSet, sync::OnceLock};

use berth_functions::FALLBACK;
use berth_shared::http::Endpoint;
use lambda_http::{Body, http::Response};
use serde_json::{Value, value::RawValue};

/// Checks that a response is not a 5xx, that its status is documented, that its headers are text, that JSON is valid, and
/// that a JSON error has a code.
pub fn check(endpoint: &Endpoint, response: &Response<Body>) {
    let body = String::from_utf8_lossy(response.body());
    let status = response.status().as_u16();
    let description = || format!("{} responded {status} {body}", endpoint.name);
    assert!(status < 500, "{}", description());
    let known = if endpoint.name == FALLBACK {
        matches!(status, 204 | 404 | 405)
    } else {
        documented().contains(&(endpoint.name.to_owned(), status.to_string()))
    };
    assert!(known, "undocumented: {}", description());
    assert!(response.headers().contains_key("x-request-id"), "{}", description());
    assert!(response.headers().values().all(|value| value.to_str().is_ok()), "{}", description());
    let media_type = response.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if media_type.contains("json") && !body.is_empty() {
        // RawValue, because numbers of metadata can exceed the range of an f64.
        let json = serde_json::from_str::<&RawValue>(&body);
        assert!(json.is_ok(), "not JSON: {}", description());
        let has_code = || serde_json::from_str::<Value>(&body).is_ok_and(|body| body["code"].is_string());
        assert!(status < 400 || has_code(), "an error without a code: {}", description());
    }
}

/// Returns the operation and status of every documented response.
fn documented() -> &'static HashSet<(String, String)> {
    static DOCUMENTED: OnceLock<HashSet<(String, String)>> = OnceLock::new();
    DOCUMENTED.get_or_init(|| {
        let document = berth_functions::openapi::document();
        let paths = document["paths"].as_object().into_iter().flat_map(|paths| paths.values());
        let operations = paths.flat_map(|path| path.as_object().into_iter().flat_map(|path| path.values()));
        let statuses = operations.flat_map(|operation| {
            let name = operation["operationId"].as_str().unwrap_or_default().to_owned();
            let statuses = operation["responses"].as_object().into_iter().flat_map(|statuses| statuses.keys());
            statuses.map(|status| (name.clone(), status.clone())).collect::<Vec<_>>()
        });
        statuses.collect()
    })
}
