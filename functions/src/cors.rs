//! Methods and headers of cross-origin requests (CORS), derived from the contract: everything that it documents.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::openapi;

/// Request headers that OpenAPI describes outside `parameters`.
const UNDOCUMENTED: [&str; 2] = ["authorization", "content-type"];

/// Seconds for which a browser can cache the response to a preflight request.
pub const MAX_AGE: u32 = 3600;

/// Methods, request headers and response headers of all endpoints. Names of headers are in lower case, all are sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cors {
    /// Values of `Access-Control-Allow-Methods`.
    pub methods: Vec<String>,
    /// Values of `Access-Control-Allow-Headers`.
    pub request_headers: Vec<String>,
    /// Values of `Access-Control-Expose-Headers`.
    pub response_headers: Vec<String>,
}

impl Cors {
    /// Reads the contract.
    #[must_use]
    pub fn of_contract() -> Self {
        let document = openapi::document();
        let operations = || {
            let paths = document["paths"].as_object().into_iter().flat_map(|paths| paths.values());
            paths.filter_map(Value::as_object).flat_map(|methods| methods.values())
        };
        let mut request_headers: BTreeSet<String> = UNDOCUMENTED.map(ToOwned::to_owned).into();
        for parameter in operations().filter_map(|operation| operation["parameters"].as_array()).flatten() {
            if parameter["in"] == "header" {
                request_headers.extend(parameter["name"].as_str().map(str::to_lowercase));
            }
        }
        let mut response_headers = BTreeSet::new();
        for response in operations().filter_map(|operation| operation["responses"].as_object()).flat_map(|r| r.values())
        {
            let names = response["headers"].as_object().into_iter().flat_map(|headers| headers.keys());
            // Browsers evaluate it themselves.
            response_headers.extend(names.map(|name| name.to_lowercase()).filter(|name| name != "www-authenticate"));
        }
        let paths = document["paths"].as_object().into_iter().flat_map(|paths| paths.values());
        let methods = paths.filter_map(Value::as_object).flat_map(|methods| methods.keys());
        // Every resource that can be read has `HEAD`.
        let methods: BTreeSet<_> = methods.map(|method| method.to_uppercase()).chain(["HEAD".to_owned()]).collect();
        Self {
            methods: methods.into_iter().collect(),
            request_headers: request_headers.into_iter().collect(),
            response_headers: response_headers.into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_header_is_allowed() {
        let cors = Cors::of_contract();
        for name in
            ["authorization", "content-type", "idempotency-key", "if-match", "prefer", "traceparent", "x-request-id"]
        {
            assert!(cors.request_headers.iter().any(|header| header == name), "{name}");
        }
        for name in ["etag", "link", "location", "retry-after", "x-request-id"] {
            assert!(cors.response_headers.iter().any(|header| header == name), "{name}");
        }
        assert_eq!(cors.methods, ["DELETE", "GET", "HEAD", "PATCH", "POST"]);
    }
}
