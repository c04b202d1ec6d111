use std::fs;

use proptest::prelude::*;
use serde_json::json;
use tempfile::NamedTempFile;

use super::*;

/// A point of P-256 (RFC 7517, appendix A.1).
const X: &str = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4";
const Y: &str = "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM";

fn ec(id: &str) -> Value {
    json!({ "kty": "EC", "crv": "P-256", "kid": id, "x": X, "y": Y })
}

fn with(mut key: Value, name: &str, value: Value) -> Value {
    key[name] = value;
    key
}

fn read(keys: &[Value]) -> std::result::Result<KeySet, String> {
    KeySet::read(json!({ "keys": keys }).to_string().as_bytes())
}

struct KeyFile {
    file: NamedTempFile,
    keys: Keys,
    now: Instant,
}

impl KeyFile {
    fn new(id: &str) -> Self {
        let file = NamedTempFile::new().unwrap();
        write(&file, id);
        let keys = Keys::of(KeyLocation::File(file.path().to_owned())).unwrap();
        Self { file, keys, now: Instant::now() }
    }

    fn replace(&self, id: &str) {
        write(&self.file, id);
    }

    async fn knows(&self, id: &str) -> bool {
        let deadline = self.now + Duration::from_secs(5);
        !self.keys.fitting(Some(id), Algorithm::ES256, self.now, deadline).await.unwrap().is_empty()
    }
}

fn write(file: &NamedTempFile, id: &str) {
    fs::write(file.path(), json!({ "keys": [ec(id)] }).to_string()).unwrap();
}

#[tokio::test]
async fn an_unknown_id_causes_one_fetch_per_minute() {
    let mut file = KeyFile::new("one");
    file.replace("two");
    assert!(!file.knows("two").await, "fetched a moment ago");
    file.now += AGAIN_AFTER / 2;
    assert!(!file.knows("two").await);
    file.now += AGAIN_AFTER / 2;
    assert!(file.knows("one").await, "a known id causes no fetch");
    assert!(file.knows("two").await && !file.knows("one").await);
    file.replace("three");
    assert!(!file.knows("three").await);
    file.now += AGAIN_AFTER;
    assert!(!file.knows("four").await, "one fetch per minute for all ids");
    assert!(file.knows("three").await);
}

#[tokio::test]
async fn a_removed_key_is_invalid_after_an_hour() {
    let mut file = KeyFile::new("one");
    file.replace("two");
    file.now += MAX_AGE / 2;
    assert!(file.knows("one").await);
    file.now += MAX_AGE / 2;
    assert!(!file.knows("one").await && file.knows("two").await);
}

#[tokio::test]
async fn keys_stay_valid_if_a_fetch_fails() {
    let mut file = KeyFile::new("one");
    fs::write(file.file.path(), "nonsense").unwrap();
    file.now += MAX_AGE;
    assert!(file.knows("one").await && !file.knows("two").await);
    file.replace("two");
    assert!(file.knows("one").await, "attempted a moment ago");
    file.now += AGAIN_AFTER;
    assert!(file.knows("two").await);
}

#[test]
fn keys_for_other_uses_are_ignored() {
    let rsa = json!({ "kty": "RSA", "kid": "rsa", "n": "AQAB", "e": "AQAB" });
    let set = read(&[ec("ec"), rsa.clone()]).unwrap();
    for (id, algorithm, count) in [
        (Some("ec"), Algorithm::ES256, 1),
        (Some("ec"), Algorithm::RS256, 0),
        (Some("rsa"), Algorithm::RS256, 1),
        (Some("rsa"), Algorithm::ES256, 0),
        (None, Algorithm::ES256, 1),
        (Some(""), Algorithm::ES256, 0),
    ] {
        assert_eq!(set.fitting(id, algorithm).len(), count, "{id:?} {algorithm:?}");
    }
    for good in [
        with(ec("a"), "use", json!("sig")),
        with(ec("a"), "alg", json!("ES256")),
        with(ec("a"), "key_ops", json!(["verify"])),
        with(rsa.clone(), "alg", json!("RS256")),
    ] {
        assert!(read(std::slice::from_ref(&good)).is_ok(), "{good}");
    }
    for bad in [
        with(ec("a"), "use", json!("enc")),
        with(ec("a"), "alg", json!("ES384")),
        with(ec("a"), "alg", json!("RS256")),
        with(ec("a"), "crv", json!("P-384")),
        with(ec("a"), "key_ops", json!(["sign"])),
        with(ec("a"), "x", json!("!")),
        with(rsa, "alg", json!("PS256")),
        json!({ "kty": "oct", "k": "c2VjcmV0", "alg": "HS256" }),
        json!({ "kty": "future" }),
        json!("text"),
    ] {
        assert!(read(std::slice::from_ref(&bad)).is_err(), "{bad}");
        // Valid keys of the same set are used.
        assert_eq!(read(&[bad, ec("b")]).unwrap().fitting(None, Algorithm::ES256).len(), 1);
    }
}

proptest! {
    #[test]
    fn no_document_panics(text in ".{0,200}", member in "[a-z]{1,6}", value in ".{0,20}") {
        let _ = KeySet::read(text.as_bytes());
        let _ = read(&[with(ec("a"), &member, json!(value))]);
    }
}
