//! An in-memory DynamoDB that replaces the HTTP client of the SDK. It stores items until it is frozen. Then it accepts every
//! write without storing it, so that no input affects the next one. Conditions always succeed.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

/// An in-memory DynamoDB. Clones share their state.
#[derive(Clone, Default)]
pub struct InMemoryDynamoDb(Arc<State>);

#[derive(Default)]
struct State {
    items: Mutex<BTreeMap<(String, String), Value>>,
    is_frozen: AtomicBool,
}

impl InMemoryDynamoDb {
    /// Discards all writes from now on.
    pub fn freeze(&self) {
        self.0.is_frozen.store(true, Ordering::Relaxed);
    }

    fn put(&self, item: &Value) {
        if !self.0.is_frozen.load(Ordering::Relaxed) {
            self.0.items.lock().unwrap_or_else(PoisonError::into_inner).insert(key(item), item.clone());
        }
    }

    /// Returns the response to a request.
    fn respond(&self, operation: &str, request: &Value) -> Value {
        let items = || self.0.items.lock().unwrap_or_else(PoisonError::into_inner);
        match operation {
            "GetItem" => items().get(&key(&request["Key"])).map_or_else(|| json!({}), |item| json!({ "Item": item })),
            "PutItem" => {
                self.put(&request["Item"]);
                json!({})
            }
            "TransactWriteItems" => {
                let actions = request["TransactItems"].as_array().into_iter().flatten();
                actions.filter_map(|action| action.get("Put")).for_each(|put| self.put(&put["Item"]));
                json!({})
            }
            "UpdateItem" => json!({}),
            "BatchGetItem" => {
                let mut tables = request["RequestItems"].as_object().cloned().unwrap_or_default();
                for table in tables.values_mut() {
                    let items = items();
                    let keys = table["Keys"].as_array().cloned().unwrap_or_default();
                    *table = keys.iter().filter_map(|wanted| items.get(&key(wanted)).cloned()).collect();
                }
                json!({ "Responses": tables, "UnprocessedKeys": {} })
            }
            "Query" => query(&items(), request),
            other => panic!("unsupported operation {other}"),
        }
    }
}

/// Returns the response to a query: all items, or `Limit` items and the last evaluated key.
fn query(items: &BTreeMap<(String, String), Value>, request: &Value) -> Value {
    let value = |name: &str| request["ExpressionAttributeValues"][name]["S"].as_str().unwrap_or_default();
    let (pk, prefix) = (value(":pk"), value(":prefix"));
    let ascending = request["ScanIndexForward"] != json!(false);
    let start = request["ExclusiveStartKey"]["sk"]["S"].as_str();
    let is_after_start = |sk: &str| start.is_none_or(|start| if ascending { sk > start } else { sk < start });
    let mut found: Vec<_> = items
        .iter()
        .filter(|((item_pk, sk), _)| item_pk == pk && sk.starts_with(prefix) && is_after_start(sk))
        .map(|(_, item)| item.clone())
        .collect();
    if !ascending {
        found.reverse();
    }
    let limit = request["Limit"].as_u64().and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    let more = found.len() > limit;
    found.truncate(limit);
    let mut response = json!({ "Count": found.len(), "ScannedCount": found.len() });
    if let (true, Some(last)) = (more, found.last()) {
        response["LastEvaluatedKey"] = json!({ "pk": last["pk"], "sk": last["sk"] });
    }
    if request["Select"] != json!("COUNT") {
        response["Items"] = found.into();
    }
    response
}

fn key(item: &Value) -> (String, String) {
    let text = |name: &str| item[name]["S"].as_str().unwrap_or_default().to_owned();
    (text("pk"), text("sk"))
}

impl fmt::Debug for InMemoryDynamoDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InMemoryDynamoDb")
    }
}

impl HttpClient for InMemoryDynamoDb {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for InMemoryDynamoDb {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        let body = serde_json::from_slice(request.body().bytes().unwrap_or_default()).expect("the SDK writes JSON");
        let response = self.respond(operation, &body).to_string();
        let status = 200_u16.try_into().expect("a status");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(response))))
    }
}
