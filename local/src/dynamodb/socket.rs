//! The embedded DynamoDB on a Unix socket, for commands that run beside the server. Only the owner of the data directory
//! can connect: the permissions of the socket and of its directory are the authentication.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use lambda_http::http::{StatusCode, header, request::Parts};
use tokio::{
    net::{UnixListener, UnixStream},
    task::JoinSet,
};

use super::{
    EmbeddedDynamoDb,
    client::target,
    http::{self, Authorize},
};

/// Accepts connections on a socket until it is dropped.
#[derive(Debug)]
pub(crate) struct Socket(tokio::task::JoinHandle<()>);

impl Socket {
    /// Creates the socket `path`, for its owner only, and serves `dynamodb` on it.
    pub(crate) fn listen(dynamodb: EmbeddedDynamoDb, path: &Path) -> io::Result<Self> {
        // A process that crashed did not remove it. The data directory is locked by this process.
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(path)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
        Ok(Self(tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                tokio::select! {
                    Ok((stream, _)) = listener.accept() => {
                        connections.spawn(http::serve(stream, dynamodb.clone(), Owner));
                    }
                    Some(_) = connections.join_next() => {}
                    else => break,
                }
            }
        })))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Whoever can connect owns the data.
#[derive(Clone)]
struct Owner;

impl Authorize for Owner {
    fn authorize(&self, _: &Parts, _: &[u8]) -> Result<(), (StatusCode, String)> {
        Ok(())
    }
}

/// HTTP client of the SDK that sends its requests to a socket, one connection for each.
#[derive(Debug, Clone)]
pub(crate) struct SocketClient(PathBuf);

impl SocketClient {
    /// Returns a client if a process accepts connections on the socket `path`.
    pub(crate) async fn connect(path: &Path) -> io::Result<SharedHttpClient> {
        drop(UnixStream::connect(path).await?);
        Ok(SharedHttpClient::new(Self(path.to_owned())))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let stream = UnixStream::connect(&self.0).await.map_err(|error| ConnectorError::io(error.into()))?;
        let other = |error: hyper::Error| ConnectorError::other(error.into(), None);
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(other)?;
        tokio::spawn(connection);
        let body = Bytes::copy_from_slice(request.body().bytes().unwrap_or_default());
        let request = Request::post("/")
            .header(header::HOST, "dynamodb")
            .header("x-amz-target", target(&request))
            .body(Full::new(body))
            .map_err(|error| ConnectorError::user(error.into()))?;
        let response = sender.send_request(request).await.map_err(other)?;
        let status = response.status();
        let body = response.into_body().collect().await.map_err(other)?.to_bytes();
        Ok(HttpResponse::new(status.into(), SdkBody::from(body)))
    }
}

impl HttpClient for SocketClient {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for SocketClient {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.clone();
        HttpConnectorFuture::new(async move { client.send(request).await })
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::Client;

    use super::*;
    use crate::{client::sdk_config, dynamodb::URL};

    #[tokio::test]
    async fn another_process_of_the_owner_reaches_the_database() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        assert!(SocketClient::connect(&path).await.is_err());
        let socket = Socket::listen(EmbeddedDynamoDb::open(None).unwrap(), &path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let client = SocketClient::connect(&path).await.unwrap();
        let client = Client::new(&sdk_config(Some(URL), Some(client)).await);
        assert!(client.list_tables().send().await.unwrap().table_names().is_empty());
        drop(socket);
        tokio::task::yield_now().await;
        assert!(client.list_tables().send().await.is_err());
        // A socket that a crashed process left is replaced.
        let _socket = Socket::listen(EmbeddedDynamoDb::open(None).unwrap(), &path).unwrap();
        assert!(client.list_tables().send().await.is_ok());
    }
}
