//! A DynamoDB stub behind TLS. It responds immediately with a cached response of the embedded DynamoDB.
//!
//! Measurements then include only the cost of the client. The cache key of a read is its operation and body. The cache
//! key of a write is its operation only, because no two bodies are equal.

use std::{
    collections::HashMap,
    io::{BufReader, Error, Result},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};

use rcgen::{CertificateParams, KeyPair};
use tokio_rustls::rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

use crate::http::{self, Message};

/// Operations that only read.
const READS: [&str; 3] = ["GetItem", "Query", "BatchGetItem"];

/// A running stub. It serves in its own threads until the process exits.
#[derive(Debug)]
pub(crate) struct DynamoDbStub {
    /// Endpoint URL.
    pub(crate) url: String,
    /// Self-signed certificate, as PEM.
    pub(crate) certificate: String,
    connections: Arc<AtomicU32>,
}

/// Status line and body of responses, by operation and normalized body of the request.
type Cache = Arc<Mutex<HashMap<(String, Vec<u8>), (String, Vec<u8>)>>>;

impl DynamoDbStub {
    /// Starts the stub. It forwards requests that are not cached to `origin`, the address of the embedded DynamoDB.
    pub(crate) fn start(origin: SocketAddr) -> Result<Self> {
        let key = KeyPair::generate().map_err(Error::other)?;
        let parameters = CertificateParams::new(["127.0.0.1".to_owned(), "localhost".to_owned()]);
        let certificate = parameters.and_then(|parameters| parameters.self_signed(&key)).map_err(Error::other)?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], private))
            .map_err(Error::other)?;
        let (config, cache) = (Arc::new(config), Cache::default());
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("https://{}", listener.local_addr()?);
        let connections = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&connections);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                counter.fetch_add(1, Ordering::Relaxed);
                let (config, cache) = (Arc::clone(&config), Arc::clone(&cache));
                // The error is ignored: a killed process closes its connection at any point.
                thread::spawn(move || serve(connection, config, &cache, origin));
            }
        });
        Ok(Self { url, certificate: certificate.pem(), connections })
    }

    /// Returns the number of connections accepted so far.
    pub(crate) fn connections(&self) -> u32 {
        self.connections.load(Ordering::Relaxed)
    }

    /// Writes a file of root certificates that a process trusts: the stub's certificate, and `others`.
    pub(crate) fn write_roots(&self, to: &Path, others: &str) -> Result<()> {
        std::fs::write(to, format!("{}\n{others}", self.certificate))
    }
}

fn serve(connection: TcpStream, config: Arc<ServerConfig>, cache: &Cache, origin: SocketAddr) -> Result<()> {
    connection.set_nodelay(true)?;
    let tls = ServerConnection::new(config).map_err(Error::other)?;
    let mut stream = BufReader::new(StreamOwned::new(tls, connection));
    while let Some(request) = Message::read(&mut stream)? {
        let target = request.header("x-amz-target").unwrap_or_default().to_owned();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        // The SDK writes the members of objects in any order. The sorted bytes of the body do not depend on it.
        let mut body = if READS.contains(&operation.as_str()) { request.body.clone() } else { Vec::new() };
        body.sort_unstable();
        let key = (operation, body);
        let cached = cache.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let (line, body) = if let Some(response) = cached {
            response
        } else {
            let response = forward(origin, &request)?;
            if response.0.contains(" 200 ") {
                cache.lock().unwrap_or_else(PoisonError::into_inner).insert(key, response.clone());
            }
            response
        };
        let headers = "Content-Type: application/x-amz-json-1.0\r\nx-amzn-RequestId: bench\r\n";
        http::write(stream.get_mut(), &line, headers, &body)?;
    }
    Ok(())
}

/// Forwards a request to `origin`. Returns the status line and the body of the response.
fn forward(origin: SocketAddr, request: &Message) -> Result<(String, Vec<u8>)> {
    let mut connection = TcpStream::connect(origin)?;
    let forwarded = ["host", "x-amz-target", "content-type", "authorization", "x-amz-date"];
    let headers = request.headers.iter().filter(|(name, _)| forwarded.contains(&name.as_str()));
    let headers = headers.fold(String::new(), |lines, (name, value)| lines + name + ": " + value + "\r\n");
    http::write(&mut connection, "POST / HTTP/1.1", &headers, &request.body)?;
    let response = Message::read(&mut BufReader::new(connection))?;
    let closed = || Error::other("the embedded DynamoDB closed the connection");
    response.map(|response| (response.line, response.body)).ok_or_else(closed)
}
