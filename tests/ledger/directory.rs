//! One directory with two dialects: each returns the resources of the other.

use berth_shared::store::{Action, Dialect, Record};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::json;

use crate::harness::{api_test, paths};
use crate::ledger::{Ledger, annotations_patch};

#[apply(api_test)]
async fn an_allocated_party_belongs_to_its_organization() {
    let ledger = Ledger::new().await;
    let platform = &ledger.platform;
    let acme = platform.create_organization("Acme").await.id();
    for (hint, annotations, kind, name) in [
        ("Alice", json!({ "berth/type": "INDIVIDUAL", "a": "x" }), "INDIVIDUAL", "Alice"),
        (" Bank ", json!({ "berth/type": "nonsense" }), "ORGANIZATION", "Bank"),
        ("Corp", json!({}), "ORGANIZATION", "Corp"),
    ] {
        let body = json!({
            "partyIdHint": hint, "identityProviderId": acme, "localMetadata": { "annotations": annotations },
        });
        platform.allocate_ledger_party(&body).await.expect(200);
        let list = platform.list_parties(&acme).await.expect(200);
        let rows = list.json()["data"].as_array().expect("a list").clone();
        let party = rows.into_iter().find(|row| row["ledgerParty"] == json!(ledger.id(hint))).expect("the party");
        assert_eq!((&party["type"], &party["name"], &party["metadata"]), (&json!(kind), &json!(name), &annotations));
    }
    let counted = platform.get_organization(&acme).await.expect(200);
    assert_eq!(counted.json()["_count"]["parties"], 3);
    // The party can be assigned a role.
    let list = platform.get(&format!("{}?search=Alice", paths::parties(&acme))).await.expect(200);
    let party = list.json()["data"][0]["id"].as_str().expect("an id").to_owned();
    let dock = platform.create_dock(&acme, "Desk").await.id();
    platform.assign(&acme, &party, &dock, "RECIPIENT").await;
    let held = platform.list_dock_parties(&dock).await.expect(200);
    assert_eq!(held.json()["data"][0]["partyId"], json!(party));
    let listed = platform.get(&format!("/v2/parties?identity-provider-id={acme}&filter-party=Alice")).await.expect(200);
    assert_eq!(listed.json()["partyDetails"][0]["party"], json!(ledger.id("Alice")));
}

#[apply(api_test)]
async fn metadata_that_is_not_an_annotation_survives_updates() {
    let ledger = Ledger::new().await;
    let default = ledger.platform.default_organization().await;
    let metadata = json!({ "n": 1, "deep": { "a": ["x"] }, "bad key": "x", "empty": "", "s": "t", "gone": "x" });
    let body = json!({ "type": "INDIVIDUAL", "name": "Ann", "metadata": metadata });
    let target = paths::parties(&default);
    let created = ledger.platform.post(&target, &body).await.expect(201);
    let id = created.text("ledgerParty");
    let details = ledger.details(&created.id()).await;
    assert_eq!(details["localMetadata"]["annotations"], json!({ "s": "t", "gone": "x" }));
    let changed = ledger.patch(&id, &annotations_patch(&id, &json!({ "new": "y", "gone": "" }))).await.expect(200);
    let annotations = &changed.json()["partyDetails"]["localMetadata"]["annotations"];
    assert_eq!(*annotations, json!({ "s": "t", "new": "y" }));
    let left = json!({ "n": 1, "deep": { "a": ["x"] }, "bad key": "x", "empty": "", "s": "t", "new": "y" });
    let read = ledger.platform.get(&format!("{target}/{}", created.id())).await.expect(200);
    assert_eq!((&read.json()["metadata"], &read.json()["name"]), (&left, &json!("Ann")));
}

#[apply(api_test)]
async fn both_dialects_share_one_version() {
    let ledger = Ledger::new().await;
    let default = ledger.platform.default_organization().await;
    let created = ledger.platform.create_party(&default, "Ann").await;
    let (target, id) = (paths::party(&default, &created.id()), created.text("ledgerParty"));
    let before = ledger.platform.get(&target).await.header("etag").map(ToOwned::to_owned).expect("a version");
    ledger.patch(&id, &annotations_patch(&id, &json!({ "a": "x" }))).await.expect(200);
    let after = ledger.platform.get(&target).await.header("etag").map(ToOwned::to_owned).expect("a version");
    assert_ne!(before, after);
    let stale =
        ledger.platform.request(Method::PATCH, &target).header("if-match", &before).json(&json!({ "name": "B" }));
    stale.send().await.expect(412);
    ledger.platform.patch(&target, &json!({ "metadata": { "b": "y" } })).await.expect(200);
    let metadata = ledger.details(&created.id()).await["localMetadata"].clone();
    assert_eq!(metadata, json!({ "resourceVersion": "2", "annotations": { "a": "x", "b": "y" } }));
}

#[apply(api_test)]
async fn audit_entries_name_the_dialect() {
    let ledger = Ledger::new().await;
    let (client, user) = ledger.user(&["ledger:admin"]).await;
    client.allocate_ledger_party(&json!({ "partyIdHint": "Alice" })).await.expect(200);
    let id = ledger.id("Alice");
    client.update_ledger_party(&id, &annotations_patch(&id, &json!({ "a": "x" }))).await.expect(200);
    let default = ledger.platform.default_organization().await;
    let target = paths::parties(&default);
    let party = ledger.platform.get(&target).await.json()["data"][0]["id"].as_str().expect("an id").to_owned();
    ledger.platform.patch(&format!("{target}/{party}"), &json!({ "name": "Al" })).await.expect(200);
    let records = ledger.server.records().await.into_iter();
    let entries = records.filter_map(|record| if let Record::AuditEntry(entry) = record { Some(entry) } else { None });
    let mut entries: Vec<_> = entries.filter(|entry| entry.entity_id == party).collect();
    entries.sort_by_key(|entry| entry.id);
    let found: Vec<_> = entries.iter().map(|entry| (entry.action, entry.dialect)).collect();
    let expected =
        [(Action::Create, Dialect::Ledger), (Action::Update, Dialect::Ledger), (Action::Update, Dialect::Rest)];
    assert_eq!(found, expected);
    assert_eq!(entries.iter().map(|entry| entry.actor.id == user).collect::<Vec<_>>(), [true, true, false]);
}
