//! `POST /v2/parties`.

use std::collections::HashSet;

use futures::future::join_all;
use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::api_test;
use crate::harness::samples::nonexistent;
use crate::ledger::{Ledger, assert_error, assert_redacted, assert_undecodable, parties, post_as};

/// Body of the documented example, byte for byte.
const PAGE: &str = r#"
{
  "partyIdHint": "<string>",
  "localMetadata": {
    "resourceVersion": "<string>",
    "annotations": {}
  },
  "identityProviderId": "<string>",
  "synchronizerId": "<string>",
  "userId": "<string>"
}
"#;

#[apply(api_test)]
async fn the_documented_request_returns_the_documented_response() {
    let ledger = Ledger::new().await;
    let body = PAGE.replacen("<string>", "Alice", 1).replace("<string>", "");
    let created = post_as(&ledger.platform, Some("application/json"), &body).await.expect(200);
    let expected = json!({ "partyDetails": {
        "party": ledger.id("Alice"),
        "isLocal": true,
        "localMetadata": { "resourceVersion": "0", "annotations": {} },
        "identityProviderId": "",
    } });
    assert_eq!(*created.json(), expected);
    // The placeholder `<string>` has characters that a hint cannot have.
    let error = assert_error(post_as(&ledger.platform, Some("application/json"), PAGE).await, 400, "INVALID_ARGUMENT");
    assert!(error.text("cause").contains("0x3c"), "{}", error.json());
}

#[apply(api_test)]
async fn a_party_is_allocated_with_all_that_was_given() {
    let ledger = Ledger::new().await;
    let organization = ledger.platform.create_organization("Acme").await.id();
    let body = json!({
        "partyIdHint": "Alice",
        "localMetadata": { "resourceVersion": "", "annotations": { "region": "emea", "example.com/x": "1" } },
        "identityProviderId": organization,
        "synchronizerId": ledger.synchronizer(),
        "userId": "",
    });
    let created = ledger.allocate(&body).await.expect(200);
    let details = &created.json()["partyDetails"];
    assert_eq!(details["identityProviderId"], json!(organization));
    assert_eq!(details["localMetadata"]["annotations"], body["localMetadata"]["annotations"]);
    assert_eq!((&details["isLocal"], &details["localMetadata"]["resourceVersion"]), (&json!(true), &json!("0")));
    let list = ledger.platform.get(&format!("/v2/parties?identity-provider-id={organization}")).await.expect(200);
    assert_eq!(list.json()["partyDetails"], json!([details]));
    assert_eq!(ledger.list("").await, [ledger.id("Alice")]);
}

#[apply(api_test)]
async fn hints_are_validated() {
    let ledger = Ledger::new().await;
    for hint in ["a", "A-1_b c:d", ":", "a:", " ", "default", &"x".repeat(185)] {
        ledger.party(hint).await;
        assert_eq!(ledger.details(&hint.replace(' ', "%20")).await["party"], json!(ledger.id(hint)));
    }
    // Characters and length of an id are checked first, then the delimiter, then the length of a hint.
    for (hint, found) in [
        ("a.b", "0x2e"),
        ("é", "0xe9"),
        ("a/b", "0x2f"),
        ("a::b", "::"),
        (&"!".repeat(256), "too long"),
        (&"a".repeat(256), "too long"),
        (&format!("{}::!", "a".repeat(190)), "0x21"),
        (&format!("{}::b", "a".repeat(190)), "::"),
        (&"a".repeat(186), "185"),
    ] {
        let error = assert_error(ledger.allocate(&json!({ "partyIdHint": hint })).await, 400, "INVALID_ARGUMENT");
        assert!(error.text("cause").contains(found), "{hint}: {}", error.json());
        assert_eq!(error.json()["correlationId"], Value::Null);
    }
}

#[apply(api_test)]
async fn a_missing_hint_is_generated() {
    let ledger = Ledger::new().await;
    let mut created = HashSet::new();
    for body in [json!({}), json!({ "partyIdHint": "" }), json!({ "partyIdHint": null })] {
        let id = parties_id(ledger.allocate(&body).await.expect(200).json());
        let uuid = id.strip_prefix("party-").and_then(|id| id.strip_suffix(&format!("::{}", ledger.namespace)));
        let groups: Vec<usize> = uuid.expect("a generated id").split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12], "{id}");
        created.insert(id);
    }
    assert_eq!(created.len(), 3);
}

fn parties_id(response: &Value) -> String {
    response["partyDetails"]["party"].as_str().expect("an id").to_owned()
}

