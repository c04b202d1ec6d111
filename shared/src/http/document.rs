//! Public documents that do not change while a version is deployed: negotiated encoding, entity tag, caching.

use lambda_http::http::{HeaderMap, header};

/// How long caches can use a document without asking again.
pub(super) const CACHE_CONTROL: &str = "public, max-age=300";

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
    let mut parts = item.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    (name, weight.is_none_or(|weight| weight.parse().is_ok_and(|weight: f32| weight > 0.0)))
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
}
