//! Target `request`: requests composed of an endpoint, a caller, existing and unknown ids, parameters, headers and members
//! that the endpoint reads. Most of them pass the first validations.

use arbitrary::{Arbitrary, Unstructured};
use berth_functions::ENDPOINTS;
use berth_shared::http::{Endpoint, PAGING};
use lambda_http::http::Method;
use serde_json::{Map, Value, json};

use crate::{
    deployment::{Deployment, event},
    responses,
};

/// Headers that endpoints read.
const HEADERS: [&str; 8] = [
    "idempotency-key",
    "if-match",
    "if-none-match",
    "prefer",
    "x-request-id",
    "cache-control",
    "content-type",
    "sec-websocket-protocol",
];
/// Values that are valid in some parameter, header or member.
const VALUES: [&str; 20] = [
    "DISTRIBUTOR",
    "RECIPIENT",
    "INDIVIDUAL",
    "ORGANIZATION",
    "2026-11-22T18:06:48.901Z",
    "9999-12-31T23:59:59.999Z",
    "0",
    "1",
    "100",
    "10000",
    "*",
    "\"1\"",
    "no-cache",
    "handling=strict",
    "application/json",
    "application/merge-patch+json",
    "closing@example.com",
    "example.com",
    "#0066cc",
    "local_metadata.annotations",
];
/// Members of request bodies in the ledger dialect, which [`Endpoint`] does not list.
const LEDGER_MEMBERS: [&str; 10] = [
    "partyIdHint",
    "localMetadata",
    "resourceVersion",
    "annotations",
    "identityProviderId",
    "synchronizerId",
    "userId",
    "partyDetails",
    "updateMask",
    "paths",
];

