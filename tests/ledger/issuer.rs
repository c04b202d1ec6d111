//! An identity provider of the tests: keys made for this run, tokens signed with them, and a server for its key set.

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

/// One RSA key for all issuers: making one takes a while.
static RSA: LazyLock<RsaPrivateKey> =
    LazyLock::new(|| RsaPrivateKey::new(&mut OsRng, 2048).expect("the machine has randomness"));

/// Somebody who signs tokens.
pub struct Issuer {
    ec: Vec<u8>,
    /// What its key is called: `<name>-rsa`, `<name>-ec`.
    name: &'static str,
}

/// What signs a token.
#[derive(Debug, Clone, Copy)]
pub enum Signature {
    Rs256,
    Es256,
    /// RSA with other paddings and digests.
    Rsa(&'static dyn RsaEncoding),
    /// As X.509 writes signatures, not as tokens do.
    Es256Asn1,
    /// With what everybody knows as the secret.
    Hmac(HmacSecret),
    None,
}

/// What an attacker has who reads the key set.
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

    /// Both coordinates of the public point, without the byte that says so.
    fn point(&self) -> Vec<u8> {
        self.pair(&ECDSA_P256_SHA256_FIXED_SIGNING).public_key().as_ref()[1..].to_vec()
    }

    pub fn key_id(&self, kind: &str) -> String {
        format!("{}-{kind}", self.name)
    }

    /// Both keys as a set, as identity providers publish it.
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

    /// A token with these claims, signed by RS256 or ES256 with the key that fits.
    pub fn token(&self, signature: Signature, claims: &Value) -> String {
        let (algorithm, kind) = match signature {
            Signature::Rs256 => ("RS256", "rsa"),
            Signature::Es256 => ("ES256", "ec"),
            other => panic!("{other:?} needs a header"),
        };
        let header = json!({ "alg": algorithm, "typ": "JWT", "kid": self.key_id(kind) });
        self.token_with(&header, claims, signature)
    }

    /// A token with this header, whatever it says, and these claims.
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

/// A server's side of TLS, with a certificate of its own for `host`; and the certificate, for those who are to trust it.
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

/// A server of one document, that counts how often it was asked. It ends with the test.
pub struct KeyServer {
    pub address: SocketAddr,
    asked: Arc<AtomicUsize>,
    response: Arc<Mutex<(u16, String)>>,
    serving: JoinHandle<()>,
}

impl KeyServer {
    /// Serves over plain HTTP, or over TLS.
    pub async fn start(document: &Value, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::new(AtomicUsize::new(0));
        let response = Arc::new(Mutex::new((200, document.to_string())));
        let (count, found) = (Arc::clone(&asked), Arc::clone(&response));
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let response = found.lock().expect("nobody panics here").clone();
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
        Self { address, asked, response, serving }
    }

    pub fn response(&self, status: u16, body: &str) {
        *self.response.lock().expect("nobody panics here") = (status, body.to_owned());
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Drop for KeyServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, (status, body): (u16, String), asked: &AtomicUsize) {
    let mut request = Vec::new();
    let mut part = [0; 1024];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut part).await {
            Ok(read) if read > 0 => request.extend_from_slice(&part[..read]),
            _ => return,
        }
    }
    asked.fetch_add(1, Ordering::SeqCst);
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    // A client who has gone away misses nothing.
    let _ = stream.write_all((head + &body).as_bytes()).await;
    let _ = stream.shutdown().await;
}
