//! The request target: its path as API Gateway decodes it, and its query.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// A parsed request target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    path: String,
    query: String,
}

impl Target {
    /// Parses the target of a request line: origin form (`/path?query`), absolute form, or `*`.
    ///
    /// An HTTP API decodes the path first, and drops everything after a decoded question mark:
    /// <https://github.com/honojs/hono/issues/2156>, <https://github.com/hotsock/voker/pull/8>.
    #[must_use]
    pub fn parse(target: &str) -> Self {
        let origin_form = without_authority(target);
        let origin_form = origin_form.split_once('#').map_or(origin_form, |(before, _)| before);
        let (path, query) = origin_form.split_once('?').unwrap_or((origin_form, ""));
        let decoded = percent_decode_str(path).decode_utf8_lossy();
        let path = decoded.split_once('?').map_or(&*decoded, |(before, _)| before);
        let slash = if path.starts_with('/') { "" } else { "/" };
        Self { path: format!("{slash}{path}"), query: query.to_owned() }
    }

    /// Returns the percent-decoded path. It selects the route, and despite the name it is `rawPath` of the event.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the query as sent, without the question mark.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// Returns the decoded query parameters in the order of their first occurrence. The values of a repeated parameter
    /// are comma-separated.
    #[must_use]
    pub fn parameters(&self) -> Vec<(String, String)> {
        let mut parameters: Vec<(String, String)> = Vec::new();
        for pair in self.query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decoded(name), decoded(value));
            match parameters.iter_mut().find(|(known, _)| *known == name) {
                Some((_, joined)) => {
                    joined.push(',');
                    joined.push_str(&value);
                }
                None => parameters.push((name, value)),
            }
        }
        parameters
    }
}

/// Returns the target without the `http://host` of the absolute form.
fn without_authority(target: &str) -> &str {
    if target.starts_with('/') {
        return target;
    }
    match target.split_once("://") {
        Some((_, rest)) => rest.find(['/', '?', '#']).map_or("", |at| &rest[at..]),
        None => target,
    }
}

/// Decodes a name or value of a query (`application/x-www-form-urlencoded`).
fn decoded(text: &str) -> String {
    let spaced: Cow<'_, str> = if text.contains('+') { text.replace('+', " ").into() } else { text.into() };
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn path_and_query(target: &str) -> (String, String) {
        let target = Target::parse(target);
        (target.path().to_owned(), target.query().to_owned())
    }

    fn parameters(query: &str) -> Vec<(String, String)> {
        Target::parse(&format!("/?{query}")).parameters()
    }

    #[test]
    fn every_target_form_is_parsed() {
        for (target, path, query) in [
            ("/", "/", ""),
            ("/a/b?c=d", "/a/b", "c=d"),
            ("/a?", "/a", ""),
            ("/a?b?c", "/a", "b?c"),
            ("/a?b=%20+", "/a", "b=%20+"),
            ("http://host:1/a?b=c", "/a", "b=c"),
            ("http://host", "/", ""),
            ("http://host?b=c", "/", "b=c"),
            ("/a#b?c", "/a", ""),
            ("/a?u=http://x/", "/a", "u=http://x/"),
            ("*", "/*", ""),
            ("", "/", ""),
        ] {
            assert_eq!(path_and_query(target), (path.to_owned(), query.to_owned()), "{target}");
        }
    }

    #[test]
    fn paths_are_decoded_once() {
        for (target, path) in [
            ("/v1/%64ocks", "/v1/docks"),
            ("/a%20b", "/a b"),
            ("/a%2Fb", "/a/b"),
            ("/a%252Fb", "/a%2Fb"),
            ("/a%3Fb?c", "/a"),
            ("/a%23b", "/a#b"),
            ("/%C3%A9", "/é"),
            ("/%FF", "/\u{fffd}"),
            ("/100%", "/100%"),
            ("/a+b", "/a+b"),
            ("/org_1-2.3~4", "/org_1-2.3~4"),
        ] {
            assert_eq!(Target::parse(target).path(), path);
        }
    }

    #[test]
    fn query_parameters_are_decoded_and_joined() {
        for (query, expected) in [
            ("", &[][..]),
            ("&&", &[]),
            ("a=1&b=2", &[("a", "1"), ("b", "2")]),
            ("a=1&b=2&a=3", &[("a", "1,3"), ("b", "2")]),
            ("a=1%2C2&a=3", &[("a", "1,2,3")]),
            ("a", &[("a", "")]),
            ("a=", &[("a", "")]),
            ("a=b=c", &[("a", "b=c")]),
            ("a%5B%5D=x+y%2Bz", &[("a[]", "x y+z")]),
            ("=x", &[("", "x")]),
            ("a=%ff", &[("a", "\u{fffd}")]),
        ] {
            let expected: Vec<_> = expected.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
            assert_eq!(parameters(query), expected, "{query}");
        }
    }

    proptest! {
        #[test]
        fn every_target_is_parsed(target in ".*") {
            let target = Target::parse(&target);
            prop_assert!(target.path().starts_with('/'));
            prop_assert!(!target.path().contains('?'));
            let _ = target.parameters();
        }
    }
}
