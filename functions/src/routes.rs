//! Routes a method and a path to an endpoint, in the same way as API Gateway.

use std::{collections::HashMap, sync::LazyLock};

use berth_shared::http::{Endpoint, allow_header};
use lambda_http::http::Method;
use matchit::Router;

use crate::{ENDPOINTS, FALLBACK};

/// Routes by method. Each method has its own router, because a path may have a fixed segment with one method and a
/// parameter with another.
static ROUTES: LazyLock<HashMap<Method, Router<&'static Endpoint>>> = LazyLock::new(|| {
    let mut routes: HashMap<Method, Router<&'static Endpoint>> = HashMap::new();
    for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.name != FALLBACK) {
        for method in endpoint.methods_routed() {
            let added = routes.entry(method).or_default().insert(endpoint.path, endpoint);
            debug_assert!(added.is_ok(), "{}: {added:?}", endpoint.name);
        }
    }
    routes
});

/// Returns the endpoint for a method and a path, and the values of its path parameters. A fixed segment takes precedence
/// over a parameter. `path` must be percent-decoded, as in an API Gateway event.
pub fn route(method: &Method, path: &str) -> Option<(&'static Endpoint, Vec<(&'static str, String)>)> {
    let found = ROUTES.get(method)?.at(path).ok()?;
    let endpoint: &'static Endpoint = found.value;
    let values = endpoint.path_parameters().zip(found.params.iter().map(|(_, value)| value.to_owned()));
    Some((endpoint, values.collect()))
}

/// Returns the value of `Allow` for a path; `None` if the path is unknown.
pub fn allowed_methods(path: &str) -> Option<String> {
    allow_header(ROUTES.iter().filter(|(_, routes)| routes.at(path).is_ok()).map(|(method, _)| method.clone()))
}

/// Returns whether errors of a path follow the conventions of the ledger API.
pub(crate) fn is_ledger(path: &str) -> bool {
    let other =
        |routes: &Router<&'static Endpoint>| routes.at(path).is_ok_and(|found| found.value.dialect() == Some("ledger"));
    path.starts_with("/v2/") || ROUTES.values().any(other)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use berth_shared::http::PATH_PARAMETERS;

    use super::*;

    #[test]
    fn a_path_is_routed_with_its_parameters() {
        let (endpoint, parameters) = route(&Method::GET, "/v1/organizations/org_1/parties/a b%25").unwrap();
        assert_eq!(endpoint.name, "get-party");
        assert_eq!(parameters, [("orgId", "org_1".to_owned()), ("partyId", "a b%25".to_owned())]);
    }

    #[test]
    fn unknown_paths_match_no_route() {
        for path in ["", "//", "/v1", "/v1/docks/", "//v1/docks", "/v1/docks//parties", "/V1/docks", "$default"] {
            assert_eq!(allowed_methods(path), None, "{path}");
        }
    }

    #[test]
    fn allow_lists_head_and_options_beside_the_endpoints() {
        assert_eq!(allowed_methods("/v1/docks").as_deref(), Some("GET, HEAD, OPTIONS, POST"));
        assert_eq!(allowed_methods("/v1/organizations/o/roles/check").as_deref(), Some("OPTIONS, POST"));
        assert_eq!(allowed_methods("/v2/parties/participant-id").as_deref(), Some("GET, HEAD, OPTIONS, PATCH"));
    }

    #[test]
    fn every_endpoint_has_a_route() {
        for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.name != FALLBACK) {
            let (found, _) = route(&endpoint.method, endpoint.path).unwrap();
            assert_eq!(found.name, endpoint.name);
        }
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
