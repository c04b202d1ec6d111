//! JSON that preserves the digits of numbers and the order of members.
//!
//! `serde_json::Value` converts numbers to machine numbers and accepts duplicate keys. But `metadata` must be returned
//! exactly, and a duplicate member is an error, so bodies are parsed into [`Json`]. The grammar is that of serde_json,
//! which splits each level into raw slices.

use std::fmt;

use serde::{
    Deserialize, Serialize, Serializer,
    de::{MapAccess, SeqAccess, Visitor},
    ser::{SerializeMap, SerializeSeq},
};
use serde_json::value::RawValue;

/// Maximum nesting of arrays and objects in a body. The outermost one counts as 1.
pub const MAX_DEPTH: usize = 32;

/// The byte order mark U+FEFF in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Maximum length of a duplicate member's name in an error, in characters.
const SHOWN_KEY: usize = 100;

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
    #[error("the body is not valid UTF-8 at offset {offset}")]
    NotUtf8 {
        /// Number of valid bytes before the first that is not.
        offset: usize,
    },
    /// The text begins with a byte order mark, which RFC 8259 forbids (section 8.1).
    #[error("the body begins with a byte order mark (U+FEFF); send JSON without it")]
    ByteOrderMark,
    /// A string has an escaped surrogate without its other half, which is not a character.
    #[error(
        "the body has a lone surrogate at line {line} column {column}: escapes from \\ud800 to \\udfff must form a pair"
    )]
    LoneSurrogate {
        /// Line in the body, from 1.
        line: usize,
        /// Column in the line, in bytes, from 1.
        column: usize,
    },
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
        if bytes.starts_with(BYTE_ORDER_MARK) {
            return Err(JsonError::ByteOrderMark);
        }
        let text = std::str::from_utf8(bytes).map_err(|e| JsonError::NotUtf8 { offset: e.valid_up_to() })?;
        let raw: &RawValue = serde_json::from_str(text).map_err(|e| JsonError::Syntax(e.to_string()))?;
        Reader { whole: text }.value(raw, 0)
    }

    /// Converts a serializable value.
    ///
    /// # Errors
    /// As for [`Json::parse`], and if the value cannot be serialized.
    pub fn from_serialize(value: &impl Serialize) -> Result<Self, JsonError> {
        let bytes = serde_json::to_vec(value).map_err(|e| JsonError::Syntax(e.to_string()))?;
        Self::parse(&bytes)
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

/// Reads the raw slices of a text.
#[derive(Clone, Copy)]
struct Reader<'a> {
    /// The text that all slices are part of.
    whole: &'a str,
}

impl<'a> Reader<'a> {
    fn value(self, raw: &'a RawValue, depth: usize) -> Result<Json, JsonError> {
        let text = raw.get().trim();
        let error = |e: serde_json::Error| self.error(text, &e);
        match text.as_bytes().first() {
            Some(b'{' | b'[') if depth == MAX_DEPTH => Err(JsonError::TooDeep),
            Some(b'{') => {
                let Members(members) = serde_json::from_str(text).map_err(error)?;
                let mut names = std::collections::HashSet::with_capacity(members.len());
                for (name, _) in &members {
                    if !names.insert(name.as_str()) {
                        return Err(JsonError::DuplicateKey(name.chars().take(SHOWN_KEY).collect()));
                    }
                }
                let read = |(name, raw): (String, &'a RawValue)| Ok((name, self.value(raw, depth + 1)?));
                members.into_iter().map(read).collect::<Result<_, _>>().map(Json::Object)
            }
            Some(b'[') => {
                let Elements(elements) = serde_json::from_str(text).map_err(error)?;
                let read = |raw| self.value(raw, depth + 1);
                elements.into_iter().map(read).collect::<Result<_, _>>().map(Json::Array)
            }
            Some(b'"') => serde_json::from_str(text).map(Json::String).map_err(error),
            Some(b't' | b'f') => Ok(Json::Bool(text == "true")),
            Some(b'n') => Ok(Json::Null),
            _ => Ok(Json::Number(text.to_owned())),
        }
    }

    /// Converts an error in `part`, a slice of the text. Its position counts from the start of the text.
    fn error(self, part: &str, error: &serde_json::Error) -> JsonError {
        let start = part.as_ptr().addr().saturating_sub(self.whole.as_ptr().addr());
        let before = self.whole.as_bytes().get(..start).unwrap_or_default();
        let is_newline = |byte: &u8| *byte == b'\n';
        let line = before.iter().copied().filter(is_newline).count() + error.line();
        let columns =
            if error.line() == 1 { before.iter().rev().take_while(|byte| !is_newline(byte)).count() } else { 0 };
        let column = columns + error.column();
        let message = error.to_string();
        if ["surrogate", "hex escape"].iter().any(|word| message.contains(word)) {
            return JsonError::LoneSurrogate { line, column };
        }
        let message = message.split(" at line ").next().unwrap_or_default();
        JsonError::Syntax(format!("{message} at line {line} column {column}"))
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
        assert_eq!(Json::parse(b"\"\xff\""), Err(JsonError::NotUtf8 { offset: 1 }));
        for text in ["", "{", "{\"a\":}", "[1,]", "01", "nul", "'a'", "1 2", "{1:2}", "\"\n\""] {
            assert!(matches!(Json::parse(text.as_bytes()), Err(JsonError::Syntax(_))), "{text}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_an_error_of_its_own() {
        assert_eq!(Json::parse("\u{feff}{}".as_bytes()), Err(JsonError::ByteOrderMark));
        assert_eq!(Json::parse("\u{feff}".as_bytes()), Err(JsonError::ByteOrderMark));
        assert_eq!(Json::parse("\"\u{feff}\"".as_bytes()), Ok(Json::String("\u{feff}".to_owned())));
    }

    #[test]
    fn positions_count_from_the_start_of_the_body() {
        let syntax = |text: &str| Json::parse(text.as_bytes()).unwrap_err().to_string();
        assert!(syntax("{\n \"a\": [1, tru]}").contains("at line 2 column 14"));
        for (text, line, column) in [
            (r#"{"a":[1,"\ud800"]}"#, 1, 16),
            ("{\"é\":\n  {\"b\": \"x\\udc00\"}}", 2, 16),
            ("[1,\n\n{\"a\":1,\n \"\\ud800\\u0041\":2}]", 4, 14),
            (r#""\ud83d\ud83d""#, 1, 13),
        ] {
            let error = Json::parse(text.as_bytes()).unwrap_err();
            assert_eq!(error, JsonError::LoneSurrogate { line, column }, "{text}");
        }
        assert_eq!(Json::parse(br#""\ud83d\ude00""#), Ok(Json::String("😀".to_owned())));
    }

    #[test]
    fn a_long_duplicate_name_is_cut() {
        let name = "x".repeat(10_000);
        let error = Json::parse(format!(r#"{{"{name}":1,"{name}":1}}"#).as_bytes()).unwrap_err();
        assert_eq!(error, JsonError::DuplicateKey("x".repeat(SHOWN_KEY)));
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
