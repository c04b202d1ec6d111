//! Reads request headers.

use lambda_http::http::{HeaderMap, HeaderName};
use sha2::{Digest, Sha256};

use crate::domain::{error::FieldError, hex};

/// Maximum length of an `Idempotency-Key`.
const MAX_IDEMPOTENCY_KEY: usize = 255;
/// Maximum length of an accepted `X-Request-Id`.
const MAX_REQUEST_ID: usize = 128;

/// Value of `ETag`: `"<version>"`, or `"<version>.<digest>"` if the representation also depends on other data than the
/// version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityTag(String);

impl EntityTag {
    /// Creates the tag of a version.
    #[must_use]
    pub fn version(version: u64) -> Self {
        Self(version.to_string())
    }

    /// Creates the tag of a version and a digest of the other data in the response.
    #[must_use]
    pub fn version_and(version: u64, digest: &str) -> Self {
        Self(format!("{version}.{digest}"))
    }

    /// Creates the tag of a version and the other data in the response, whose digest it contains.
    #[must_use]
    pub fn version_and_digest_of(version: u64, data: &str) -> Self {
        Self::version_and(version, &hex::encode(&Sha256::digest(data.as_bytes())[..8]))
    }

    /// Creates the tag of a document: it differs for each encoding.
    #[must_use]
    pub(super) fn document(digest: &str, encoding: &str) -> Self {
        Self(format!("{digest}.{encoding}"))
    }

    /// Returns the value of the header, with quotes.
    #[must_use]
    pub fn header(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

/// Value of `If-Match` or `If-None-Match`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tags {
    /// `*`
    Any,
    /// Entity tags, each with a flag that is set if the tag is weak.
    These(Vec<(bool, String)>),
}

impl Tags {
    /// Returns whether `If-Match` matches this version. The comparison is strong and ignores the digest.
    pub(super) fn match_version(&self, version: u64) -> bool {
        let same = |(weak, tag): &(bool, String)| !weak && tag.split('.').next() == Some(version.to_string().as_str());
        match self {
            Self::Any => true,
            Self::These(tags) => tags.iter().any(same),
        }
    }

    /// Returns whether `If-None-Match` matches this tag. The comparison is weak and includes the digest.
    pub(super) fn match_tag(&self, tag: &EntityTag) -> bool {
        match self {
            Self::Any => true,
            Self::These(tags) => tags.iter().any(|(_, known)| *known == tag.0),
        }
    }
}

/// Parsed headers of a request, and the errors in them.
#[derive(Debug, Default)]
pub(super) struct Headers {
    pub(super) strict: bool,
    pub(super) idempotency_key: Option<String>,
    pub(super) if_match: Option<Tags>,
    pub(super) if_none_match: Option<Tags>,
    pub(super) errors: Vec<FieldError>,
}

impl Headers {
    /// Reads the headers. `Idempotency-Key` is read only if the endpoint accepts it (`idempotent`).
    pub(super) fn read(headers: &HeaderMap, idempotent: bool) -> Self {
        let mut read = Self { strict: prefers_strict(headers), ..Self::default() };
        if idempotent && let Some(value) = joined(headers, &HeaderName::from_static("idempotency-key")) {
            match idempotency_key(&value) {
                Some(key) => read.idempotency_key = Some(key),
                None => read.errors.push(FieldError::parameter(
                    "Idempotency-Key",
                    format!("must be 1 to {MAX_IDEMPOTENCY_KEY} visible ASCII characters"),
                )),
            }
        }
        for (name, shown) in [("if-match", "If-Match"), ("if-none-match", "If-None-Match")] {
            let Some(value) = joined(headers, &HeaderName::from_static(name)) else { continue };
            let tags = entity_tags(&value);
            if tags.is_none() {
                read.errors.push(FieldError::parameter(
                    shown,
                    "must be * or a comma-separated list of entity tags such as \"3\"",
                ));
            }
            *(if name == "if-match" { &mut read.if_match } else { &mut read.if_none_match }) = tags;
        }
        read
    }
}

/// Returns `X-Request-Id`; `None` if it is absent or malformed.
pub(super) fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("x-request-id")?.to_str().ok()?;
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    ((1..=MAX_REQUEST_ID).contains(&id.len()) && id.bytes().all(is_allowed)).then(|| id.to_owned())
}

