//! What the documentation that the API comes from says of every response.

use std::collections::BTreeSet;

use berth_shared::id::{Id, Kind};
use berth_shared::time::Time;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{TestClient, TestResponse};

/// A POST as `curl` sends it from the pages: this body, to the byte.
pub async fn post(client: &TestClient, target: &str, body: &str) -> TestResponse {
    client.request(Method::POST, target).header("accept", "*/*").body("application/json", body).send().await
}

/// That an object has these members and no others.
#[track_caller]
pub fn check_members(object: &Value, expected: &[&str]) {
    let found: BTreeSet<&str> = object.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(found, expected.iter().copied().collect());
}

/// That this is an id of its kind, with the prefix that the pages give it.
#[track_caller]
pub fn check_id<K: Kind>(value: &Value, prefix: &str) {
    let id = value.as_str().expect("ids are strings");
    assert!(id.starts_with(prefix) && id.parse::<Id<K>>().is_ok(), "{id}");
}

/// That this is a time as the pages write them: UTC, three digits of milliseconds; of just now.
#[track_caller]
pub fn check_time(value: &Value) {
    let text = value.as_str().expect("times are strings");
    let time: Time = text.parse().expect("a time");
    assert_eq!(time.to_string(), text);
    assert!(text.len() == "2024-03-01T12:00:00.000Z".len() && text.ends_with('Z'), "{text}");
    let now = Time::now();
    assert!(time <= now && now <= time.plus_millis(60_000), "{text} is not now");
}

/// That this is an error as the origin writes them, with this status.
#[track_caller]
pub fn assert_documented_error(response: TestResponse, status: u16, code: &str, message: &str) {
    let response = response.expect_error(status, code);
    let body = response.json();
    assert_eq!((&body["statusCode"], &body["status"]), (&json!(status), &json!(status)));
    assert_eq!(body["error"], body["title"]);
    let messages: Vec<&str> = match &body["message"] {
        Value::Array(messages) => messages.iter().filter_map(Value::as_str).collect(),
        message => message.as_str().into_iter().collect(),
    };
    assert_eq!(status == 400 && code == "VALIDATION_FAILED", body["message"].is_array(), "{body}");
    assert!(messages.iter().any(|found| found.contains(message)), "{body}");
}
