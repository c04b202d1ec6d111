//! Cross-origin requests (CORS), as an HTTP API with a CORS configuration responds to them.

use std::sync::LazyLock;

use berth_functions::cors::{Cors, MAX_AGE};
use hyper::body::Bytes;
use lambda_http::http::{HeaderValue, Method, Response, StatusCode, header, request::Parts};

static CORS: LazyLock<Cors> = LazyLock::new(Cors::of_contract);

/// Returns whether a browser asks with this request whether it may send another one.
pub(crate) fn is_preflight(head: &Parts) -> bool {
    head.method == Method::OPTIONS && head.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Returns the response to a preflight request, without the origin.
pub(crate) fn preflight() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_METHODS, CORS.methods.join(",")),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, CORS.request_headers.join(",")),
        (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE.to_string()),
    ] {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Adds the headers that let a page of `origin` read the response.
pub(crate) fn add_headers(mut response: Response<Bytes>, origin: Option<&HeaderValue>) -> Response<Bytes> {
    let Some(origin) = origin else { return response };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Ok(exposed) = HeaderValue::try_from(CORS.response_headers.join(",")) {
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
    response
}
