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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_kept_as_sent() {
        let longest = format!("{}@{}.{}.{}", "a".repeat(64), "b".repeat(63), "c".repeat(63), "d".repeat(61));
        for good in ["a@b.com", "Closing+X@Example.COM", "o'neil@a-b.example", "a.b@xn--bcher-kva.example", &longest] {
            assert_eq!(Email::parse(good).map(|email| email.to_string()), Ok(good.to_owned()));
        }
        let above = format!("{longest}d");
        for wrong in ["", "a", "a@", "@b.com", "a@b", "a b@c.com", "a@b..com", "a@[127.0.0.1]", "A <a@b.com>", &above] {
            assert!(Email::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_is_kept(text in "\\PC{0,9}[a-z.]{1,9}@[a-z.\\-]{1,9}\\.[a-z]{1,5}\\PC{0,3}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(email.as_str(), text);
            }
        }

        #[test]
        fn any_text_is_answered(text: String) {
            let _ = Email::parse(&text);
        }
    }
}
