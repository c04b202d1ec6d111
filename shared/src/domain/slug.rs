//! Slugs: names of organizations in URLs.

use std::borrow::Cow;

use deunicode::deunicode;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::{Name, text::string_type, unicode::nfkd};

/// Maximum length of a slug: that of a label in a host name (RFC 1035, section 2.3.4).
pub const MAX_SLUG: usize = 63;

/// Slugs that no organization can have, because a URL with one of them could pass for a page of the service.
/// `POST /v1/organizations` lists them in its description.
pub const RESERVED_SLUGS: &[&str] = &[
    "admin",
    "administrator",
    "api",
    "app",
    "auth",
    "billing",
    "blog",
    "console",
    "dashboard",
    "docs",
    "help",
    "login",
    "logout",
    "mail",
    "oauth",
    "root",
    "security",
    "signin",
    "signup",
    "sso",
    "static",
    "status",
    "support",
    "system",
    "www",
];

/// Prefix of a label that encodes an international name (RFC 5890). A slug with it could be displayed as another name.
const ENCODED: &str = "xn--";

/// A slug: 1 to 63 lower-case letters, digits and inner hyphens, not beginning with `xn--`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slug(String);

impl Slug {
    /// Parses a slug.
    ///
    /// # Errors
    /// The requirement that the text violates, as the end of a sentence that begins with the member's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let inner = !text.starts_with('-') && !text.ends_with('-');
        if !(1..=MAX_SLUG).contains(&text.len()) || !text.bytes().all(legal) || !inner {
            Err(format!("must be 1 to {MAX_SLUG} of a-z, 0-9 and inner hyphens"))
        } else if text.starts_with(ENCODED) {
            Err(format!("must not begin with {ENCODED}"))
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// Returns whether the slug is reserved for the service.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        RESERVED_SLUGS.contains(&self.as_str())
    }
}

string_type!(Slug);

/// The slug that is derived from a name, if it is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlugStem(Slug);

impl SlugStem {
    /// Returns the stem of `name`: NFKD, transliterated to ASCII, in lower case, with a hyphen for each run of other
    /// characters, at most 63 characters. The stem of a name without letters and digits is `org`.
    #[must_use]
    pub fn of(name: &Name) -> Self {
        let mut slug = String::new();
        for c in deunicode(&nfkd(name.as_str())).chars() {
            if c.is_ascii_alphanumeric() {
                slug.push(c.to_ascii_lowercase());
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        let slug = shortened(&slug, MAX_SLUG);
        Self(Slug(if slug.is_empty() { "org".to_owned() } else { slug.to_owned() }))
    }

    /// Returns the slug of the first organization with the name, unless it is reserved.
    #[must_use]
    pub fn slug(&self) -> &Slug {
        &self.0
    }

    /// Returns the stem with `-number` appended. The stem is truncated so that the slug has at most 63 characters.
    #[must_use]
    pub fn numbered(&self, number: u64) -> Slug {
        let suffix = format!("-{number}");
        let stem = shortened(self.0.as_str(), MAX_SLUG - suffix.len());
        Slug(format!("{stem}{suffix}"))
    }
}

/// Truncates an ASCII `slug` to `length` characters, without a hyphen at the end.
fn shortened(slug: &str, length: usize) -> &str {
    slug[..slug.len().min(length)].trim_end_matches('-')
}

impl JsonSchema for Slug {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Slug".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "maxLength": MAX_SLUG,
            "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
            "examples": ["bank-of-america"],
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stem(name: &str) -> SlugStem {
        SlugStem::of(&Name::parse(name).unwrap())
    }

    #[test]
    fn names_become_slugs() {
        let long = "a".repeat(62) + " bc";
        for (name, slug) in [
            ("Bank of America", "bank-of-america"),
            ("Ærøskøbing Bank", "aeroskobing-bank"),
            ("Müller & Söhne (GmbH)", "muller-sohne-gmbh"),
            ("東京", "dong-jing"),
            ("Ελλάδα", "ellada"),
            ("ﬁnance ½", "finance-1-2"),
            ("--", "org"),
            ("- a -- b -", "a-b"),
            ("☃\u{200d}", "snowman"),
            ("。", "org"),
            ("xn--bcher-kva", "xn-bcher-kva"),
            // No hyphen at the end, also after truncation.
            (long.as_str(), &long[..62]),
        ] {
            assert_eq!(stem(name).slug().as_str(), slug, "{name}");
        }
    }

    #[test]
    fn a_suffix_shortens_its_stem() {
        assert_eq!(stem("Acme").numbered(1).as_str(), "acme-1");
        assert_eq!(stem(&"a".repeat(63)).numbered(10).as_str(), format!("{}-10", "a".repeat(60)));
        // Without trimming, the truncated stem would end with a hyphen.
        assert_eq!(stem(&format!("{} b", "a".repeat(60))).numbered(1).as_str(), format!("{}-1", "a".repeat(60)));
    }

    #[test]
    fn slugs_have_1_to_63_characters() {
        assert!(Slug::parse(&"a".repeat(63)).is_ok() && Slug::parse("0").is_ok() && Slug::parse("a--b").is_ok());
        for wrong in [&"a".repeat(64), "", "-", "-a", "a-", "A", "a_b", "é"] {
            assert!(Slug::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn reserved_slugs_are_valid_sorted_and_without_numbers() {
        assert!(RESERVED_SLUGS.is_sorted());
        for slug in RESERVED_SLUGS {
            assert!(Slug::parse(slug).unwrap().is_reserved(), "{slug}");
            assert_eq!(stem(&slug.to_uppercase()).slug().as_str(), *slug);
            assert!(!stem(slug).numbered(1).is_reserved());
        }
        assert!(!Slug::parse("admins").unwrap().is_reserved());
    }

    #[test]
    fn a_slug_does_not_encode_another_name() {
        assert_eq!(Slug::parse("xn--bcher-kva"), Err("must not begin with xn--".to_owned()));
        assert!(Slug::parse("xn-bcher").is_ok() && Slug::parse("a-xn--b").is_ok());
    }

    proptest! {
        #[test]
        fn every_name_has_a_slug(name in "\\PC{1,200}|[-a ]{1,200}|[xXｘ][nNｎ][-－ ]{2}[a-z]{0,9}|admin|API|www", number: u64) {
            if let Ok(name) = Name::parse(&name) {
                let stem = SlugStem::of(&name);
                for slug in [stem.slug().clone(), stem.numbered(1), stem.numbered(number), stem.numbered(u64::MAX)] {
                    prop_assert!(!slug.as_str().starts_with("xn--"));
                    prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug));
                }
                for slug in [stem.numbered(1), stem.numbered(number), stem.numbered(u64::MAX)] {
                    prop_assert!(!slug.is_reserved());
                }
            }
        }

        #[test]
        fn a_slug_is_its_own_stem(slug in "[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,5}") {
            prop_assert_eq!(stem(&slug).slug().to_string(), slug);
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = Slug::parse(&text);
        }
    }
}
