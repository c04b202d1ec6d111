//! What holds for every answer, whatever was asked.

use std::{collections::HashSet, sync::OnceLock};

use berth_functions::FALLBACK;
use berth_shared::http::Endpoint;
use lambda_http::{Body, http::Response};
use serde_json::{Value, value::RawValue};

/// No answer is a failure of Berth's, every one is documented, and what says that it is JSON is JSON.
pub fn check(endpoint: &Endpoint, answer: &Response<Body>) {
    let body = String::from_utf8_lossy(answer.body());
    let status = answer.status().as_u16();
    let shown = || format!("{} answered {status} {body}", endpoint.name);
    assert!(status < 500, "{}", shown());
    let known = if endpoint.name == FALLBACK {
        matches!(status, 204 | 404 | 405)
    } else {
        documented().contains(&(endpoint.name.to_owned(), status.to_string()))
    };
    assert!(known, "undocumented: {}", shown());
    assert!(answer.headers().contains_key("x-request-id"), "{}", shown());
    assert!(answer.headers().values().all(|value| value.to_str().is_ok()), "{}", shown());
    let media_type = answer.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if media_type.contains("json") && !body.is_empty() {
        // Numbers of metadata come back as they were sent, larger than any machine's among them.
        let read = serde_json::from_str::<&RawValue>(&body);
        assert!(read.is_ok(), "no JSON: {}", shown());
        let refusal = || serde_json::from_str::<Value>(&body).is_ok_and(|body| body["code"].is_string());
        assert!(status < 400 || refusal(), "a refusal without a code: {}", shown());
    }
}

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
