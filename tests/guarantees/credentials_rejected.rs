//! Rejected credentials: no variation of a good credential is accepted, and all of them take the same work.

use berth::Options;
use berth_shared::{
    Environment,
    credentials::Credential,
    id::ApiKeyId,
    time::{Clock, Time},
};
use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::credentials::{BASE62, parts, with_checksum};
use crate::harness::{TestServer, Wire, api_test, patient};

/// Returns the same letter in the other case.
fn other_case(letter: char) -> char {
    if letter.is_ascii_uppercase() { letter.to_ascii_lowercase() } else { letter.to_ascii_uppercase() }
}

/// Returns variations of a credential, each with its description. `other` is another good credential.
fn variations(good: &str, other: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let (prefix, id, secret, sum) = parts(good);
    let (_, other_id, other_secret, other_sum) = parts(other);
    for at in 0..good.len() {
        let (before, rest) = good.split_at(at);
        let (letter, after) = rest.split_at(1);
        let digit = BASE62.find(letter).map_or("0", |digit| {
            let next = (digit + 1) % BASE62.len();
            &BASE62[next..=next]
        });
        let swapped: String = letter.chars().map(other_case).collect();
        for (what, changed) in
            [("another digit", digit), ("the other case", &swapped), ("nothing", ""), ("a space", " ")]
        {
            let text = format!("{before}{changed}{after}");
            found.push((format!("{what} at {at}"), text.clone()));
            // With a correct checksum, only the digest of the secret differs.
            if at < good.len() - sum.len() {
                found.push((format!("{what} at {at} with its checksum"), with_checksum(&text)));
            }
        }
    }
    found.extend((1..good.len()).map(|length| (format!("the first {length}"), good[..length].to_owned())));
    found.extend((1..good.len()).map(|from| (format!("without the first {from}"), good[from..].to_owned())));
    let composed = |id: &str, secret: &str| with_checksum(&format!("{prefix}{id}_{secret}000000"));
    found.extend([
        ("another key's secret".to_owned(), composed(id, other_secret)),
        ("another key's id".to_owned(), composed(other_id, secret)),
        ("another key's secret and checksum".to_owned(), format!("{prefix}{id}_{other_secret}{other_sum}")),
        ("another key's checksum".to_owned(), format!("{prefix}{id}_{secret}{other_sum}")),
        ("an empty secret".to_owned(), composed(id, "")),
        ("a secret of zeros".to_owned(), composed(id, &"0".repeat(secret.len()))),
        ("the id as the secret".to_owned(), composed(id, &format!("{id}{}", &id[..secret.len() - id.len()]))),
        ("the credential twice".to_owned(), format!("{good}{good}")),
        ("one more digit".to_owned(), format!("{good}0")),
        ("all in upper case".to_owned(), good.to_uppercase()),
        ("all in lower case".to_owned(), good.to_lowercase()),
        ("the other environment".to_owned(), with_checksum(&good.replace("_test_", "_live_"))),
        ("a token's prefix".to_owned(), with_checksum(&good.replace("dk_", "dyt_"))),
    ]);
    found.retain(|(_, text)| text.trim() != good);
    found
}

#[apply(api_test)]
async fn no_variation_of_a_good_credential_is_accepted() {
    let server = TestServer::start().await;
    let good = server.platform().create_api_key(None, &["docks:read"]).await.text("key");
    let other = server.platform().create_api_key(None, &["docks:read"]).await.text("key");
    // Both are verified and cached.
    for credential in [&good, &other] {
        server.client(credential).list_docks().await.expect(200);
    }
    let variations = variations(&good, &other);
    assert!(variations.len() > 500, "{}", variations.len());
    for (what, text) in variations {
        let response = server.client(&text).list_docks().await;
        assert_eq!(response.status, 401, "{what}");
        assert_eq!(response.json()["message"], "Invalid or expired API key", "{what}");
    }
    server.client(&good).list_docks().await.expect(200);
}

/// Returns a credential with a correct checksum.
fn forged(key: ApiKeyId) -> String {
    Credential::new(Environment::Test, key, [9; 32]).reveal().to_owned()
}

#[apply(api_test)]
async fn every_rejected_credential_takes_the_same_dynamodb_requests() {
    let (wire, clock) = (Wire::new(), Clock::default());
    let options = Options { http_client: Some(wire.layer()), clock: clock.clone(), ..patient() };
    let server = TestServer::start_with(options).await;
    let platform = server.platform();
    let ends = clock.now().plus_millis(90_000).to_string();
    let body = |expires_at: Value| json!({ "name": "K", "scopes": ["docks:read"], "expiresAt": expires_at });
    let live = platform.post_api_key(&body(Value::Null)).await.expect(201);
    let revoked = platform.post_api_key(&body(Value::Null)).await.expect(201);
    platform.revoke_api_key(&revoked.id()).await.expect(200);
    let expired = platform.post_api_key(&body(json!(ends))).await.expect(201);
    let used = platform.post_api_key(&body(json!(ends))).await.expect(201);
    server.client(&used.text("key")).list_docks().await.expect(200);
    let id = |id: String| id.parse::<ApiKeyId>().expect("an id");
    let unknown = |time: Time| forged(ApiKeyId::new(time, 7));
    // New keys are read with strong consistency, and older ones without. Either depends on the text of the credential only.
    for (age, is_strong) in [(0, true), (90_000, false)] {
        let created = clock.now();
        clock.advance(age);
        let mut rejected = vec![
            ("an unknown key", unknown(created)),
            ("a wrong secret", forged(id(live.id()))),
            ("a wrong secret of a revoked key", forged(id(revoked.id()))),
            ("a wrong secret of an expired key", forged(id(expired.id()))),
            ("a revoked key", revoked.text("key")),
        ];
        if age > 0 {
            rejected.push(("an expired key", expired.text("key")));
            rejected.push(("an expired key that was used", used.text("key")));
        }
        for (what, credential) in rejected {
            for target in ["/v1/docks", "/v2/parties"] {
                // Neither the first nor a repeated rejection is cached.
                for _ in 0..2 {
                    wire.take();
                    server.client(&credential).get(target).await.expect(401);
                    let requests = wire.take();
                    assert_eq!(requests.operations(), ["GetItem"], "{what} at {target}");
                    let request = &requests.0[0].body;
                    assert_eq!(request["ConsistentRead"], is_strong, "{what} at {target}");
                    let key = request["Key"]["pk"]["S"].as_str().expect("a key");
                    assert!(key.starts_with("KEY#"), "{what} at {target}: {key}");
                }
            }
        }
    }
}

#[apply(api_test)]
async fn a_key_authenticates_at_once_and_later() {
    let (wire, clock) = (Wire::new(), Clock::default());
    let options = Options { http_client: Some(wire.layer()), clock: clock.clone(), ..patient() };
    let server = TestServer::start_with(options).await;
    let key = server.platform().create_api_key(None, &["docks:read"]).await.text("key");
    for is_strong in [true, false] {
        wire.take();
        server.client(&key).list_docks().await.expect(200);
        let requests = wire.take();
        // One read, which costs half as much once all replicas have the key.
        assert_eq!(requests.0[0].body["ConsistentRead"], is_strong);
        let reads = |request: &&crate::harness::DynamoDbRequest| {
            request.body["Key"]["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with("KEY#"))
        };
        assert_eq!(requests.0.iter().filter(reads).count(), 1);
        clock.advance(60_000);
    }
}
