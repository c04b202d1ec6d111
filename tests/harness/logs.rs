//! The log of the whole run, as the functions write it, and checks of its content.

use std::sync::{Mutex, MutexGuard, PoisonError};

use berth_functions::logs::{JsonLines, filter};
use berth_shared::http::REQUEST;
use reqwest::Url;
use serde_json::Value;
use tracing::Subscriber;
use tracing_subscriber::{Layer, filter::LevelFilter, registry::LookupSpan};

use super::{emf, leaks::SensitiveValues};

/// The log lines of this run, each with its line feed.
static LINES: Mutex<String> = Mutex::new(String::new());
static SENSITIVE: Mutex<Option<SensitiveValues>> = Mutex::new(None);
/// Headers without sensitive values. A request id is meant to be in the log.
const PLAIN_HEADERS: [&str; 8] =
    ["accept", "content-type", "if-match", "if-none-match", "origin", "prefer", "traceparent", "x-request-id"];

/// Returns the layer that records every log line, at the most verbose level.
pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    let lines = JsonLines::new(|line| lock(&LINES).push_str(std::str::from_utf8(line).expect("a line is UTF-8")));
    lines.with_filter(filter(LevelFilter::TRACE))
}

/// Records a sensitive value.
pub fn note(kind: &str, value: &str) {
    lock(&SENSITIVE).get_or_insert_default().note(kind, value);
}

/// Records the value of a header, unless the header is not sensitive.
pub fn note_header(name: &str, value: &str) {
    let name = name.to_ascii_lowercase();
    if PLAIN_HEADERS.contains(&name.as_str()) {
        return;
    }
    // The scheme is not secret.
    let value = value.strip_prefix("Bearer ").unwrap_or(value);
    note(&format!("header {name}"), value);
}

/// Records a request body: its strings, or the whole body if it is not JSON.
pub fn note_body(body: &[u8]) {
    match serde_json::from_slice::<Value>(body) {
        Ok(body) => note_json(&body),
        Err(_) => note("body", &String::from_utf8_lossy(body)),
    }
}

/// Records the strings of a document.
pub fn note_json(document: &Value) {
    lock(&SENSITIVE).get_or_insert_default().note_json("body", document);
}

/// Records the query parameters of a target and the ledger party ids in its path, which contain hints.
pub fn note_target(target: &str) {
    let Ok(url) = Url::parse("http://host").and_then(|base| base.join(target)) else { return };
    for (name, value) in url.query_pairs() {
        note(&format!("query parameter {name}"), &value);
    }
    for segment in url.path().split('/') {
        // Percent-decoded as one value.
        let decoded = format!("s={segment}");
        let decoded = Url::parse("http://host").map(|mut url| {
            url.set_query(Some(&decoded));
            url.query_pairs().next().map(|(_, value)| value.into_owned()).unwrap_or_default()
        });
        if let Ok(decoded) = decoded
            && let Some((hint, _)) = decoded.split_once("::")
        {
            note("party id", &decoded);
            note("party hint", hint);
        }
    }
}

/// Records the secrets of a response.
pub fn note_response(body: &[u8]) {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return };
    for (kind, secret) in
        [("credential", &body["key"]), ("cursor", &body["meta"]["nextCursor"]), ("page token", &body["nextPageToken"])]
    {
        if let Some(secret) = secret.as_str() {
            note(kind, secret);
        }
    }
}

/// Returns the log line of the request with this id.
pub fn line_of_request(id: &str) -> Value {
    // Every endpoint of every test waits for this lock when it logs, so only matching lines are parsed.
    let named: Vec<String> = lock(&LINES).lines().filter(|line| line.contains(id)).map(ToOwned::to_owned).collect();
    let lines = named.iter().map(|line| serde_json::from_str::<Value>(line).expect("a line is JSON"));
    let mut found = lines.filter(|line| line["requestId"] == id && line["target"] == REQUEST);
    let line = found.next().expect("the request has a log line");
    assert!(found.next().is_none(), "one log line per request");
    line
}

/// Returns whether the log of the run contains no sensitive value and no malformed metric. Prints the violations.
pub fn are_clean() -> bool {
    let lines = lock(&LINES);
    let sensitive = lock(&SENSITIVE).take().unwrap_or_default();
    let mut violations = violations(&lines, &sensitive);
    violations.truncate(20);
    for violation in &violations {
        eprintln!("log of this run: {violation}");
    }
    let (count, values) = (lines.lines().count(), sensitive.0.len());
    eprintln!("log of this run: {count} lines, checked for {values} sensitive values");
    violations.is_empty()
}

/// Returns the leaks and the malformed metrics in the lines of a log.
pub fn violations(lines: &str, sensitive: &SensitiveValues) -> Vec<String> {
    let mut violations: Vec<String> = sensitive.leaks(lines.lines()).into_iter().collect();
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).expect("a line is JSON");
        if line["target"] == REQUEST {
            let malformed = emf::violations(&line).into_iter();
            violations.extend(malformed.map(|violation| format!("{violation} in {}", line["message"])));
        }
    }
    violations
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
