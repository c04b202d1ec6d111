//! The connection between a function and its store, which a test can hold up: a TCP relay.

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
};

/// What is held up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// Nothing.
    Nothing,
    /// The requests that have this in them: the store never hears of them.
    Requests(&'static str),
    /// The answers to the requests that have this in them: the store acts, and nobody is reported.
    Answers(&'static str),
}

/// A relay. Cloning shares it.
#[derive(Clone)]
pub struct Link {
    held: Arc<Mutex<Held>>,
    /// Told each time that something is held up.
    caught: Arc<Notify>,
    port: u16,
}

impl Link {
    /// A relay to the store at `store`, on a port of its own or on `port`. It ends with the runtime of the test.
    pub async fn to(store: &str, port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let link = Self { held: Arc::new(Mutex::new(Held::Nothing)), caught: Arc::default(), port };
        let (relay, store) = (link.clone(), store.trim_start_matches("http://").to_owned());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (relay, store) = (relay.clone(), store.clone());
                tokio::spawn(async move { relay.carry(client, &store).await });
            }
        });
        link
    }

    /// Where a function finds the store.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// From now on holds this up. What is held up already stays so.
    pub fn hold(&self, held: Held) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = held;
    }

    /// Waits until something is held up.
    pub async fn caught(&self) {
        self.caught.notified().await;
    }

    /// Carries one connection. The SDK writes the head of a request at once and sends the next one when it has the response
    /// to the last: what stands at the beginning of what it writes tells which call it is.
    async fn carry(&self, mut client: TcpStream, store: &str) {
        let Ok(mut store) = TcpStream::connect(store).await else { return };
        let (mut request, mut response) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
        let mut withheld = false;
        loop {
            tokio::select! {
                read = client.read(&mut request) => {
                    let Ok(length @ 1..) = read else { return };
                    let text = String::from_utf8_lossy(&request[..length]).into_owned();
                    let held = *self.held.lock().unwrap_or_else(PoisonError::into_inner);
                    if matches!(held, Held::Requests(part) if text.contains(part)) {
                        self.caught.notify_one();
                        // The connection stays open, and nothing comes over it any more.
                        return std::future::pending().await;
                    }
                    withheld |= matches!(held, Held::Answers(part) if text.contains(part));
                    if store.write_all(&request[..length]).await.is_err() {
                        return;
                    }
                }
                read = store.read(&mut response) => {
                    let Ok(length @ 1..) = read else { return };
                    if withheld {
                        self.caught.notify_one();
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
