//! A server in this process, from its start to its end.

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
    Options, StartError,
    error::in_one_line,
    opened::Opened,
    server::{self, Server},
};

/// A server that answers requests. Dropping it ends it in the background; [`Running::stop`] waits for the end.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    opened: Opened,
    store: Store,
    table: String,
    first_key: Option<String>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

/// Starts a server: takes the port, opens the store, makes the table if it is missing, and initializes it if it is new.
///
/// A table at AWS is not made: that is `berth table create --aws`. It must run inside a Tokio runtime.
///
/// # Errors
///
/// The port is taken, or the store cannot be opened, reached or used: see [`StartError`].
pub async fn start(options: Options) -> Result<Running, StartError> {
    let fallback = berth_functions::find(FALLBACK).ok_or(StartError::NoFallback(FALLBACK))?;
    let tokens = options.tokens.map(TokenVerifier::new).transpose()?;
    // First of all, as the first key is shown only once: nothing may go wrong after it is made.
    let listener = listen(options.port).await?;
    let address = listener.local_addr().map_err(|source| StartError::Listen { port: options.port, source })?;
    let opened = Opened::open(&options.store, options.http_client).await?;
    opened.prepare_table(&options.table).await?;
    let store = Store::connect(opened.config(), &options.table);
    let first_key = operator::initialize(&store, options.environment)
        .await
        .map_err(|error| StartError::Initialize { table: options.table.clone(), reason: in_one_line(&error) })?;
    let server = Server {
        service: Service::new(store.clone(), options.environment, tokens),
        fallback,
        request_timeout: options.request_timeout,
        abort_grace: options.abort_grace,
        port: address.port(),
        slots: Arc::new(Semaphore::new(server::AT_ONCE)),
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(server::serve(listener, server, async move {
        // Resolves also when its sender is dropped.
        let _ = stopped.await;
    }));
    Ok(Running { address, opened, store, table: options.table, first_key, stop, serving })
}

async fn listen(port: u16) -> Result<TcpListener, StartError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => StartError::PortInUse { port },
        _ => StartError::Listen { port, source },
    })
}

impl Running {
    /// The base URL, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The endpoint of the store, unless it is the one of AWS.
    #[must_use]
    pub fn store_url(&self) -> Option<&str> {
        self.opened.endpoint()
    }

    /// The client that the endpoints reach the store by.
    #[must_use]
    pub fn client(&self) -> &Client {
        self.store.client()
    }

    /// The name of the table.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }

    /// The first platform key, if this start has made it. It is kept nowhere else.
    #[must_use]
    pub fn first_key(&self) -> Option<&str> {
        self.first_key.as_deref()
    }

    /// Takes no more requests, lets those under way end, and lets go of the store.
    pub async fn stop(self) {
        // Either fails only when the server is gone already.
        let _ = self.stop.send(());
        let _ = self.serving.await;
        self.opened.close().await;
    }
}

#[cfg(test)]
mod tests;
