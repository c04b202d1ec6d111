//! Display names.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::{text::string_type, unicode};

/// Maximum length of a name, in code points.
pub const MAX_NAME: usize = 200;

/// A display name: trimmed, in NFC, 1 to 200 code points, at least one of them visible.
///
/// People grant access by names. So a name has no characters that change how the rest of a line is displayed, and none
/// whose appearance is unknown. The directional marks U+200E, U+200F and U+061C are allowed: they have a use in names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Name(String);

/// Pattern of a name, without private-use characters of the supplementary planes, unassigned characters and names
/// without a visible character: a pattern cannot express these.
const PATTERN: &str = concat!(
    r"^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ue000-\uf8ff]*",
    r"[^\s\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ue000-\uf8ff]",
    r"[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ue000-\uf8ff]*$",
);

impl Name {
    /// Parses a name.
    ///
    /// # Errors
    /// The requirement that the text violates, as the end of a sentence that begins with the member's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let name = unicode::nfc(text.trim());
        if name.is_empty() {
            Err("must not be empty".to_owned())
        } else if let Some(forbidden) = name.chars().find(|c| unicode::is_forbidden_in_name(*c)) {
            Err(format!(
                "must not contain U+{:04X}: control, bidirectional formatting, line separator, private-use and \
                 unassigned characters are not allowed",
                u32::from(forbidden),
            ))
        } else if !name.chars().any(unicode::is_visible) {
            Err("must contain a visible character".to_owned())
        } else if name.chars().count() > MAX_NAME {
            Err(format!("must be at most {MAX_NAME} characters long"))
        } else {
            Ok(Self(name))
        }
    }

    /// Returns the name of a party whose hint is not a valid name.
    #[must_use]
    pub fn unnamed() -> Self {
        Self("-".to_owned())
    }
}

string_type!(Name);

impl JsonSchema for Name {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Name".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX_NAME, "pattern": PATTERN })
    }
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
    }

    #[test]
    fn names_have_no_control_bidirectional_private_use_or_unassigned_characters() {
        let wrong = [
            "\u{0}",
            "\n",
            "\u{7f}",
            "\u{9f}",
            "\u{202a}",
            "\u{202e}",
            "\u{2066}",
            "\u{2069}",
            "\u{2028}",
            "\u{2029}",
            "\u{e000}",
            "\u{f8ff}",
            "\u{f0000}",
            "\u{10fffd}",
            "\u{378}",
            "\u{fffe}",
            "\u{fdd0}",
            "\u{e0080}",
        ];
        for wrong in wrong {
            let error = Name::parse(&format!("a{wrong}b")).unwrap_err();
            assert!(error.contains(&format!("U+{:04X}", u32::from(wrong.chars().next().unwrap()))), "{error}");
        }
        // The neighbours of the ranges, directional marks, joiners and variation selectors.
        for good in ["\u{202f}", "\u{2065}", "\u{206a}", "\u{200e}", "\u{200f}", "\u{61c}", "\u{200d}", "\u{fe0f}"] {
            let unassigned = good == "\u{2065}";
            assert_eq!(Name::parse(&format!("a{good}b")).is_ok(), !unassigned, "{good:?}");
        }
    }

    #[test]
    fn names_have_a_visible_character() {
        for wrong in ["", " \t\u{2003}", "\u{200e}", "\u{ad}", "\u{200b}\u{feff}", "\u{3164}", "\u{115f}\u{1160}"] {
            assert!(Name::parse(wrong).is_err(), "{wrong:?}");
        }
        for wrong in ["\u{ffa0}", "\u{2800}\u{2800}", "\u{e0020}", "\u{fe0f}", "\u{1d159}", "\u{200d} \u{2060}"] {
            assert_eq!(Name::parse(wrong), Err("must contain a visible character".to_owned()), "{wrong:?}");
        }
        for good in ["-", "\u{200f}א", "👩\u{200d}🚀", "\u{2801}", "א\u{200e}b"] {
            assert_eq!(Name::parse(good).unwrap().as_str(), good);
        }
    }

    proptest! {
        #[test]
        fn accepted_names_have_no_forbidden_character(text: String) {
            if let Ok(name) = Name::parse(&text) {
                prop_assert!(!name.as_str().chars().any(unicode::is_forbidden_in_name), "{:?}", name);
                prop_assert!(name.as_str().chars().any(unicode::is_visible), "{:?}", name);
                prop_assert!((1..=MAX_NAME).contains(&name.as_str().chars().count()));
                prop_assert_eq!(Name::parse(name.as_str()), Ok(name));
            }
        }

        #[test]
        fn a_forbidden_character_is_rejected_at_any_position(before in "[a-z]{1,9}", c: char, after in "[a-z]{1,9}") {
            let accepted = Name::parse(&format!("{before}{c}{after}")).is_ok();
            prop_assert_eq!(accepted, !unicode::is_forbidden_in_name(c), "{:?}", c);
        }
    }
}
