//! Signed tokens: any text proves nothing, and what is signed proves its subject only.

use std::{collections::HashMap, io::Write, sync::OnceLock, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use berth_shared::http::{TokenConfig, TokenSettings, TokenVerifier};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json, value::RawValue};
use tokio::{runtime::Runtime, time::Instant};

/// The participant that the tokens are for.
const PARTICIPANT: &str = "berth::1220";

/// An identity provider whose key is made for this process.
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
        let config = TokenConfig::read(settings).expect("good settings").expect("tokens are taken");
        let verifier = TokenVerifier::new(config).expect("the key set is good");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        Self { runtime, key, random, verifier }
    }

    /// Whom a token proves.
    fn proved(&self, token: &str) -> Option<String> {
        let deadline = Instant::now() + Duration::from_secs(1);
        let proved = self.runtime.block_on(self.verifier.verify(token, PARTICIPANT, deadline));
        proved.ok().map(|user| user.id)
    }

    fn signed(&self, header: &[u8], claims: &[u8]) -> String {
        let message = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        let signature = self.key.sign(&self.random, message.as_bytes()).expect("it signs");
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

type Members<'a> = HashMap<String, &'a RawValue>;

/// The members of what is proved, which is JSON in UTF-8. Their values may be what no `Value` holds.
fn members(bytes: &[u8]) -> Members<'_> {
    let text = std::str::from_utf8(bytes).expect("what is proved is UTF-8");
    serde_json::from_str(text).expect("what is proved is JSON")
}

/// Text is a token as it comes; with a zero in it, it is header and claims that are signed here.
pub fn check(data: &[u8]) {
    // A runtime belongs to one thread, and deadlines are told by it.
    let issuer = Issuer::get();
    let _in = issuer.runtime.enter();
    let Some(at) = data.iter().position(|byte| *byte == 0) else {
        if let Ok(text) = std::str::from_utf8(data) {
            assert_eq!(issuer.proved(text), None, "a token that nobody signed is good");
        }
        return;
    };
    let (header, claims) = (&data[..at], &data[at + 1..]);
    let signed = issuer.signed(header, claims);
    let Some(id) = issuer.proved(&signed) else { return };
    let (header, claims) = (members(header), members(claims));
    let member =
        |of: &Members<'_>, name: &str| of.get(name).map(|value| serde_json::from_str(value.get()).expect("JSON"));
    assert_eq!(member(&header, "alg"), Some(json!("ES256")), "an algorithm that is not the key's");
    assert_eq!((id.as_str(), member(&claims, "sub")), ("ops", Some(json!("ops"))), "another subject");
    let audience: Option<Value> = member(&claims, "aud");
    let is_meant =
        |audience: &Value| *audience == json!("a") || audience.as_array().is_some_and(|all| all.contains(&json!("a")));
    assert!(audience.as_ref().is_some_and(is_meant), "{audience:?}");
    // One bit of the signature.
    let (rest, last) = signed.split_at(signed.len() - 20);
    let altered = if last.starts_with('A') { "B" } else { "A" };
    assert_eq!(issuer.proved(&format!("{rest}{altered}{}", &last[1..])), None, "an altered signature is good");
}
