//! Conversion of an HTTP request to the event of an invocation.

use std::net::IpAddr;

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use lambda_http::http::{HeaderMap, Method, header};
use serde_json::{Map, Value, json};

use super::{CONNECTION_HEADERS, DEFAULT_ROUTE, Target};

/// Placeholder AWS account id. AWS's examples use the same number.
const ACCOUNT: &str = "123456789012";

/// Placeholder id of the API.
const API: &str = "local";

/// An HTTP request as the server received it.
#[derive(Debug, Clone, Copy)]
pub struct IncomingRequest<'a> {
    /// HTTP method.
    pub method: &'a Method,
    /// Request target.
    pub target: &'a Target,
    /// Headers, as sent.
    pub headers: &'a HeaderMap,
    /// Body. Empty if the request has none.
    pub body: &'a [u8],
    /// IP address of the client.
    pub peer: IpAddr,
    /// Port that received the request.
    pub port: u16,
    /// Time at which the request was received.
    pub received: Timestamp,
    /// Request id assigned by the gateway.
    pub request_id: &'a str,
    /// Trace id (`X-Amzn-Trace-Id`).
    pub trace_id: &'a str,
}

/// The route that matches a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteMatch {
    /// Method and path of the route (`GET /v1/docks/{dockId}`), or [`DEFAULT_ROUTE`].
    pub key: String,
    /// Path parameters, decoded.
    pub parameters: Vec<(&'static str, String)>,
}

impl RouteMatch {
    /// Returns the route for requests that match no other route.
    #[must_use]
    pub fn fallback() -> Self {
        Self { key: DEFAULT_ROUTE.to_owned(), parameters: Vec::new() }
    }
}

/// Converts a request to an event (HTTP API, payload format 2.0). Empty members are absent, as on AWS.
#[must_use]
pub fn event(request: &IncomingRequest<'_>, route: &RouteMatch) -> Value {
    let mut event = json!({
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": request.target.path(),
        "rawQueryString": request.target.query(),
    });
    let cookies = cookies(request.headers);
    if !cookies.is_empty() {
        event["cookies"] = cookies.into();
    }
    event["headers"] = headers(request).into();
    let query = object(request.target.parameters());
    if !query.is_empty() {
        event["queryStringParameters"] = query.into();
    }
    event["requestContext"] = context(request, route);
    let (body, is_base64_encoded) = body(request);
    if let Some(body) = body {
        event["body"] = body.into();
    }
    let parameters = object(route.parameters.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    if !parameters.is_empty() {
        event["pathParameters"] = parameters.into();
    }
    event["isBase64Encoded"] = is_base64_encoded.into();
    event
}

fn object(members: impl IntoIterator<Item = (String, String)>) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (name, Value::from(value))).collect()
}

/// Returns every cookie. Events have them outside the headers.
fn cookies(headers: &HeaderMap) -> Vec<String> {
    let values =
        headers.get_all(header::COOKIE).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let cookies = values.flat_map(|value| value.split(';').map(|cookie| cookie.trim().to_owned()).collect::<Vec<_>>());
    cookies.filter(|cookie| !cookie.is_empty()).collect()
}

/// Returns the headers with lowercase names and the comma-separated values of repeated headers, and the headers that
/// the gateway sets.
fn headers(request: &IncomingRequest<'_>) -> Map<String, Value> {
    let mut headers = Map::new();
    for name in request.headers.keys() {
        if *name != header::COOKIE && !CONNECTION_HEADERS.contains(name) {
            headers.insert(name.to_string(), joined(request.headers, name.as_str()).into());
        }
    }
    let forwarded = joined(request.headers, "x-forwarded-for");
    let peer = request.peer.to_canonical();
    let forwarded = if forwarded.is_empty() { peer.to_string() } else { format!("{forwarded}, {peer}") };
    headers.insert("content-length".to_owned(), request.body.len().to_string().into());
    headers.insert("x-amzn-trace-id".to_owned(), request.trace_id.into());
    headers.insert("x-forwarded-for".to_owned(), forwarded.into());
    headers.insert("x-forwarded-port".to_owned(), request.port.to_string().into());
    headers.insert("x-forwarded-proto".to_owned(), "http".into());
    headers
}

fn joined(headers: &HeaderMap, name: &str) -> String {
    let values: Vec<_> = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    values.join(",")
}

fn context(request: &IncomingRequest<'_>, route: &RouteMatch) -> Value {
    let host = text(request.headers, &header::HOST).unwrap_or("localhost");
    // The part after the last colon is a port, unless the colon belongs to an IPv6 address.
    let domain = host.rsplit_once(':').filter(|(_, port)| !port.contains(']')).map_or(host, |(domain, _)| domain);
    let mut http = json!({
        "method": request.method.as_str(),
        "path": request.target.path(),
        "protocol": "HTTP/1.1",
        "sourceIp": request.peer.to_canonical().to_string(),
    });
    if let Some(agent) = text(request.headers, &header::USER_AGENT) {
        http["userAgent"] = agent.into();
    }
    json!({
        "accountId": ACCOUNT,
        "apiId": API,
        "domainName": domain,
        "domainPrefix": domain.split('.').next().unwrap_or_default(),
        "http": http,
        "requestId": request.request_id,
        "routeKey": route.key,
        "stage": DEFAULT_ROUTE,
        "time": request.received.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
        "timeEpoch": request.received.as_millisecond(),
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Returns the body, if the request has one, and whether it is encoded as base64.
fn body(request: &IncomingRequest<'_>) -> (Option<String>, bool) {
    if request.body.is_empty() {
        return (None, false);
    }
    match str::from_utf8(request.body) {
        Ok(body) if is_text(text(request.headers, &header::CONTENT_TYPE)) => (Some(body.to_owned()), false),
        _ => (Some(STANDARD.encode(request.body)), true),
    }
}

/// Returns whether API Gateway forwards a body of this content type as text. It encodes all others as base64, including
/// forms, `+json` types and bodies without a content type, as tested on AWS in
/// <https://github.com/ministackorg/ministack/pull/766>.
fn is_text(content_type: Option<&str>) -> bool {
    let media_type =
        content_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase();
    media_type.starts_with("text/")
        || matches!(&*media_type, "application/json" | "application/xml" | "application/javascript")
}

#[cfg(test)]
mod tests;
