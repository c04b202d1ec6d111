//! From a path to an endpoint, as API Gateway does it.

use berth_shared::http::{Endpoint, Handler};
use lambda_http::http::Method;

use crate::{ENDPOINTS, FALLBACK};

/// The endpoint with this method and path, and the path's parameters. `path` is percent-decoded, as the event has it.
pub fn route(method: &Method, path: &str) -> Option<(&'static Endpoint, Vec<(&'static str, String)>)> {
    with_path(path).find(|(endpoint, _)| methods_routed(endpoint).any(|routed| routed == *method))
}

/// The methods that lead to an endpoint: its own and, for GET, HEAD, which is GET without a body.
pub fn methods_routed(endpoint: &Endpoint) -> impl Iterator<Item = Method> + use<> {
    let head = (endpoint.method == Method::GET).then_some(Method::HEAD);
    std::iter::once(endpoint.method.clone()).chain(head)
}

/// The methods that a path has, as `Allow` lists them; `None` for an unknown path.
pub fn methods(path: &str) -> Option<String> {
    let mut methods: Vec<&str> = with_path(path).map(|(endpoint, _)| endpoint.method.as_str()).collect();
    if methods.is_empty() {
        return None;
    }
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.push("OPTIONS");
    methods.sort_unstable();
    // Of two endpoints with one method, one may have a parameter where the other has a name.
    methods.dedup();
    Some(methods.join(", "))
}

/// Whether a path is the ledger's, by whose dialect it is refused then.
pub(crate) fn is_ledger(path: &str) -> bool {
    path.starts_with("/v2/") || with_path(path).any(|(endpoint, _)| matches!(endpoint.handler, Handler::Other(_)))
}

fn with_path(path: &str) -> impl Iterator<Item = (&'static Endpoint, Vec<(&'static str, String)>)> {
    let endpoints = ENDPOINTS.iter().filter(|endpoint| endpoint.name != FALLBACK);
    endpoints.filter_map(move |endpoint| Some((endpoint, parameters(endpoint.path, path)?)))
}

/// The parameters of `path`, if it has the form of `template`.
fn parameters(template: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    let mut found = Vec::new();
    loop {
        match (template.next(), path.next()) {
            (None, None) => return Some(found),
            (Some(expected), Some(segment)) => match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}'))
            {
                Some(_) if segment.is_empty() => return None,
                Some(name) => found.push((name, segment.to_owned())),
                None if expected == segment => {}
                None => return None,
            },
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use berth_shared::http::PATH_PARAMETERS;

    use super::*;

    #[test]
    fn paths_lead_to_endpoints_with_parameters() {
        let (endpoint, parameters) = route(&Method::GET, "/v1/organizations/org_1/parties/a b%25").unwrap();
        assert_eq!(endpoint.name, "get-party");
        assert_eq!(parameters, [("orgId", "org_1".to_owned()), ("partyId", "a b%25".to_owned())]);
    }

    #[test]
    fn what_is_no_path_leads_nowhere() {
        for path in ["", "/", "/v1", "/v1/docks/", "//v1/docks", "/v1/docks//parties", "/V1/docks", "$default"] {
            assert_eq!(methods(path), None, "{path}");
        }
    }

    #[test]
    fn allow_lists_head_and_options_beside_the_endpoints() {
        assert_eq!(methods("/v1/docks").as_deref(), Some("GET, HEAD, OPTIONS, POST"));
        assert_eq!(methods("/v1/organizations/o/roles/check").as_deref(), Some("OPTIONS, POST"));
        assert_eq!(methods("/v2/parties/participant-id").as_deref(), Some("GET, HEAD, OPTIONS, PATCH"));
    }

    #[test]
    fn every_path_parameter_is_in_the_table_and_used() {
        let used: BTreeSet<_> = ENDPOINTS.iter().flat_map(Endpoint::path_parameters).collect();
        let known: BTreeSet<_> = PATH_PARAMETERS.iter().map(|parameter| parameter.name).collect();
        assert_eq!(used, known);
    }

    #[test]
    fn no_two_endpoints_share_a_name_or_a_route() {
        for (at, one) in ENDPOINTS.iter().enumerate() {
            for other in &ENDPOINTS[at + 1..] {
                assert_ne!(one.name, other.name);
                assert!(one.method != other.method || one.path != other.path, "{} and {}", one.name, other.name);
            }
        }
    }
}
