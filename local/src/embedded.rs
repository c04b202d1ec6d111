//! The embedded DynamoDB: dynoxide over SQLite, served on loopback for the official SDK.
//!
//! It answers a write after SQLite has committed it, in WAL mode with `synchronous = FULL` (SQLite's default, which
//! dynoxide leaves alone): a write that was acknowledged is in the log on disk, and outlives this process and the machine.

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

/// How long requests that are under way may take to end once the store is told to.
const GRACE: Duration = Duration::from_secs(5);

/// A running embedded store. Dropping it ends it too, in the background.
#[derive(Debug)]
pub(crate) struct Embedded {
    url: String,
    stop: oneshot::Sender<()>,
    ended: oneshot::Receiver<()>,
}

impl Embedded {
    /// Opens the store in `directory`, or a new one in memory, and serves it on a free port of the loopback interface.
    ///
    /// It has a thread of its own: SQLite blocks the thread that calls it, and the API's threads have other calls to
    /// answer meanwhile.
    pub(crate) fn open(directory: Option<DataDir>) -> Result<Self, StartError> {
        let database = match &directory {
            Some(directory) => open_file(&directory.database()),
            None => Database::memory().map_err(|error| embedded(&error)),
        }?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| embedded(&error))?;
        listener.set_nonblocking(true).map_err(|error| embedded(&error))?;
        let url = format!("http://{}", listener.local_addr().map_err(|error| embedded(&error))?);
        if let Some(directory) = &directory {
            directory.publish(&url)?;
        }
        let (stop, stopped) = oneshot::channel();
        let (ending, ended) = oneshot::channel();
        let run = move || {
            if let Err(error) = serve(listener, database, stopped) {
                tracing::error!(%error, "the embedded store has failed");
            }
            // Only now is the database closed, and the directory free for another process.
            drop(directory);
            let _ = ending.send(());
        };
        thread::Builder::new().name("dynamodb".to_owned()).spawn(run).map_err(|error| embedded(&error))?;
        Ok(Self { url, stop, ended })
    }

    /// The endpoint to give to the SDK.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Lets the requests under way end, closes the database and frees its directory.
    pub(crate) async fn close(self) {
        // Either fails only when the thread is gone already.
        let _ = self.stop.send(());
        let _ = self.ended.await;
    }
}

fn open_file(path: &Path) -> Result<Database, StartError> {
    let name = path.to_str().ok_or_else(|| embedded(&"the data directory's name must be UTF-8"))?;
    Database::new(name).map_err(|error| embedded(&error))
}

/// Serves until `stopped` resolves, which it does too when its sender is dropped.
fn serve(listener: TcpListener, database: Database, stopped: oneshot::Receiver<()>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let stopping = Arc::new(Notify::new());
        let told = Arc::clone(&stopping);
        let stop = async move {
            let _ = stopped.await;
            told.notify_one();
        };
        tokio::select! {
            served = serve_with_shutdown(listener, database, stop) => served.map_err(io::Error::other),
            // A client that sent half a request would hold the end up forever.
            () = async { stopping.notified().await; tokio::time::sleep(GRACE).await } => Ok(()),
        }
    })
}

fn embedded(error: &dyn ToString) -> StartError {
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
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.lines().next().unwrap_or_default().to_owned())
    }

    #[tokio::test]
    async fn it_serves_on_loopback_until_it_is_closed() {
        let store = Embedded::open(None).unwrap();
        let url = store.url().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        assert_eq!(status_of(&url).unwrap(), "HTTP/1.1 200 OK");
        store.close().await;
        assert!(status_of(&url).is_err());
    }

    #[tokio::test]
    async fn a_closed_store_leaves_its_directory_to_the_next() {
        let directory = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            let store = Embedded::open(Some(DataDir::open(directory.path()).unwrap())).unwrap();
            assert_eq!(DataDir::published(directory.path()).as_deref(), Some(store.url()));
            store.close().await;
        }
    }

    #[tokio::test]
    async fn what_is_no_database_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let opened = DataDir::open(directory.path()).unwrap();
        std::fs::write(opened.database(), "not a database, but long enough to be taken for one".repeat(100)).unwrap();
        assert!(matches!(Embedded::open(Some(opened)), Err(StartError::Embedded { .. })));
    }
}
