//! Headers that Berth reads.

use lambda_http::http::{HeaderMap, HeaderName};

use crate::domain::error::FieldError;

/// The longest `Idempotency-Key`.
const MAX_IDEMPOTENCY_KEY: usize = 255;
/// The longest `X-Request-Id` that is taken over.
const MAX_REQUEST_ID: usize = 128;

/// The version of a resource, as `ETag` carries it: `"<version>"`, or `"<version>.<digest>"` where more than the
/// version counts for caches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityTag(String);

impl EntityTag {
    /// The tag of a version.
    #[must_use]
    pub fn version(version: u64) -> Self {
        Self(version.to_string())
    }

    /// The tag of a version and of what else the answer shows.
    #[must_use]
    pub fn version_and(version: u64, digest: &str) -> Self {
        Self(format!("{version}.{digest}"))
    }

    /// The header's value, with quotes.
    #[must_use]
    pub fn header(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

/// `If-Match` or `If-None-Match`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tags {
    /// `*`
    Any,
    /// Tags, each with whether it is weak.
    These(Vec<(bool, String)>),
}

impl Tags {
    /// Whether `If-Match` holds for this version: strong comparison, of the version only.
    pub(super) fn hold_for(&self, version: u64) -> bool {
        let same = |(weak, tag): &(bool, String)| !weak && tag.split('.').next() == Some(version.to_string().as_str());
        match self {
            Self::Any => true,
            Self::These(tags) => tags.iter().any(same),
        }
    }

    /// Whether `If-None-Match` finds this tag: weak comparison, of all of it.
    pub(super) fn find(&self, tag: &EntityTag) -> bool {
        match self {
            Self::Any => true,
            Self::These(tags) => tags.iter().any(|(_, known)| *known == tag.0),
        }
    }
}

/// What the headers of a call say, and what is wrong with them.
#[derive(Debug, Default)]
pub(super) struct Headers {
    pub(super) strict: bool,
    pub(super) idempotency_key: Option<String>,
    pub(super) if_match: Option<Tags>,
    pub(super) if_none_match: Option<Tags>,
    pub(super) failures: Vec<FieldError>,
}

impl Headers {
    /// Reads what counts on a POST (`idempotent`) or on other methods.
    pub(super) fn read(headers: &HeaderMap, idempotent: bool) -> Self {
        let mut read = Self { strict: prefers_strict(headers), ..Self::default() };
        if idempotent && let Some(value) = joined(headers, &HeaderName::from_static("idempotency-key")) {
            match idempotency_key(&value) {
                Some(key) => read.idempotency_key = Some(key),
                None => read.failures.push(FieldError::parameter(
                    "Idempotency-Key",
                    format!("must be 1 to {MAX_IDEMPOTENCY_KEY} visible ASCII characters"),
                )),
            }
        }
        for (name, shown) in [("if-match", "If-Match"), ("if-none-match", "If-None-Match")] {
            let Some(value) = joined(headers, &HeaderName::from_static(name)) else { continue };
            let tags = entity_tags(&value);
            if tags.is_none() {
                read.failures.push(FieldError::parameter(shown, "must be * or a list of entity tags"));
            }
            *(if name == "if-match" { &mut read.if_match } else { &mut read.if_none_match }) = tags;
        }
        read
    }
}

/// The caller's request id, where it has the form of one.
pub(super) fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("x-request-id")?.to_str().ok()?;
    let legal = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    ((1..=MAX_REQUEST_ID).contains(&id.len()) && id.bytes().all(legal)).then(|| id.to_owned())
}

/// All values of a header as one, the way API Gateway joins them.
fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let mut values = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    let first = values.next()?.into_owned();
    Some(values.fold(first, |joined, value| format!("{joined},{value}")))
}

/// Whether `Prefer` (RFC 7240) asks for strict handling.
fn prefers_strict(headers: &HeaderMap) -> bool {
    let Some(value) = joined(headers, &HeaderName::from_static("prefer")) else { return false };
    value.split([',', ';']).any(|preference| {
        let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
        name.trim().eq_ignore_ascii_case("handling") && value.trim().trim_matches('"').eq_ignore_ascii_case("strict")
    })
}

/// `k` and `"k"` are one key.
fn idempotency_key(value: &str) -> Option<String> {
    let value = value.trim_matches([' ', '\t']);
    let key = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
    let visible = key.bytes().all(|b| b.is_ascii_graphic());
    ((1..=MAX_IDEMPOTENCY_KEY).contains(&key.len()) && visible).then(|| key.to_owned())
}

/// A list of entity tags (RFC 9110, section 8.8.3): `"a", W/"b"`.
fn entity_tags(value: &str) -> Option<Tags> {
    let mut rest = value.trim();
    if rest == "*" {
        return Some(Tags::Any);
    }
    let mut tags = Vec::new();
    while !rest.is_empty() {
        let strong = rest.strip_prefix("W/");
        let (tag, behind) = strong.unwrap_or(rest).strip_prefix('"')?.split_once('"')?;
        tags.push((strong.is_some(), tag.to_owned()));
        rest = behind.trim_start();
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
    fn if_match_compares_versions_strongly_and_if_none_match_all_of_the_tag() {
        let tags = entity_tags("\"3.ab\", W/\"4\"").unwrap();
        assert!(tags.hold_for(3) && !tags.hold_for(4) && !tags.hold_for(30));
        assert!(tags.find(&EntityTag::version_and(3, "ab")) && tags.find(&EntityTag::version(4)));
        assert!(!tags.find(&EntityTag::version_and(3, "cd")) && !tags.find(&EntityTag::version(3)));
        assert!(entity_tags("*").unwrap().hold_for(9));
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
        fn any_text_is_answered(text: String) {
            let _ = (entity_tags(&text), idempotency_key(&text));
        }
    }
}
