//! A store that answers at once: behind TLS, with what the embedded DynamoDB answered to the same question before.
//!
//! What it costs is then the client's. Reads are known by what they ask for, writes by the operation only, since no two
//! are alike.

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

/// Operations that change nothing.
const READS: [&str; 3] = ["GetItem", "Query", "BatchGetItem"];

/// The store, serving in threads of its own until the process ends.
#[derive(Debug)]
pub(crate) struct StubStore {
    /// Its endpoint.
    pub(crate) url: String,
    /// Its certificate, which it signed itself.
    pub(crate) certificate: String,
    connections: Arc<AtomicU32>,
}

/// Answers by operation and question.
type Known = Arc<Mutex<HashMap<(String, Vec<u8>), (String, Vec<u8>)>>>;

impl StubStore {
    /// Starts it. What it does not know yet, it asks of `origin`, a DynamoDB that listens there.
    pub(crate) fn start(origin: SocketAddr) -> Result<Self> {
        let key = KeyPair::generate().map_err(Error::other)?;
        let parameters = CertificateParams::new(["127.0.0.1".to_owned(), "localhost".to_owned()]);
        let certificate = parameters.and_then(|parameters| parameters.self_signed(&key)).map_err(Error::other)?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], private))
            .map_err(Error::other)?;
        let (config, known) = (Arc::new(config), Known::default());
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("https://{}", listener.local_addr()?);
        let connections = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&connections);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                counted.fetch_add(1, Ordering::Relaxed);
                let (config, known) = (Arc::clone(&config), Arc::clone(&known));
                // A process that is ended leaves its connection in the middle: that is no error.
                thread::spawn(move || serve(connection, config, &known, origin));
            }
        });
        Ok(Self { url, certificate: certificate.pem(), connections })
    }

    /// How many connections it has taken so far.
    pub(crate) fn connections(&self) -> u32 {
        self.connections.load(Ordering::Relaxed)
    }

    /// Writes the roots that a process is to trust: the store's own certificate, and those of `others`.
    pub(crate) fn write_roots(&self, to: &Path, others: &str) -> Result<()> {
        std::fs::write(to, format!("{}\n{others}", self.certificate))
    }
}

fn serve(connection: TcpStream, config: Arc<ServerConfig>, known: &Known, origin: SocketAddr) -> Result<()> {
    connection.set_nodelay(true)?;
    let tls = ServerConnection::new(config).map_err(Error::other)?;
    let mut stream = BufReader::new(StreamOwned::new(tls, connection));
    while let Some(request) = Message::read(&mut stream)? {
        let target = request.header("x-amz-target").unwrap_or_default().to_owned();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        // The SDK writes the members of an object in any order: what does not depend on it are the bytes, sorted.
        let mut question = if READS.contains(&operation.as_str()) { request.body.clone() } else { Vec::new() };
        question.sort_unstable();
        let question = (operation, question);
        let answer = known.lock().unwrap_or_else(PoisonError::into_inner).get(&question).cloned();
        let (line, body) = if let Some(answer) = answer {
            answer
        } else {
            let answer = ask(origin, &request)?;
            if answer.0.contains(" 200 ") {
                known.lock().unwrap_or_else(PoisonError::into_inner).insert(question, answer.clone());
            }
            answer
        };
        let headers = "Content-Type: application/x-amz-json-1.0\r\nx-amzn-RequestId: bench\r\n";
        http::write(stream.get_mut(), &line, headers, &body)?;
    }
    Ok(())
}

/// What `origin` answers to a request.
fn ask(origin: SocketAddr, request: &Message) -> Result<(String, Vec<u8>)> {
    let mut connection = TcpStream::connect(origin)?;
    let passed = ["host", "x-amz-target", "content-type", "authorization", "x-amz-date"];
    let headers = request.headers.iter().filter(|(name, _)| passed.contains(&name.as_str()));
    let headers = headers.fold(String::new(), |lines, (name, value)| lines + name + ": " + value + "\r\n");
    http::write(&mut connection, "POST / HTTP/1.1", &headers, &request.body)?;
    let answer = Message::read(&mut BufReader::new(connection))?;
    answer.map(|answer| (answer.line, answer.body)).ok_or_else(|| Error::other("the store closed the connection"))
}
