//! Requests that are made of parts, so that most of them get beyond what is refused first: an endpoint, a caller, ids that
//! exist or do not, parameters, headers and members that the endpoint reads.

use arbitrary::{Arbitrary, Unstructured};
use berth_functions::ENDPOINTS;
use berth_shared::http::{Endpoint, PAGING};
use lambda_http::http::Method;
use serde_json::{Map, Value, json};

use crate::{
    answers,
    world::{World, event},
};

/// Headers that are read.
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
/// Values that mean something somewhere.
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
/// Members of the ledger's bodies, which no list of Berth's names.
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

/// A request.
#[derive(Debug, Arbitrary)]
pub struct Shot<'a> {
    endpoint: u8,
    is_head: bool,
    caller: Who<'a>,
    path: [Text<'a>; 3],
    query: Vec<(Name<'a>, Text<'a>)>,
    headers: Vec<(u8, Text<'a>)>,
    body: Body<'a>,
}

#[derive(Debug, Arbitrary)]
enum Who<'a> {
    Platform,
    Tenant,
    Nobody,
    Other(Text<'a>),
}

#[derive(Debug, Arbitrary)]
enum Text<'a> {
    /// Something that there is.
    Known(u8),
    /// What fits best: the caller's own id at that place.
    Fitting,
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

/// Sends the request that the bytes make.
pub fn check(data: &[u8]) {
    if let Ok(shot) = Shot::arbitrary_take_rest(Unstructured::new(data)) {
        send(&shot);
    }
}

fn send(shot: &Shot<'_>) {
    let world = World::get();
    let endpoint = &ENDPOINTS[usize::from(shot.endpoint) % ENDPOINTS.len()];
    let mut path = endpoint.path.to_owned();
    for (name, text) in endpoint.path_parameters().zip(&shot.path) {
        path = path.replace(&format!("{{{name}}}"), &text.written(world, name));
    }
    let mut headers = Map::new();
    let credential = match &shot.caller {
        Who::Platform => Some(world.value("${BERTH_KEY}").to_owned()),
        Who::Tenant => Some(world.value("${TENANT_KEY}").to_owned()),
        Who::Nobody => None,
        Who::Other(text) => Some(text.written(world, "")),
    };
    if let Some(credential) = credential {
        headers.insert("authorization".to_owned(), format!("Bearer {credential}").into());
    }
    for (name, text) in &shot.headers {
        let name = HEADERS[usize::from(*name) % HEADERS.len()];
        headers.insert(name.to_owned(), text.written(world, name).into());
    }
    let parameters: Vec<&str> = endpoint.query.iter().chain(PAGING).map(|parameter| parameter.name).collect();
    let query: Map<_, _> = shot.query.iter().map(|(name, text)| pair(world, name, text, &parameters)).collect();
    let members = members(endpoint);
    let body = match &shot.body {
        Body::None => None,
        Body::Members(given) => Some(object(world, given, &members).to_string()),
        Body::Text(text) => Some((*text).to_owned()),
    };
    let is_head = shot.is_head && endpoint.method == Method::GET;
    let method = if is_head { "HEAD" } else { endpoint.method.as_str() };
    let event = event(method, &path, &headers.into(), &query.into(), body.as_deref());
    if let Some((endpoint, answer)) = world.answer(&event.to_string()) {
        answers::check(endpoint, &answer);
    }
}

fn members(endpoint: &Endpoint) -> Vec<&'static str> {
    let members = endpoint.body.and_then(|body| body.members).map(|members| members()).unwrap_or_default();
    let read: Vec<_> = members.into_iter().map(|member| member.name).collect();
    let mut all: Vec<&'static str> = read;
    all.extend(["dockId", "partyId", "role"]);
    all.extend(LEDGER_MEMBERS);
    all
}

fn pair(world: &World, name: &Name<'_>, text: &Text<'_>, known: &[&'static str]) -> (String, Value) {
    let name = name.written(known);
    let value = text.written(world, &name).into();
    (name, value)
}

fn object(world: &World, members: &[(Name<'_>, Member<'_>)], known: &[&'static str]) -> Value {
    let member = |(name, member): &(Name<'_>, Member<'_>)| {
        let name = name.written(known);
        let value = member.written(world, &name, known);
        (name, value)
    };
    Value::Object(members.iter().map(member).collect())
}

impl Name<'_> {
    fn written(&self, known: &[&'static str]) -> String {
        match self {
            Self::Known(at) => known[usize::from(*at) % known.len()].to_owned(),
            Self::Free(text) => (*text).to_owned(),
        }
    }
}

impl Text<'_> {
    fn written(&self, world: &World, place: &str) -> String {
        match self {
            Self::Known(at) => world.names[usize::from(*at) % world.names.len()].1.clone(),
            Self::Fitting => {
                let name = match place {
                    "orgId" | "organizationId" | "identityProviderId" | "identity-provider-id" => "${ORG_ID}",
                    "dockId" => "${DOCK_ID}",
                    "partyId" => "${PARTY_ID}",
                    "roleId" => "${ROLE_ID}",
                    "party" | "parties" => "${ALLOCATED}",
                    _ => "${KEY_ID}",
                };
                world.value(name).to_owned()
            }
            Self::Value(at) => VALUES[usize::from(*at) % VALUES.len()].to_owned(),
            Self::Free(text) => (*text).to_owned(),
        }
    }
}

impl Member<'_> {
    fn written(&self, world: &World, name: &str, known: &[&'static str]) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => json!(value),
            Self::Number(number) => json!(number),
            Self::Text(text) => text.written(world, name).into(),
            Self::List(members) => members.iter().map(|member| member.written(world, name, known)).collect(),
            Self::Object(members) => object(world, members, known),
        }
    }
}
