//! E-mail addresses.

use std::borrow::Cow;

use email_address::{EmailAddress, Options};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::text::string_type;

/// The longest address that SMTP can carry (RFC 5321, section 4.5.3.1.3, less the angle brackets), in bytes.
pub const MAX_EMAIL: usize = 254;

/// An e-mail address, `local@domain`, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Reads an address: no display name, no address literal, a domain of at least two labels.
    ///
    /// # Errors
    /// What it must be, as the end of a sentence that begins with the member's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let options = Options::default().without_display_text().without_domain_literal().with_required_tld();
        if text.len() > MAX_EMAIL {
            return Err(format!("must be at most {MAX_EMAIL} characters long"));
        }
        match EmailAddress::parse_with_options(text, options) {
            Ok(_) => Ok(Self(text.to_owned())),
            Err(_) => Err("must be an email".to_owned()),
        }
    }
}

string_type!(Email);

impl JsonSchema for Email {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Email".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "email", "maxLength": MAX_EMAIL })
    }
}
