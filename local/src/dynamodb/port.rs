//! The embedded DynamoDB on a port of the loopback interface, for the AWS CLI and other programs of the operator. Any
//! program and any web page on the machine can connect to it, so a request must be signed with the credentials of this
//! start, and must not come from a web page.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::SystemTime,
};

use lambda_http::http::{StatusCode, header, request::Parts};
use tokio::{
    net::TcpListener,
    sync::Semaphore,
    task::{JoinHandle, JoinSet},
};

use super::{
    EmbeddedDynamoDb, StoreCredentials, embedded_error,
    http::{self, Authorize},
    operations,
};
use crate::{StartError, origin::OriginPolicy};

/// Maximum number of open connections.
const MAX_CONNECTIONS: usize = 256;

/// Accepts connections on a port until it is dropped.
#[derive(Debug)]
pub(crate) struct StorePort {
    address: SocketAddr,
    credentials: StoreCredentials,
    serving: JoinHandle<()>,
}

impl StorePort {
    /// Serves `dynamodb` on `port`, with new credentials. 0 selects a free port.
    pub(crate) async fn listen(dynamodb: EmbeddedDynamoDb, port: u16, hosts: OriginPolicy) -> Result<Self, StartError> {
        let listen = |source| StartError::Listen { port, source };
        let credentials = StoreCredentials::generate().map_err(|error| embedded_error(&error))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let signed = Signed(Arc::new((credentials.clone(), hosts)));
        let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let serving = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                // Before a connection is accepted, so that more of them wait in the queue of the operating system.
                let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { break };
                let Ok((stream, _)) = listener.accept().await else { continue };
                let connection = http::serve(stream, dynamodb.clone(), signed.clone());
                connections.spawn(async move {
                    connection.await;
                    drop(slot);
                });
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Self { address, credentials, serving })
    }

    /// Returns the endpoint URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the credentials that sign requests.
    pub(crate) fn credentials(&self) -> &StoreCredentials {
        &self.credentials
    }
}

impl Drop for StorePort {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

#[derive(Clone)]
struct Signed(Arc<(StoreCredentials, OriginPolicy)>);

impl Authorize for Signed {
    fn authorize(&self, head: &Parts, body: &[u8]) -> Result<(), (StatusCode, String)> {
        let (credentials, hosts) = &*self.0;
        // Only browsers send an origin. No page is served on this port, so that it cannot be its own.
        if hosts.check(head).is_err() || head.headers.contains_key(header::ORIGIN) {
            return Err((StatusCode::FORBIDDEN, String::new()));
        }
        if credentials.verify(head, body, SystemTime::now()) {
            return Ok(());
        }
        let kind = "com.amazon.coral.service#UnrecognizedClientException";
        Err(operations::error(kind, "sign requests with the access key that `berth serve --store-port` printed"))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::{Client, config::Credentials};
    use reqwest::Method;

    use super::*;
    use crate::client::sdk_config;

    async fn start() -> StorePort {
        StorePort::listen(EmbeddedDynamoDb::open(None).unwrap(), 0, OriginPolicy::default()).await.unwrap()
    }

    async fn client(port: &StorePort, access_key_id: &str, secret: &str) -> Client {
        let config = sdk_config(Some(&port.url()), None).await.into_builder();
        let credentials = Credentials::new(access_key_id, secret, None, None, "test");
        let provider = aws_credential_types::provider::SharedCredentialsProvider::new(credentials);
        Client::new(&config.credentials_provider(provider).build())
    }

    #[tokio::test]
    async fn only_requests_signed_with_the_credentials_of_this_start_are_performed() {
        let (port, other) = (start().await, start().await);
        let StoreCredentials { access_key_id, secret_access_key } = port.credentials().clone();
        assert!(client(&port, &access_key_id, &secret_access_key).await.list_tables().send().await.is_ok());
        let theirs = other.credentials();
        for (id, secret) in [
            (&*access_key_id, &*theirs.secret_access_key),
            (&theirs.access_key_id, &theirs.secret_access_key),
            ("local", "local"),
        ] {
            let error = client(&port, id, secret).await.list_tables().send().await.unwrap_err();
            assert!(format!("{error:?}").contains("UnrecognizedClientException"), "{error:?}");
        }
    }

    #[tokio::test]
    async fn requests_of_web_pages_are_forbidden() {
        let port = start().await;
        let http = reqwest::Client::new();
        let send = |method: Method, header: &'static str, value: &'static str| {
            http.request(method, port.url())
                .header(header, value)
                .header("x-amz-target", "DynamoDB_20120810.ListTables")
                .header("content-type", "application/x-amz-json-1.0")
                .body("{}")
                .send()
        };
        for (method, header, value, status) in [
            (Method::POST, "origin", "https://example.com", 403),
            (Method::POST, "origin", "null", 403),
            (Method::POST, "host", "example.com", 403),
            (Method::POST, "accept", "*/*", 400),
            (Method::OPTIONS, "origin", "https://example.com", 403),
            (Method::GET, "accept", "*/*", 400),
        ] {
            let response = send(method.clone(), header, value).await.unwrap();
            assert_eq!(response.status(), status, "{method} {header}: {value}");
            let names: Vec<_> = response.headers().keys().map(header::HeaderName::as_str).collect();
            assert!(!names.iter().any(|name| name.starts_with("access-control-")), "{names:?}");
        }
    }

    #[tokio::test]
    async fn nothing_listens_after_it_was_dropped() {
        let port = start().await;
        let url = port.url();
        drop(port);
        tokio::task::yield_now().await;
        assert!(reqwest::get(&url).await.is_err());
    }
}
