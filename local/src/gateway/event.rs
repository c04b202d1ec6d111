//! From a request to the event a function is invoked with.

use std::net::IpAddr;

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use lambda_http::http::{HeaderMap, Method, header};
use serde_json::{Map, Value, json};

use super::{CONNECTION_HEADERS, DEFAULT_ROUTE, Target};

/// The account of events that belong to none; AWS uses the same number in its examples.
const ACCOUNT: &str = "123456789012";

/// The id of an API that AWS does not know.
const API: &str = "local";

/// A request as it arrived.
#[derive(Debug, Clone, Copy)]
pub struct RequestContext<'a> {
    /// Its method.
    pub method: &'a Method,
    /// Its target.
    pub target: &'a Target,
    /// Its headers, as sent.
    pub headers: &'a HeaderMap,
    /// Its body; empty if it has none.
    pub body: &'a [u8],
    /// Who sent it.
    pub peer: IpAddr,
    /// The port it came in by.
    pub port: u16,
    /// When it arrived.
    pub received: Timestamp,
    /// The gateway's id of it.
    pub request_id: &'a str,
    /// Its trace (`X-Amzn-Trace-Id`).
    pub trace_id: &'a str,
}

/// The route that takes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteMatch {
    /// Method and path of the route (`GET /v1/docks/{dockId}`), or [`DEFAULT_ROUTE`].
    pub key: String,
    /// The parameters of its path, decoded.
    pub parameters: Vec<(&'static str, String)>,
}

impl RouteMatch {
    /// The route of requests that no other route takes.
    #[must_use]
    pub fn fallback() -> Self {
        Self { key: DEFAULT_ROUTE.to_owned(), parameters: Vec::new() }
    }
}

/// The event of a request: HTTP API, payload format 2.0. Members that would be empty are absent, as AWS has it.
#[must_use]
pub fn event(arrival: &RequestContext<'_>, route: &RouteMatch) -> Value {
    let mut event = json!({
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": arrival.target.path(),
        "rawQueryString": arrival.target.query(),
    });
    let cookies = cookies(arrival.headers);
    if !cookies.is_empty() {
        event["cookies"] = cookies.into();
    }
    event["headers"] = headers(arrival).into();
    let query = object(arrival.target.parameters());
    if !query.is_empty() {
        event["queryStringParameters"] = query.into();
    }
    event["requestContext"] = context(arrival, route);
    let (body, is_base64_encoded) = body(arrival);
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

/// Every cookie by itself. They are taken out of the headers.
fn cookies(headers: &HeaderMap) -> Vec<String> {
    let values =
        headers.get_all(header::COOKIE).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let cookies = values.flat_map(|value| value.split(';').map(|cookie| cookie.trim().to_owned()).collect::<Vec<_>>());
    cookies.filter(|cookie| !cookie.is_empty()).collect()
}

/// The headers with their names in lower case, the values of a repeated one joined by commas, and those that the
/// gateway itself sets.
fn headers(arrival: &RequestContext<'_>) -> Map<String, Value> {
    let mut headers = Map::new();
    for name in arrival.headers.keys() {
        if *name != header::COOKIE && !CONNECTION_HEADERS.contains(name) {
            headers.insert(name.to_string(), joined(arrival.headers, name.as_str()).into());
        }
    }
    let forwarded = joined(arrival.headers, "x-forwarded-for");
    let peer = arrival.peer.to_canonical();
    let forwarded = if forwarded.is_empty() { peer.to_string() } else { format!("{forwarded}, {peer}") };
    headers.insert("content-length".to_owned(), arrival.body.len().to_string().into());
    headers.insert("x-amzn-trace-id".to_owned(), arrival.trace_id.into());
    headers.insert("x-forwarded-for".to_owned(), forwarded.into());
    headers.insert("x-forwarded-port".to_owned(), arrival.port.to_string().into());
    headers.insert("x-forwarded-proto".to_owned(), "http".into());
    headers
}

fn joined(headers: &HeaderMap, name: &str) -> String {
    let values: Vec<_> = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    values.join(",")
}

fn context(arrival: &RequestContext<'_>, route: &RouteMatch) -> Value {
    let host = text(arrival.headers, &header::HOST).unwrap_or("localhost");
    // What follows the last colon is a port, unless it is a part of an IPv6 address.
    let domain = host.rsplit_once(':').filter(|(_, port)| !port.contains(']')).map_or(host, |(domain, _)| domain);
    let mut http = json!({
        "method": arrival.method.as_str(),
        "path": arrival.target.path(),
        "protocol": "HTTP/1.1",
        "sourceIp": arrival.peer.to_canonical().to_string(),
    });
    if let Some(agent) = text(arrival.headers, &header::USER_AGENT) {
        http["userAgent"] = agent.into();
    }
    json!({
        "accountId": ACCOUNT,
        "apiId": API,
        "domainName": domain,
        "domainPrefix": domain.split('.').next().unwrap_or_default(),
        "http": http,
        "requestId": arrival.request_id,
        "routeKey": route.key,
        "stage": DEFAULT_ROUTE,
        "time": arrival.received.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
        "timeEpoch": arrival.received.as_millisecond(),
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The body, if there is one, and whether it is written in base64.
fn body(arrival: &RequestContext<'_>) -> (Option<String>, bool) {
    if arrival.body.is_empty() {
        return (None, false);
    }
    match str::from_utf8(arrival.body) {
        Ok(body) if is_text(text(arrival.headers, &header::CONTENT_TYPE)) => (Some(body.to_owned()), false),
        _ => (Some(STANDARD.encode(arrival.body)), true),
    }
}

/// Whether API Gateway passes this content type on as text. Everything else it encodes, forms and `+json` types among
/// them, and bodies of no type: tried out at AWS in <https://github.com/ministackorg/ministack/pull/766>.
fn is_text(content_type: Option<&str>) -> bool {
    let media_type =
        content_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase();
    media_type.starts_with("text/")
        || matches!(&*media_type, "application/json" | "application/xml" | "application/javascript")
}

#[cfg(test)]
mod tests;
