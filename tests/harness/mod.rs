//! What tests share: a server of their own, clients with keys, and the contract that every response is compared with.

pub mod checker;
mod client;
mod contract;
pub mod emf;
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

use aws_config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::{config::Credentials, types::AttributeValue};
use berth::{Options, RunningServer};
use berth_shared::store::{Record, Store};

pub use client::{RequestBuilder, TestClient, TestResponse};
pub use contract::{documents, test_module};
pub use leaks::SensitiveValues;
pub use permissions::iam_actions;
pub use registry::{Mode, TestCase, run};
pub(crate) use registry::{api_test, register, serial_test};
pub use wire::{DynamoDbRequest, Fault, Traffic, Wire};
pub use world::{PartyWorld, World};

/// How long tests wait for what a busy machine may be slow to do. No assertion depends on it.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// The options of a server whose requests succeed however busy the machine is.
pub fn patient() -> Options {
    Options { request_timeout: PATIENCE, ..Options::default() }
}

/// A server with a store of its own, which ends with the test.
pub struct TestServer {
    running: RunningServer,
}

impl TestServer {
    /// A server on a free port, with a store in memory.
    pub async fn start() -> Self {
        Self::start_with(patient()).await
    }

    /// A server with these options.
    pub async fn start_with(options: Options) -> Self {
        // The store is on this machine: a client without TLS will do.
        let client = options.http_client.unwrap_or_else(|| aws_smithy_http_client::Builder::new().build_http());
        let options = Options { http_client: Some(permissions::watched(client)), abort_grace: PATIENCE, ..options };
        Self { running: berth::start(options).await.expect("the server starts") }
    }

    /// The server.
    pub fn running(&self) -> &RunningServer {
        &self.running
    }

    /// The server's store, as the operator's commands reach it.
    pub async fn store(&self) -> Store {
        let url = self.running.store_url().expect("a store on this machine");
        let config = aws_config::defaults(BehaviorVersion::latest())
            .endpoint_url(url)
            .region(Region::new("local"))
            .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .load()
            .await;
        Store::connect(&config, self.running.table())
    }

    /// Every item of the table.
    pub async fn items(&self) -> Vec<HashMap<String, AttributeValue>> {
        let scan = self.running.client().scan().table_name(self.running.table()).into_paginator();
        scan.items().send().collect::<Result<_, _>>().await.expect("the table can be read")
    }

    /// Every record of the table.
    pub async fn records(&self) -> Vec<Record> {
        let items = self.items().await;
        items.iter().map(Record::from_item).collect::<Result<_, _>>().expect("every item is a record")
    }

    /// A client with the first key of the platform, which may do everything.
    pub fn platform(&self) -> TestClient {
        TestClient::new(&self.running.url(), self.running.first_key())
    }

    /// A client without a credential.
    pub fn anonymous(&self) -> TestClient {
        TestClient::new(&self.running.url(), None)
    }

    /// A client with this credential.
    pub fn client(&self, credential: &str) -> TestClient {
        TestClient::new(&self.running.url(), Some(credential))
    }

    /// A client with a new key of an organization, with these scopes.
    pub async fn tenant(&self, organization: &str, scopes: &[&str]) -> TestClient {
        self.client(&self.platform().create_api_key(Some(organization), scopes).await.text("key"))
    }
}

/// Every scope that the directory's own endpoints ask for.
pub const DIRECTORY_SCOPES: [&str; 10] = [
    "organizations:read",
    "organizations:write",
    "docks:read",
    "docks:write",
    "parties:read",
    "parties:write",
    "roles:read",
    "roles:write",
    "api-keys:read",
    "api-keys:write",
];
