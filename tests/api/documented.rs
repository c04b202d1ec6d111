//! Assertions for the documented format of responses.

use std::collections::BTreeSet;

use berth_shared::id::{Id, Kind};
use berth_shared::time::Time;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{TestClient, TestResponse};

/// Sends a POST like the documented `curl` commands: with exactly this body.
pub async fn post(client: &TestClient, target: &str, body: &str) -> TestResponse {
    client.request(Method::POST, target).header("accept", "*/*").body("application/json", body).send().await
}

/// Asserts that an object has exactly these members.
#[track_caller]
pub fn check_members(object: &Value, expected: &[&str]) {
    let found: BTreeSet<&str> = object.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(found, expected.iter().copied().collect());
}

/// Asserts that a value is an id of this kind with its documented prefix.
#[track_caller]
pub fn check_id<K: Kind>(value: &Value, prefix: &str) {
    let id = value.as_str().expect("ids are strings");
    assert!(id.starts_with(prefix) && id.parse::<Id<K>>().is_ok(), "{id}");
}

/// Asserts that a value is a current time in the documented format: UTC with milliseconds.
#[track_caller]
pub fn check_time(value: &Value) {
    let text = value.as_str().expect("times are strings");
    let time: Time = text.parse().expect("a time");
    assert_eq!(time.to_string(), text);
    assert!(text.len() == "2024-03-01T12:00:00.000Z".len() && text.ends_with('Z'), "{text}");
    let now = Time::now();
    assert!(time <= now && now <= time.plus_millis(60_000), "{text} is not current");
}

/// Asserts that a response is an error in the documented format, with this status.
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
