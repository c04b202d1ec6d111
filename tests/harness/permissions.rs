//! The DynamoDB requests of the endpoints, compared with their permissions, which become their IAM roles.
//!
//! Every DynamoDB request of an endpoint, in any test, must be allowed by its permissions. A run of all tests must use
//! every permission, except those in `tests/harness/unused.txt`, which may only become shorter.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Mutex, PoisonError},
};

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::HttpRequest,
    runtime_components::RuntimeComponents,
};
use berth_functions::ENDPOINTS;
use berth_shared::{http::StoreAction, store::Family};
use serde_json::Value;
use tracing::{
    Span, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id},
};
use tracing_subscriber::{Layer, Registry, filter::filter_fn, layer::Context, registry::LookupSpan};

use super::puts;

const UNUSED: &str = include_str!("unused.txt");

static SEEN: Mutex<Seen> = Mutex::new(Seen { used: BTreeSet::new(), violations: BTreeSet::new() });

struct Seen {
    used: BTreeSet<(&'static str, StoreAction, Family)>,
    /// Descriptions of requests that no permission allows.
    violations: BTreeSet<String>,
}

/// Returns the layer that records the endpoint of each request in its span.
pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    EndpointLayer.with_filter(filter_fn(|metadata| metadata.is_span() && metadata.fields().field("endpoint").is_some()))
}

/// Wraps `client` so that its requests are recorded.
pub fn recorded(client: SharedHttpClient) -> SharedHttpClient {
    SharedHttpClient::new(Recorder(client))
}

/// Returns whether every DynamoDB request was allowed, and prints those that were not.
pub fn all_actions_were_permitted() -> bool {
    let seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    for violation in &seen.violations {
        eprintln!("not allowed by the endpoint's permissions: {violation}");
    }
    seen.violations.is_empty()
}

/// Returns whether the unused permissions are exactly the listed ones, and prints the difference otherwise.
pub fn all_permissions_were_used() -> bool {
    let seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut unused = BTreeSet::new();
    for endpoint in ENDPOINTS {
        let permissions = endpoint.permissions().into_iter();
        let permissions =
            permissions.filter(|(action, family)| !seen.used.contains(&(endpoint.name, *action, *family)));
        unused.extend(permissions.map(|(action, family)| format!("{} {action:?} {family:?}", endpoint.name)));
    }
    let listed: BTreeSet<_> =
        UNUSED.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(ToOwned::to_owned).collect();
    for missing in unused.difference(&listed) {
        eprintln!("no test has used this permission: {missing}");
    }
    for found in listed.difference(&unused) {
        eprintln!("this permission is used or no longer exists; remove it from tests/harness/unused.txt: {found}");
    }
    unused == listed
}

fn record(name: &'static str, action: StoreAction, pk: &str) {
    let endpoint = berth_functions::find(name).expect("spans name endpoints");
    let family = Family::of(pk);
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(family) = family.filter(|family| endpoint.permissions().contains(&(action, *family))) {
        seen.used.insert((endpoint.name, action, family));
    } else {
        let family = family.map_or("no family".to_owned(), |family| format!("{family:?}"));
        seen.violations.insert(format!("{name}: {} on {pk} ({family})", action.iam()));
    }
}

/// Returns the IAM actions of a DynamoDB request, each with its partition key.
pub fn iam_actions(operation: &str, request: &Value) -> Vec<(StoreAction, String)> {
    let pk = |key: &Value| key["pk"]["S"].as_str().unwrap_or("no key").to_owned();
    let elements = |list: &Value| list.as_array().cloned().unwrap_or_default();
    match operation {
        "GetItem" => vec![(StoreAction::GetItem, pk(&request["Key"]))],
        "PutItem" => vec![(StoreAction::PutItem, pk(&request["Item"]))],
        "UpdateItem" => vec![(StoreAction::UpdateItem, pk(&request["Key"]))],
        "Query" => {
            // The key condition begins with the condition on the partition key.
            let condition = request["KeyConditionExpression"].as_str().unwrap_or_default();
            let value = condition.split_whitespace().nth(2).unwrap_or_default().trim_end_matches([')', ',']);
            let value = &request["ExpressionAttributeValues"][value]["S"];
            vec![(StoreAction::Query, value.as_str().unwrap_or(condition).to_owned())]
        }
        "BatchGetItem" => {
            let tables = request["RequestItems"].as_object().into_iter().flat_map(|tables| tables.values());
            let keys = tables.flat_map(|table| elements(&table["Keys"]));
            keys.map(|key| (StoreAction::BatchGetItem, pk(&key))).collect()
        }
        "TransactWriteItems" => elements(&request["TransactItems"]).iter().map(transaction_action).collect(),
        // No permission allows other operations.
        other => panic!("unexpected operation {other}"),
    }
}

fn transaction_action(item: &Value) -> (StoreAction, String) {
    let kinds = [
        ("Put", "Item", StoreAction::PutItem),
        ("Update", "Key", StoreAction::UpdateItem),
        ("Delete", "Key", StoreAction::DeleteItem),
        ("ConditionCheck", "Key", StoreAction::ConditionCheckItem),
    ];
    let found = kinds.into_iter().find_map(|(kind, key, action)| Some((action, item.get(kind)?[key].clone())));
    let (action, key) = found.expect("an action of a transaction");
    (action, key["pk"]["S"].as_str().expect("a partition key").to_owned())
}

/// Returns the endpoint that the current task serves.
fn endpoint() -> Option<&'static str> {
    Span::current().with_subscriber(|(id, dispatch)| {
        let span = dispatch.downcast_ref::<Registry>()?.span(id)?;
        span.scope().find_map(|span| span.extensions().get::<EndpointName>().map(|name| name.0))
    })?
}

/// The endpoint of a request, stored in its span.
struct EndpointName(&'static str);

struct EndpointLayer;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for EndpointLayer {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut found = Found(None);
        attributes.record(&mut found);
        if let (Some(name), Some(span)) = (found.0, context.span(id)) {
            span.extensions_mut().insert(EndpointName(name));
        }
    }
}

struct Found(Option<&'static str>);

impl Visit for Found {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "endpoint" {
            self.0 = berth_functions::find(value).map(|endpoint| endpoint.name);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

#[derive(Debug)]
struct Recorder(SharedHttpClient);

impl HttpClient for Recorder {
    fn http_connector(&self, settings: &HttpConnectorSettings, parts: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(RecordingConnector(self.0.http_connector(settings, parts)))
    }
}

#[derive(Debug)]
struct RecordingConnector(SharedHttpConnector);

impl HttpConnector for RecordingConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        // Tests and operator commands use the table outside of any request.
        if let Some(endpoint) = endpoint() {
            let target = request.headers().get("x-amz-target").unwrap_or_default();
            let operation = target.rsplit('.').next().unwrap_or_default();
            let body = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
            puts::check(endpoint, operation, &body);
            for (action, pk) in iam_actions(operation, &body) {
                record(endpoint, action, &pk);
            }
        }
        self.0.call(request)
    }
}
