//! Mutation tests: DynamoDB requests are rewritten as if Berth had a bug, and the checks must detect each one.

use std::sync::atomic::Ordering;

use berth_shared::store::{
    StoredRecord,
    keys::{Key, RecordKey},
    record::RoleByDock,
};
use macro_rules_attribute::apply;
use serde_json::{Value, json};

use super::{World, fault_plan::FaultRate, setup::Figures};
use crate::harness::api_test;

/// Number of rounds in which a bug must be detected.
const ROUNDS: u64 = 24;
/// Number of requests of each client in a round. Most bugs show soon.
const REQUESTS_EACH: u64 = 12;

/// Returns the actions of a transaction.
fn actions<'a>(operation: &str, request: &'a mut Value) -> impl Iterator<Item = &'a mut Value> {
    let actions = if operation == "TransactWriteItems" { request["TransactItems"].as_array_mut() } else { None };
    actions.into_iter().flatten()
}

/// Returns the values in the key of an update; `None` if the action is another one.
fn updated(action: &Value) -> Option<RecordKey> {
    let key = &action["Update"]["Key"];
    let text = |name: &str| key[name]["S"].as_str().map(ToOwned::to_owned);
    RecordKey::parse(&Key { pk: text("pk")?, sk: text("sk")? })
}

/// Replaces an action with one that has no effect, so that the other actions keep their positions.
fn nothing(action: &mut Value, kind: &str) {
    let (table, key) = (action[kind]["TableName"].clone(), action[kind]["Key"].clone());
    *action =
        json!({ "ConditionCheck": { "TableName": table, "Key": key, "ConditionExpression": "attribute_exists(pk)" } });
}

/// Runs rounds until one is not linearizable. Returns the reason.
async fn found(rewrite: fn(&str, &mut Value) -> bool) -> String {
    let (world, figures) = (World::new().await, Figures::default());
    world.wire.rewrite(rewrite);
    for round in 0..ROUNDS {
        if let Err(reason) = world.round((7, round), REQUESTS_EACH, FaultRate::Low, &figures).await {
            let (rewritten, requests) = (world.wire.rewritten(), figures.requests.load(Ordering::Relaxed));
            assert!(rewritten > 0, "{reason}");
            eprintln!("history: detected after {requests} requests, {rewritten} DynamoDB requests rewritten");
            return reason;
        }
    }
    panic!("{} rewritten DynamoDB requests, and no detected bug: {figures:?}", world.wire.rewritten());
}

/// Two roles of one kind: the item that makes them unique is overwritten.
#[apply(api_test)]
async fn a_missing_condition_is_detected() {
    let reason = found(|operation, request| {
        let mut any = false;
        for action in actions(operation, request) {
            let Some(put) = action.get_mut("Put").and_then(Value::as_object_mut) else { continue };
            if put["Item"]["entity"]["S"] == RoleByDock::ENTITY_TYPE {
                put.remove("ConditionExpression");
                any = true;
            }
        }
        any
    });
    let reason = reason.await;
    assert!(reason.contains("role ") && reason.contains("Assigned"), "{reason}");
}

/// Lost updates: each write overwrites concurrent ones.
#[apply(api_test)]
async fn a_missing_version_check_is_detected() {
    let reason = found(|operation, request| {
        let mut any = false;
        for action in actions(operation, request) {
            let is_party = matches!(updated(action), Some(RecordKey::Party { .. }));
            let Some(update) = action.get_mut("Update").and_then(Value::as_object_mut) else { continue };
            let condition = update.get("ConditionExpression").and_then(Value::as_str).unwrap_or_default().to_owned();
            if is_party && condition.contains("version") {
                // Every declared name and value must be used.
                let tautology = condition.replace('=', "<>");
                update.insert("ConditionExpression".to_owned(), json!(format!("({condition}) OR ({tautology})")));
                any = true;
            }
        }
        any
    });
    let reason = reason.await;
    assert!(reason.contains("party pty_") && reason.contains("Patched"), "{reason}");
}

/// Slugs that an organization has given up, and that still name it.
#[apply(api_test)]
async fn an_unreleased_guard_is_detected() {
    let reason = found(|operation, request| {
        let mut any = false;
        for action in actions(operation, request) {
            let update = &action["Update"];
            let frees = update["UpdateExpression"].as_str().is_some_and(|change| change.contains("#releasedBy ="));
            if frees && matches!(updated(action), Some(RecordKey::Slug { .. })) {
                nothing(action, "Update");
                any = true;
            }
        }
        any
    });
    let reason = reason.await;
    assert!(reason.contains("slugs: ") && reason.contains("Conflict"), "{reason}");
}

/// Parties that are not counted.
#[apply(api_test)]
async fn a_missing_count_is_detected() {
    let reason = found(|operation, request| {
        let mut any = false;
        for action in actions(operation, request) {
            if matches!(updated(action), Some(RecordKey::OrganizationCounter { .. })) {
                nothing(action, "Update");
                any = true;
            }
        }
        any
    });
    let reason = reason.await;
    assert!(reason.contains("counters: "), "{reason}");
}

/// Roles that their dock does not count.
#[apply(api_test)]
async fn a_missing_count_of_a_dock_is_detected() {
    let reason = found(|operation, request| {
        let mut any = false;
        for action in actions(operation, request) {
            if matches!(updated(action), Some(RecordKey::DockCounter { .. })) {
                nothing(action, "Update");
                any = true;
            }
        }
        any
    });
    let reason = reason.await;
    assert!(reason.contains("counters: /v1/docks/"), "{reason}");
}
