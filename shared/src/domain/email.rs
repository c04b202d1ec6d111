//! E-mail addresses.

use std::borrow::Cow;

use email_address::{EmailAddress, Options};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::text::string_type;

/// Maximum length of an address in SMTP (RFC 5321, section 4.5.3.1.3, without angle brackets), in bytes.
pub const MAX_EMAIL: usize = 254;

/// An e-mail address, `local@domain`, unchanged as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Parses an address: without display name and address literal, with a domain of at least two labels.
    ///
    /// # Errors
    /// The requirement that the text violates, as the end of a sentence that begins with the member's name.
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

/// An e-mail address, `local@domain`, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LowercaseEmail(String);

impl LowercaseEmail {
    /// Parses an address as [`Email::parse`], and converts it to lower case.
    ///
    /// # Errors
    /// The requirement that the text violates, as the end of a sentence that begins with the member's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let Email(sent) = Email::parse(text)?;
        // A letter can be longer in lower case.
        Email::parse(&sent.to_lowercase()).map(|Email(lowercase)| Self(lowercase))
    }
}

string_type!(LowercaseEmail);

macro_rules! email_schema {
    ($type:ty) => {
        impl JsonSchema for $type {
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
    };
}

email_schema!(Email);
email_schema!(LowercaseEmail);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_stored_unchanged() {
        let longest = format!("{}@{}.{}.{}", "a".repeat(64), "b".repeat(63), "c".repeat(63), "d".repeat(61));
        for good in ["a@b.com", "Closing+X@Example.COM", "o'neil@a-b.example", "a.b@xn--bcher-kva.example", &longest] {
            assert_eq!(Email::parse(good).map(|email| email.to_string()), Ok(good.to_owned()));
        }
        let above = format!("{longest}d");
        for wrong in ["", "a", "a@", "@b.com", "a@b", "a b@c.com", "a@b..com", "a@[127.0.0.1]", "A <a@b.com>", &above] {
            assert!(Email::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_lowercase_address_is_the_same_for_every_case() {
        for (sent, stored) in [("A.B+X@Example.COM", "a.b+x@example.com"), ("a@b.com", "a@b.com")] {
            let email = LowercaseEmail::parse(sent).unwrap();
            assert_eq!(email.as_str(), stored);
            assert_eq!(LowercaseEmail::parse(email.as_str()), Ok(email));
        }
        assert!(LowercaseEmail::parse("a").is_err());
    }

    proptest! {
        #[test]
        fn accepted_addresses_are_unchanged(text in "\\PC{0,9}[a-z.]{1,9}@[a-z.\\-]{1,9}\\.[a-z]{1,5}\\PC{0,3}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(email.as_str(), text);
            }
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = Email::parse(&text);
        }
    }
}
