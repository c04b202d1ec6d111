//! Why Berth does not start: one clear line each.

use std::{error::Error, io, path::PathBuf};

use berth_shared::http::InvalidTokenConfig;

/// Why a server did not start, or a command found no store to work on.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Something else listens on the port.
    #[error("port {port} is in use by another program: stop it, or choose another port with --port (0 for any)")]
    PortInUse {
        /// The port asked for.
        port: u16,
    },
    /// The system does not let us listen on the port.
    #[error("cannot listen on port {port}: {source}")]
    Listen {
        /// The port asked for.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
    /// The data directory cannot be made or written to.
    #[error("cannot write to the data directory {}: {source}", path.display())]
    DirectoryUnwritable {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another process works in the data directory.
    #[error("the data directory {} is in use by another process: stop it, or choose another with --data-dir", path.display())]
    DirectoryInUse {
        /// The directory.
        path: PathBuf,
    },
    /// The embedded store does not open.
    #[error("cannot open the embedded store: {reason}")]
    Embedded {
        /// What it says.
        reason: String,
    },
    /// DynamoDB does not answer, or there are no credentials for it.
    #[error("cannot reach DynamoDB{}: {reason}", at(endpoint.as_deref()))]
    StoreUnreachable {
        /// Its endpoint, unless it is the one of AWS.
        endpoint: Option<String>,
        /// What the SDK says.
        reason: String,
    },
    /// There is no table, and it is not made in passing: a table on AWS is a decision.
    #[error("there is no table {table}: make it with `berth table create --aws --table {table}`")]
    TableMissing {
        /// The name of the table.
        table: String,
    },
    /// The table cannot be made or is not Berth's.
    #[error("table {table}: {reason}")]
    Table {
        /// The name of the table.
        table: String,
        /// What DynamoDB says, or what is wrong with the table.
        reason: String,
    },
    /// The store does not take the deployment's first records.
    #[error("cannot initialize table {table}: {reason}")]
    Initialize {
        /// The name of the table.
        table: String,
        /// What the store says.
        reason: String,
    },
    /// Signed tokens cannot be accepted as it is configured.
    #[error(transparent)]
    Tokens(#[from] InvalidTokenConfig),
    /// The endpoint list lacks the endpoint that answers what no route takes: a mistake of ours.
    #[error("the endpoint list has no endpoint named {0}")]
    NoFallback(&'static str),
}

fn at(endpoint: Option<&str>) -> String {
    endpoint.map(|endpoint| format!(" at {endpoint}")).unwrap_or_default()
}

/// An error and its causes in one line. The SDK says "dispatch failure"; that a connection was refused says its cause.
pub(crate) fn in_one_line(error: &dyn Error) -> String {
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
    fn causes_are_told_in_one_line() {
        assert_eq!(in_one_line(&Outer(Inner)), "outer: inner: broken");
    }

    #[test]
    fn every_failure_to_start_is_one_line() {
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