#[apply(api_test)]
async fn a_hint_is_unique() {
    let ledger = Ledger::new().await;
    ledger.party("Alice").await;
    let error = assert_error(ledger.allocate(&json!({ "partyIdHint": "Alice" })).await, 400, "INVALID_ARGUMENT");
    let cause = error.text("cause");
    assert!(cause.contains("Party already exists"), "{cause}");
    assert!(cause.contains(&format!("Alice::{}...", &ledger.namespace[..12])), "{cause}");
    assert!(!cause.contains(&ledger.namespace), "{cause}");
    assert!(error.json()["correlationId"].is_string());
    // Under another identity provider the hint is taken, too, and the error discloses nothing else.
    let organization = ledger.platform.create_organization("Acme").await.id();
    let body = json!({ "partyIdHint": "Alice", "identityProviderId": organization });
    assert_redacted(ledger.allocate(&body).await, 403);
    // The hint of a party that was created in `/v1` is taken, too.
    let created = ledger.platform.create_party(&organization, "Ann").await.id();
    let body = json!({ "partyIdHint": created, "identityProviderId": organization });
    assert_error(ledger.allocate(&body).await, 400, "INVALID_ARGUMENT");
    assert_redacted(ledger.allocate(&json!({ "partyIdHint": created })).await, 403);
    assert_eq!(ledger.list("").await, [ledger.id("Alice"), ledger.id(&created)]);
}

#[apply(api_test)]
async fn one_of_many_simultaneous_allocations_succeeds() {
    let ledger = Ledger::new().await;
    let body = json!({ "partyIdHint": "Alice" });
    let responses = join_all((0..64).map(|_| ledger.allocate(&body))).await;
    let (created, not): (Vec<_>, Vec<_>) = responses.into_iter().partition(|response| response.status == 200);
    assert_eq!((created.len(), not.len()), (1, 63));
    for error in not {
        assert!(assert_error(error, 400, "INVALID_ARGUMENT").text("cause").contains("Party already exists"));
    }
    assert_eq!(ledger.list("").await, [ledger.id("Alice")]);
    let default = ledger.platform.default_organization().await;
    let counted = ledger.platform.get_organization(&default).await.expect(200);
    assert_eq!(counted.json()["_count"]["parties"], 1);
}

#[apply(api_test)]
async fn a_new_party_has_no_version_yet() {
    let ledger = Ledger::new().await;
    for version in ["0", "x"] {
        let body = json!({ "localMetadata": { "resourceVersion": version } });
        let error = assert_error(ledger.allocate(&body).await, 400, "INVALID_ARGUMENT");
        assert!(error.text("cause").contains("local_metadata.resource_version"));
    }
}

#[apply(api_test)]
async fn identity_providers_are_organizations() {
    let ledger = Ledger::new().await;
    let default = ledger.platform.default_organization().await;
    let under = async |id: &str| ledger.allocate(&json!({ "identityProviderId": id })).await;
    let created = under(&default).await.expect(200);
    assert_eq!(created.json()["partyDetails"]["identityProviderId"], "");
    for no_text in ["a!", "é", &"a".repeat(256)] {
        assert_error(under(no_text).await, 400, "INVALID_FIELD");
    }
    for unknown in [&*nonexistent(&default), "org_1", "some provider"] {
        let error = assert_error(under(unknown).await, 400, "INVALID_ARGUMENT");
        assert!(error.text("cause").contains(unknown));
    }
}

#[apply(api_test)]
async fn the_synchronizer_is_the_connected_one() {
    let ledger = Ledger::new().await;
    let on = async |id: &str| ledger.allocate(&json!({ "synchronizerId": id })).await;
    on("").await.expect(200);
    on(&ledger.synchronizer()).await.expect(200);
    for malformed in ["berth", "a!::b", "::", "a::", "::b"] {
        assert_error(on(malformed).await, 400, "INVALID_FIELD");
    }
    assert_error(on(&ledger.id("participant")).await, 400, "NOT_CONNECTED_TO_SYNCHRONIZER");
    let connected = ledger.platform.get("/v2/state/connected-synchronizers").await.expect(200);
    assert_eq!(connected.json()["connectedSynchronizers"][0]["synchronizerId"], json!(ledger.synchronizer()));
}

#[apply(api_test)]
async fn the_user_can_act_as_the_party() {
    let ledger = Ledger::new().await;
    let (client, user) = ledger.user(&["ledger:admin"]).await;
    let known = client.get("/v2/authenticated-user").await.expect(200);
    assert_eq!(known.json()["user"]["id"], json!(user));
    assert_eq!(known.json(), client.get_ledger_user(&user).await.expect(200).json());
    for hint in ["b", "a"] {
        client.allocate_ledger_party(&json!({ "partyIdHint": hint, "userId": user })).await.expect(200);
    }
    client.allocate_ledger_party(&json!({ "partyIdHint": "c" })).await.expect(200);
    let rights = client.list_ledger_user_rights(&user).await.expect(200);
    let acts = |hint: &str| json!({ "kind": { "CanActAs": { "value": { "party": ledger.id(hint) } } } });
    let admin = json!({ "kind": { "ParticipantAdmin": { "value": {} } } });
    assert_eq!(rights.json()["rights"], json!([admin, acts("a"), acts("b")]));
    for odd in ["a b", "é", "a/b", &"a".repeat(129)] {
        assert_error(ledger.allocate(&json!({ "userId": odd })).await, 400, "INVALID_FIELD");
    }
    for unknown in ["alice", user.as_str()] {
        let error = assert_error(ledger.allocate(&json!({ "userId": unknown })).await, 404, "USER_NOT_FOUND");
        assert_eq!(error.json()["resources"], json!([["USER", unknown]]));
        assert_eq!(error.text("cause"), format!("checking user's existence failed for unknown user \"{unknown}\""));
    }
    for of in ["", "/rights"] {
        let error = ledger.platform.get(&format!("/v2/users/nobody{of}")).await;
        assert_eq!(assert_error(error, 404, "USER_NOT_FOUND").json()["resources"], json!([["USER", "nobody"]]));
    }
}

