//! Annotations: keys, size, and empty values.

use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::{api_test, paths};
use crate::ledger::{Ledger, annotations_patch, assert_error};

const LIMIT: usize = 262_144;

#[apply(api_test)]
async fn keys_are_names_with_or_without_a_prefix() {
    let ledger = Ledger::new().await;
    let id = ledger.party("Alice").await;
    let (name, prefix) = ("n".repeat(63), format!("{}.Z9", "p".repeat(250)));
    for key in ["a", "A.b-c_d9", "example.com/x", "X-1.Y/z", &name, &format!("{prefix}/{name}")] {
        let body = json!({ "localMetadata": { "annotations": { key: "x" } } });
        let created = ledger.allocate(&body).await.expect(200);
        assert_eq!(
            created.json()["partyDetails"]["localMetadata"]["annotations"],
            body["localMetadata"]["annotations"]
        );
        ledger.patch(&id, &annotations_patch(&id, &json!({ key: "y" }))).await.expect(200);
    }
    for key in [
        "",
        "-a",
        "a-",
        "_a",
        "a.",
        "a b",
        "é",
        "a/b/c",
        "/a",
        "a/",
        "a..b/c",
        "a_b/c",
        "-a/c",
        &format!("{name}n"),
        &format!("{prefix}9/x"),
    ] {
        let body = json!({ "localMetadata": { "annotations": { key: "x" } } });
        assert_error(ledger.allocate(&body).await, 400, "INVALID_ARGUMENT");
        // Also if the value requests a deletion.
        for value in ["x", ""] {
            let error = ledger.patch(&id, &annotations_patch(&id, &json!({ key: value }))).await;
            assert_error(error, 400, "INVALID_ARGUMENT");
        }
    }
    assert_eq!(ledger.details("Alice").await["localMetadata"]["resourceVersion"], "6");
}

#[apply(api_test)]
async fn annotations_have_a_limit_on_allocation() {
    let ledger = Ledger::new().await;
    // The bytes of keys and values count.
    let of = |bytes: usize| json!({ "k": "é".repeat((bytes - 4) / 2), "key": "" , "l": "x".repeat(bytes % 2 + 1) });
    let mut whole = of(LIMIT);
    whole.as_object_mut().expect("an object").remove("key");
    let body = |annotations: &Value| json!({ "partyIdHint": "Alice", "localMetadata": { "annotations": annotations } });
    let size: usize = whole.as_object().expect("an object").iter().map(|(k, v)| k.len() + text(v).len()).sum();
    let mut more = whole.clone();
    more["l"] = json!("x".repeat(text(&whole["l"]).len() + LIMIT + 1 - size));
    assert_error(ledger.allocate(&body(&more)).await, 400, "INVALID_ARGUMENT");
    more["l"] = json!("x".repeat(text(&whole["l"]).len() + LIMIT - size));
    let created = ledger.allocate(&body(&more)).await.expect(200);
    assert_eq!(created.json()["partyDetails"]["localMetadata"]["annotations"], more);
    // The limits of metadata apply to writes of metadata in `/v1`, not to a change of the name.
    let default = ledger.platform.default_organization().await;
    let parties = paths::parties(&default);
    let party = ledger.platform.get(&parties).await.expect(200).json()["data"][0]["id"].clone();
    let target = format!("{parties}/{}", text(&party));
    ledger.platform.patch(&target, &json!({ "name": "Al" })).await.expect(200);
    assert_eq!(ledger.details("Alice").await["localMetadata"]["annotations"], more);
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

#[apply(api_test)]
async fn annotations_have_a_limit_after_a_merge() {
    let ledger = Ledger::new().await;
    let id = ledger.party("Alice").await;
    let put = async |annotations: Value| ledger.patch(&id, &annotations_patch(&id, &annotations)).await;
    put(json!({ "a": "x".repeat(LIMIT - 1) })).await.expect(200);
    // First the request alone exceeds the limit, then the result of the merge.
    assert_error(put(json!({ "a": "x".repeat(LIMIT) })).await, 400, "INVALID_ARGUMENT");
    let error = assert_error(put(json!({ "b": "x" })).await, 400, "MAX_PARTY_DETAILS_ANNOTATIONS_SIZE_EXCEEDED");
    assert_eq!(error.json()["resources"], json!([["PARTY", id]]));
    assert_eq!(ledger.details("Alice").await["localMetadata"]["resourceVersion"], "1");
    // A removed annotation frees space, and an empty value needs none.
    put(json!({ "a": "x".repeat(LIMIT - 3), "b": "x", "c": "" })).await.expect(200);
    put(json!({ "a": "", "b": "", "c": "x" })).await.expect(200);
    assert_eq!(ledger.details("Alice").await["localMetadata"]["annotations"], json!({ "c": "x" }));
}

#[apply(api_test)]
async fn an_empty_value_is_rejected_on_allocation_and_removes_on_update() {
    let ledger = Ledger::new().await;
    let body = json!({ "localMetadata": { "annotations": { "a": "" } } });
    assert_error(ledger.allocate(&body).await, 400, "INVALID_ARGUMENT");
    let id = ledger.party("Alice").await;
    let put = async |annotations: Value| {
        let changed = ledger.patch(&id, &annotations_patch(&id, &annotations)).await.expect(200);
        changed.json()["partyDetails"]["localMetadata"]["annotations"].clone()
    };
    assert_eq!(put(json!({ "a": "1", "b": "2" })).await, json!({ "a": "1", "b": "2" }));
    assert_eq!(put(json!({ "a": "", "never": "" })).await, json!({ "b": "2" }));
    assert_eq!(put(json!({})).await, json!({ "b": "2" }));
    assert_eq!(put(json!({ "b": "3", "c": "4" })).await, json!({ "b": "3", "c": "4" }));
}

#[apply(api_test)]
async fn values_are_any_text() {
    let ledger = Ledger::new().await;
    let annotations = json!({ "a": "\u{0}\"\\\n", "b": "é🦀", "c": " ", "d": "null" });
    let body = json!({ "partyIdHint": "Alice", "localMetadata": { "annotations": annotations } });
    ledger.allocate(&body).await.expect(200);
    assert_eq!(ledger.details("Alice").await["localMetadata"]["annotations"], annotations);
}

#[apply(api_test)]
async fn values_that_exceed_the_item_size_are_rejected() {
    let ledger = Ledger::new().await;
    let body = |hint: &str, annotations: &Value| json!({ "partyIdHint": hint, "localMetadata": { "annotations": annotations } });
    // A control character is one byte, and six bytes in JSON.
    let fits = json!({ "a": "\u{1}".repeat(65_000) });
    ledger.allocate(&body("Alice", &fits)).await.expect(200);
    assert_eq!(ledger.details("Alice").await["localMetadata"]["annotations"], fits);
    for grown in ["\u{1}".repeat(LIMIT - 1), "\"".repeat(LIMIT - 1), "\u{1}".repeat(66_000)] {
        let grown = json!({ "a": grown });
        assert_error(ledger.allocate(&body("Bob", &grown)).await, 400, "INVALID_ARGUMENT");
        let id = ledger.id("Alice");
        let error = ledger.patch(&id, &annotations_patch(&id, &grown)).await;
        assert_error(error, 400, "MAX_PARTY_DETAILS_ANNOTATIONS_SIZE_EXCEEDED");
    }
    let id = ledger.id("Alice");
    ledger.patch(&id, &annotations_patch(&id, &json!({ "a": "x" }))).await.expect(200);
}
