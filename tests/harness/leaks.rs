//! What goes in and must not be in the log: credentials, names, addresses, whatever clients write.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;
use berth_functions::ENDPOINTS;
use berth_shared::{error::Code, http::AuthFailure};
use serde_json::Value;

/// Values under this length are found by chance.
const SHORTEST: usize = 6;
/// What is looked for of a long value: where the whole leaked, its beginning did. In characters.
const BEGINNING: usize = 64;
/// What Berth itself says in lines about requests, besides codes and names of endpoints.
const OWN_WORDS: [&str; 9] = [
    "berth::request",
    "completed",
    "replayed",
    "client error",
    "server error",
    "rejected",
    "refused",
    "requestId",
    "environment",
];

/// Values that went in, each with what it is.
#[derive(Debug, Default)]
pub struct SensitiveValues(pub BTreeMap<String, String>);

impl SensitiveValues {
    /// Notes a value of this kind.
    pub fn note(&mut self, kind: &str, value: &str) {
        let value: String = value.trim().chars().take(BEGINNING).collect();
        if value.chars().count() < SHORTEST || is_own(&value) || is_filling(&value) || self.0.contains_key(&value) {
            return;
        }
        self.0.insert(value, kind.to_owned());
    }

    /// Notes every text in a document, each under the name of its member.
    pub fn note_json(&mut self, kind: &str, document: &Value) {
        match document {
            Value::String(text) => self.note(kind, text),
            Value::Array(elements) => elements.iter().for_each(|element| self.note_json(kind, element)),
            Value::Object(members) => members.iter().for_each(|(name, member)| self.note_json(name, member)),
            _ => {}
        }
    }

    /// What the lines of a log, each an object, hold of these values: what kind of value in which line, and never the
    /// value itself.
    pub fn leaks<'a>(&self, lines: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
        let (mut texts, mut kinds) = (Vec::new(), Vec::new());
        for (value, kind) in &self.0 {
            // As it is; and as it is shown inside another text.
            let shown = format!("{value:?}");
            let escaped = Value::String(value.clone()).to_string();
            let mut forms = BTreeSet::from([value.as_str(), shown.trim_matches('"'), escaped.trim_matches('"')]);
            forms.retain(|form| form.chars().count() >= SHORTEST);
            for form in forms {
                texts.push(form.to_owned());
                kinds.push(kind);
            }
        }
        let search = AhoCorasick::new(&texts).expect("the values can be searched for");
        let mut leaks = BTreeSet::new();
        for line in lines {
            let line: Value = serde_json::from_str(line).expect("a line of the log is JSON");
            let text = text_of(&line);
            for found in search.find_overlapping_iter(&text) {
                let value = &texts[found.pattern()];
                if !is_number(value) || stands_alone(&text, found.start(), found.end()) {
                    leaks.insert(format!("{} in the line {}", kinds[found.pattern()], line["message"]));
                }
            }
        }
        leaks
    }
}

/// Whether the value is a word of the product, which proves nothing.
fn is_own(value: &str) -> bool {
    let codes = Code::ALL.iter().map(|code| code.as_str());
    let names = ENDPOINTS.iter().map(|endpoint| endpoint.name);
    let reasons = [AuthFailure::Missing, AuthFailure::Unknown, AuthFailure::Revoked, AuthFailure::Expired];
    let mut words = codes.chain(names).chain(OWN_WORDS);
    words.any(|word| word.contains(value)) || reasons.iter().any(|reason| reason.to_string().contains(value))
}

/// Whether the value is one letter many times, as tests of lengths send it: also as the id of a request.
fn is_filling(value: &str) -> bool {
    let mut letters = value.chars();
    letters.next().is_some_and(|first| letters.all(|letter| letter == first))
}

/// Digits are part of many numbers.
fn is_number(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_digit())
}

fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let is_part = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'.');
    let bytes = text.as_bytes();
    !is_part(start.checked_sub(1).and_then(|before| bytes.get(before))) && !is_part(bytes.get(end))
}

/// All texts, names and numbers of a document, one a line.
fn text_of(document: &Value) -> String {
    match document {
        Value::String(text) => text.clone(),
        Value::Array(elements) => elements.iter().map(|element| text_of(element) + "\n").collect(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| [name.as_str(), &text_of(member)].join("\n") + "\n").collect()
        }
        other => other.to_string(),
    }
}