/// A request with every error. When one is corrected, the next one is returned.
#[apply(api_test)]
async fn errors_have_a_fixed_precedence() {
    let ledger = Ledger::new().await;
    ledger.party("Alice").await;
    let default = ledger.platform.default_organization().await;
    let mut body = json!({
        "partyIdHint": "a!",
        "localMetadata": { "resourceVersion": "1", "annotations": { "-": "x" } },
        "identityProviderId": "a!",
        "synchronizerId": "a!",
        "userId": "a b",
    });
    let (reader, _) = ledger.user(&["ledger:read"]).await;
    assert_redacted(reader.allocate_ledger_party(&body).await, 403);
    for (status, code, found, pointer, right) in [
        (400, "INVALID_ARGUMENT", "0x21", "/partyIdHint", json!("Alice")),
        (400, "INVALID_ARGUMENT", "resource_version", "/localMetadata/resourceVersion", json!("")),
        (400, "INVALID_ARGUMENT", "'-'", "/localMetadata/annotations", json!({})),
        (400, "INVALID_FIELD", "identity_provider_id", "/identityProviderId", json!("unknown")),
        (400, "INVALID_FIELD", "synchronizer_id", "/synchronizerId", json!("other::1220")),
        (400, "INVALID_FIELD", "user_id", "/userId", json!("nobody")),
        (400, "INVALID_ARGUMENT", "identity_provider_id", "/identityProviderId", json!(nonexistent(&default))),
        (400, "INVALID_ARGUMENT", "identity_provider_id", "/identityProviderId", json!(default)),
        (404, "USER_NOT_FOUND", "nobody", "/userId", json!("")),
        (400, "NOT_CONNECTED_TO_SYNCHRONIZER", "other::1220", "/synchronizerId", json!("")),
        (400, "INVALID_ARGUMENT", "Party already exists", "/partyIdHint", json!("Bob")),
    ] {
        let error = assert_error(ledger.allocate(&body).await, status, code);
        assert!(error.text("cause").contains(found), "{found}: {}", error.json());
        *body.pointer_mut(pointer).expect("a member") = right;
    }
    ledger.allocate(&body).await.expect(200);
}

#[apply(api_test)]
async fn any_media_type_is_accepted() {
    let ledger = Ledger::new().await;
    let types = [
        None,
        Some("application/json"),
        Some("application/x-www-form-urlencoded"),
        Some("text/plain"),
        Some("application/octet-stream"),
        Some("nonsense"),
    ];
    for (at, media_type) in types.into_iter().enumerate() {
        let body = json!({ "partyIdHint": format!("p{at}") }).to_string();
        let created = post_as(&ledger.platform, media_type, &body).await.expect(200);
        assert_eq!(created.header("content-type"), Some("application/json"), "{media_type:?}");
    }
    assert_eq!(ledger.list("").await.len(), types.len());
}

#[apply(api_test)]
async fn nulls_and_unknown_members_are_accepted() {
    let ledger = Ledger::new().await;
    for body in [
        json!({ "partyIdHint": null, "localMetadata": null, "identityProviderId": null, "synchronizerId": null, "userId": null }),
        json!({ "localMetadata": { "resourceVersion": null, "annotations": null, "more": [] }, "displayName": "x" }),
        json!({ "localMetadata": {} }),
    ] {
        ledger.allocate(&body).await.expect(200);
    }
    assert_eq!(ledger.list("").await.len(), 3);
}

#[apply(api_test)]
async fn an_undecodable_body_returns_plain_text() {
    let ledger = Ledger::new().await;
    for body in [
        "",
        "{",
        "[1]",
        "null",
        "\"x\"",
        r#"{"partyIdHint": 7}"#,
        r#"{"localMetadata": []}"#,
        r#"{"localMetadata": {"annotations": {"a": 1}}}"#,
    ] {
        let error = assert_undecodable(post_as(&ledger.platform, None, body).await, "body");
        let text = error.body_text();
        assert!(text.starts_with("Invalid value for: body (") && text.ends_with(')'), "{text}");
    }
    assert_eq!(parties(&ledger.platform.list_ledger_parties().await), Vec::<String>::new());
}
