//! Detection of sensitive values in the log: credentials, names, addresses and all other input of clients.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    sync::LazyLock,
};

use aho_corasick::AhoCorasick;
use berth_functions::ENDPOINTS;
use berth_shared::{
    error::Code,
    http::AuthFailure,
    id::{ApiKeyId, MachineClientId, OrganizationId},
};
use serde_json::Value;

/// Minimum length of a value. Shorter values occur by chance.
const SHORTEST: usize = 6;
/// Length of the prefix that is searched for, in characters. If a long value leaked, its prefix did, too.
const PREFIX: usize = 64;
/// Environment variable with which a leak also shows the value.
const SHOW: &str = "BERTH_SHOW_LEAKS";
/// Words that Berth itself writes in lines about requests, besides codes, names of endpoints, and words of the contract.
const PRODUCT_WORDS: [&str; 9] = [
    "berth::request",
    "completed",
    "replayed",
    "client error",
    "server error",
    "rejected",
    "requestId",
    "environment",
    "status",
];

/// Input values, each with its kind.
#[derive(Debug, Default)]
pub struct SensitiveValues(pub BTreeMap<String, String>);

impl SensitiveValues {
    /// Records a value of this kind.
    pub fn note(&mut self, kind: &str, value: &str) {
        let value: String = value.trim().chars().take(PREFIX).collect();
        if value.chars().count() < SHORTEST || is_product_word(&value) || is_filler(&value) || is_logged_id(&value) {
            return;
        }
        self.0.entry(value).or_insert_with(|| kind.to_owned());
    }

    /// Records every string of a document, each with the name of its member as its kind.
    pub fn note_json(&mut self, kind: &str, document: &Value) {
        match document {
            Value::String(text) => self.note(kind, text),
            Value::Array(elements) => elements.iter().for_each(|element| self.note_json(kind, element)),
            Value::Object(members) => members.iter().for_each(|(name, member)| self.note_json(name, member)),
            _ => {}
        }
    }

    /// Returns the leaks in the lines of a log, which are JSON objects. A leak names the kind of the value and the
    /// message of the line. It has the value only if `BERTH_SHOW_LEAKS` is set.
    pub fn leaks<'a>(&self, lines: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
        let (mut texts, mut kinds) = (Vec::new(), Vec::new());
        for (value, kind) in &self.0 {
            // The value itself, and its escaped forms within another string.
            let shown = format!("{value:?}");
            let escaped = Value::String(value.clone()).to_string();
            let mut forms = BTreeSet::from([value.as_str(), shown.trim_matches('"'), escaped.trim_matches('"')]);
            forms.retain(|form| form.chars().count() >= SHORTEST);
            for form in forms {
                texts.push(form.to_owned());
                kinds.push(kind);
            }
        }
        let search = AhoCorasick::new(&texts).expect("the values are valid patterns");
        let mut leaks = BTreeSet::new();
        for line in lines {
            let line: Value = serde_json::from_str(line).expect("a log line is JSON");
            let text = text_of(&line);
            for found in search.find_overlapping_iter(&text) {
                let value = &texts[found.pattern()];
                if !is_number(value) || stands_alone(&text, found.start(), found.end()) {
                    let shown = if env::var_os(SHOW).is_some() { format!(": {value:?}") } else { String::new() };
                    leaks.insert(format!("{} in the line {}{shown}", kinds[found.pattern()], line["message"]));
                }
            }
        }
        leaks
    }
}

/// Returns whether the value is part of a word of the product: finding it proves nothing.
fn is_product_word(value: &str) -> bool {
    let codes = Code::ALL.iter().map(|code| code.as_str());
    let names = ENDPOINTS.iter().map(|endpoint| endpoint.name);
    let reasons = [AuthFailure::Missing, AuthFailure::Unknown, AuthFailure::Revoked, AuthFailure::Expired];
    let mut words = codes.chain(names).chain(PRODUCT_WORDS).chain(contract_words());
    words.any(|word| word.contains(value)) || reasons.iter().any(|reason| reason.to_string().contains(value))
}

/// Returns the names of the members and parameters of the contract, and the values that it lists.
fn contract_words() -> impl Iterator<Item = &'static str> {
    static WORDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let mut words = BTreeSet::new();
        let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi.json"));
        add_words(&serde_json::from_str(text).expect("openapi.json is JSON"), &mut words);
        words
    });
    WORDS.iter().map(String::as_str)
}

fn add_words(value: &Value, words: &mut BTreeSet<String>) {
    let members = match value {
        Value::Object(members) => members,
        Value::Array(elements) => return elements.iter().for_each(|element| add_words(element, words)),
        _ => return,
    };
    if let Some(properties) = members.get("properties").and_then(Value::as_object) {
        words.extend(properties.keys().cloned());
    }
    if let (Some(name), true) = (members.get("name").and_then(Value::as_str), members.contains_key("in")) {
        words.insert(name.to_owned());
    }
    for list in ["enum", "x-extensible-enum"] {
        let values = members.get(list).and_then(Value::as_array).into_iter().flatten();
        words.extend(values.filter_map(Value::as_str).map(ToOwned::to_owned));
    }
    // Examples have the values of clients.
    let others = members.iter().filter(|(name, _)| !["example", "examples"].contains(&name.as_str()));
    others.for_each(|(_, member)| add_words(member, words));
}

/// Returns whether the value is an id that log lines contain: of an API key, a machine client or an organization.
fn is_logged_id(value: &str) -> bool {
    value.parse::<ApiKeyId>().is_ok()
        || value.parse::<MachineClientId>().is_ok()
        || value.parse::<OrganizationId>().is_ok()
}

/// Returns whether the value is one repeated character. Tests of lengths send such values, also as request ids.
fn is_filler(value: &str) -> bool {
    let mut letters = value.chars();
    letters.next().is_some_and(|first| letters.all(|letter| letter == first))
}

/// Returns whether the value has only digits: it may be part of an unrelated number.
fn is_number(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_digit())
}

fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let is_part = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'.');
    let bytes = text.as_bytes();
    !is_part(start.checked_sub(1).and_then(|before| bytes.get(before))) && !is_part(bytes.get(end))
}

/// Returns all strings, names and numbers of a document, one per line.
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
