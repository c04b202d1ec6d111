//! Connection to the selected DynamoDB.

use std::{path::Path, time::Duration};

use aws_config::SdkConfig;
use aws_sdk_dynamodb::{
    Client,
    config::{Builder, SharedHttpClient, retry::RetryConfig},
};
use tokio::{
    net::TcpStream,
    time::{Instant, sleep},
};

use crate::{
    StartError, StoreChoice,
    client::sdk_config,
    data_dir::DataDir,
    embedded::EmbeddedDynamoDb,
    table::{self, Outcome, TableError},
};

/// How long a command waits until the process that locks the data directory publishes its endpoint, or exits.
const JOIN_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection to DynamoDB. It owns the embedded DynamoDB, if that is the selected one.
#[derive(Debug)]
pub(crate) struct StoreConnection {
    config: SdkConfig,
    endpoint: Option<String>,
    embedded: Option<EmbeddedDynamoDb>,
}

impl StoreConnection {
    /// Connects to the DynamoDB `choice`. Starts an embedded one, and locks its data directory.
    pub(crate) async fn open(choice: &StoreChoice, http_client: Option<SharedHttpClient>) -> Result<Self, StartError> {
        let embedded = match choice {
            StoreChoice::Embedded { directory } => Some(EmbeddedDynamoDb::open(Some(DataDir::open(directory)?))?),
            StoreChoice::Memory => Some(EmbeddedDynamoDb::open(None)?),
            StoreChoice::Endpoint(_) | StoreChoice::Aws => None,
        };
        let endpoint = match (choice, &embedded) {
            (StoreChoice::Endpoint(url), _) => Some(url.clone()),
            (_, embedded) => embedded.as_ref().map(|embedded| embedded.url().to_owned()),
        };
        let config = sdk_config(endpoint.as_deref(), http_client).await;
        Ok(Self { config, endpoint, embedded })
    }

    /// Like [`StoreConnection::open`], but if another process uses the data directory, connects to its DynamoDB.
    pub(crate) async fn open_or_join(choice: &StoreChoice) -> Result<Self, StartError> {
        let StoreChoice::Embedded { directory } = choice else { return Self::open(choice, None).await };
        let deadline = Instant::now() + JOIN_TIMEOUT;
        loop {
            match Self::open(choice, None).await {
                Err(StartError::DirectoryInUse { .. }) if Instant::now() < deadline => {}
                result => return result,
            }
            if let Some(endpoint) = reachable_endpoint(directory).await {
                return Self::open(&StoreChoice::Endpoint(endpoint), None).await;
            }
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// Returns the SDK configuration.
    pub(crate) fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// Returns the endpoint URL, or `None` for DynamoDB on AWS.
    pub(crate) fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }

    /// Returns whether it is DynamoDB on AWS.
    fn is_aws(&self) -> bool {
        self.endpoint.is_none()
    }

    /// Creates the table if it does not exist.
    pub(crate) async fn ensure_table(&self, table: &str) -> Result<Outcome, StartError> {
        let outcome = table::ensure(&self.admin_client(), table, self.is_aws()).await;
        outcome.map_err(|error| self.table_error(table, error))
    }

    /// Ensures that the table exists. Fails on AWS if it does not, and creates it elsewhere.
    pub(crate) async fn prepare_table(&self, table: &str) -> Result<(), StartError> {
        if self.is_aws() { self.require_table(table).await } else { self.ensure_table(table).await.map(|_| ()) }
    }

    async fn require_table(&self, table: &str) -> Result<(), StartError> {
        match table::exists(&self.admin_client(), table).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(StartError::TableMissing { table: table.to_owned() }),
            Err(error) => Err(self.table_error(table, error)),
        }
    }

    /// Shuts the embedded DynamoDB down, if it owns one.
    pub(crate) async fn close(self) {
        if let Some(embedded) = self.embedded {
            embedded.close().await;
        }
    }

    /// Returns a client for table management, with the SDK's retries: no API request waits for it.
    fn admin_client(&self) -> Client {
        Client::from_conf(Builder::from(&self.config).retry_config(RetryConfig::standard()).build())
    }

    fn table_error(&self, table: &str, error: TableError) -> StartError {
        match error {
            TableError::Unreachable(reason) => StartError::StoreUnreachable { endpoint: self.endpoint.clone(), reason },
            error => StartError::Table { table: table.to_owned(), reason: error.to_string() },
        }
    }
}

/// Returns the endpoint URL that the process using `directory` has published, if it accepts connections.
async fn reachable_endpoint(directory: &Path) -> Option<String> {
    let endpoint = DataDir::published_endpoint(directory)?;
    TcpStream::connect(endpoint.strip_prefix("http://")?).await.ok()?;
    Some(endpoint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_command_connects_to_the_process_that_uses_the_directory() {
        let directory = tempfile::tempdir().unwrap();
        let choice = StoreChoice::Embedded { directory: directory.path().to_owned() };
        let serving = StoreConnection::open(&choice, None).await.unwrap();
        serving.ensure_table("berth").await.unwrap();
        assert!(matches!(StoreConnection::open(&choice, None).await, Err(StartError::DirectoryInUse { .. })));

        let joined = StoreConnection::open_or_join(&choice).await.unwrap();
        assert_eq!(joined.endpoint(), serving.endpoint());
        joined.require_table("berth").await.unwrap();
        joined.close().await;
        serving.close().await;

        let alone = StoreConnection::open_or_join(&choice).await.unwrap();
        alone.require_table("berth").await.unwrap();
        alone.close().await;
    }

    #[tokio::test]
    async fn a_missing_table_and_an_unreachable_dynamodb_are_different_errors() {
        let memory = StoreConnection::open(&StoreChoice::Memory, None).await.unwrap();
        let error = memory.require_table("berth").await.unwrap_err();
        assert!(matches!(error, StartError::TableMissing { .. }), "{error}");
        let endpoint = memory.endpoint().unwrap().to_owned();
        memory.close().await;

        let closed = StoreConnection::open(&StoreChoice::Endpoint(endpoint.clone()), None).await.unwrap();
        let error = closed.require_table("berth").await.unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot reach DynamoDB at {endpoint}: ")), "{error}");
        assert!(error.contains("refused"), "{error}");
    }
}
