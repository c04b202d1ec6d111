//! The embedded DynamoDB: dynoxide on SQLite, in this process.
//!
//! The SDK reaches it by an HTTP client without a socket ([`client`]), so that nothing on the machine can reach it from
//! outside. Other processes of the same user reach it by a Unix socket in the data directory ([`socket`]), and other
//! programs by a port, if the operator asks for one, with signed requests only ([`port`]).
//!
//! It responds to a write after SQLite has committed it, in WAL mode with `synchronous = FULL` (SQLite's default, which
//! dynoxide does not change). An acknowledged write is in the log on disk: it survives a crash of the process or the
//! machine.

mod client;
mod http;
mod operations;
mod port;
mod signature;
#[cfg(unix)]
mod socket;

use std::{
    fmt,
    path::Path,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use aws_config::SdkConfig;
use aws_sdk_dynamodb::config::SharedHttpClient;
use dynoxide::Database;
use lambda_http::http::StatusCode;

use crate::{StartError, client::sdk_config, data_dir::DataDir};

pub(crate) use self::port::StorePort;
pub use self::signature::StoreCredentials;
#[cfg(unix)]
pub(crate) use self::socket::{Socket, SocketClient};

/// Endpoint URL that the SDK is configured with. It is never resolved: the requests do not leave the process.
pub(crate) const URL: &str = "http://dynamodb.invalid";

/// A running embedded DynamoDB. Clones share it.
#[derive(Clone)]
pub struct EmbeddedDynamoDb(Arc<Inner>);

struct Inner {
    /// `None` after it was closed. SQLite blocks the calling thread, so the lock is taken in blocking tasks only.
    database: RwLock<Option<Database>>,
    /// Locked until the database is closed.
    directory: Mutex<Option<DataDir>>,
}

impl EmbeddedDynamoDb {
    /// Opens the database in `directory`, or a new one in memory.
    pub(crate) fn open(directory: Option<DataDir>) -> Result<Self, StartError> {
        let database = match &directory {
            Some(directory) => {
                let database = open_file(&directory.database())?;
                directory.restrict_access()?;
                database
            }
            None => Database::memory().map_err(|error| embedded_error(&error))?,
        };
        Ok(Self(Arc::new(Inner { database: RwLock::new(Some(database)), directory: Mutex::new(directory) })))
    }

    /// Returns an HTTP client of the SDK whose requests this DynamoDB performs.
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        client::http_client(self.clone())
    }

    /// Returns an SDK configuration for this DynamoDB.
    pub async fn sdk_config(&self) -> SdkConfig {
        sdk_config(Some(URL), Some(self.http_client())).await
    }

    /// Performs a request in a blocking task, and returns status and body of its response. Returns `None` if the
    /// database is closed.
    async fn perform(&self, target: String, body: Vec<u8>) -> Option<(StatusCode, String)> {
        let dynamodb = self.clone();
        let performed = tokio::task::spawn_blocking(move || {
            let database = dynamodb.0.database.read().unwrap_or_else(PoisonError::into_inner);
            database.as_ref().map(|database| operations::perform(database, &target, &body))
        });
        performed.await.ok().flatten()
    }

    /// Waits for the requests that are being performed, closes the database and unlocks its directory.
    pub(crate) async fn close(&self) {
        let dynamodb = self.clone();
        let closed = tokio::task::spawn_blocking(move || {
            drop(dynamodb.0.database.write().unwrap_or_else(PoisonError::into_inner).take());
            // Afterwards, so that the next process finds a closed database.
            drop(dynamodb.0.directory.lock().unwrap_or_else(PoisonError::into_inner).take());
        });
        // It fails only if the runtime shuts down, which closes the database, too.
        let _ = closed.await;
    }
}

impl fmt::Debug for EmbeddedDynamoDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddedDynamoDb").finish_non_exhaustive()
    }
}

impl PartialEq for EmbeddedDynamoDb {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for EmbeddedDynamoDb {}

fn open_file(path: &Path) -> Result<Database, StartError> {
    let name = path.to_str().ok_or_else(|| embedded_error(&"the data directory's name must be UTF-8"))?;
    Database::new(name).map_err(|error| embedded_error(&error))
}

fn embedded_error(error: &dyn ToString) -> StartError {
    StartError::Embedded { reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::Client;

    use super::*;

    #[tokio::test]
    async fn it_performs_requests_until_it_is_closed() {
        let dynamodb = EmbeddedDynamoDb::open(None).unwrap();
        let client = Client::new(&dynamodb.sdk_config().await);
        assert!(client.list_tables().send().await.is_ok());
        dynamodb.close().await;
        assert!(client.list_tables().send().await.is_err());
    }

    #[tokio::test]
    async fn a_directory_can_be_opened_again_after_close() {
        let directory = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            let dynamodb = EmbeddedDynamoDb::open(Some(DataDir::open(directory.path()).unwrap())).unwrap();
            assert!(DataDir::open(directory.path()).is_err());
            dynamodb.close().await;
        }
    }

    #[tokio::test]
    async fn a_file_that_is_not_a_database_is_rejected() {
        let directory = tempfile::tempdir().unwrap();
        let opened = DataDir::open(directory.path()).unwrap();
        std::fs::write(opened.database(), "not a database, but long enough to be taken for one".repeat(100)).unwrap();
        assert!(matches!(EmbeddedDynamoDb::open(Some(opened)), Err(StartError::Embedded { .. })));
    }
}