/// Joins all values of a header with commas, as API Gateway does.
fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let mut values = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    let first = values.next()?.into_owned();
    Some(values.fold(first, |joined, value| format!("{joined},{value}")))
}

/// Returns whether `Prefer` (RFC 7240) contains `handling=strict`.
fn prefers_strict(headers: &HeaderMap) -> bool {
    let Some(value) = joined(headers, &HeaderName::from_static("prefer")) else { return false };
    value.split([',', ';']).any(|preference| {
        let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
        name.trim().eq_ignore_ascii_case("handling") && value.trim().trim_matches('"').eq_ignore_ascii_case("strict")
    })
}

/// Parses an `Idempotency-Key`. The quotes are optional: `k` and `"k"` are the same key.
fn idempotency_key(value: &str) -> Option<String> {
    let value = value.trim_matches([' ', '\t']);
    let key = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
    let visible = key.bytes().all(|b| b.is_ascii_graphic());
    ((1..=MAX_IDEMPOTENCY_KEY).contains(&key.len()) && visible).then(|| key.to_owned())
}

/// Parses `*` or a list of entity tags (RFC 9110, section 8.8.3): `"a", W/"b"`.
fn entity_tags(value: &str) -> Option<Tags> {
    let mut rest = value.trim();
    if rest == "*" {
        return Some(Tags::Any);
    }
    let mut tags = Vec::new();
    while !rest.is_empty() {
        let weak = rest.strip_prefix("W/");
        let (tag, remainder) = weak.unwrap_or(rest).strip_prefix('"')?.split_once('"')?;
        tags.push((weak.is_some(), tag.to_owned()));
        rest = remainder.trim_start();
        if !rest.is_empty() {
            rest = rest.strip_prefix(',')?.trim_start();
        }
    }
    (!tags.is_empty()).then_some(Tags::These(tags))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_the_same_bare_and_quoted() {
        assert_eq!(idempotency_key("k-1").as_deref(), Some("k-1"));
        assert_eq!(idempotency_key("\"k-1\"").as_deref(), Some("k-1"));
        assert_eq!(idempotency_key(&"k".repeat(255)), Some("k".repeat(255)));
        for wrong in ["", "\"\"", "a b", "é", &"k".repeat(256)] {
            assert_eq!(idempotency_key(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn if_match_compares_the_version_and_if_none_match_the_whole_tag() {
        let tags = entity_tags("\"3.ab\", W/\"4\"").unwrap();
        assert!(tags.match_version(3) && !tags.match_version(4) && !tags.match_version(30));
        assert!(tags.match_tag(&EntityTag::version_and(3, "ab")) && tags.match_tag(&EntityTag::version(4)));
        assert!(!tags.match_tag(&EntityTag::version_and(3, "cd")) && !tags.match_tag(&EntityTag::version(3)));
        assert!(entity_tags("*").unwrap().match_version(9));
        for wrong in ["", "3", "\"3", "\"3\" \"4\"", "w/\"3\"", "\"3\",,"] {
            assert_eq!(entity_tags(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn strict_handling_is_found_among_other_preferences() {
        let strict = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("prefer", value.parse().unwrap());
            prefers_strict(&headers)
        };
        assert!(strict("handling=strict") && strict("return=minimal, Handling=\"strict\"; x=1"));
        assert!(!strict("handling=lenient") && !strict("strict") && !strict(""));
    }

    proptest! {
        #[test]
        fn arbitrary_texts_do_not_panic(text: String) {
            let _ = (entity_tags(&text), idempotency_key(&text));
        }
    }
}
