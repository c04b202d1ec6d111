//! The log of the whole run, as the functions write it, and what must not be in it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use berth_functions::logs::{JsonLines, filter};
use berth_shared::http::REQUEST;
use reqwest::Url;
use serde_json::Value;
use tracing::Subscriber;
use tracing_subscriber::{Layer, filter::LevelFilter, registry::LookupSpan};

use super::{emf, leaks::SensitiveValues};

/// The lines of this run, each with its line feed.
static LINES: Mutex<String> = Mutex::new(String::new());
static GIVEN: Mutex<Option<SensitiveValues>> = Mutex::new(None);
/// Headers that name nothing of anybody: a request's id is meant to be found.
const PLAIN_HEADERS: [&str; 8] =
    ["accept", "content-type", "if-match", "if-none-match", "origin", "prefer", "traceparent", "x-request-id"];

/// What keeps every line, at the most talkative level that there is.
pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    let lines = JsonLines::new(|line| lock(&LINES).push_str(std::str::from_utf8(line).expect("a line is UTF-8")));
    lines.with_filter(filter(LevelFilter::TRACE))
}

/// Notes a value that goes in.
pub fn note(kind: &str, value: &str) {
    lock(&GIVEN).get_or_insert_default().note(kind, value);
}

/// Notes the values of a header, if they are somebody's.
pub fn note_header(name: &str, value: &str) {
    let name = name.to_ascii_lowercase();
    if PLAIN_HEADERS.contains(&name.as_str()) {
        return;
    }
    // A scheme is no secret.
    let value = value.strip_prefix("Bearer ").unwrap_or(value);
    note(&format!("header {name}"), value);
}

/// Notes a body that goes in: its texts, or the whole where it is no JSON.
pub fn note_body(body: &[u8]) {
    match serde_json::from_slice::<Value>(body) {
        Ok(body) => note_json(&body),
        Err(_) => note("body", &String::from_utf8_lossy(body)),
    }
}

/// Notes the texts of a document.
pub fn note_json(document: &Value) {
    lock(&GIVEN).get_or_insert_default().note_json("body", document);
}

/// Notes what a target asks for, and the ids of the ledger in it, which are made of hints.
pub fn note_target(target: &str) {
    let Ok(url) = Url::parse("http://host").and_then(|base| base.join(target)) else { return };
    for (name, value) in url.query_pairs() {
        note(&format!("query parameter {name}"), &value);
    }
    for segment in url.path().split('/') {
        // Percent-decoded, as one value.
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

/// Notes the secrets of a response, which its client may send or not.
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

/// The line of the request with this id.
pub fn line_of_request(id: &str) -> Value {
    // Every endpoint of every test waits for this lock when it logs: nothing is parsed under it that need not be.
    let named: Vec<String> = lock(&LINES).lines().filter(|line| line.contains(id)).map(ToOwned::to_owned).collect();
    let lines = named.iter().map(|line| serde_json::from_str::<Value>(line).expect("a line is JSON"));
    let mut found = lines.filter(|line| line["requestId"] == id && line["target"] == REQUEST);
    let line = found.next().expect("the request has a line");
    assert!(found.next().is_none(), "one line for one request");
    line
}

/// Whether the log of the run is fit to be kept: it holds nothing that clients have sent, and its metrics are such.
pub fn are_clean() -> bool {
    let lines = lock(&LINES);
    let given = lock(&GIVEN).take().unwrap_or_default();
    let mut broken = leaks_and_breaches(&lines, &given);
    broken.truncate(20);
    for what in &broken {
        eprintln!("the log of this run is not fit to be kept: {what}");
    }
    let (count, values) = (lines.lines().count(), given.0.len());
    eprintln!("log of this run: {count} lines, held against {values} values that went in");
    broken.is_empty()
}

/// What is wrong with the lines of a log.
pub fn leaks_and_breaches(lines: &str, given: &SensitiveValues) -> Vec<String> {
    let mut wrong: Vec<String> = given.leaks(lines.lines()).into_iter().collect();
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).expect("a line is JSON");
        if line["target"] == REQUEST {
            wrong.extend(emf::violations(&line).into_iter().map(|failure| format!("{failure} in {}", line["message"])));
        }
    }
    wrong
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
