//! Public documents that do not change while a version is deployed: negotiated encoding, entity tag, caching.

use lambda_http::http::{HeaderMap, HeaderValue, header};

/// A document, compressed at build time.
#[derive(Debug)]
pub struct Document {
    /// Value of `Content-Type`.
    pub content_type: &'static str,
    /// Version in entity tags: a digest of the content.
    pub digest: &'static str,
    /// Content without an encoding.
    pub identity: &'static [u8],
    /// Content with the encoding `gzip`.
    pub gzip: &'static [u8],
    /// Content with the encoding `br`.
    pub brotli: &'static [u8],
    /// Value of `Cache-Control`.
    pub cache_control: &'static str,
    /// Value of `Vary`.
    pub vary: &'static str,
    /// Value of `Content-Security-Policy`, if browsers show the document as a page.
    pub content_security_policy: Option<&'static str>,
}

impl Document {
    /// An empty document, which caches can use for five minutes without asking again.
    pub const PUBLIC: Self = Self {
        content_type: "",
        digest: "",
        identity: &[],
        gzip: &[],
        brotli: &[],
        cache_control: "public, max-age=300",
        vary: "Accept-Encoding",
        content_security_policy: None,
    };

    /// Adds the headers that the document has, also when the client has cached it.
    pub(super) fn add_headers(&self, headers: &mut HeaderMap) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.cache_control));
        headers.insert(header::VARY, HeaderValue::from_static(self.vary));
        if let Some(policy) = self.content_security_policy {
            headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
        }
    }
}

/// Returns the position of the media type that a client prefers (RFC 9110 section 12.5.1): the first one if it accepts
/// several equally, or none.
pub(super) fn preferred_type(headers: &HeaderMap, types: &[&str]) -> usize {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges: Vec<(&str, f32)> = values.flat_map(|value| value.split(',')).map(weighted).collect();
    let weight = |media_type: &str| {
        let kind = media_type.split('/').next().unwrap_or_default();
        // The most specific range that matches.
        let of = |wanted: &str| ranges.iter().find(|(range, _)| range.eq_ignore_ascii_case(wanted));
        of(media_type).or_else(|| of(&format!("{kind}/*"))).or_else(|| of("*/*")).map_or(0.0, |(_, weight)| *weight)
    };
    let weights: Vec<f32> = types.iter().map(|media_type| weight(media_type)).collect();
    let best = weights.iter().copied().fold(0.0, f32::max);
    weights.iter().position(|weight| *weight >= best).unwrap_or(0)
}

/// Encoding of a document, in order of preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    /// Returns the best encoding that a client accepts (RFC 9110 section 12.5.3).
    pub(super) fn accepted_by(headers: &HeaderMap) -> Self {
        let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        let accepted: Vec<(&str, bool)> = values.flat_map(|value| value.split(',')).map(coding).collect();
        let accepts = |name: &str| {
            let listed = |wanted: &str| accepted.iter().find(|(coding, _)| coding.eq_ignore_ascii_case(wanted));
            listed(name).or_else(|| listed("*")).is_some_and(|(_, is_accepted)| *is_accepted)
        };
        [Self::Brotli, Self::Gzip].into_iter().find(|encoding| accepts(encoding.name())).unwrap_or(Self::Identity)
    }

    /// Returns the value of `Content-Encoding`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
        }
    }

    /// Returns the content of a document with this encoding.
    pub(super) const fn content(self, document: &'static Document) -> &'static [u8] {
        match self {
            Self::Brotli => document.brotli,
            Self::Gzip => document.gzip,
            Self::Identity => document.identity,
        }
    }
}

/// Returns a content coding, and whether its weight is not zero.
fn coding(item: &str) -> (&str, bool) {
    let (name, weight) = weighted(item);
    (name, weight > 0.0)
}

/// Returns an item of a list with weights, and its weight. A malformed weight is zero.
fn weighted(item: &str) -> (&str, f32) {
    let mut parts = item.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    (name, weight.map_or(1.0, |weight| weight.parse().unwrap_or(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_accepted_encoding_is_selected() {
        for (accepted, expected) in [
            ("", Encoding::Identity),
            ("gzip", Encoding::Gzip),
            ("gzip, deflate, br", Encoding::Brotli),
            ("GZIP;q=0.5", Encoding::Gzip),
            ("br;q=0, gzip", Encoding::Gzip),
            ("br;q=0, gzip;q=0.000", Encoding::Identity),
            ("*", Encoding::Brotli),
            ("*, br;q=0", Encoding::Gzip),
            ("identity", Encoding::Identity),
            ("br;q=x", Encoding::Identity),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, accepted.parse().unwrap())]);
            assert_eq!(Encoding::accepted_by(&headers), expected, "{accepted}");
        }
        assert_eq!(Encoding::accepted_by(&HeaderMap::new()), Encoding::Identity);
    }

    #[test]
    fn the_preferred_media_type_is_selected() {
        for (accepted, expected) in [
            ("", 0),
            ("*/*", 0),
            ("text/html", 1),
            ("TEXT/HTML", 1),
            ("text/*", 1),
            ("application/json, text/html", 0),
            ("application/json;q=0.5, text/html;q=0.6", 1),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 1),
            ("text/*;q=0.1, */*;q=0.2", 0),
            ("text/html;q=0, */*", 0),
            ("application/json;q=0, */*", 1),
            ("text/html;q=x", 0),
            ("image/png", 0),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, accepted.parse().unwrap())]);
            assert_eq!(preferred_type(&headers, &["application/json", "text/html"]), expected, "{accepted}");
        }
        assert_eq!(preferred_type(&HeaderMap::new(), &["application/json", "text/html"]), 0);
    }
}
