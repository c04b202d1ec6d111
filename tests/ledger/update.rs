//! `PATCH /v2/parties/{party}`.

use std::collections::BTreeSet;

use futures::future::join_all;
use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::samples::nonexistent;
use crate::harness::{api_test, paths};
use crate::ledger::{Ledger, annotations_patch, assert_error, assert_redacted, assert_undecodable};

fn patch(id: &str, metadata: &Value, paths: &Value) -> Value {
    json!({ "partyDetails": { "party": id, "localMetadata": metadata }, "updateMask": { "paths": paths } })
}

/// A request with every error. When one is corrected, the next one is returned.
#[apply(api_test)]
async fn errors_have_a_fixed_precedence() {
    let ledger = Ledger::new().await;
    let default = ledger.platform.default_organization().await;
    let other = ledger.platform.create_organization("Acme").await.id();
    let id = ledger.party("Alice").await;
    ledger.patch(&id, &annotations_patch(&id, &json!({ "a": "x".repeat(262_143) }))).await.expect(200);
    let mut body = json!({
        "partyDetails": {
            "party": "Bob",
            "isLocal": false,
            "localMetadata": { "resourceVersion": "x", "annotations": { "-": "x" } },
            "identityProviderId": nonexistent(&default),
        },
        "updateMask": null,
    });
    let (reader, _) = ledger.user(&["ledger:read"]).await;
    let target = |id: &str| paths::ledger_party(id);
    // Path and body are compared before the rights of the user are checked.
    let error = assert_error(reader.patch(&target(&id), &body).await, 400, "INVALID_ARGUMENT");
    assert_eq!((&error.json()["context"], &error.json()["definiteAnswer"]), (&json!({}), &json!(false)));
    body["partyDetails"]["party"] = json!("a.b");
    assert_redacted(reader.patch(&target("a.b"), &body).await, 403);
    assert_error(ledger.patch("a.b", &body).await, 400, "INVALID_ARGUMENT");
    let unknown = ledger.id("nobody");
    body["partyDetails"]["party"] = json!(unknown);
    let mut path = unknown.as_str();
    for (status, code, found, pointer, right) in [
        (400, "INVALID_FIELD", "resource_version", "/partyDetails/localMetadata/resourceVersion", json!("0")),
        (400, "INVALID_ARGUMENT", "'-'", "/partyDetails/localMetadata/annotations", json!({ "b": "x" })),
        (400, "MISSING_FIELD", "update_mask", "/updateMask", json!({ "paths": ["isLocal"] })),
        (400, "INVALID_ARGUMENT", "identity_provider_id", "/partyDetails/identityProviderId", json!(other)),
        (400, INVALID, "isLocal", "/updateMask/paths", json!(["is_local", "local_metadata"])),
        (404, "PARTY_NOT_FOUND", "nobody", "/partyDetails/party", json!(id)),
        (400, INVALID, "is_local", "/partyDetails/isLocal", json!(true)),
        (400, INVALID, "UpdatePartyIdentityProviderId", "/partyDetails/identityProviderId", json!(default)),
        (409, STALE, "concurrent", "/partyDetails/localMetadata/resourceVersion", json!("1")),
        (400, TOO_LARGE, "size", "/partyDetails/localMetadata/annotations", json!({ "a": "", "b": "x" })),
    ] {
        let error = assert_error(ledger.patch(path, &body).await, status, code);
        assert!(error.text("cause").contains(found), "{found}: {}", error.json());
        if [INVALID, STALE, TOO_LARGE, "PARTY_NOT_FOUND"].contains(&code) {
            assert_eq!(error.json()["resources"], json!([["PARTY", path]]));
        }
        assert_eq!(error.json()["definiteAnswer"], Value::Null);
        *body.pointer_mut(pointer).expect("a member") = right;
        path = if pointer == "/partyDetails/party" { &id } else { path };
    }
    ledger.patch(path, &body).await.expect(200);
}

const INVALID: &str = "INVALID_PARTY_DETAILS_UPDATE_REQUEST";
const STALE: &str = "CONCURRENT_PARTY_DETAILS_UPDATE_DETECTED";
const TOO_LARGE: &str = "MAX_PARTY_DETAILS_ANNOTATIONS_SIZE_EXCEEDED";

