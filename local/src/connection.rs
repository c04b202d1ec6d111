//! Connection to the selected DynamoDB.

use std::{path::Path, time::Duration};

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_dynamodb::{
    Client,
    config::{Builder, retry::RetryConfig},
};
use tokio::time::{Instant, sleep};

#[cfg(unix)]
use crate::dynamodb::{Socket, SocketClient};
use crate::{
    EmbeddedDynamoDb, HttpClientLayer, StartError, StoreChoice,
    client::{http_client_for, is_loopback, sdk_config},
    data_dir::DataDir,
    dynamodb::{StorePort, URL},
    operator::os_user,
    origin::OriginPolicy,
    table::{self, Outcome, TableError},
};

/// How long a command waits until the process that locks the data directory accepts connections, or exits.
const JOIN_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection to DynamoDB. It owns the embedded DynamoDB, if that is the selected one.
#[derive(Debug)]
pub(crate) struct StoreConnection {
    config: SdkConfig,
    /// `None` for DynamoDB on AWS and for an embedded one.
    endpoint: Option<String>,
    is_aws: bool,
    embedded: Option<EmbeddedDynamoDb>,
    /// Whether [`StoreConnection::close`] closes the embedded DynamoDB.
    is_owner: bool,
    port: Option<StorePort>,
    #[cfg(unix)]
    _socket: Option<Socket>,
}

