//! Local server and command line of Berth.
//!
//! [`start`] serves every endpoint over HTTP from one process. On AWS, API Gateway, Lambda and DynamoDB do this. Here,
//! [`gateway`], a small HTTP server and an embedded DynamoDB replace them. The endpoints, the event decoder and the SDK
//! are the same as in production. The program `berth` ([`cli`]) adds operator commands.

pub mod cli;
mod client;
mod connection;
mod data_dir;
mod dynamodb;
mod error;
pub mod gateway;
mod invoke;
mod operator;
mod origin;
mod running;
mod server;
mod table;
pub mod template;

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use aws_sdk_dynamodb::config::SharedHttpClient;
use berth_shared::{Environment, http::TokenConfig, store::AuditRetention, time::Clock};

pub use self::{
    dynamodb::{EmbeddedDynamoDb, StoreCredentials},
    error::StartError,
    running::{RunningServer, start},
};

/// Default port of the server.
pub const DEFAULT_PORT: u16 = 3000;

/// Default name of the table.
pub const DEFAULT_TABLE: &str = "berth";

/// Default data directory of the embedded DynamoDB, relative to the working directory.
pub const DEFAULT_DIRECTORY: &str = ".berth";

/// Time limit of one invocation of an endpoint, the same as in production.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Wraps the HTTP client of the SDK: requests to DynamoDB can be observed and changed.
#[derive(Clone)]
pub struct HttpClientLayer(Arc<dyn Fn(SharedHttpClient) -> SharedHttpClient + Send + Sync>);

impl HttpClientLayer {
    /// Creates a layer from the function that wraps a client.
    pub fn new(wrap: impl Fn(SharedHttpClient) -> SharedHttpClient + Send + Sync + 'static) -> Self {
        Self(Arc::new(wrap))
    }

    /// Wraps a client.
    #[must_use]
    pub fn wrap(&self, client: SharedHttpClient) -> SharedHttpClient {
        (self.0)(client)
    }
}

impl fmt::Debug for HttpClientLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpClientLayer")
    }
}

/// Configuration of a server.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port to listen on, on the loopback interface. 0 selects a free port.
    pub port: u16,
    /// DynamoDB that stores the data.
    pub store: StoreChoice,
    /// Name of the table.
    pub table: String,
    /// Environment of the accepted API keys.
    pub environment: Environment,
    /// Verification of signed tokens in the ledger dialect. `None` rejects all signed tokens.
    pub tokens: Option<TokenConfig>,
    /// Port of the loopback interface on which the embedded DynamoDB accepts signed requests. 0 selects a free port.
    /// `None` listens on no port.
    pub store_port: Option<u16>,
    /// Accepted hosts of requests besides the names and addresses of the loopback interface, without ports.
    pub allowed_hosts: Vec<String>,
    /// Origins whose web pages can send requests, for example `https://app.example.com` (CORS).
    pub cors_origins: Vec<String>,
    /// Retention of audit entries.
    pub audit_retention: AuditRetention,
    /// Source of the time of requests.
    pub clock: Clock,
    /// Wraps the HTTP client of the SDK. `None` uses it as it is.
    pub http_client: Option<HttpClientLayer>,
    /// Time limit of one invocation. Sets the deadline that the endpoint receives.
    pub request_timeout: Duration,
    /// How long the server waits for an endpoint after its deadline. Lambda does not wait. On a busy machine, even an
    /// endpoint that stops at its deadline can be late.
    pub abort_grace: Duration,
}

impl Default for Options {
    /// Returns options for a free port and an in-memory DynamoDB.
    fn default() -> Self {
        Self {
            port: 0,
            store: StoreChoice::Memory,
            table: DEFAULT_TABLE.to_owned(),
            environment: Environment::Test,
            tokens: None,
            store_port: None,
            allowed_hosts: Vec::new(),
            cors_origins: Vec::new(),
            audit_retention: AuditRetention::default(),
            clock: Clock::default(),
            http_client: None,
            request_timeout: REQUEST_TIMEOUT,
            abort_grace: Duration::ZERO,
        }
    }
}

/// DynamoDB that stores the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreChoice {
    /// An embedded DynamoDB with its data in a directory.
    Embedded {
        /// Data directory. Created if it does not exist.
        directory: PathBuf,
    },
    /// An embedded DynamoDB in memory. Its data is lost when the process exits.
    Memory,
    /// The embedded DynamoDB of another server in this process.
    Shared(EmbeddedDynamoDb),
    /// DynamoDB, or a compatible service, at this URL.
    Endpoint(String),
    /// DynamoDB on AWS, with credentials and region from the SDK's default configuration.
    Aws,
}