#[apply(api_test)]
async fn update_masks_use_protocol_names() {
    let ledger = Ledger::new().await;
    let id = ledger.party("Alice").await;
    for mask in [
        json!([]),
        Value::Null,
        json!(["localMetadata"]),
        json!(["nonsense"]),
        json!([""]),
        json!(["local_metadata.annotations.a"]),
        json!(["local_metadata", "local_metadata"]),
    ] {
        let error = assert_error(ledger.patch(&id, &patch(&id, &json!({}), &mask)).await, 400, INVALID);
        assert_eq!(error.json()["resources"], json!([["PARTY", id]]));
    }
    let mut body = patch(&id, &json!({}), &json!(["party"]));
    body["updateMask"]["unknownFields"] = json!({ "fields": {} });
    ledger.patch(&id, &body).await.expect(200);
    for path in
        ["local_metadata", "local_metadata.annotations", "local_metadata.resource_version", "identity_provider_id"]
    {
        ledger.patch(&id, &patch(&id, &json!({}), &json!([path]))).await.expect(200);
    }
    // An absent member is false, and a party is local.
    for (is_local, status) in [(json!(true), 200), (json!(false), 400), (Value::Null, 400)] {
        let body =
            json!({ "partyDetails": { "party": id, "isLocal": is_local }, "updateMask": { "paths": ["is_local"] } });
        ledger.patch(&id, &body).await.expect(status);
    }
    // A member that the mask does not name is ignored.
    let body = json!({ "partyDetails": { "party": id, "isLocal": false }, "updateMask": { "paths": ["party"] } });
    ledger.patch(&id, &body).await.expect(200);
}

#[apply(api_test)]
async fn the_mask_selects_what_is_merged() {
    let ledger = Ledger::new().await;
    let id = ledger.party("Alice").await;
    for (annotations, mask, left) in [
        (json!({ "a": "1" }), "local_metadata", json!({ "a": "1" })),
        (json!({ "b": "2" }), "local_metadata.annotations", json!({ "a": "1", "b": "2" })),
        (json!({ "a": "9" }), "local_metadata.resource_version", json!({ "a": "1", "b": "2" })),
        (json!({ "a": "" }), "party", json!({ "a": "1", "b": "2" })),
        (json!({}), "local_metadata.annotations", json!({ "a": "1", "b": "2" })),
        (Value::Null, "local_metadata", json!({ "a": "1", "b": "2" })),
        (json!({ "a": "" }), "local_metadata", json!({ "b": "2" })),
    ] {
        let changed = ledger.patch(&id, &patch(&id, &json!({ "annotations": annotations }), &json!([mask]))).await;
        let details = changed.expect(200).json()["partyDetails"].clone();
        assert_eq!(details["localMetadata"]["annotations"], left, "{annotations} {mask}");
        assert_eq!(details, ledger.details("Alice").await);
    }
}

#[apply(api_test)]
async fn a_stale_version_conflicts_with_any_mask() {
    let ledger = Ledger::new().await;
    let id = ledger.party("Alice").await;
    ledger.patch(&id, &patch(&id, &json!({ "resourceVersion": "0" }), &json!(["party"]))).await.expect(200);
    for version in ["0", "2", "-1"] {
        for mask in ["party", "local_metadata", "local_metadata.annotations", "local_metadata.resource_version"] {
            let error = ledger.patch(&id, &patch(&id, &json!({ "resourceVersion": version }), &json!([mask]))).await;
            let error = assert_error(error, 409, STALE);
            assert_eq!(error.json()["resources"], json!([["PARTY", id]]));
        }
    }
    for no_number in ["x", "1.0", " 1", "99999999999999999999"] {
        let error = ledger.patch(&id, &patch(&id, &json!({ "resourceVersion": no_number }), &json!(["party"]))).await;
        assert_error(error, 400, "INVALID_FIELD");
    }
    assert_eq!(ledger.details("Alice").await["localMetadata"]["resourceVersion"], "1");
}

#[apply(api_test)]
async fn every_accepted_update_is_a_new_version() {
    let ledger = Ledger::new().await;
    let id = ledger.party("Alice").await;
    for version in 1..4 {
        let changed = ledger.patch(&id, &patch(&id, &json!({}), &json!(["local_metadata"]))).await.expect(200);
        assert_eq!(changed.json()["partyDetails"]["localMetadata"]["resourceVersion"], json!(version.to_string()));
    }
}

#[apply(api_test)]
async fn concurrent_updates_without_a_version_all_take_effect() {
    let ledger = Ledger::new().await;
    let id = ledger.party("Alice").await;
    let bodies: Vec<_> = (0..32).map(|at| annotations_patch(&id, &json!({ format!("k{at}"): "x" }))).collect();
    let mut versions = BTreeSet::new();
    for changed in join_all(bodies.iter().map(|body| ledger.patch(&id, body))).await {
        let version = changed.expect(200).json()["partyDetails"]["localMetadata"]["resourceVersion"].clone();
        versions.insert(version.as_str().expect("a text").parse::<u32>().expect("a number"));
    }
    assert_eq!(versions, (1..=32).collect());
    let metadata = &ledger.details("Alice").await["localMetadata"];
    assert_eq!(metadata["resourceVersion"], "32");
    assert_eq!(metadata["annotations"].as_object().map(serde_json::Map::len), Some(32));
}

