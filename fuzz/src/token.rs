//! Target `token`: a token is valid only with a signature of the issuer, and authenticates only its subject.

use std::{collections::HashMap, io::Write, sync::OnceLock, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use berth_shared::http::{TokenConfig, TokenSettings, TokenVerifier};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json, value::RawValue};
use tokio::{runtime::Runtime, time::Instant};

/// Id of the participant.
const PARTICIPANT: &str = "berth::1220";

/// An identity provider with a key generated for this process.
struct Issuer {
    runtime: Runtime,
    key: EcdsaKeyPair,
    random: SystemRandom,
    verifier: TokenVerifier,
}

impl Issuer {
    fn get() -> &'static Self {
        static ISSUER: OnceLock<Issuer> = OnceLock::new();
        ISSUER.get_or_init(Self::new)
    }

    fn new() -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random);
        let key = key.expect("a key");
        let (x, y) = key.public_key().as_ref()[1..].split_at(32);
        let [x, y] = [x, y].map(|half| URL_SAFE_NO_PAD.encode(half));
        let set = json!({ "keys": [{ "kty": "EC", "crv": "P-256", "kid": "k", "x": x, "y": y }] });
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(set.to_string().as_bytes()).expect("the file is written");
        let settings = TokenSettings {
            jwks: Some(file.path().display().to_string()),
            audience: Some("a".to_owned()),
            admins: Some("ops".to_owned()),
            ..TokenSettings::default()
        };
        let config = TokenConfig::read(settings).expect("valid settings").expect("tokens are accepted");
        let verifier = TokenVerifier::new(config).expect("the key set is valid");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        Self { runtime, key, random, verifier }
    }

    /// Returns the user that a token authenticates, or `None` if it is invalid.
    fn verify(&self, token: &str) -> Option<String> {
        let deadline = Instant::now() + Duration::from_secs(1);
        let verified = self.runtime.block_on(self.verifier.verify(token, PARTICIPANT, deadline));
        verified.ok().map(|user| user.id)
    }

    /// Returns the signed token of a header and claims.
    fn sign(&self, header: &[u8], claims: &[u8]) -> String {
        let message = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        let signature = self.key.sign(&self.random, message.as_bytes()).expect("it signs");
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

type Members<'a> = HashMap<String, &'a RawValue>;

/// Returns the members of the header or claims of a verified token. RawValue, because numbers can exceed the range of an
/// f64.
fn members(bytes: &[u8]) -> Members<'_> {
    let text = std::str::from_utf8(bytes).expect("a verified token is UTF-8");
    serde_json::from_str(text).expect("a verified token is JSON")
}

/// Checks a token, or a header and claims separated by a zero byte, which are then signed.
pub fn check(data: &[u8]) {
    // `Instant::now` of tokio needs the context of a runtime.
    let issuer = Issuer::get();
    let _in = issuer.runtime.enter();
    let Some(at) = data.iter().position(|byte| *byte == 0) else {
        if let Ok(text) = std::str::from_utf8(data) {
            assert_eq!(issuer.verify(text), None, "an unsigned token is accepted");
        }
        return;
    };
    let (header, claims) = (&data[..at], &data[at + 1..]);
    let signed = issuer.sign(header, claims);
    let Some(id) = issuer.verify(&signed) else { return };
    let (header, claims) = (members(header), members(claims));
    let member =
        |of: &Members<'_>, name: &str| of.get(name).map(|value| serde_json::from_str(value.get()).expect("JSON"));
    assert_eq!(member(&header, "alg"), Some(json!("ES256")), "the algorithm is not that of the key");
    assert_eq!((id.as_str(), member(&claims, "sub")), ("ops", Some(json!("ops"))), "another subject");
    let audience: Option<Value> = member(&claims, "aud");
    let contains_audience =
        |audience: &Value| *audience == json!("a") || audience.as_array().is_some_and(|all| all.contains(&json!("a")));
    assert!(audience.as_ref().is_some_and(contains_audience), "{audience:?}");
    // One character of the signature is altered.
    let (rest, last) = signed.split_at(signed.len() - 20);
    let altered = if last.starts_with('A') { "B" } else { "A" };
    assert_eq!(issuer.verify(&format!("{rest}{altered}{}", &last[1..])), None, "an altered signature is accepted");
}
