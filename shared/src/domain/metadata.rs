//! Custom attributes of a resource: any JSON, stored exactly.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::patch::{FromJson, Violation};
use crate::domain::json::Json;

/// Maximum size of metadata as compact JSON in UTF-8, in bytes.
pub const MAX_BYTES: usize = 16 * 1024;
/// Maximum number of keys at the top level.
pub const MAX_KEYS: usize = 50;
/// Maximum nesting. The object itself counts as 1.
pub const MAX_DEPTH: usize = 8;

/// A JSON object within the limits. It is stored as a string of compact JSON, so that numbers keep their digits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metadata(Vec<(String, Json)>);

/// A merge patch of metadata: top-level members to set (`Some`) or to remove (`None`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataPatch(Vec<(String, Option<Json>)>);

impl Metadata {
    /// Returns the metadata after `patch`.
    ///
    /// # Errors
    /// Violations of the result: both parts may be within the limits and the result beyond them.
    pub fn merge(&self, patch: MetadataPatch) -> Result<Self, Vec<Violation>> {
        let mut members = self.0.clone();
        for (name, value) in patch.0 {
            let at = members.iter().position(|(known, _)| *known == name);
            match (at, value) {
                (Some(at), Some(value)) => members[at].1 = value,
                (Some(at), None) => drop(members.remove(at)),
                (None, Some(value)) => members.push((name, value)),
                (None, None) => {}
            }
        }
        Self::within_limits(members)
    }

    /// Returns the members in order.
    #[must_use]
    pub fn members(&self) -> &[(String, Json)] {
        &self.0
    }

    /// Returns metadata with these members. The ledger dialect checks its own limits.
    #[must_use]
    pub const fn of_ledger(members: Vec<(String, Json)>) -> Self {
        Self(members)
    }

    /// Returns the compact JSON text.
    #[must_use]
    pub fn to_text(&self) -> String {
        // An object of parsed JSON is always serializable.
        serde_json::to_string(&Members(&self.0)).unwrap_or_else(|_| "{}".to_owned())
    }

    /// Returns the text for responses, which serde_json writes unchanged.
    #[must_use]
    pub fn to_raw(&self) -> Box<RawValue> {
        RawValue::from_string(self.to_text()).unwrap_or_default()
    }

    fn within_limits(members: Vec<(String, Json)>) -> Result<Self, Vec<Violation>> {
        let mut wrong = Vec::new();
        let here = |detail: String| Violation { path: Vec::new(), detail };
        if members.len() > MAX_KEYS {
            wrong.push(here(format!("must have at most {MAX_KEYS} keys")));
        }
        for (name, value) in &members {
            if value.depth() >= MAX_DEPTH {
                wrong.push(Violation::at(name, format!("must be nested at most {} levels deep", MAX_DEPTH - 1)));
            }
        }
        let metadata = Self(members);
        if metadata.to_text().len() > MAX_BYTES {
            wrong.push(here(format!("must be at most {MAX_BYTES} bytes long as JSON")));
        }
        if wrong.is_empty() { Ok(metadata) } else { Err(wrong) }
    }
}

impl FromJson for Metadata {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        match json {
            Json::Object(members) => Self::within_limits(members.clone()),
            _ => Err(Violation::new("must be an object")),
        }
    }
}

impl FromJson for MetadataPatch {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        let Json::Object(members) = json else { return Err(Violation::new("must be an object")) };
        let member = |(name, value): &(String, Json)| match value {
            Json::Null => (name.clone(), None),
            value => (name.clone(), Some(value.clone())),
        };
        Ok(Self(members.iter().map(member).collect()))
    }
}

struct Members<'a>(&'a [(String, Json)]);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl Serialize for Metadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        match Json::parse(text.as_bytes()) {
            Ok(Json::Object(members)) => Ok(Self(members)),
            _ => Err(serde::de::Error::custom("stored metadata is not a JSON object")),
        }
    }
}

impl JsonSchema for Metadata {
    fn schema_name() -> Cow<'static, str> {
        "Metadata".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": format!(
                "Custom attributes: a JSON object of at most {MAX_BYTES} bytes as compact JSON, {MAX_KEYS} keys at the \
                 top level and {MAX_DEPTH} levels of nesting. Numbers are returned with the digits that were sent.",
            ),
            "additionalProperties": true,
            "maxProperties": MAX_KEYS,
        })
    }
}

impl JsonSchema for MetadataPatch {
    fn schema_name() -> Cow<'static, str> {
        "MetadataPatch".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "Changes to custom attributes, merged key by key at the top level; `null` removes a key. The limits of `Metadata` apply to the result.",
            "additionalProperties": true,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text.as_bytes()).unwrap()
    }

    fn metadata(text: &str) -> Metadata {
        Metadata::from_json(&json(text)).unwrap()
    }

    #[test]
    fn a_patch_sets_replaces_and_removes() {
        let patch = MetadataPatch::from_json(&json(r#"{"b":{"y":null},"a":null,"x":null,"c":1.0}"#)).unwrap();
        let merged = metadata(r#"{"a":1,"b":{"x":1},"d":1e400}"#).merge(patch).unwrap();
        assert_eq!(merged.to_text(), r#"{"b":{"y":null},"d":1e400,"c":1.0}"#);
    }

    #[test]
    fn every_exceeded_limit_is_reported() {
        let keys: Vec<_> = (0..=MAX_KEYS).map(|at| (format!("k{at}"), Json::String("x".repeat(400)))).collect();
        let deep = ("deep".to_owned(), json(&format!("{}{}", "[".repeat(8), "]".repeat(8))));
        let wrong = Metadata::from_json(&Json::Object([keys, vec![deep]].concat())).unwrap_err();
        let places: Vec<_> = wrong.iter().map(|wrong| wrong.path.join("/")).collect();
        assert_eq!(places, ["", "deep", ""], "{wrong:?}");
    }

    fn members() -> impl Strategy<Value = Vec<(String, Json)>> {
        let leaf = prop_oneof![
            Just(Json::Null),
            "-?(0|[1-9][0-9]{0,30})([eE][+-]?[0-9]{1,4})?".prop_map(Json::Number),
            any::<String>().prop_map(Json::String),
        ];
        let value = leaf.prop_recursive(3, 16, 4, |inner| prop::collection::vec(inner, 0..4).prop_map(Json::Array));
        prop::collection::btree_map("[a-d]{1,2}", value, 0..8).prop_map(|members| members.into_iter().collect())
    }

    proptest! {
        #[test]
        fn metadata_round_trips(members in members()) {
            let read = Metadata::from_json(&Json::Object(members)).unwrap();
            let stored = serde_json::to_string(&read).unwrap();
            prop_assert_eq!(serde_json::from_str::<Metadata>(&stored).unwrap(), read.clone());
            prop_assert_eq!(metadata(&read.to_text()), read);
        }

        #[test]
        fn a_repeated_patch_changes_nothing(old in members(), patch in members()) {
            let old = Metadata::from_json(&Json::Object(old)).unwrap();
            let patch = MetadataPatch::from_json(&Json::Object(patch)).unwrap();
            let once = old.merge(patch.clone()).unwrap();
            prop_assert_eq!(once.merge(patch).unwrap(), once);
        }
    }
}
