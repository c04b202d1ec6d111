//! The test harness: a server for each test, clients with keys, and validation of every response against the contract.

pub mod checker;
mod client;
mod contract;
pub mod credentials;
pub mod emf;
pub mod encoding;
mod endpoints;
pub mod generated;
mod leaks;
pub mod logs;
pub mod paths;
mod permissions;
mod puts;
pub mod registry;
pub mod samples;
mod wire;
pub mod world;

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::{config::SharedHttpClient, types::AttributeValue};
use berth::{EmbeddedDynamoDb, HttpClientLayer, Options, RunningServer, StoreChoice, StoreCredentials};
use berth_shared::store::{Record, Store};

pub use client::{RequestBuilder, TestClient, TestResponse};
pub use contract::{documents, test_module};
pub use leaks::SensitiveValues;
pub use permissions::iam_actions;
pub use registry::{Mode, TestCase, run};
pub(crate) use registry::{api_test, register, serial_test};
pub use wire::{Conflicts, DynamoDbRequest, Fault, ItemKey, Lag, Traffic, Wire, item_keys};
pub use world::{PartyWorld, World, next_millisecond};

/// Timeout for operations that are slow on a busy machine. No assertion depends on it.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Returns options whose timeouts let requests succeed on a busy machine.
pub fn patient() -> Options {
    Options { request_timeout: PATIENCE, ..Options::default() }
}

/// A port on which an embedded DynamoDB accepts signed requests.
#[derive(Debug, Clone)]
pub struct StorePort {
    /// Endpoint URL.
    pub url: String,
    /// Credentials that sign requests.
    pub credentials: StoreCredentials,
}

/// A server with its own store. It ends with the test.
pub struct TestServer {
    running: RunningServer,
}

impl TestServer {
    /// Starts a server on a free port, with a store in memory.
    pub async fn start() -> Self {
        Self::start_with(patient()).await
    }

    /// Starts a server with these options.
    pub async fn start_with(options: Options) -> Self {
        let layer = options.http_client;
        let recorded = move |client: SharedHttpClient| {
            permissions::recorded(layer.as_ref().map_or_else(|| client.clone(), |layer| layer.wrap(client.clone())))
        };
        let http_client = Some(HttpClientLayer::new(recorded));
        let options = Options { http_client, abort_grace: PATIENCE, ..options };
        Self { running: berth::start(options).await.expect("the server starts") }
    }

    /// Returns the running server.
    pub fn running(&self) -> &RunningServer {
        &self.running
    }

    /// Returns the server's store, as operator commands use it.
    pub async fn store(&self) -> Store {
        Store::connect(&self.embedded().sdk_config().await, self.running.table())
    }

    /// Returns the DynamoDB of the server for another server.
    pub fn shared_store(&self) -> StoreChoice {
        StoreChoice::Shared(self.embedded().clone())
    }

    fn embedded(&self) -> &EmbeddedDynamoDb {
        self.running.embedded().expect("an embedded DynamoDB")
    }

    /// Returns every item of the table.
    pub async fn items(&self) -> Vec<HashMap<String, AttributeValue>> {
        let scan = self.running.client().scan().table_name(self.running.table()).into_paginator();
        scan.items().send().collect::<Result<_, _>>().await.expect("the table can be read")
    }

    /// Sets a number of an item, for example a time that no test can wait for.
    pub async fn set_number(&self, pk: &str, sk: &str, name: &str, value: u64) {
        let update = self.running.client().update_item().table_name(self.running.table());
        let update = update.key("pk", AttributeValue::S(pk.to_owned())).key("sk", AttributeValue::S(sk.to_owned()));
        let update = update.update_expression("SET #name = :value").condition_expression("attribute_exists(#name)");
        let update = update.expression_attribute_names("#name", name);
        let value = AttributeValue::N(value.to_string());
        update.expression_attribute_values(":value", value).send().await.expect("the item has the number");
    }

    /// Returns every record of the table.
    pub async fn records(&self) -> Vec<Record> {
        let items = self.items().await;
        items.iter().map(Record::from_item).collect::<Result<_, _>>().expect("every item is a record")
    }

    /// Returns a client with the first platform key, which has all scopes.
    pub fn platform(&self) -> TestClient {
        TestClient::new(&self.running.url(), self.running.first_key())
    }

    /// Returns a client without a credential.
    pub fn anonymous(&self) -> TestClient {
        TestClient::new(&self.running.url(), None)
    }

    /// Returns a client with this credential.
    pub fn client(&self, credential: &str) -> TestClient {
        TestClient::new(&self.running.url(), Some(credential))
    }

    /// Creates an organization key with these scopes, and returns a client with it.
    pub async fn tenant(&self, organization: &str, scopes: &[&str]) -> TestClient {
        self.client(&self.platform().create_api_key(Some(organization), scopes).await.text("key"))
    }
}

/// All scopes that the endpoints of the directory require.
pub const DIRECTORY_SCOPES: [&str; 16] = [
    "organizations:read",
    "organizations:write",
    "docks:read",
    "docks:write",
    "parties:read",
    "parties:write",
    "roles:read",
    "roles:write",
    "recipients:read",
    "recipients:write",
    "api-keys:read",
    "api-keys:write",
    "machine-clients:read",
    "machine-clients:write",
    "audit:read",
    "audit:write",
];
