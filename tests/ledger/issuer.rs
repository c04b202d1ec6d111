//! An identity provider for tests: keys generated for this run, signed tokens, and a server for its key set.

use std::{
    net::SocketAddr,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    hmac,
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair,
        RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
    },
};
use rsa::{RsaPrivateKey, pkcs8::EncodePrivateKey, rand_core::OsRng, traits::PublicKeyParts};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring::default_provider, pki_types::PrivateKeyDer},
};

/// One RSA key for all issuers, because its generation is slow.
static RSA: LazyLock<RsaPrivateKey> =
    LazyLock::new(|| RsaPrivateKey::new(&mut OsRng, 2048).expect("the machine has randomness"));

/// Signs tokens.
pub struct Issuer {
    ec: Vec<u8>,
    /// Prefix of its key ids: `<name>-rsa`, `<name>-ec`.
    name: &'static str,
}

/// How a token is signed.
#[derive(Debug, Clone, Copy)]
pub enum Signature {
    Rs256,
    Es256,
    /// RSA with another padding or digest.
    Rsa(&'static dyn RsaEncoding),
    /// ECDSA in the ASN.1 encoding of X.509, which tokens do not use.
    Es256Asn1,
    /// HMAC with a public value as the secret.
    Hmac(HmacSecret),
    None,
}

/// Public values that an attacker can use as a secret.
#[derive(Debug, Clone, Copy)]
pub enum HmacSecret {
    Modulus,
    Point,
    KeySet,
}

pub const RS384: Signature = Signature::Rsa(&RSA_PKCS1_SHA384);
pub const PS256: Signature = Signature::Rsa(&RSA_PSS_SHA256);

pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs()
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Issuer {
    pub fn new(name: &'static str) -> Self {
        let random = SystemRandom::new();
        let ec = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
        Self { ec: ec.as_ref().to_vec(), name }
    }

    fn pair(&self, algorithm: &'static EcdsaSigningAlgorithm) -> EcdsaKeyPair {
        EcdsaKeyPair::from_pkcs8(algorithm, &self.ec, &SystemRandom::new()).expect("a key")
    }

    /// Returns both coordinates of the public point, without the prefix byte.
    fn point(&self) -> Vec<u8> {
        self.pair(&ECDSA_P256_SHA256_FIXED_SIGNING).public_key().as_ref()[1..].to_vec()
    }

    pub fn key_id(&self, kind: &str) -> String {
        format!("{}-{kind}", self.name)
    }

    /// Returns both keys as a JWK set.
    pub fn key_set(&self) -> Value {
        let point = self.point();
        let (x, y) = point.split_at(32);
        json!({ "keys": [
            { "kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": self.key_id("ed"), "x": base64(x) },
            {
                "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.key_id("rsa"),
                "n": base64(RSA.n().to_bytes_be()), "e": base64(RSA.e().to_bytes_be()),
            },
            { "kty": "EC", "crv": "P-256", "kid": self.key_id("ec"), "x": base64(x), "y": base64(y) },
        ] })
    }

    /// Returns a token with these claims, signed with RS256 or ES256.
    pub fn token(&self, signature: Signature, claims: &Value) -> String {
        let (algorithm, kind) = match signature {
            Signature::Rs256 => ("RS256", "rsa"),
            Signature::Es256 => ("ES256", "ec"),
            other => panic!("{other:?} needs a header"),
        };
        let header = json!({ "alg": algorithm, "typ": "JWT", "kid": self.key_id(kind) });
        self.token_with(&header, claims, signature)
    }

    /// Returns a token with this header and these claims.
    pub fn token_with(&self, header: &Value, claims: &Value, signature: Signature) -> String {
        let message = format!("{}.{}", base64(header.to_string()), base64(claims.to_string()));
        let signature = self.sign(message.as_bytes(), signature);
        format!("{message}.{}", base64(signature))
    }

    fn sign(&self, message: &[u8], signature: Signature) -> Vec<u8> {
        let random = SystemRandom::new();
        let rsa = |encoding: &'static dyn RsaEncoding| {
            let der = RSA.to_pkcs8_der().expect("a key");
            let pair = RsaKeyPair::from_pkcs8(der.as_bytes()).expect("a key");
            let mut signed = vec![0; pair.public().modulus_len()];
            pair.sign(encoding, &random, message, &mut signed).expect("signed");
            signed
        };
        let ecdsa =
            |algorithm| self.pair(algorithm).sign(&random, message).map(|it| it.as_ref().to_vec()).expect("signed");
        match signature {
            Signature::Rs256 => rsa(&RSA_PKCS1_SHA256),
            Signature::Rsa(encoding) => rsa(encoding),
            Signature::Es256 => ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING),
            Signature::Es256Asn1 => ecdsa(&ECDSA_P256_SHA256_ASN1_SIGNING),
            Signature::Hmac(secret) => {
                let secret = match secret {
                    HmacSecret::Modulus => RSA.n().to_bytes_be(),
                    HmacSecret::Point => [vec![4], self.point()].concat(),
                    HmacSecret::KeySet => self.key_set().to_string().into_bytes(),
                };
                hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), message).as_ref().to_vec()
            }
            Signature::None => Vec::new(),
        }
    }
}

/// Returns a TLS acceptor with a self-signed certificate for `host`, and the certificate.
pub fn certified(host: &str) -> (TlsAcceptor, String) {
    let created = rcgen::generate_simple_self_signed(vec![host.to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(created.signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![created.cert.der().clone()], key)
        .expect("a certificate and its key");
    (TlsAcceptor::from(Arc::new(config)), created.cert.pem())
}

/// A server of one document that counts its requests. It ends with the test.
pub struct KeyServer {
    pub address: SocketAddr,
    requests: Arc<AtomicUsize>,
    response: Arc<Mutex<(u16, String)>>,
    serving: JoinHandle<()>,
}

impl KeyServer {
    /// Starts the server, with TLS if there is an acceptor.
    pub async fn start(document: &Value, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(AtomicUsize::new(0));
        let response = Arc::new(Mutex::new((200, document.to_string())));
        let (count, found) = (Arc::clone(&requests), Arc::clone(&response));
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let response = found.lock().expect("no test panics here").clone();
                match &tls {
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(stream).await {
                            serve(stream, response, &count).await;
                        }
                    }
                    None => serve(stream, response, &count).await,
                }
            }
        });
        Self { address, requests, response, serving }
    }

    pub fn set_response(&self, status: u16, body: &str) {
        *self.response.lock().expect("no test panics here") = (status, body.to_owned());
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for KeyServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, (status, body): (u16, String), requests: &AtomicUsize) {
    let mut request = Vec::new();
    let mut part = [0; 1024];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut part).await {
            Ok(read) if read > 0 => request.extend_from_slice(&part[..read]),
            _ => return,
        }
    }
    requests.fetch_add(1, Ordering::SeqCst);
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    // The client may have disconnected.
    let _ = stream.write_all((head + &body).as_bytes()).await;
    let _ = stream.shutdown().await;
}
