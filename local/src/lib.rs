//! Local server and command line of Berth.
//!
//! [`start`] serves every endpoint over HTTP from one process. On AWS, API Gateway, Lambda and DynamoDB do this. Here,
//! [`gateway`], a small HTTP server and an embedded DynamoDB replace them. The endpoints, the event decoder and the SDK
//! are the same as in production. The program `berth` ([`cli`]) adds operator commands.

pub mod cli;
mod client;
mod connection;
mod data_dir;
mod embedded;
mod error;
pub mod gateway;
mod invoke;
mod running;
mod server;
mod table;
pub mod template;

use std::{path::PathBuf, time::Duration};

use aws_sdk_dynamodb::config::SharedHttpClient;
use berth_shared::{Environment, http::TokenConfig};

pub use self::{
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
    /// HTTP client of the SDK. `None` creates one.
    pub http_client: Option<SharedHttpClient>,
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
    /// DynamoDB, or a compatible service, at this URL.
    Endpoint(String),
    /// DynamoDB on AWS, with credentials and region from the SDK's default configuration.
    Aws,
}
