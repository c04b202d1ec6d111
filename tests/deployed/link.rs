//! A TCP relay between a function and DynamoDB that can block the connection.

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
};

use crate::harness::StorePort;

/// The blocked part of the traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocked {
    /// Nothing.
    Nothing,
    /// Requests that contain this text: they do not reach DynamoDB.
    Requests(&'static str),
    /// Responses to requests that contain this text: DynamoDB executes the request, and the function gets no response.
    Responses(&'static str),
}

/// A relay. Clones share it.
#[derive(Clone)]
pub struct Link {
    blocked: Arc<Mutex<Blocked>>,
    /// Notified each time something is blocked.
    block_event: Arc<Notify>,
    /// The relay, in the form of a port of DynamoDB.
    store: StorePort,
}

impl Link {
    /// Starts a relay to DynamoDB at `store`, on `port` or a free port. It ends with the runtime of the test.
    pub async fn to(store: &StorePort, port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let relay = StorePort { url: format!("http://127.0.0.1:{port}"), credentials: store.credentials.clone() };
        let link = Self { blocked: Arc::new(Mutex::new(Blocked::Nothing)), block_event: Arc::default(), store: relay };
        let (relay, store) = (link.clone(), store.url.trim_start_matches("http://").to_owned());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (relay, store) = (relay.clone(), store.clone());
                tokio::spawn(async move { relay.relay(client, &store).await });
            }
        });
        link
    }

    /// Returns the DynamoDB endpoint for the function.
    pub fn store(&self) -> &StorePort {
        &self.store
    }

    /// Blocks this part from now on. What is already blocked stays so.
    pub fn block(&self, blocked: Blocked) {
        *self.blocked.lock().unwrap_or_else(PoisonError::into_inner) = blocked;
    }

    /// Waits until something is blocked.
    pub async fn wait_until_blocked(&self) {
        self.block_event.notified().await;
    }

    /// Relays one connection. The SDK writes the head of a request at once, and sends the next request after the
    /// response to the previous one. So the operation is in the first part of each write.
    async fn relay(&self, mut client: TcpStream, store: &str) {
        let Ok(mut store) = TcpStream::connect(store).await else { return };
        let (mut request, mut response) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
        let mut is_blocked = false;
        loop {
            tokio::select! {
                read = client.read(&mut request) => {
                    let Ok(length @ 1..) = read else { return };
                    let text = String::from_utf8_lossy(&request[..length]).into_owned();
                    let blocked = *self.blocked.lock().unwrap_or_else(PoisonError::into_inner);
                    if matches!(blocked, Blocked::Requests(part) if text.contains(part)) {
                        self.block_event.notify_one();
                        // The connection stays open, but nothing is relayed any more.
                        return std::future::pending().await;
                    }
                    is_blocked |= matches!(blocked, Blocked::Responses(part) if text.contains(part));
                    if store.write_all(&request[..length]).await.is_err() {
                        return;
                    }
                }
                read = store.read(&mut response) => {
                    let Ok(length @ 1..) = read else { return };
                    if is_blocked {
                        self.block_event.notify_one();
                        return std::future::pending().await;
                    }
                    if client.write_all(&response[..length]).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}