impl StoreConnection {
    /// Connects to the DynamoDB `choice`. Starts an embedded one, and locks its data directory.
    pub(crate) async fn open(choice: &StoreChoice, layer: Option<&HttpClientLayer>) -> Result<Self, StartError> {
        let (embedded, is_owner) = match choice {
            StoreChoice::Embedded { directory } => {
                (Some(EmbeddedDynamoDb::open(Some(DataDir::open(directory)?))?), true)
            }
            StoreChoice::Memory => (Some(EmbeddedDynamoDb::open(None)?), true),
            StoreChoice::Shared(embedded) => (Some(embedded.clone()), false),
            StoreChoice::Endpoint(_) | StoreChoice::Aws => (None, false),
        };
        #[cfg(unix)]
        let socket = match (choice, &embedded) {
            (StoreChoice::Embedded { directory }, Some(embedded)) => listen(embedded, directory),
            _ => None,
        };
        let endpoint = match choice {
            StoreChoice::Endpoint(url) => Some(url.clone()),
            _ => None,
        };
        let client =
            embedded.as_ref().map_or_else(|| http_client_for(endpoint.as_deref()), EmbeddedDynamoDb::http_client);
        let client = layer.map_or_else(|| client.clone(), |layer| layer.wrap(client.clone()));
        let url = if embedded.is_some() { Some(URL) } else { endpoint.as_deref() };
        let config = sdk_config(url, Some(client)).await;
        Ok(Self {
            config,
            endpoint,
            is_aws: *choice == StoreChoice::Aws,
            embedded,
            is_owner,
            port: None,
            #[cfg(unix)]
            _socket: socket,
        })
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
            if let Some(joined) = Self::join(directory).await {
                return Ok(joined);
            }
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// Connects to the process that uses `directory`.
    #[cfg(unix)]
    async fn join(directory: &Path) -> Option<Self> {
        let client = SocketClient::connect(&DataDir::socket(directory)).await.ok()?;
        let config = sdk_config(Some(URL), Some(client)).await;
        Some(Self { config, endpoint: None, is_aws: false, embedded: None, is_owner: false, port: None, _socket: None })
    }

    /// Returns `None`: only Unix has the socket.
    #[cfg(not(unix))]
    async fn join(_: &Path) -> Option<Self> {
        None
    }

    /// Lets the embedded DynamoDB accept signed requests on `port`, with the hosts that `hosts` accepts.
    pub(crate) async fn listen_on(&mut self, port: u16, hosts: OriginPolicy) -> Result<(), StartError> {
        if let Some(embedded) = &self.embedded {
            self.port = Some(StorePort::listen(embedded.clone(), port, hosts).await?);
        }
        Ok(())
    }

    /// Returns the SDK configuration.
    pub(crate) fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// Returns the id of the operator: at AWS the access key id of the credentials, on one machine the name of the user.
    pub(crate) async fn operator(&self) -> String {
        let is_remote = self.is_aws || self.endpoint.as_deref().is_some_and(|endpoint| !is_loopback(endpoint));
        let credentials = match self.config.credentials_provider().filter(|_| is_remote) {
            Some(provider) => provider.provide_credentials().await.ok(),
            None => None,
        };
        credentials.map_or_else(os_user, |credentials| credentials.access_key_id().to_owned())
    }

    /// Returns the embedded DynamoDB, if that is the selected one.
    pub(crate) fn embedded(&self) -> Option<&EmbeddedDynamoDb> {
        self.embedded.as_ref()
    }

    /// Returns the port on which the embedded DynamoDB accepts signed requests.
    pub(crate) fn port(&self) -> Option<&StorePort> {
        self.port.as_ref()
    }

    /// Returns whether it is DynamoDB on AWS.
    fn is_aws(&self) -> bool {
        self.is_aws
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

    /// Closes the embedded DynamoDB, if it owns one.
    pub(crate) async fn close(self) {
        if let Some(embedded) = self.embedded.filter(|_| self.is_owner) {
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

/// Serves `embedded` on the socket of its directory. Without it, commands cannot run beside the server.
#[cfg(unix)]
fn listen(embedded: &EmbeddedDynamoDb, directory: &Path) -> Option<Socket> {
    let path = DataDir::socket(directory);
    let listening = Socket::listen(embedded.clone(), &path);
    // For example, because the path is longer than a socket's can be.
    listening.inspect_err(|error| tracing::warn!(%error, path = %path.display(), "cannot create the socket")).ok()
}

#[cfg(test)]
mod tests {
    use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};

    use super::*;

    #[tokio::test]
    async fn a_command_connects_to_the_process_that_uses_the_directory() {
        let directory = tempfile::tempdir().unwrap();
        let choice = StoreChoice::Embedded { directory: directory.path().to_owned() };
        let serving = StoreConnection::open(&choice, None).await.unwrap();
        serving.ensure_table("berth").await.unwrap();
        assert!(matches!(StoreConnection::open(&choice, None).await, Err(StartError::DirectoryInUse { .. })));

        let joined = StoreConnection::open_or_join(&choice).await.unwrap();
        joined.require_table("berth").await.unwrap();
        joined.close().await;
        serving.close().await;

        let alone = StoreConnection::open_or_join(&choice).await.unwrap();
        alone.require_table("berth").await.unwrap();
        alone.close().await;
    }

    #[tokio::test]
    async fn the_operator_is_the_user_on_one_machine_and_the_access_key_elsewhere() {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
        let config = SdkConfig::builder().credentials_provider(SharedCredentialsProvider::new(credentials)).build();
        let memory = StoreConnection::open(&StoreChoice::Memory, None).await.unwrap();
        let with = |is_aws, endpoint: Option<&str>| StoreConnection {
            config: config.clone(),
            endpoint: endpoint.map(ToOwned::to_owned),
            is_aws,
            embedded: None,
            is_owner: false,
            port: None,
            #[cfg(unix)]
            _socket: None,
        };
        assert_eq!(memory.operator().await, os_user());
        assert_eq!(with(false, Some("http://127.0.0.1:8000")).operator().await, os_user());
        assert_eq!(with(false, Some("http://dynamodb.example")).operator().await, "AKIDEXAMPLE");
        assert_eq!(with(true, None).operator().await, "AKIDEXAMPLE");
        memory.close().await;
    }

    #[tokio::test]
    async fn a_missing_table_and_an_unreachable_dynamodb_are_different_errors() {
        let memory = StoreConnection::open(&StoreChoice::Memory, None).await.unwrap();
        let error = memory.require_table("berth").await.unwrap_err();
        assert!(matches!(error, StartError::TableMissing { .. }), "{error}");
        memory.close().await;

        let endpoint = "http://127.0.0.1:1".to_owned();
        let closed = StoreConnection::open(&StoreChoice::Endpoint(endpoint.clone()), None).await.unwrap();
        let error = closed.require_table("berth").await.unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot reach DynamoDB at {endpoint}: ")), "{error}");
        assert!(error.contains("refused"), "{error}");
    }
}
