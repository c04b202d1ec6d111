//! The embedded DynamoDB: dynoxide on SQLite, served on the loopback interface for the official SDK.
//!
//! It responds to a write after SQLite has committed it, in WAL mode with `synchronous = FULL` (SQLite's default, which
//! dynoxide does not change). An acknowledged write is in the log on disk: it survives a crash of the process or the
//! machine.

use std::{
    io,
    net::{Ipv4Addr, TcpListener},
    path::Path,
    sync::Arc,
    thread,
    time::Duration,
};

use dynoxide::{Database, server::serve_with_shutdown};
use tokio::sync::{Notify, oneshot};

use crate::{StartError, data_dir::DataDir};

/// Time limit for open requests after a shutdown began.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);

/// A running embedded DynamoDB. Dropping it also shuts it down, in the background.
#[derive(Debug)]
pub(crate) struct EmbeddedDynamoDb {
    url: String,
    stop: oneshot::Sender<()>,
    ended: oneshot::Receiver<()>,
}

impl EmbeddedDynamoDb {
    /// Opens the database in `directory`, or a new one in memory, and serves it on a free port of the loopback
    /// interface.
    ///
    /// It runs in its own thread, because SQLite blocks the calling thread. The API's threads continue to serve
    /// requests.
    pub(crate) fn open(directory: Option<DataDir>) -> Result<Self, StartError> {
        let database = match &directory {
            Some(directory) => open_file(&directory.database()),
            None => Database::memory().map_err(|error| embedded_error(&error)),
        }?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| embedded_error(&error))?;
        listener.set_nonblocking(true).map_err(|error| embedded_error(&error))?;
        let url = format!("http://{}", listener.local_addr().map_err(|error| embedded_error(&error))?);
        if let Some(directory) = &directory {
            directory.publish_endpoint(&url)?;
        }
        let (stop, stopped) = oneshot::channel();
        let (ending, ended) = oneshot::channel();
        let run = move || {
            if let Err(error) = serve(listener, database, stopped) {
                tracing::error!(%error, "the embedded DynamoDB failed");
            }
            // The database is closed: unlock the directory for other processes.
            drop(directory);
            let _ = ending.send(());
        };
        thread::Builder::new().name("dynamodb".to_owned()).spawn(run).map_err(|error| embedded_error(&error))?;
        Ok(Self { url, stop, ended })
    }

    /// Returns the endpoint URL for the SDK.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Waits for open requests, closes the database and unlocks its directory.
    pub(crate) async fn close(self) {
        // Each fails only if the thread has ended.
        let _ = self.stop.send(());
        let _ = self.ended.await;
    }
}

fn open_file(path: &Path) -> Result<Database, StartError> {
    let name = path.to_str().ok_or_else(|| embedded_error(&"the data directory's name must be UTF-8"))?;
    Database::new(name).map_err(|error| embedded_error(&error))
}

/// Serves until `stopped` resolves. It also resolves if its sender is dropped.
fn serve(listener: TcpListener, database: Database, stopped: oneshot::Receiver<()>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let stopping = Arc::new(Notify::new());
        let notify = Arc::clone(&stopping);
        let stop = async move {
            let _ = stopped.await;
            notify.notify_one();
        };
        tokio::select! {
            served = serve_with_shutdown(listener, database, stop) => served.map_err(io::Error::other),
            // A client that sent an incomplete request would otherwise block the shutdown forever.
            () = async { stopping.notified().await; tokio::time::sleep(SHUTDOWN_GRACE).await } => Ok(()),
        }
    })
}

fn embedded_error(error: &dyn ToString) -> StartError {
    StartError::Embedded { reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpStream,
    };

    use super::*;

    fn status_of(url: &str) -> io::Result<String> {
        let mut stream = TcpStream::connect(url.trim_start_matches("http://"))?;
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")?;
        let mut response = String::new();
        stream.read_to_string(&mut response)?;
        Ok(response.lines().next().unwrap_or_default().to_owned())
    }

    #[tokio::test]
    async fn it_serves_on_loopback_until_it_is_closed() {
        let dynamodb = EmbeddedDynamoDb::open(None).unwrap();
        let url = dynamodb.url().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        assert_eq!(status_of(&url).unwrap(), "HTTP/1.1 200 OK");
        dynamodb.close().await;
        assert!(status_of(&url).is_err());
    }

    #[tokio::test]
    async fn a_directory_can_be_opened_again_after_close() {
        let directory = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            let dynamodb = EmbeddedDynamoDb::open(Some(DataDir::open(directory.path()).unwrap())).unwrap();
            assert_eq!(DataDir::published_endpoint(directory.path()).as_deref(), Some(dynamodb.url()));
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
