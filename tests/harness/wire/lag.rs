//! Eventually consistent reads that lag: reads without `ConsistentRead` return the state before the last writes.
//!
//! The embedded DynamoDB always returns the current state. So a second one performs each successful write later, and all
//! eventually consistent reads.

use std::{collections::VecDeque, sync::Arc};

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::client::{
    http::SharedHttpConnector,
    orchestrator::{HttpRequest, HttpResponse},
};
use berth::StoreChoice;
use serde_json::Value;
use tokio::sync::Mutex;

use super::fault::forward;
use crate::harness::TestServer;

/// A replica that lags. Clones share it. Writes must be sequential.
#[derive(Clone)]
pub struct Lag {
    replica: Arc<TestServer>,
    /// Number of writes that the replica has not performed yet.
    writes: usize,
    waiting: Arc<Mutex<VecDeque<HttpRequest>>>,
}

impl Lag {
    /// Creates an empty replica that is this number of writes behind.
    pub async fn new(writes: usize) -> Self {
        let replica = TestServer::start().await;
        let (client, table) = (replica.running().client(), replica.running().table());
        for item in replica.items().await {
            let delete = client.delete_item().table_name(table);
            let delete = delete.key("pk", item["pk"].clone()).key("sk", item["sk"].clone());
            delete.send().await.expect("the item is deleted");
        }
        Self { replica: Arc::new(replica), writes, waiting: Arc::default() }
    }

    /// Returns the client of the replica.
    pub(super) fn http_client(&self) -> SharedHttpClient {
        let StoreChoice::Shared(embedded) = self.replica.shared_store() else { panic!("the replica is embedded") };
        embedded.http_client()
    }

    /// Performs the oldest writes on the replica, after one more write.
    pub(super) async fn wrote(&self, replica: &SharedHttpConnector, write: HttpRequest) {
        let mut waiting = self.waiting.lock().await;
        waiting.push_back(write);
        while waiting.len() > self.writes {
            let Some(write) = waiting.pop_front() else { break };
            let (response, body) = forward(replica.clone(), write).await.expect("the replica responds");
            assert!(succeeded(&response), "the replica has the same state: {}", String::from_utf8_lossy(&body));
        }
    }
}

/// Returns whether a response is a success.
pub(super) fn succeeded(response: &HttpResponse) -> bool {
    response.status().as_u16() == 200
}

/// Returns whether a request of `operation` writes items.
pub(super) fn writes(operation: &str) -> bool {
    ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"].contains(&operation)
}

/// Returns whether a request of `operation` reads with eventual consistency.
pub(super) fn is_eventually_consistent(operation: &str, body: &Value) -> bool {
    let mut of_tables = body["RequestItems"].as_object().into_iter().flatten();
    match operation {
        "GetItem" | "Query" => body["ConsistentRead"] != true,
        "BatchGetItem" => of_tables.any(|(_, table)| table["ConsistentRead"] != true),
        _ => false,
    }
}
