//! Annotations: the metadata of a party in the ledger dialect.

use std::collections::BTreeMap;

use super::LedgerError;
use crate::domain::{Metadata, json::Json};

/// Maximum size of all keys and values together, in bytes.
pub const MAX_ANNOTATIONS: usize = 262_144;
/// Maximum size of metadata as stored JSON, in bytes. A DynamoDB item has 400 KB, and JSON escapes take up to six times
/// the bytes of a character.
const MAX_STORED: usize = 384 * 1024;
/// Maximum length of a name, without the prefix and its slash.
const MAX_NAME: usize = 63;
/// Maximum length of a prefix.
const MAX_PREFIX: usize = 253;

/// Annotations by key.
pub type Annotations = BTreeMap<String, String>;

/// Checks annotations of an allocation: their size, every key, and that every key has a value. `field` is their name in
/// errors.
///
/// # Errors
/// `INVALID_ARGUMENT`
pub fn check_new(annotations: &Annotations, field: &str) -> Result<(), LedgerError> {
    check_patch(annotations, field)?;
    match annotations.iter().find(|(_, value)| value.is_empty()) {
        Some((key, _)) => {
            let cause = format!("The value of an annotation is empty for key: '{key}'");
            Err(LedgerError::invalid_argument(cause))
        }
        None => Ok(()),
    }
}

/// Checks annotations of an update: the size of those with a value, and every key. `field` is their name in errors.
///
/// # Errors
/// `INVALID_ARGUMENT`
pub fn check_patch(annotations: &Annotations, field: &str) -> Result<(), LedgerError> {
    if size(annotations) > MAX_ANNOTATIONS {
        let limit = MAX_ANNOTATIONS / 1024;
        let cause = format!("annotations from field '{field}' are larger than the limit of {limit}kb");
        return Err(LedgerError::invalid_argument(cause));
    }
    annotations.keys().try_for_each(|key| check_key(key)).map_err(LedgerError::invalid_argument)
}

/// Returns the bytes of keys and values, without annotations that have an empty value.
#[must_use]
pub fn size(annotations: &Annotations) -> usize {
    annotations.iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| key.len() + value.len()).sum()
}

/// Returns whether `metadata`, with annotations, can be stored.
#[must_use]
pub fn storable(metadata: &Metadata) -> bool {
    metadata.to_text().len() <= MAX_STORED
}

/// Checks that a key is a name, or a DNS subdomain, a slash and a name.
fn check_key(key: &str) -> Result<(), String> {
    let (prefix, name) = match key.split_once('/') {
        Some((_, name)) if name.contains('/') => {
            return Err(format!("Key '{key}' contains more than one forward slash ('/') character"));
        }
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    let bounded = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.ends_with(|c: char| c.is_ascii_alphanumeric())
    };
    let legal_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    if name.len() > MAX_NAME {
        return Err(format!("Key name segment '{name}' exceeds maximum length of {MAX_NAME} characters"));
    }
    if !bounded(name) || !legal_name {
        return Err(format!("Key name segment '{name}' has invalid syntax"));
    }
    let label = |label: &str| bounded(label) && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    match prefix {
        Some(prefix) if prefix.len() > MAX_PREFIX => {
            Err(format!("Key prefix segment '{prefix}' exceeds maximum length of {MAX_PREFIX} characters"))
        }
        Some(prefix) if !prefix.split('.').all(label) => {
            Err(format!("Key prefix segment '{prefix}' has invalid syntax"))
        }
        _ => Ok(()),
    }
}

/// Returns the annotations in metadata: members with a string value and a valid key.
#[must_use]
pub fn shown(metadata: &Metadata) -> Annotations {
    let shown = |(key, value): &(String, Json)| match value {
        Json::String(text) if !text.is_empty() && check_key(key).is_ok() => Some((key.clone(), text.clone())),
        _ => None,
    };
    metadata.members().iter().filter_map(shown).collect()
}

/// Merges annotations into metadata. An empty value removes its key. Members that are not annotations are unchanged.
#[must_use]
pub fn merged(metadata: &Metadata, annotations: &Annotations) -> Metadata {
    let mut members: Vec<_> =
        metadata.members().iter().filter(|(key, _)| !annotations.contains_key(key)).cloned().collect();
    let set = annotations.iter().filter(|(_, value)| !value.is_empty());
    members.extend(set.map(|(key, value)| (key.clone(), Json::String(value.clone()))));
    Metadata::of_ledger(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_a_name_and_an_optional_prefix() {
        let name = "a".repeat(MAX_NAME);
        let prefix = format!("{}.b", "a".repeat(MAX_PREFIX - 2));
        for key in ["a", "A.b-c_d", "example.com/x", "X-1.Y/z", &name, &format!("{prefix}/x")] {
            assert!(check_key(key).is_ok(), "{key}");
        }
        for key in [
            "",
            "-a",
            "a-",
            ".a",
            "a b",
            "é",
            "a/b/c",
            "/a",
            "a/",
            "a..b/c",
            "-a.b/c",
            &format!("{name}a"),
            &format!("{prefix}c/x"),
        ] {
            assert!(check_key(key).is_err(), "{key}");
        }
    }

    #[test]
    fn the_size_is_accepted_at_the_limit_and_rejected_above() {
        let of = |bytes: usize| {
            Annotations::from([("k".to_owned(), "v".repeat(bytes - 1)), ("e".to_owned(), String::new())])
        };
        assert!(check_patch(&of(MAX_ANNOTATIONS), "f").is_ok());
        assert!(check_patch(&of(MAX_ANNOTATIONS + 1), "f").is_err());
        assert!(check_new(&of(2), "f").is_err(), "an empty value is rejected on allocation");
    }

    #[test]
    fn members_that_are_not_annotations_survive_a_merge() {
        let json = Json::parse(br#"{"n":1.0,"a":"x","bad key":"y","gone":"z"}"#).unwrap();
        let Json::Object(members) = json else { panic!("an object") };
        let metadata = Metadata::of_ledger(members);
        let patch = Annotations::from([("gone".to_owned(), String::new()), ("b".to_owned(), "new".to_owned())]);
        let merged = merged(&metadata, &patch);
        assert_eq!(merged.to_text(), r#"{"n":1.0,"a":"x","bad key":"y","b":"new"}"#);
        assert_eq!(
            shown(&merged).into_iter().collect::<Vec<_>>(),
            [("a".into(), "x".into()), ("b".into(), "new".into())]
        );
    }
}
