//! Berth on one machine.
//!
//! [`start`] serves every endpoint over HTTP from one process: what API Gateway, Lambda and DynamoDB do at AWS is done
//! here by [`gateway`], a small server and an embedded store. The endpoints, the event decoder and the SDK are the ones
//! of production. The program `berth` ([`cli`]) adds the operator's commands.

pub mod cli;
mod client;
mod data_dir;
mod embedded;
mod error;
pub mod gateway;
mod invoke;
mod opened;
mod running;
mod server;
mod table;
pub mod template;

use std::{path::PathBuf, time::Duration};

use aws_sdk_dynamodb::config::SharedHttpClient;
use berth_shared::{Environment, http::TokenConfig};

pub use self::{
    error::StartError,
    running::{Running, start},
};

/// The port that is served unless another is asked for.
pub const DEFAULT_PORT: u16 = 3000;

/// The name of the table unless another is given.
pub const DEFAULT_TABLE: &str = "berth";

/// The directory of the embedded store unless another is given, relative to the working directory.
pub const DEFAULT_DIRECTORY: &str = ".berth";

/// The longest an endpoint may take, as in production.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// What is served, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port to listen on, on the loopback interface; 0 for any that is free.
    pub port: u16,
    /// Where the data is.
    pub store: StoreChoice,
    /// The name of the table.
    pub table: String,
    /// The environment whose credentials are accepted.
    pub environment: Environment,
    /// How signed tokens are accepted in the ledger's dialect; `None`: not at all.
    pub tokens: Option<TokenConfig>,
    /// What the SDK makes its calls through, instead of a client of its own.
    pub http_client: Option<SharedHttpClient>,
    /// The longest an endpoint may take: the deadline that it is given.
    pub request_timeout: Duration,
    /// How long the server waits for an endpoint beyond its deadline. None at AWS; on a busy machine an endpoint that
    /// keeps its deadline may still be late.
    pub abort_grace: Duration,
}

impl Default for Options {
    /// A free port, and a store in memory.
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

/// Where the data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreChoice {
    /// In an embedded DynamoDB that keeps it in a directory.
    Embedded {
        /// The directory; it is made if it is missing.
        directory: PathBuf,
    },
    /// In an embedded DynamoDB that forgets it when it ends.
    Memory,
    /// In the DynamoDB, or whatever takes its place, at this URL.
    Endpoint(String),
    /// In DynamoDB at AWS, with the account and region of the usual configuration.
    Aws,
}
