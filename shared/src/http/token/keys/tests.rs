use std::fs;

use proptest::prelude::*;
use serde_json::json;
use tempfile::NamedTempFile;

use super::*;

/// A point of P-256 (RFC 7517, appendix A.1): public, and nobody's here.
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

struct FieldLocation {
    file: NamedTempFile,
    keys: Keys,
    now: Instant,
}

impl FieldLocation {
    fn new(id: &str) -> Self {
        let file = NamedTempFile::new().unwrap();
        write(&file, id);
        let keys = Keys::of(KeyLocation::File(file.path().to_owned())).unwrap();
        Self { file, keys, now: Instant::now() }
    }

    fn now_has(&self, id: &str) {
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
async fn an_unknown_id_is_looked_for_again_once_a_minute() {
    let mut place = FieldLocation::new("one");
    place.now_has("two");
    assert!(!place.knows("two").await, "read a moment ago");
    place.now += AGAIN_AFTER / 2;
    assert!(!place.knows("two").await);
    place.now += AGAIN_AFTER / 2;
    assert!(place.knows("one").await, "what is known is not looked for");
    assert!(place.knows("two").await && !place.knows("one").await);
    place.now_has("three");
    assert!(!place.knows("three").await);
    place.now += AGAIN_AFTER;
    assert!(!place.knows("four").await, "the minute is used up for another");
    assert!(place.knows("three").await);
}

#[tokio::test]
async fn a_key_that_is_withdrawn_ends_within_the_hour() {
    let mut place = FieldLocation::new("one");
    place.now_has("two");
    place.now += KEPT / 2;
    assert!(place.knows("one").await);
    place.now += KEPT / 2;
    assert!(!place.knows("one").await && place.knows("two").await);
}

#[tokio::test]
async fn keys_that_cannot_be_read_again_go_on() {
    let mut place = FieldLocation::new("one");
    fs::write(place.file.path(), "nonsense").unwrap();
    place.now += KEPT;
    assert!(place.knows("one").await && !place.knows("two").await);
    place.now_has("two");
    assert!(place.knows("one").await, "asked a moment ago");
    place.now += AGAIN_AFTER;
    assert!(place.knows("two").await);
}

#[test]
fn keys_for_other_ends_are_left_out() {
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
        // It is in nobody's way.
        assert_eq!(read(&[bad, ec("b")]).unwrap().fitting(None, Algorithm::ES256).len(), 1);
    }
}

proptest! {
    #[test]
    fn any_document_is_read_or_refused(text in ".{0,200}", member in "[a-z]{1,6}", value in ".{0,20}") {
        let _ = KeySet::read(text.as_bytes());
        let _ = read(&[with(ec("a"), &member, json!(value))]);
    }
}
