//! Domains and colors of a dock.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::text::string_type;

/// Maximum length of a domain name as text (RFC 1035, section 2.3.4), in bytes.
pub const MAX_DOMAIN: usize = 253;

/// Pattern of a domain name, without its length.
const DOMAIN: &str = concat!(
    r"^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+",
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$",
);

/// A domain name of at least two labels, in lower case and ASCII. Names beyond ASCII use the `xn--` form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Domain(String);

impl Domain {
    /// Parses a domain name. Converts it to lower case, because domain names are case-insensitive.
    ///
    /// # Errors
    /// The requirement that the text violates, as the end of a sentence that begins with the member's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let domain = text.to_ascii_lowercase();
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if domain.len() <= MAX_DOMAIN && domain.contains('.') && domain.split('.').all(label) {
            Ok(Self(domain))
        } else {
            Err(format!("must be a domain name such as docs.example.com, of at most {MAX_DOMAIN} characters"))
        }
    }
}

string_type!(Domain);

impl JsonSchema for Domain {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Domain".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": MAX_DOMAIN, "pattern": DOMAIN, "examples": ["docs.example.com"] })
    }
}

/// A CSS color in hexadecimal: `#` and 3 or 6 digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Color(String);

impl Color {
    /// Parses a color.
    ///
    /// # Errors
    /// The requirement that the text violates, as the end of a sentence that begins with the member's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.strip_prefix('#') {
            Some(digits) if matches!(digits.len(), 3 | 6) && digits.bytes().all(|b| b.is_ascii_hexdigit()) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err("must be a colour such as #0066cc".to_owned()),
        }
    }
}

string_type!(Color);

impl JsonSchema for Color {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Color".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$", "examples": ["#0066cc"] })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn domains_have_labels_and_a_length() {
        let of = |last: usize| format!("{0}.{0}.{0}.{1}", "a".repeat(63), "b".repeat(last));
        assert!(Domain::parse(&of(61)).is_ok() && Domain::parse(&of(62)).is_err());
        assert_eq!(Domain::parse("Docs.EXAMPLE.com").unwrap().as_str(), "docs.example.com");
        for wrong in ["", "localhost", "a..b", ".a.b", "a.b.", "-a.b", "a-.b", "a_b.c", "é.com", "a.b:80", " a.b"] {
            assert!(Domain::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn colors_have_three_or_six_digits() {
        assert!(Color::parse("#fff").is_ok() && Color::parse("#00Ff9a").is_ok());
        for wrong in ["", "#", "fff", "#ff", "#ffff", "#00ff9a0", "#ggg", "#é1"] {
            assert!(Color::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn domains_round_trip(text in "[A-Za-z0-9.\\-]{0,20}|\\PC{0,9}") {
            if let Ok(domain) = Domain::parse(&text) {
                prop_assert_eq!(Domain::parse(domain.as_str()), Ok(domain));
            }
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = (Domain::parse(&text), Color::parse(&text));
        }
    }
}
