//! Strings with length limits.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::{
    patch::{FromJson, Violation},
    unicode::{folded, nfc},
};
use crate::domain::json::Json;

/// Implements what string newtypes have in common. The type has a function `fn parse(&str) -> Result<Self, String>`.
macro_rules! string_type {
    ($type:ty) => {
        impl $type {
            /// Returns the text.
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

/// One line of text: trimmed, in NFC, without control characters, 1 to `MAX` code points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text<const MAX: usize>(String);

/// Pattern of text without control characters that is not blank.
const LINE: &str = concat!(
    r"^[^\u0000-\u001f\u007f-\u009f]*",
    r"[^\s\u0000-\u001f\u007f-\u009f]",
    r"[^\u0000-\u001f\u007f-\u009f]*$",
);

impl<const MAX: usize> Text<MAX> {
    /// Parses a line of text.
    ///
    /// # Errors
    /// The requirement that the text violates, as the end of a sentence that begins with the member's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = nfc(text.trim());
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

    /// Returns the text.
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

/// An identifier that an external authority assigned, for example a company number. Stored unchanged, 1 to 256
/// characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExternalRef(String);

/// Maximum length of an external reference, in characters. With four bytes each, it fits the 2 KiB of a partition key.
pub const MAX_EXTERNAL_REF: usize = 256;

impl ExternalRef {
    /// Parses an external reference.
    ///
    /// # Errors
    /// The requirement that the text violates, as the end of a sentence that begins with the member's name.
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

/// A style sheet for the pages of a dock: at most 16 KiB of text without `<`, which Berth does not interpret. Without `<`,
/// it cannot end the element `<style>` of a page and begin a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stylesheet(String);

/// Maximum length of a style sheet, in bytes. A dock with it stays far below DynamoDB's limit of 400 KB.
pub const MAX_STYLESHEET: usize = 16_384;

impl Stylesheet {
    /// Parses a style sheet.
    ///
    /// # Errors
    /// The requirement that the text violates, as the end of a sentence that begins with the member's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_STYLESHEET {
            Err(format!("must be at most {MAX_STYLESHEET} bytes long in UTF-8"))
        } else if text.contains('<') {
            Err("must not contain <".to_owned())
        } else {
            Ok(Self(text.to_owned()))
        }
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
        json_schema!({ "type": "string", "maxLength": MAX_STYLESHEET, "pattern": "^[^<]*$" })
    }
}

/// A search text: it matches any part of a name. Case and width are ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search(String);

/// Maximum length of a search text: that of a name.
pub const MAX_SEARCH: usize = 200;

impl Search {
    /// Parses a search text.
    ///
    /// # Errors
    /// The requirement that the text violates, as the end of a sentence that begins with the parameter's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.chars().count() > MAX_SEARCH {
            return Err(format!("must be at most {MAX_SEARCH} characters long"));
        }
        Ok(Self(folded(text)))
    }

    /// Returns whether `name` contains the search text.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        folded(name).contains(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_are_trimmed_composed_and_measured_in_code_points() {
        let longest = "e\u{301}".repeat(20);
        assert_eq!(Text::<20>::parse(&format!("\u{3000}{longest}\n")).unwrap().as_str(), "\u{e9}".repeat(20));
        assert!(Text::<20>::parse(&"x".repeat(21)).is_err());
        for wrong in ["", " \t\u{2003}", "a\nb", "a\u{0}", "\u{7f}a", "a\u{9f}b"] {
            assert!(Text::<20>::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn style_sheets_have_at_most_16_kib_and_no_markup() {
        assert!(Stylesheet::parse(&"é".repeat(8_192)).is_ok() && Stylesheet::parse("a > b { }").is_ok());
        assert!(Stylesheet::parse(&format!("{}x", "é".repeat(8_192))).is_err());
        assert!(Stylesheet::parse("</style><script>").is_err());
    }

    #[test]
    fn a_search_matches_every_part_in_every_case_and_width() {
        let finds = |search: &str, name: &str| Search::parse(search).unwrap().matches(name);
        assert!(finds("οδυς", "ΟΔΥΣΣΕΥΣ") && finds("ΕΥΣ", "Οδυσσευς") && finds("STRASSE", "Straße"));
        assert!(
            finds("acme", "ＡＣＭＥ")
                && finds("ＡＣＭＥ", "The Acme Bank")
                && finds("ガス", "ｶﾞｽ")
                && finds("ﬁ", "FINANCE")
        );
        assert!(!finds("strase", "Straße") && !finds("e", "é"));
    }

    proptest! {
        #[test]
        fn texts_round_trip(text in "\\PC{0,40}|[ \\u{0}-\\u{2ff}e\\u{301}]{0,40}") {
            if let Ok(read) = Text::<20>::parse(&text) {
                prop_assert!((1..=20).contains(&read.as_str().chars().count()));
                prop_assert_eq!(Text::parse(read.as_str()), Ok(read));
            }
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = (Text::<20>::parse(&text), ExternalRef::parse(&text), Stylesheet::parse(&text), Search::parse(&text));
        }

        #[test]
        fn accepted_texts_are_unchanged(text in "\\PC{0,300}") {
            if let Ok(read) = ExternalRef::parse(&text) {
                prop_assert_eq!(read.as_str(), &text);
            }
            if let Ok(read) = Stylesheet::parse(&text) {
                prop_assert_eq!(read.as_str(), &text);
            }
        }

        #[test]
        fn every_part_of_a_name_matches(
            before in "[ -~ａ-ｚßſΣéДİ東]{0,9}",
            part in "[ -~ａ-ｚßſΣéДİ東]{1,9}",
            after in "[ -~ａ-ｚßſΣéДİ東]{0,9}",
        ) {
            let name = format!("{before}{part}{after}");
            prop_assert!(Search::parse(&part).unwrap().matches(&name), "{:?} in {:?}", part, name);
        }
    }
}
