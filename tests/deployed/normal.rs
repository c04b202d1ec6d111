//! Normalization of responses, so that the responses of two servers to one request are comparable.

use std::{collections::BTreeMap, sync::LazyLock};

use macro_rules_attribute::apply;
use regex::Regex;

use super::function::TestResponse;
use crate::harness::api_test;

/// Parts that differ from request to request or between deployments, with the names that replace them.
static VARYING: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    let rules = [
        ("credential", r"(dk|dys|dyt)_(?:test|live)_[A-Za-z0-9_-]{40,}"),
        ("id", r"(org|dock|pty|dpr|rcp|grp|mc|key|req|aud)_[0-7][0-9A-HJKMNP-TV-Z]{25}"),
        ("client", r"dyc_[A-Za-z0-9]{22}"),
        ("ulid", r"[0-7][0-9A-HJKMNP-TV-Z]{25}"),
        ("origin", r"https?://(?:127\.0\.0\.1:[0-9]+|[a-z0-9.-]+\.amazonaws\.com)"),
        ("fingerprint", r"1220[0-9a-f]{64}"),
        ("shortened fingerprint", r"1220[0-9a-f]{8}\.\.\."),
        ("trace", r"[0-9a-f]{32}"),
        ("digest", r"\b[0-9a-f]{16}\b"),
        ("time", r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]+)?Z"),
    ];
    rules.map(|(name, rule)| (name, Regex::new(rule).expect("a rule"))).into()
});

/// Headers that are new with each request, or set by the transport.
const VARYING_HEADERS: [&str; 3] = ["date", "content-length", "connection"];

/// Returns a response as text with normalized parts.
pub fn normal(response: &TestResponse) -> String {
    let headers = response.headers.iter().filter(|(name, _)| !VARYING_HEADERS.contains(&name.as_str()));
    let headers: Vec<_> = headers.map(|(name, value)| format!("{name}: {value}")).collect();
    // One text, so that an id in a header and in the body gets one number.
    normal_text(&format!("{}\n{}\n\n{}", response.status, headers.join("\n"), response.body))
}

/// Replaces each id, credential and fingerprint with its kind and the number of its first appearance. Replaces each
/// time with `<time>`.
fn normal_text(text: &str) -> String {
    let mut text = text.to_owned();
    for (name, rule) in VARYING.iter() {
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let replaced = rule.replace_all(&text, |found: &regex::Captures<'_>| {
            let next = known.len() + 1;
            let number = *known.entry(found[0].to_owned()).or_insert(next);
            match (*name, found.get(1)) {
                ("time", _) => "<time>".to_owned(),
                (_, Some(kind)) => format!("<{name} {} {number}>", kind.as_str()),
                _ => format!("<{name} {number}>"),
            }
        });
        text = replaced.into_owned();
    }
    text
}

#[apply(api_test)]
async fn ids_are_numbered_by_first_appearance() {
    let (one, other) = ("org_01HQ3K9B2V6R4X8ZT1M5N7P0QS", "org_01HQ3K9B2V6R4X8ZT1M5N7P0QT");
    assert_eq!(normal_text(&format!("{one} {other} {one}")), "<id org 1> <id org 2> <id org 1>");
    assert_ne!(normal_text(&format!("{one} {other}")), normal_text(&format!("{one} {one}")));
    let kinds = [one.replace("org", "dock"), one.to_owned()].map(|id| normal_text(&id));
    assert_ne!(kinds[0], kinds[1]);
}

#[apply(api_test)]
async fn other_text_is_unchanged() {
    for text in ["201", r#"{"slug":"acme-1"}"#, "etag: \"1.0-0-0\"", "2026-01-01", "1220abc", "org_short"] {
        assert_eq!(normal_text(text), text);
    }
    assert_eq!(normal_text(r#""createdAt":"2026-11-22T18:45:00.020Z""#), r#""createdAt":"<time>""#);
}
