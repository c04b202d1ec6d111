//! Domains and colors of a dock.

use std::borrow::Cow;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::text::string_type;

/// Maximum length of a domain name as text (RFC 1035, section 2.3.4), in bytes.
pub const MAX_DOMAIN: usize = 253;

/// Pattern of a domain name of at least two labels. It has no other ASCII characters than letters, digits and hyphens.
/// Characters beyond ASCII are allowed; IDNA also accepts three other full stops as separators.
const DOMAIN: &str = concat!(
    r"^[^\u0000-,./:-@\[-`{-\u009f\u3002\uff0e\uff61]+",
    r"([.\u3002\uff0e\uff61][^\u0000-,./:-@\[-`{-\u009f\u3002\uff0e\uff61]+)+$",
);

/// A domain name of at least two labels, in lower case and ASCII. International names are in the `xn--` form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Domain(String);

impl Domain {
    /// Parses a domain name. Converts it with IDNA (UTS #46), so that all spellings of a domain are one.
    ///
    /// # Errors
    /// The requirement that the text violates, as the end of a sentence that begins with the member's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let malformed =
            || format!("must be a domain name such as docs.example.com, of at most {MAX_DOMAIN} characters");
        // IDNA deletes some characters, so its own limit does not bound the text.
        if text.chars().count() > MAX_DOMAIN {
            return Err(malformed());
        }
        // Real names have hyphens in the third and fourth position, for example those of content delivery networks.
        let ascii =
            Uts46::new().to_ascii(text.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify);
        let ascii = ascii.map_err(|_| malformed())?;
        match ascii.rsplit_once('.') {
            None => Err(malformed()),
            Some((_, last)) if is_number(last) => Err("must be a domain name, not an IP address".to_owned()),
            Some(_) => Ok(Self(ascii.into_owned())),
        }
    }
}

/// Returns whether a label is a number, decimal or with `0x`. URLs with a host that ends in a number have an IPv4 address
/// (URL Standard, section 3.5), and no top-level domain is one.
fn is_number(label: &str) -> bool {
    let hexadecimal = label.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
    hexadecimal || label.bytes().all(|b| b.is_ascii_digit())
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
        for wrong in
            ["", "localhost", "a..b", ".a.b", "a.b.", "-a.b", "a-.b", "a_b.c", "a.b:80", " a.b", "a.b\n", "com"]
        {
            assert!(Domain::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn international_domains_have_one_form() {
        for (sent, stored) in [
            ("Bücher.example", "xn--bcher-kva.example"),
            ("bu\u{308}cher.example", "xn--bcher-kva.example"),
            ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
            ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
            ("ｅｘａｍｐｌｅ．ｃｏｍ", "example.com"),
            ("ex\u{ad}ample.com", "example.com"),
            ("r3---sn.example.com", "r3---sn.example.com"),
        ] {
            assert_eq!(Domain::parse(sent).map(|domain| domain.to_string()), Ok(stored.to_owned()), "{sent}");
        }
        // Not Punycode, a mapping that IDNA forbids, and a label that IDNA does not give back.
        for wrong in ["xn--a.pt", "xn--.example", "xn--a-ä.pt", "a\u{200d}b.example", "\u{301}a.example"] {
            assert!(Domain::parse(wrong).is_err(), "{wrong}");
        }
        assert!(Domain::parse(&format!("{}.example.com", "\u{ad}".repeat(300))).is_err());
    }

    #[test]
    fn an_ip_address_is_not_a_domain() {
        for wrong in ["127.0.0.1", "127.1", "1.2.3", "0x7f.0x1", "１２７．０．０．１", "::1", "[::1]", "a.0x", "a.1"]
        {
            assert!(Domain::parse(wrong).is_err(), "{wrong}");
        }
        assert!(Domain::parse("1.2.3.com").is_ok() && Domain::parse("127.0.0.1.example").is_ok());
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
        fn idna_gives_accepted_domains_back_unchanged(
            text in "[A-Za-z0-9.\\-]{0,20}|\\PC{0,9}|[a-zß-ÿ東ａ\u{ad}]{1,9}[.。．][a-zß-ÿ東]{1,9}|xn--[a-z0-9-]{1,9}\\.com",
        ) {
            if let Ok(domain) = Domain::parse(&text) {
                let again = idna::domain_to_ascii(domain.as_str()).ok();
                prop_assert_eq!(again.as_deref(), Some(domain.as_str()));
                prop_assert!(domain.as_str().contains('.') && domain.as_str().len() <= MAX_DOMAIN);
                prop_assert!(domain.as_str().parse::<std::net::IpAddr>().is_err());
                prop_assert_eq!(Domain::parse(domain.as_str()), Ok(domain));
            }
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = (Domain::parse(&text), Color::parse(&text));
        }
    }
}
