//! Errors at startup. Each is one line.

use std::{error::Error, io, path::PathBuf};

use berth_shared::http::InvalidTokenConfig;

/// Error of a server that cannot start, or of a command that cannot use its DynamoDB.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another process listens on the port.
    #[error("port {port} is in use by another program: stop it, or choose another port with --port (0 for any)")]
    PortInUse {
        /// Requested port.
        port: u16,
    },
    /// The operating system does not allow listening on the port.
    #[error("cannot listen on port {port}: {source}")]
    Listen {
        /// Requested port.
        port: u16,
        /// Error of the operating system.
        source: io::Error,
    },
    /// The data directory cannot be created or written to.
    #[error("cannot write to the data directory {}: {source}", path.display())]
    DirectoryUnwritable {
        /// Data directory.
        path: PathBuf,
        /// Error of the operating system.
        source: io::Error,
    },
    /// Another process uses the data directory.
    #[error("the data directory {} is in use by another process: stop it, or choose another with --data-dir", path.display())]
    DirectoryInUse {
        /// Data directory.
        path: PathBuf,
    },
    /// The embedded DynamoDB does not open.
    #[error("cannot open the embedded DynamoDB: {reason}")]
    Embedded {
        /// Error of the embedded DynamoDB.
        reason: String,
    },
    /// DynamoDB does not respond, or no credentials are configured.
    #[error("cannot reach DynamoDB{}: {reason}", at(endpoint.as_deref()))]
    StoreUnreachable {
        /// Endpoint URL. `None` is DynamoDB on AWS.
        endpoint: Option<String>,
        /// Error of the SDK.
        reason: String,
    },
    /// The table does not exist. Tables on AWS are created only by an explicit command.
    #[error("table {table} does not exist: create it with `berth table create --aws --table {table}`")]
    TableMissing {
        /// Name of the table.
        table: String,
    },
    /// The table cannot be created, or has a foreign key schema.
    #[error("table {table}: {reason}")]
    Table {
        /// Name of the table.
        table: String,
        /// Error of DynamoDB, or the defect of the table.
        reason: String,
    },
    /// The initial records of the deployment cannot be written.
    #[error("cannot initialize table {table}: {reason}")]
    Initialize {
        /// Name of the table.
        table: String,
        /// Error of the store.
        reason: String,
    },
    /// The configuration of signed tokens is invalid.
    #[error(transparent)]
    Tokens(#[from] InvalidTokenConfig),
    /// The endpoint list has no endpoint for unmatched requests. This is a bug.
    #[error("the endpoint list has no endpoint named {0}")]
    NoFallback(&'static str),
}

fn at(endpoint: Option<&str>) -> String {
    endpoint.map(|endpoint| format!(" at {endpoint}")).unwrap_or_default()
}

/// Returns an error and its causes in one line. The SDK's own message is "dispatch failure"; its cause is "connection
/// refused".
pub(crate) fn error_chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !line.ends_with(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        cause = error.source();
    }
    line.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] Inner);

    #[derive(Debug, thiserror::Error)]
    #[error("inner:\nbroken")]
    struct Inner;

    #[test]
    fn an_error_chain_is_one_line() {
        assert_eq!(error_chain(&Outer(Inner)), "outer: inner: broken");
    }

    #[test]
    fn every_start_error_is_one_line() {
        let (path, endpoint) = (PathBuf::from("/data"), Some("http://127.0.0.1:1".to_owned()));
        for error in [
            StartError::PortInUse { port: 3000 },
            StartError::Listen { port: 80, source: io::ErrorKind::PermissionDenied.into() },
            StartError::DirectoryUnwritable { path: path.clone(), source: io::ErrorKind::PermissionDenied.into() },
            StartError::DirectoryInUse { path },
            StartError::StoreUnreachable { endpoint, reason: "connection refused".to_owned() },
            StartError::TableMissing { table: "berth".to_owned() },
        ] {
            assert_eq!(error.to_string().lines().count(), 1, "{error:?}");
        }
    }
}
