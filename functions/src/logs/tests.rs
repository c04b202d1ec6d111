use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::*;

/// Returns the lines that `log_events` writes at `level`.
fn lines(level: LevelFilter, log_events: impl FnOnce()) -> Vec<Value> {
    let written = Arc::new(Mutex::new(Vec::new()));
    let lines = JsonLines::new({
        let written = Arc::clone(&written);
        move |line: &[u8]| written.lock().unwrap().push(serde_json::from_slice(line).unwrap())
    });
    let log = tracing_subscriber::registry().with(lines.with_filter(filter(level)));
    tracing::subscriber::with_default(log, log_events);
    written.lock().unwrap().clone()
}

/// Returns the line of a request with this status.
fn request(status: u16, code: Option<&str>) -> Value {
    let found = lines(LevelFilter::INFO, || {
        let span = tracing::info_span!(target: REQUEST, "request", endpoint = "get-dock", request_id = "r", trace_id = None::<&str>);
        tracing::info!(
            target: REQUEST, parent: &span, environment = "live", status, code, duration = 1.5, cold_start = true,
            read_units = 0.5, "message"
        );
    });
    found.into_iter().next().unwrap()
}

#[test]
fn a_line_has_the_fields_of_the_event_and_of_its_span() {
    let mut line = request(200, None);
    assert!(line["_aws"]["Timestamp"].as_u64().unwrap() > 1_600_000_000_000);
    line.as_object_mut().unwrap().remove("_aws");
    let expected = json!({
        "level": "INFO", "target": REQUEST, "endpoint": "get-dock", "requestId": "r", "message": "message",
        "environment": "live", "status": 200, "duration": 1.5, "coldStart": true, "readUnits": 0.5,
        "requests": 1, "serverErrors": 0, "clientErrors": 0, "coldStarts": 1,
    });
    assert_eq!(line, expected);
}

#[test]
fn a_field_that_is_recorded_later_is_in_the_lines_after_it() {
    let found = lines(LevelFilter::INFO, || {
        let span = tracing::info_span!(target: REQUEST, "request", endpoint = "e", key_id = tracing::field::Empty);
        span.in_scope(|| tracing::info!(target: "bootstrap", "before"));
        span.record("key_id", tracing::field::display("key_1"));
        span.in_scope(|| tracing::info!(target: "bootstrap", "after"));
    });
    assert!(found[0].get("keyId").is_none(), "{}", found[0]);
    assert_eq!((&found[1]["keyId"], &found[1]["endpoint"]), (&json!("key_1"), &json!("e")));
}

#[test]
fn errors_are_also_counted_by_code() {
    let directives = |line: &Value| line["_aws"]["CloudWatchMetrics"].as_array().unwrap().clone();
    assert_eq!(directives(&request(200, None)).len(), 1);
    for (status, code, metric) in [(404, "DOCK_NOT_FOUND", "clientErrors"), (503, "STORE_UNAVAILABLE", "serverErrors")]
    {
        let line = request(status, Some(code));
        assert_eq!((&line["code"], &line[metric]), (&json!(code), &json!(1)));
        let by_code = directives(&line)[1].clone();
        assert_eq!(by_code["Dimensions"], json!([["environment", "code"]]));
        assert_eq!(by_code["Metrics"], json!([{ "Name": metric, "Unit": "Count" }]));
    }
}

#[test]
fn other_lines_have_no_metrics() {
    let found = lines(LevelFilter::DEBUG, || {
        let span = tracing::info_span!(target: REQUEST, "request", endpoint = "get-dock", request_id = "r");
        span.in_scope(|| tracing::debug!(target: "berth_shared::store", failure = %"a \"b\"\n", number = -1, "again"));
    });
    let expected = json!([{
        "level": "DEBUG", "target": "berth_shared::store", "endpoint": "get-dock", "requestId": "r",
        "message": "again", "failure": "a \"b\"\n", "number": -1,
    }]);
    assert_eq!(Value::Array(found), expected);
}

#[test]
fn the_level_affects_neither_libraries_nor_request_lines() {
    let messages = |level| {
        let found = lines(level, || {
            tracing::info!(target: REQUEST, "request");
            tracing::debug!(target: "berth_shared::store", "own");
            tracing::trace!(target: "bootstrap", "own");
            tracing::info!(target: "aws_smithy_runtime::client", "library");
            tracing::debug!(target: "hyper", "library");
            tracing::warn!(target: "aws_config", "warning");
        });
        found.iter().map(|line| line["message"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(messages(LevelFilter::TRACE), ["request", "own", "own", "warning"]);
    assert_eq!(messages(LevelFilter::DEBUG), ["request", "own", "warning"]);
    assert_eq!(messages(LevelFilter::INFO), ["request", "warning"]);
    assert_eq!(messages(LevelFilter::ERROR), ["request"]);
    assert_eq!(messages(LevelFilter::OFF), ["request"]);
}
