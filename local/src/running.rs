//! Start and shutdown of a server in this process.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use aws_sdk_dynamodb::Client;
use berth_functions::FALLBACK;
use berth_shared::{Service, http::TokenVerifier, operator, store::Store};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, oneshot},
    task::JoinHandle,
};

use crate::{
    EmbeddedDynamoDb, Options, StartError, StoreCredentials,
    connection::StoreConnection,
    error::error_chain,
    origin::OriginPolicy,
    server::{self, Server},
};

/// A running server. Dropping it shuts it down in the background. [`RunningServer::stop`] waits for the shutdown.
#[derive(Debug)]
pub struct RunningServer {
    address: SocketAddr,
    connection: StoreConnection,
    store: Store,
    table: String,
    first_key: Option<String>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

/// Starts a server: binds the port, connects to DynamoDB, and creates and initializes the table if it does not exist.
///
/// A table on AWS is not created: use `berth table create --aws`. Call this function inside a Tokio runtime.
///
/// # Errors
///
/// Returns an error if the port is in use, or if DynamoDB or the table cannot be used: see [`StartError`].
pub async fn start(options: Options) -> Result<RunningServer, StartError> {
    let fallback = berth_functions::find(FALLBACK).ok_or(StartError::NoFallback(FALLBACK))?;
    let tokens = options.tokens.map(TokenVerifier::new).transpose()?;
    // First, because the first key is shown only once: nothing can fail after it is created.
    let listener = listen(options.port).await?;
    let address = listener.local_addr().map_err(|source| StartError::Listen { port: options.port, source })?;
    let origins = OriginPolicy { hosts: options.allowed_hosts, origins: options.cors_origins };
    let mut connection = StoreConnection::open(&options.store, options.http_client.as_ref()).await?;
    if let Some(port) = options.store_port {
        connection.listen_on(port, origins.clone()).await?;
    }
    connection.prepare_table(&options.table).await?;
    let store = Store::connect(connection.config(), &options.table).retaining(options.audit_retention);
    let first_key = operator::initialize(&store, options.environment, &connection.operator().await)
        .await
        .map_err(|error| StartError::Initialize { table: options.table.clone(), reason: error_chain(&error) })?;
    let server = Server {
        service: Service::with_clock(store.clone(), options.environment, tokens, options.clock),
        fallback,
        request_timeout: options.request_timeout,
        abort_grace: options.abort_grace,
        port: address.port(),
        origins,
        slots: Arc::new(Semaphore::new(server::MAX_CONCURRENCY)),
        connections: Arc::new(Semaphore::new(server::MAX_CONNECTIONS)),
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(server::serve(listener, server, async move {
        // It also resolves if its sender is dropped.
        let _ = stopped.await;
    }));
    Ok(RunningServer { address, connection, store, table: options.table, first_key, stop, serving })
}

async fn listen(port: u16) -> Result<TcpListener, StartError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => StartError::PortInUse { port },
        _ => StartError::Listen { port, source },
    })
}

impl RunningServer {
    /// Returns the base URL, without a trailing slash.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the embedded DynamoDB, or `None` if the server uses another one.
    #[must_use]
    pub fn embedded(&self) -> Option<&EmbeddedDynamoDb> {
        self.connection.embedded()
    }

    /// Returns the endpoint URL of the embedded DynamoDB and the credentials that sign requests to it, or `None` without
    /// [`Options::store_port`].
    #[must_use]
    pub fn store_port(&self) -> Option<(String, &StoreCredentials)> {
        self.connection.port().map(|port| (port.url(), port.credentials()))
    }

    /// Returns the DynamoDB client of the endpoints.
    #[must_use]
    pub fn client(&self) -> &Client {
        self.store.client()
    }

    /// Returns the name of the table.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }

    /// Returns the credential of the first platform key, if this start created it. It is not stored.
    #[must_use]
    pub fn first_key(&self) -> Option<&str> {
        self.first_key.as_deref()
    }

    /// Stops accepting requests, waits for open requests, and closes the connection to DynamoDB.
    pub async fn stop(self) {
        // Each fails only if the server has ended.
        let _ = self.stop.send(());
        let _ = self.serving.await;
        self.connection.close().await;
    }
}

#[cfg(test)]
mod tests;
