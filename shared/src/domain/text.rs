//! Strings with limits.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::patch::{FromJson, Violation};
use crate::domain::json::Json;

/// Gives a newtype over `String` its reading, and what all of them share. The type brings `fn parse(&str) -> Result<Self, String>`.
macro_rules! string_type {
    ($type:ty) => {
        impl $type {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl $crate::domain::FromJson for $type {
            fn from_json(json: &$crate::domain::json::Json) -> Result<Self, Vec<$crate::domain::Violation>> {
                match json {
                    $crate::domain::json::Json::String(text) => {
                        Self::parse(text).map_err($crate::domain::Violation::new)
                    }
                    _ => Err($crate::domain::Violation::new("must be a string")),
                }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(super) use string_type;

/// One line of text: trimmed of white space, in NFC, without control characters, 1 to `MAX` code points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text<const MAX: usize>(String);

/// What text looks like that has no control characters and is not blank.
const LINE: &str = concat!(
    r"^[^\u0000-\u001f\u007f-\u009f]*",
    r"[^\s\u0000-\u001f\u007f-\u009f]",
    r"[^\u0000-\u001f\u007f-\u009f]*$",
);

/// What people call a thing.
pub type Name = Text<200>;

impl<const MAX: usize> Text<MAX> {
    /// Reads a line of text.
    ///
    /// # Errors
    /// What it must be, as the end of a sentence that begins with the member's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text: String = text.trim().nfc().collect();
        if text.is_empty() {
            Err("must not be empty".to_owned())
        } else if text.chars().any(char::is_control) {
            Err("must not contain control characters".to_owned())
        } else if text.chars().count() > MAX {
            Err(format!("must be at most {MAX} characters long"))
        } else {
            Ok(Self(text))
        }
    }

    /// The name of what has none.
    #[must_use]
    pub fn unnamed() -> Self {
        Self("-".to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> FromJson for Text<MAX> {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        match json {
            Json::String(text) => Self::parse(text).map_err(Violation::new),
            _ => Err(Violation::new("must be a string")),
        }
    }
}

impl<const MAX: usize> JsonSchema for Text<MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Text{MAX}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX, "pattern": LINE })
    }
}

/// An identifier that an authority outside Berth gave: a company number, a licence. Kept as sent, 1 to 256 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExternalRef(String);

/// The longest external reference, in characters. Four bytes each still fit DynamoDB's 2 KiB for a partition key.
pub const MAX_EXTERNAL_REF: usize = 256;

impl ExternalRef {
    /// Reads an external reference.
    ///
    /// # Errors
    /// What it must be, as the end of a sentence that begins with the member's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            Err("must not be empty".to_owned())
        } else if text.chars().any(char::is_control) {
            Err("must not contain control characters".to_owned())
        } else if text.chars().count() > MAX_EXTERNAL_REF {
            Err(format!("must be at most {MAX_EXTERNAL_REF} characters long"))
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

string_type!(ExternalRef);

impl JsonSchema for ExternalRef {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ExternalRef".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX_EXTERNAL_REF, "pattern": LINE })
    }
}

/// A style sheet for a dock's pages: any text of at most 16 384 characters. Berth keeps it and does not read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stylesheet(String);

/// The longest style sheet, in characters: with everything else a dock holds it stays far below DynamoDB's 400 KB.
pub const MAX_STYLESHEET: usize = 16_384;

impl Stylesheet {
    /// Reads a style sheet.
    ///
    /// # Errors
    /// What it must be, as the end of a sentence that begins with the member's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.chars().count() > MAX_STYLESHEET {
            return Err(format!("must be at most {MAX_STYLESHEET} characters long"));
        }
        Ok(Self(text.to_owned()))
    }
}

string_type!(Stylesheet);

impl JsonSchema for Stylesheet {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Stylesheet".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": MAX_STYLESHEET })
    }
}

/// What a list is searched for: any part of a name, in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search(String);

/// The longest text that a list can be searched for: the longest name.
pub const MAX_SEARCH: usize = 200;

impl Search {
    /// Reads the text to search for.
    ///
    /// # Errors
    /// What it must be, as the end of a sentence that begins with the parameter's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.chars().count() > MAX_SEARCH {
            return Err(format!("must be at most {MAX_SEARCH} characters long"));
        }
        Ok(Self(folded(&text.nfc().collect::<String>())))
    }

    /// Whether `name`, which is in NFC, contains the text.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        folded(name).contains(&self.0)
    }
}

/// The text without the difference of case, character by character, so that a part of it folds to a part: there is one
/// sigma, wherever in a word, and a sharp s is two letters.
fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_trimmed_composed_and_measured_in_code_points() {
        let longest = "e\u{301}".repeat(200);
        assert_eq!(Name::parse(&format!("\u{3000}{longest}\n")).unwrap().as_str(), "\u{e9}".repeat(200));
        assert!(Name::parse(&"x".repeat(201)).is_err());
        for wrong in ["", " \t\u{2003}", "a\nb", "a\u{0}", "\u{7f}a", "a\u{9f}b"] {
            assert!(Name::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_search_finds_every_part_in_every_case() {
        let finds = |search: &str, name: &str| Search::parse(search).unwrap().matches(name);
        assert!(finds("οδυς", "ΟΔΥΣΣΕΥΣ") && finds("ΕΥΣ", "Οδυσσευς") && finds("STRASSE", "Straße"));
        assert!(!finds("strase", "Straße") && !finds("e", "é"));
    }

    proptest! {
        #[test]
        fn a_text_reads_back_as_it_is(text in "\\PC{0,40}|[ \\u{0}-\\u{2ff}e\\u{301}]{0,40}") {
            if let Ok(read) = Text::<20>::parse(&text) {
                prop_assert!((1..=20).contains(&read.as_str().chars().count()));
                prop_assert_eq!(Text::parse(read.as_str()), Ok(read));
            }
        }

        #[test]
        fn any_text_is_answered(text: String) {
            let _ = (Name::parse(&text), ExternalRef::parse(&text), Stylesheet::parse(&text), Search::parse(&text));
        }

        #[test]
        fn a_kept_text_reads_back_as_it_is(text in "\\PC{0,300}") {
            if let Ok(read) = ExternalRef::parse(&text) {
                prop_assert_eq!(read.as_str(), &text);
            }
            if let Ok(read) = Stylesheet::parse(&text) {
                prop_assert_eq!(read.as_str(), &text);
            }
        }

        #[test]
        fn every_part_of_a_name_finds_it(name in "\\PC{1,20}", from: prop::sample::Index, to: prop::sample::Index) {
            let Ok(name) = Name::parse(&name) else { return Ok(()) };
            let chars: Vec<char> = name.as_str().chars().collect();
            let (from, to) = (from.index(chars.len()), to.index(chars.len()));
            let part: String = chars[from.min(to)..=from.max(to)].iter().collect();
            prop_assert!(Search::parse(&part).unwrap().matches(name.as_str()), "{:?} in {:?}", part, name);
        }
    }
}
