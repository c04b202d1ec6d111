//! JSON that preserves the digits of numbers and the order of members.
//!
//! `serde_json::Value` converts numbers to machine numbers and accepts duplicate keys. But `metadata` must be returned
//! exactly, and a duplicate member is an error, so bodies are parsed into [`Json`]. The grammar is that of serde_json,
//! which
//! splits each level into raw slices.

use std::fmt;

use serde::{
    Deserialize, Serialize, Serializer,
    de::{MapAccess, SeqAccess, Visitor},
    ser::{SerializeMap, SerializeSeq},
};
use serde_json::value::RawValue;

/// Maximum nesting of arrays and objects in a body. The outermost one counts as 1.
pub const MAX_DEPTH: usize = 32;

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as text.
    Number(String),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object: members in their original order, without duplicate names.
    Object(Vec<(String, Json)>),
}

/// The reason why a text is not accepted as JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// The bytes are not UTF-8.
    #[error("the body is not valid UTF-8")]
    NotUtf8,
    /// The text does not follow the grammar.
    #[error("the body is not valid JSON: {0}")]
    Syntax(String),
    /// An object names a member twice.
    #[error("the body names the member {0:?} twice in one object")]
    DuplicateKey(String),
    /// Arrays and objects are nested too deeply.
    #[error("the body is nested more than {MAX_DEPTH} levels deep")]
    TooDeep,
}

impl Json {
    /// Parses a JSON text.
    ///
    /// # Errors
    /// See [`JsonError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, JsonError> {
        let text = std::str::from_utf8(bytes).map_err(|_| JsonError::NotUtf8)?;
        let raw: &RawValue = serde_json::from_str(text).map_err(|e| JsonError::Syntax(e.to_string()))?;
        Self::from_raw(raw, 0)
    }

    /// Converts a serializable value.
    ///
    /// # Errors
    /// As for [`Json::parse`], and if the value cannot be serialized.
    pub fn from_serialize(value: &impl Serialize) -> Result<Self, JsonError> {
        let bytes = serde_json::to_vec(value).map_err(|e| JsonError::Syntax(e.to_string()))?;
        Self::parse(&bytes)
    }

    fn from_raw(raw: &RawValue, depth: usize) -> Result<Self, JsonError> {
        let text = raw.get().trim();
        let syntax = |e: serde_json::Error| JsonError::Syntax(e.to_string());
        match text.as_bytes().first() {
            Some(b'{' | b'[') if depth == MAX_DEPTH => Err(JsonError::TooDeep),
            Some(b'{') => {
                let Members(members) = serde_json::from_str(text).map_err(syntax)?;
                let mut names = std::collections::HashSet::with_capacity(members.len());
                for (name, _) in &members {
                    if !names.insert(name.as_str()) {
                        return Err(JsonError::DuplicateKey(name.clone()));
                    }
                }
                let read = |(name, raw): (String, &RawValue)| Ok((name, Self::from_raw(raw, depth + 1)?));
                members.into_iter().map(read).collect::<Result<_, _>>().map(Self::Object)
            }
            Some(b'[') => {
                let Elements(elements) = serde_json::from_str(text).map_err(syntax)?;
                let read = |raw| Self::from_raw(raw, depth + 1);
                elements.into_iter().map(read).collect::<Result<_, _>>().map(Self::Array)
            }
            Some(b'"') => serde_json::from_str(text).map(Self::String).map_err(syntax),
            Some(b't' | b'f') => Ok(Self::Bool(text == "true")),
            Some(b'n') => Ok(Self::Null),
            _ => Ok(Self::Number(text.to_owned())),
        }
    }

    /// Returns the nesting of arrays and objects: 0 for a scalar, 1 for an array of scalars.
    #[must_use]
    pub fn depth(&self) -> usize {
        match self {
            Self::Array(elements) => 1 + elements.iter().map(Self::depth).max().unwrap_or(0),
            Self::Object(members) => 1 + members.iter().map(|(_, value)| value.depth()).max().unwrap_or(0),
            _ => 0,
        }
    }

    /// Returns the compact text, without white space between tokens.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Fails only for an invalid number, which `parse` never returns.
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(text) => {
                RawValue::from_string(text.clone()).map_err(serde::ser::Error::custom)?.serialize(serializer)
            }
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(elements) => {
                let mut sequence = serializer.serialize_seq(Some(elements.len()))?;
                for element in elements {
                    sequence.serialize_element(element)?;
                }
                sequence.end()
            }
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

/// The members of an object with unparsed values.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// The unparsed elements of an array.
struct Elements<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Elements<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Elements<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Elements<'de>, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = sequence.next_element()? {
                    elements.push(element);
                }
                Ok(Elements(elements))
            }
        }
        deserializer.deserialize_seq(Collect)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn nested(levels: usize) -> String {
        format!("{}1{}", "[".repeat(levels), "]".repeat(levels))
    }

    #[test]
    fn numbers_and_the_order_of_members_are_preserved() {
        let text = r#"{"z":1.0,"a":1e400,"m":[-0,0.10,12345678901234567890123,1E+2],"s":"\u00e9"}"#;
        let read = Json::parse(text.as_bytes()).unwrap();
        assert_eq!(read.to_text(), text.replace("\\u00e9", "é"));
    }

    #[test]
    fn a_member_cannot_imitate_a_number_or_a_raw_value() {
        for text in [r#"{"$serde_json::private::Number":"1"}"#, r#"{"$serde_json::private::RawValue":"[1"}"#] {
            assert_eq!(Json::parse(text.as_bytes()).unwrap().to_text(), text);
        }
    }

    #[test]
    fn a_duplicate_member_is_an_error_at_any_depth() {
        let twice = Err(JsonError::DuplicateKey("a".to_owned()));
        assert_eq!(Json::parse(br#"{"a":1,"a":1}"#), twice);
        assert_eq!(Json::parse(br#"[{"b":{"a":1,"\u0061":2}}]"#), twice);
    }

    #[test]
    fn depth_is_accepted_at_the_limit_and_rejected_above() {
        assert_eq!(Json::parse(nested(MAX_DEPTH).as_bytes()).unwrap().depth(), MAX_DEPTH);
        assert_eq!(Json::parse(nested(MAX_DEPTH + 1).as_bytes()), Err(JsonError::TooDeep));
        assert_eq!(Json::parse(nested(100_000).as_bytes()), Err(JsonError::TooDeep));
    }

    #[test]
    fn malformed_json_is_rejected() {
        assert_eq!(Json::parse(b"\"\xff\""), Err(JsonError::NotUtf8));
        for text in ["", "{", "{\"a\":}", "[1,]", "01", "nul", "'a'", "1 2", "\"\\ud800\"", "{1:2}", "\"\n\""] {
            assert!(matches!(Json::parse(text.as_bytes()), Err(JsonError::Syntax(_))), "{text}");
        }
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::Bool),
            "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,4})?".prop_map(Json::Number),
            any::<String>().prop_map(Json::String),
        ];
        leaf.prop_recursive(6, 64, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Json::Array),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|members| Json::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn values_round_trip(json in any_json()) {
            prop_assert_eq!(Json::parse(json.to_text().as_bytes()), Ok(json));
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = Json::parse(&bytes);
        }
    }
}
