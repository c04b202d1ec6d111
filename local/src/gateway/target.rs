//! The request target: a path as API Gateway sees it, and a query.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// The target of a request, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    path: String,
    query: String,
}

impl Target {
    /// Takes `target` apart, as sent in the request line: origin form (`/path?query`), absolute form, or `*`.
    ///
    /// An HTTP API decodes the path before it does anything else with it, and loses what follows a decoded question
    /// mark: <https://github.com/honojs/hono/issues/2156>, <https://github.com/hotsock/voker/pull/8>.
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

    /// The path, percent-decoded: what is routed by, and `rawPath` of the event, whatever its name says.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query as sent, without its question mark.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The query's parameters, decoded, in the order of their first appearance; the values of a repeated one are joined
    /// by commas.
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

/// The target without the `http://host` of the absolute form.
fn without_authority(target: &str) -> &str {
    if target.starts_with('/') {
        return target;
    }
    match target.split_once("://") {
        Some((_, rest)) => rest.find(['/', '?', '#']).map_or("", |at| &rest[at..]),
        None => target,
    }
}

/// A name or value of a query (`application/x-www-form-urlencoded`).
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
    fn every_form_of_target_has_a_path_and_a_query() {
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
    fn paths_are_decoded_once_and_routed_by_what_was_decoded() {
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
        fn no_target_is_too_odd(target in ".*") {
            let target = Target::parse(&target);
            prop_assert!(target.path().starts_with('/'));
            prop_assert!(!target.path().contains('?'));
            let _ = target.parameters();
        }
    }
}
