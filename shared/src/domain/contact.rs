//! A dock's domain and colours.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::text::string_type;

/// The longest domain name in text (RFC 1035, section 2.3.4), in bytes.
pub const MAX_DOMAIN: usize = 253;

/// A domain name of at least two labels, in lower case and ASCII; names beyond ASCII are sent as `xn--`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Domain(String);

impl Domain {
    /// Reads a domain name; upper case becomes lower case, since names that differ in case are one name.
    ///
    /// # Errors
    /// What it must be, as the end of a sentence that begins with the member's name.
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
        json_schema!({ "type": "string", "maxLength": MAX_DOMAIN, "examples": ["docs.example.com"] })
    }
}

/// A colour as CSS writes it in hexadecimal: `#` and three or six digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Color(String);

impl Color {
    /// Reads a colour.
    ///
    /// # Errors
    /// What it must be, as the end of a sentence that begins with the member's name.
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
