//! Protection of a server on the loopback interface against web pages: the hosts and the origins of its requests.
//!
//! A web page can send requests to this machine. With a DNS record that points to 127.0.0.1 it can even read the
//! responses, unless the server rejects the name in `Host`. A page of another origin is recognized by `Origin`, and by
//! `Sec-Fetch-Site` where browsers send no `Origin`.

use std::net::{Ipv4Addr, Ipv6Addr};

use lambda_http::http::{HeaderMap, HeaderValue, header, request::Parts};

use crate::gateway::GatewayError;

/// Hosts and origins that a server accepts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OriginPolicy {
    /// Accepted host names besides those of the loopback interface.
    pub(crate) hosts: Vec<String>,
    /// Accepted origins besides the server's own, for example `https://app.example.com`.
    pub(crate) origins: Vec<String>,
}

impl OriginPolicy {
    /// Checks the head of a request. Returns its origin if CORS applies to it.
    ///
    /// # Errors
    ///
    /// 400 if the host is missing, repeated or malformed. 403 if host or origin is not accepted.
    pub(crate) fn check<'a>(&self, head: &'a Parts) -> Result<Option<&'a HeaderValue>, GatewayError> {
        let host = host(&head.headers).ok_or(GatewayError::BAD_REQUEST)?;
        let name = name(host).ok_or(GatewayError::BAD_REQUEST)?;
        // The absolute form of a target names a host, too.
        if head.uri.authority().is_some_and(|authority| authority.as_str() != host) {
            return Err(GatewayError::FORBIDDEN);
        }
        if !is_loopback(name) && !self.hosts.iter().any(|accepted| accepted.eq_ignore_ascii_case(name)) {
            return Err(GatewayError::FORBIDDEN);
        }
        let Some(origin) = head.headers.get(header::ORIGIN) else {
            return if is_cross_origin(&head.headers) { Err(GatewayError::FORBIDDEN) } else { Ok(None) };
        };
        // The scheme is not compared: a proxy in front of the server can add TLS.
        if origin.to_str().ok().and_then(|origin| origin.split_once("://")).is_some_and(|(_, own)| own == host) {
            return Ok(None);
        }
        if self.origins.iter().any(|accepted| origin == accepted) {
            Ok(Some(origin))
        } else {
            Err(GatewayError::FORBIDDEN)
        }
    }
}

/// Returns whether `text` can be the host of a request: a name or an address without a port.
pub(crate) fn is_host(text: &str) -> bool {
    name(text) == Some(text)
}

/// Returns the only `Host`.
fn host(headers: &HeaderMap) -> Option<&str> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next()?.to_str().ok()?;
    if hosts.next().is_none() { Some(host) } else { None }
}

/// Returns the name or the address of a well-formed host, without its port.
fn name(host: &str) -> Option<&str> {
    let (name, port) = host.rsplit_once(':').filter(|(_, port)| !port.contains(']')).unwrap_or((host, "80"));
    port.parse::<u16>().ok()?;
    if let Some(address) = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok().then_some(name);
    }
    let is_label = |label: &str| {
        // Punycode is not supported: the decoder panics if it is invalid, and no local host name uses it.
        let is_punycode = label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"));
        let is_plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        !label.is_empty() && is_plain && !is_punycode
    };
    // The decoder reads a name whose last label starts with a digit as an IPv4 address.
    let ends_in_number = name.rsplit('.').next().is_some_and(|label| label.starts_with(|c: char| c.is_ascii_digit()));
    let is_valid = name.split('.').all(is_label) && (!ends_in_number || name.parse::<Ipv4Addr>().is_ok());
    is_valid.then_some(name)
}

fn is_loopback(name: &str) -> bool {
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || name.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback())
}

/// Returns whether a page of another origin causes the request, other than by a link that a person follows. Another port
/// of this machine is the same site, but another origin.
fn is_cross_origin(headers: &HeaderMap) -> bool {
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|sent| sent == value);
    let is_own = is("sec-fetch-site", "same-origin") || is("sec-fetch-site", "none");
    headers.contains_key("sec-fetch-site") && !is_own && !is("sec-fetch-mode", "navigate")
}

#[cfg(test)]
mod tests {
    use lambda_http::http::Request;

    use super::*;

    fn check(headers: &[(&str, &str)]) -> Result<Option<String>, u16> {
        let policy =
            OriginPolicy { hosts: vec!["berth.test".to_owned()], origins: vec!["https://app.example.com".to_owned()] };
        let mut request = Request::get("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).unwrap().into_parts();
        let checked = policy.check(&head).map(|origin| origin.map(|origin| origin.to_str().unwrap().to_owned()));
        checked.map_err(|error| error.status.as_u16())
    }

    #[test]
    fn only_loopback_names_and_accepted_names_are_hosts() {
        for host in ["localhost", "LOCALHOST:1", "127.0.0.1:3000", "127.1.2.3", "[::1]:3000", "[::1]", "Berth.Test:80"]
        {
            assert_eq!(check(&[("host", host)]), Ok(None), "{host}");
        }
        for host in
            ["example.com", "127.0.0.1.example.com", "localhost.example.com", "10.0.0.1", "[::2]", "berth.test.x"]
        {
            assert_eq!(check(&[("host", host)]), Err(403), "{host}");
        }
        for host in [
            "",
            ":80",
            "a b",
            "a/b",
            "a@b",
            "a:",
            "localhost:x",
            "localhost:99999",
            "[::1",
            "[zz]",
            "a.XN--a",
            "1.2.3",
            "1.2.3.4.5",
            "256.1.1.1",
            "a.0x7f",
            "a..b",
            "é",
        ] {
            assert_eq!(check(&[("host", host)]), Err(400), "{host}");
        }
        assert_eq!(check(&[]), Err(400));
        assert_eq!(check(&[("host", "localhost"), ("host", "localhost")]), Err(400));
    }

    #[test]
    fn requests_of_other_origins_are_forbidden_unless_cors_allows_them() {
        let from = |origin: &str| check(&[("host", "localhost:3000"), ("origin", origin)]);
        assert_eq!(from("http://localhost:3000"), Ok(None));
        assert_eq!(from("https://app.example.com"), Ok(Some("https://app.example.com".to_owned())));
        for origin in
            ["http://localhost:3001", "http://localhost", "http://127.0.0.1:3000", "https://example.com", "null", ""]
        {
            assert_eq!(from(origin), Err(403), "{origin}");
        }
    }

    #[test]
    fn a_request_of_another_origin_without_the_header_is_forbidden_unless_a_link_was_followed() {
        let from = |site: &str, mode: &str| {
            check(&[("host", "localhost"), ("sec-fetch-site", site), ("sec-fetch-mode", mode)])
        };
        assert_eq!(from("cross-site", "no-cors"), Err(403));
        assert_eq!(from("same-site", "no-cors"), Err(403));
        assert_eq!(from("cross-site", "navigate"), Ok(None));
        assert_eq!(from("same-origin", "cors"), Ok(None));
        assert_eq!(from("none", "navigate"), Ok(None));
    }
}
