//! Reads events and writes headers, for `/v1` and the ledger dialect.

use std::{net::IpAddr, time::Duration};

use lambda_http::{
    RequestExt,
    http::{HeaderMap, HeaderValue, header},
    request::RequestContext,
};
use tokio::time::Instant;

use super::{Endpoint, headers};
use crate::{
    domain::{id::RequestId, time::Time},
    store,
};

/// Time limit of a request if the runtime sets no deadline.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);
/// Time reserved for writing the response before the runtime's deadline.
const RESPONSE_MARGIN: Duration = Duration::from_millis(500);
/// Returns the id of a request: `X-Request-Id` if it is valid, or else a generated id.
pub(crate) fn request_id(headers: &HeaderMap, now: Time) -> String {
    headers::request_id(headers).unwrap_or_else(|| {
        // Without randomness, the id contains only the time. The endpoint itself then reports the error.
        RequestId::new(now, store::random().unwrap_or_default()).to_string()
    })
}

/// Returns the id that API Gateway gave to a request, and writes to its access log.
pub(crate) fn gateway_request_id(request: &lambda_http::Request) -> Option<&str> {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.request_id.as_deref(),
        _ => None,
    }
}

/// Returns the IP address from which API Gateway received a request. Headers such as `X-Forwarded-For` do not count, because
/// clients can set them.
pub(crate) fn source_address(request: &lambda_http::Request) -> Option<IpAddr> {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.as_deref()?.parse().ok(),
        _ => None,
    }
}

/// Returns the deadline of the DynamoDB requests that a request causes. The runtime's deadline is a time of the system's clock.
pub(crate) fn deadline(request: &lambda_http::Request, started: Instant) -> Instant {
    let end = request.lambda_context_ref().map(|context| context.deadline).filter(|deadline| *deadline > 0);
    let left =
        end.map_or(DEFAULT_TIMEOUT, |end| Duration::from_millis(end.saturating_sub(Time::now().millis_since_epoch())));
    started + left.saturating_sub(RESPONSE_MARGIN)
}

/// Returns the path parameters of the event. API Gateway has percent-decoded them once.
pub(crate) fn path_parameters(endpoint: &Endpoint, request: &lambda_http::Request) -> Vec<(&'static str, String)> {
    let parameters = request.path_parameters_ref();
    let value = |name| parameters.and_then(|parameters| parameters.first(name)).unwrap_or_default().to_owned();
    endpoint.path_parameters().map(|name| (name, value(name))).collect()
}

/// Returns the query parameters of the event, sorted by name.
pub(crate) fn query(request: &lambda_http::Request) -> Vec<(String, String)> {
    let values = request.query_string_parameters_ref().map(|query| query.iter());
    let values = values.into_iter().flatten().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut query: Vec<(String, String)> = values.collect();
    // The event has no defined order. Sorting makes the order of validation errors deterministic.
    query.sort_by(|(one, _), (other, _)| one.cmp(other));
    query
}

/// Converts a text to the value of a header. Berth writes only ASCII into headers; any other text becomes an empty value.
pub(crate) fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}

/// Returns whether the body of a request has an encoding such as `gzip`. No endpoint decodes one.
pub(crate) fn is_encoded(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::CONTENT_ENCODING).iter();
    let mut codings = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
    codings.any(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity"))
}

/// Adds the headers that every response has.
pub(crate) fn add_common_headers(headers: &mut HeaderMap, request_id: &str) {
    headers.insert("x-request-id", value(request_id));
    // Browsers must not take data of tenants for a page or a script.
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}