#[apply(api_test)]
async fn the_identity_provider_cannot_be_changed() {
    let ledger = Ledger::new().await;
    let acme = ledger.platform.create_organization("Acme").await.id();
    let body = json!({ "partyIdHint": "Alice", "identityProviderId": acme });
    ledger.allocate(&body).await.expect(200);
    let id = ledger.id("Alice");
    let with = |provider: &str| {
        let party = json!({ "party": id, "identityProviderId": provider });
        json!({ "partyDetails": party, "updateMask": { "paths": ["party"] } })
    };
    assert_error(ledger.patch(&id, &with("")).await, 400, INVALID);
    assert_error(ledger.patch(&id, &with("unknown")).await, 400, "INVALID_ARGUMENT");
    assert_error(ledger.patch(&id, &with("a!")).await, 400, "INVALID_FIELD");
    let changed = ledger.patch(&id, &with(&acme)).await.expect(200);
    assert_eq!(changed.json()["partyDetails"]["identityProviderId"], json!(acme));
    for unknown in [ledger.id("Bob"), "Alice".to_owned(), "Alice::x".to_owned()] {
        let error = ledger.patch(&unknown, &annotations_patch(&unknown, &json!({}))).await;
        assert_eq!(assert_error(error, 404, "PARTY_NOT_FOUND").json()["resources"], json!([["PARTY", unknown]]));
    }
}

#[apply(api_test)]
async fn an_undecodable_update_returns_plain_text() {
    let ledger = Ledger::new().await;
    let id = ledger.party("Alice").await;
    for party in [json!(1), Value::Null] {
        assert_undecodable(ledger.patch(&id, &json!({ "partyDetails": { "party": party } })).await, "body (");
    }
    assert_undecodable(ledger.patch(&id, &json!([])).await, "body (");
}

#[apply(api_test)]
async fn an_update_without_party_details_does_not_match_the_path() {
    let ledger = Ledger::new().await;
    let id = ledger.party("Alice").await;
    let mask = json!({ "paths": ["local_metadata"] });
    for (body, found) in [
        (json!({}), "None"),
        (json!({ "partyDetails": null, "updateMask": mask }), "None"),
        (json!({ "partyDetails": {} }), "Some(PartyDetails("),
        (json!({ "partyDetails": { "party": "" }, "updateMask": mask }), "Some(PartyDetails("),
    ] {
        let error = assert_error(ledger.patch(&id, &body).await, 400, "INVALID_ARGUMENT");
        assert!(
            error.text("cause").contains(&format!("{id} does not match party in body {found}")),
            "{}",
            error.json()
        );
        assert_eq!((&error.json()["context"], &error.json()["definiteAnswer"]), (&json!({}), &json!(false)));
    }
    assert_eq!(ledger.details("Alice").await["localMetadata"]["resourceVersion"], "0");
}

#[apply(api_test)]
async fn errors_of_updates_have_the_texts_of_a_participant() {
    let ledger = Ledger::new().await;
    let id = ledger.party("Alice").await;
    let cause = async |body: Value| ledger.patch(&id, &body).await.expect(400).text("cause");
    let failed = format!("Update operation for party '{id}' failed due to: ");
    for (mask, reason) in [
        (json!([]), "The update mask contains no entries".to_owned()),
        (json!(["x"]), "The update path: 'x' points to an unknown field.".to_owned()),
        // Every path is looked up before duplicates are counted.
        (json!(["party", "party", "y"]), "The update path: 'y' points to an unknown field.".to_owned()),
        (json!(["party", "party"]), "The update path: 'party' is duplicated.".to_owned()),
        (json!(["x".repeat(53)]), format!("The update path: '{}' points to an unknown field.", "x".repeat(53))),
        (json!(["x".repeat(54)]), format!("The update path: '{}...' points to an unknown field.", "x".repeat(50))),
    ] {
        assert_eq!(cause(patch(&id, &json!({}), &mask)).await, format!("{failed}{reason}"));
    }
    let large = json!({ "a": "x".repeat(262_144) });
    let field = "annotations from field 'party_details.local_metadata.annotations' are larger than the limit of 256kb";
    assert!(cause(annotations_patch(&id, &large)).await.ends_with(field));
    ledger.patch(&id, &annotations_patch(&id, &json!({ "a": "x".repeat(262_143) }))).await.expect(200);
    let merged = format!("Maximum annotations size for party '{id}' has been exceeded");
    assert_eq!(cause(annotations_patch(&id, &json!({ "b": "x" }))).await, merged);
}
