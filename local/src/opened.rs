//! A store that can be talked to, whichever was chosen.

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
    embedded::Embedded,
    table::{self, Outcome, TableError},
};

/// How long a command waits for the process that holds the data directory to say where it serves it, or to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// A store that can be talked to.
#[derive(Debug)]
pub(crate) struct Opened {
    config: SdkConfig,
    endpoint: Option<String>,
    embedded: Option<Embedded>,
}

impl Opened {
    /// Opens the store `choice`, for this process alone if it is embedded.
    pub(crate) async fn open(choice: &StoreChoice, http_client: Option<SharedHttpClient>) -> Result<Self, StartError> {
        let embedded = match choice {
            StoreChoice::Embedded { directory } => Some(Embedded::open(Some(DataDir::open(directory)?))?),
            StoreChoice::Memory => Some(Embedded::open(None)?),
            StoreChoice::Endpoint(_) | StoreChoice::Aws => None,
        };
        let endpoint = match (choice, &embedded) {
            (StoreChoice::Endpoint(url), _) => Some(url.clone()),
            (_, embedded) => embedded.as_ref().map(|embedded| embedded.url().to_owned()),
        };
        let config = sdk_config(endpoint.as_deref(), http_client).await;
        Ok(Self { config, endpoint, embedded })
    }

    /// Like [`Opened::open`], but where a process works in the data directory already, talks to the store it serves.
    pub(crate) async fn open_or_join(choice: &StoreChoice) -> Result<Self, StartError> {
        let StoreChoice::Embedded { directory } = choice else { return Self::open(choice, None).await };
        let deadline = Instant::now() + PATIENCE;
        loop {
            match Self::open(choice, None).await {
                Err(StartError::DirectoryInUse { .. }) if Instant::now() < deadline => {}
                opened => return opened,
            }
            if let Some(endpoint) = served(directory).await {
                return Self::open(&StoreChoice::Endpoint(endpoint), None).await;
            }
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// What the SDK needs to reach the store.
    pub(crate) fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// Its endpoint, unless it is the one of AWS.
    pub(crate) fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }

    /// Whether it is DynamoDB at AWS.
    fn is_aws(&self) -> bool {
        self.endpoint.is_none()
    }

    /// Makes the table if it is missing.
    pub(crate) async fn ensure_table(&self, table: &str) -> Result<Outcome, StartError> {
        let outcome = table::ensure(&self.operator(), table, self.is_aws()).await;
        outcome.map_err(|error| self.table_error(table, error))
    }

    /// Sees to it that there is a table to work with. At AWS a missing one is not made in passing.
    pub(crate) async fn prepare_table(&self, table: &str) -> Result<(), StartError> {
        if self.is_aws() { self.require_table(table).await } else { self.ensure_table(table).await.map(|_| ()) }
    }

    async fn require_table(&self, table: &str) -> Result<(), StartError> {
        match table::exists(&self.operator(), table).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(StartError::TableMissing { table: table.to_owned() }),
            Err(error) => Err(self.table_error(table, error)),
        }
    }

    /// Lets go of the store.
    pub(crate) async fn close(self) {
        if let Some(embedded) = self.embedded {
            embedded.close().await;
        }
    }

    /// A client for the calls that care for the table: no request waits for them, so the SDK may repeat them.
    fn operator(&self) -> Client {
        Client::from_conf(Builder::from(&self.config).retry_config(RetryConfig::standard()).build())
    }

    fn table_error(&self, table: &str, error: TableError) -> StartError {
        match error {
            TableError::Unreachable(reason) => StartError::StoreUnreachable { endpoint: self.endpoint.clone(), reason },
            error => StartError::Table { table: table.to_owned(), reason: error.to_string() },
        }
    }
}

/// Where the process that works in `directory` serves its store, if it does.
async fn served(directory: &Path) -> Option<String> {
    let endpoint = DataDir::published(directory)?;
    TcpStream::connect(endpoint.strip_prefix("http://")?).await.ok()?;
    Some(endpoint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_command_joins_the_process_that_has_the_data() {
        let directory = tempfile::tempdir().unwrap();
        let choice = StoreChoice::Embedded { directory: directory.path().to_owned() };
        let serving = Opened::open(&choice, None).await.unwrap();
        serving.ensure_table("berth").await.unwrap();
        assert!(matches!(Opened::open(&choice, None).await, Err(StartError::DirectoryInUse { .. })));

        let joined = Opened::open_or_join(&choice).await.unwrap();
        assert_eq!(joined.endpoint(), serving.endpoint());
        joined.require_table("berth").await.unwrap();
        joined.close().await;
        serving.close().await;

        let alone = Opened::open_or_join(&choice).await.unwrap();
        alone.require_table("berth").await.unwrap();
        alone.close().await;
    }

    #[tokio::test]
    async fn a_missing_table_and_a_missing_store_are_told_apart() {
        let memory = Opened::open(&StoreChoice::Memory, None).await.unwrap();
        let error = memory.require_table("berth").await.unwrap_err();
        assert!(matches!(error, StartError::TableMissing { .. }), "{error}");
        let endpoint = memory.endpoint().unwrap().to_owned();
        memory.close().await;

        let gone = Opened::open(&StoreChoice::Endpoint(endpoint.clone()), None).await.unwrap();
        let error = gone.require_table("berth").await.unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot reach DynamoDB at {endpoint}: ")), "{error}");
        assert!(error.contains("refused"), "{error}");
    }
}
