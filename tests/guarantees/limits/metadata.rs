//! Limits of metadata.

use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::{World, api_test, paths, world::party_body};

/// Returns `value` within this many arrays.
fn within(arrays: usize, value: Value) -> Value {
    (0..arrays).fold(value, |inner, _| json!([inner]))
}

fn keys(count: usize) -> Value {
    (0..count).map(|at| (format!("k{at}"), json!(at))).collect::<serde_json::Map<_, _>>().into()
}

#[apply(api_test)]
async fn metadata_is_measured_in_bytes_of_compact_json() {
    let world = World::new().await;
    // The JSON around the text has eight bytes.
    let of = |bytes: usize| json!({ "k": "x".repeat(bytes - 8) });
    world.assert_party_limit("metadata", of(16_384), of(16_385)).await;
    let accents = |more: &str| json!({ "k": format!("{}{more}", "é".repeat(8_188)) });
    world.assert_party_limit("metadata", accents(""), accents("x")).await;
    for target in ["/v1/organizations".to_owned(), world.parties_path()] {
        let body = |metadata: &str| format!(r#"{{"type":"INDIVIDUAL","name":"Ann","metadata":{metadata}}}"#);
        let spaced = format!("{{ {}\"k\" : \"{}\" }}", "\n".repeat(500), "\\u0078".repeat(16_376));
        let request = world.platform.request(reqwest::Method::POST, &target).body("application/json", body(&spaced));
        request.send().await.expect(201);
        let above = format!("{{\"k\":\"{}\"}}", "x".repeat(16_377));
        let request = world.platform.request(reqwest::Method::POST, &target).body("application/json", body(&above));
        assert_eq!(request.send().await.error_locations(), ["/metadata"]);
    }
}

#[apply(api_test)]
async fn metadata_has_at_most_50_keys_and_8_levels() {
    let world = World::new().await;
    world.assert_party_limit("metadata", keys(50), keys(51)).await;
    // Nested keys are not counted.
    world.assert_party_limit("metadata", json!({ "k": keys(60) }), json!([])).await;
    let body = party_body("metadata", &json!({ "a": within(7, json!(1)), "b": within(6, json!({})) }));
    world.platform.post(&world.parties_path(), &body).await.expect(201);
    let above = json!({ "ok": 1, "a/b": within(8, json!(1)), "~": within(7, json!({})) });
    let error = world.platform.post(&world.parties_path(), &party_body("metadata", &above)).await;
    assert_eq!(error.error_locations(), ["/metadata/a~1b", "/metadata/~0"]);
}

#[apply(api_test)]
async fn a_merge_cannot_exceed_the_limits() {
    let world = World::new().await;
    let half = json!({ "a": "x".repeat(9_000), "n": 1 });
    let created = world.platform.post(&world.parties_path(), &party_body("metadata", &half)).await.expect(201);
    let organization = paths::organization(&world.organization);
    world.platform.patch(&organization, &json!({ "metadata": half })).await.expect(200);
    let party = format!("{}/{}", world.parties_path(), created.id());
    for target in [organization, party] {
        for above in [json!({ "b": "x".repeat(9_000) }), keys(49)] {
            let error = world.platform.patch(&target, &json!({ "metadata": above })).await;
            assert_eq!(error.error_locations(), ["/metadata"]);
        }
        let error = world.platform.patch(&target, &json!({ "metadata": { "b": within(8, json!(1)) } })).await;
        assert_eq!(error.error_locations(), ["/metadata/b"]);
        assert_eq!(world.platform.get(&target).await.json()["metadata"], half, "the patch has no effect");
    }
}

#[apply(api_test)]
async fn a_patch_may_exceed_the_limits_of_the_result() {
    let world = World::new().await;
    let created = world.platform.post(&world.parties_path(), &party_body("metadata", &keys(50))).await.expect(201);
    let mut patch = json!({});
    for at in 0..50 {
        patch[format!("k{at}")] = Value::Null;
        patch[format!("new{at}")] = json!(at);
    }
    let target = format!("{}/{}", world.parties_path(), created.id());
    let after = world.platform.patch(&target, &json!({ "metadata": patch })).await.expect(200);
    assert_eq!(after.json()["metadata"].as_object().map(serde_json::Map::len), Some(50));
    assert_eq!(after.json()["metadata"]["new49"], 49);
}

#[apply(api_test)]
async fn numbers_in_metadata_keep_their_digits() {
    // Without the harness, whose JSON parser does not support numbers of arbitrary precision.
    let world = World::new().await;
    let numbers = r#"{"n":[1.0,1e400,12345678901234567890123,-0,0.10,1E+2,-1.5e-7],"big":9007199254740993}"#;
    let (url, key) = (world.server.running().url(), world.platform.credential().expect("a key"));
    let request = |method: reqwest::Method, target: &str| {
        reqwest::Client::new().request(method, format!("{url}{target}")).bearer_auth(key)
    };
    for target in ["/v1/organizations".to_owned(), world.parties_path()] {
        let body = format!(r#"{{"name": "N", "type": "INDIVIDUAL", "metadata": {numbers} }}"#);
        let created = request(reqwest::Method::POST, &target).body(body).send().await.expect("a response");
        assert_eq!(created.status(), 201);
        let location = created.headers()["location"].to_str().expect("ASCII").to_owned();
        let wanted = format!(r#""metadata":{numbers}"#);
        assert!(created.text().await.expect("text").contains(&wanted), "{target}");
        let merged = request(reqwest::Method::PATCH, &location).body(r#"{"metadata":{"more":2.50}}"#).send().await;
        assert_eq!(merged.expect("a response").status(), 200);
        let wanted = wanted.replace("93}", r#"93,"more":2.50}"#);
        for read in [&location, &target] {
            let shown = request(reqwest::Method::GET, read).send().await.expect("a response").text().await;
            assert!(shown.expect("text").contains(&wanted), "{read}");
        }
    }
}