/// The parts of a request, generated from an input.
#[derive(Debug, Arbitrary)]
pub struct RequestParts<'a> {
    endpoint: u8,
    is_head: bool,
    caller: Caller<'a>,
    path: [Text<'a>; 3],
    query: Vec<(Name<'a>, Text<'a>)>,
    headers: Vec<(u8, Text<'a>)>,
    body: Body<'a>,
}

#[derive(Debug, Arbitrary)]
enum Caller<'a> {
    Platform,
    Tenant,
    Unauthenticated,
    Other(Text<'a>),
}

#[derive(Debug, Arbitrary)]
enum Text<'a> {
    /// The value of a placeholder.
    Placeholder(u8),
    /// An existing id of the kind that the parameter or member expects.
    ExpectedId,
    Value(u8),
    Free(&'a str),
}

#[derive(Debug, Arbitrary)]
enum Name<'a> {
    Known(u8),
    Free(&'a str),
}

#[derive(Debug, Arbitrary)]
enum Body<'a> {
    None,
    Members(Vec<(Name<'a>, Member<'a>)>),
    Text(&'a str),
}

#[derive(Debug, Arbitrary)]
enum Member<'a> {
    Null,
    Bool(bool),
    Number(i64),
    Text(Text<'a>),
    List(Vec<Member<'a>>),
    Object(Vec<(Name<'a>, Member<'a>)>),
}

/// Sends the request that is generated from the input, and checks the response.
pub fn check(data: &[u8]) {
    if let Ok(parts) = RequestParts::arbitrary_take_rest(Unstructured::new(data)) {
        send(&parts);
    }
}

fn send(parts: &RequestParts<'_>) {
    let deployment = Deployment::get();
    let endpoint = &ENDPOINTS[usize::from(parts.endpoint) % ENDPOINTS.len()];
    let mut path = endpoint.path.to_owned();
    for (name, text) in endpoint.path_parameters().zip(&parts.path) {
        path = path.replace(&format!("{{{name}}}"), &text.to_text(deployment, name));
    }
    let mut headers = Map::new();
    let credential = match &parts.caller {
        Caller::Platform => Some(deployment.value("${BERTH_KEY}").to_owned()),
        Caller::Tenant => Some(deployment.value("${TENANT_KEY}").to_owned()),
        Caller::Unauthenticated => None,
        Caller::Other(text) => Some(text.to_text(deployment, "")),
    };
    if let Some(credential) = credential {
        headers.insert("authorization".to_owned(), format!("Bearer {credential}").into());
    }
    for (name, text) in &parts.headers {
        let name = HEADERS[usize::from(*name) % HEADERS.len()];
        headers.insert(name.to_owned(), text.to_text(deployment, name).into());
    }
    let parameters: Vec<&str> = endpoint.query.iter().chain(PAGING).map(|parameter| parameter.name).collect();
    let query: Map<_, _> = parts.query.iter().map(|(name, text)| pair(deployment, name, text, &parameters)).collect();
    let members = members(endpoint);
    let body = match &parts.body {
        Body::None => None,
        Body::Members(given) => Some(object(deployment, given, &members).to_string()),
        Body::Text(text) => Some((*text).to_owned()),
    };
    let is_head = parts.is_head && endpoint.method == Method::GET;
    let method = if is_head { "HEAD" } else { endpoint.method.as_str() };
    let event = event(method, &path, &headers.into(), &query.into(), body.as_deref());
    if let Some((endpoint, response)) = deployment.handle(&event.to_string()) {
        responses::check(endpoint, &response);
    }
}

/// Returns the names of members that the endpoint may read.
fn members(endpoint: &Endpoint) -> Vec<&'static str> {
    let members = endpoint.body.and_then(|body| body.members).map(|members| members()).unwrap_or_default();
    let read: Vec<_> = members.into_iter().map(|member| member.name).collect();
    let mut all: Vec<&'static str> = read;
    all.extend(["dockId", "partyId", "role"]);
    all.extend(LEDGER_MEMBERS);
    all
}

fn pair(deployment: &Deployment, name: &Name<'_>, text: &Text<'_>, known: &[&'static str]) -> (String, Value) {
    let name = name.to_text(known);
    let value = text.to_text(deployment, &name).into();
    (name, value)
}

fn object(deployment: &Deployment, members: &[(Name<'_>, Member<'_>)], known: &[&'static str]) -> Value {
    let member = |(name, member): &(Name<'_>, Member<'_>)| {
        let name = name.to_text(known);
        let value = member.to_text(deployment, &name, known);
        (name, value)
    };
    Value::Object(members.iter().map(member).collect())
}

impl Name<'_> {
    fn to_text(&self, known: &[&'static str]) -> String {
        match self {
            Self::Known(index) => known[usize::from(*index) % known.len()].to_owned(),
            Self::Free(text) => (*text).to_owned(),
        }
    }
}

impl Text<'_> {
    fn to_text(&self, deployment: &Deployment, name: &str) -> String {
        match self {
            Self::Placeholder(index) => {
                deployment.placeholders[usize::from(*index) % deployment.placeholders.len()].1.clone()
            }
            Self::ExpectedId => {
                let placeholder = match name {
                    "orgId" | "organizationId" | "identityProviderId" | "identity-provider-id" => "${ORG_ID}",
                    "dockId" => "${DOCK_ID}",
                    "partyId" => "${PARTY_ID}",
                    "roleId" => "${ROLE_ID}",
                    "recipientId" => "${RECIPIENT_ID}",
                    "groupId" => "${GROUP_ID}",
                    "party" | "parties" => "${ALLOCATED}",
                    _ => "${KEY_ID}",
                };
                deployment.value(placeholder).to_owned()
            }
            Self::Value(index) => VALUES[usize::from(*index) % VALUES.len()].to_owned(),
            Self::Free(text) => (*text).to_owned(),
        }
    }
}

impl Member<'_> {
    fn to_text(&self, deployment: &Deployment, name: &str, known: &[&'static str]) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => json!(value),
            Self::Number(number) => json!(number),
            Self::Text(text) => text.to_text(deployment, name).into(),
            Self::List(members) => members.iter().map(|member| member.to_text(deployment, name, known)).collect(),
            Self::Object(members) => object(deployment, members, known),
        }
    }
}
