//! The items that endpoints put, in any test: each is a record of its entity type.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, PoisonError},
};

use aws_sdk_dynamodb::types::AttributeValue;
use berth_shared::store::{Item, Record};
use serde_json::Value;

/// Descriptions of items that are not records.
static VIOLATIONS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Checks the items that a DynamoDB request of `endpoint` puts.
pub fn check(endpoint: &str, operation: &str, request: &Value) {
    let single = (operation == "PutItem").then(|| &request["Item"]);
    let actions = request["TransactItems"].as_array().into_iter().flatten();
    for item in single.into_iter().chain(actions.filter_map(|action| Some(&action.get("Put")?["Item"]))) {
        let item = item_of(item);
        let error = match Record::from_item(&item) {
            Ok(record) if record.to_item().is_ok_and(|written| written == item) => continue,
            Ok(record) => format!("{} does not give the same item", record.entity_type()),
            Err(error) => error.to_string(),
        };
        VIOLATIONS.lock().unwrap_or_else(PoisonError::into_inner).insert(format!("{endpoint}: {error}"));
    }
}

/// Returns whether all items were records, and prints what is wrong with those that were not.
pub fn all_were_records() -> bool {
    let violations = VIOLATIONS.lock().unwrap_or_else(PoisonError::into_inner);
    for violation in violations.iter() {
        eprintln!("an endpoint puts an item that is not a record: {violation}");
    }
    violations.is_empty()
}

/// Converts an item in a request to an item of the SDK.
fn item_of(members: &Value) -> Item {
    let members = members.as_object().into_iter().flatten();
    members.map(|(name, value)| (name.clone(), attribute_of(value))).collect::<HashMap<_, _>>()
}

fn attribute_of(value: &Value) -> AttributeValue {
    let (kind, value) = value.as_object().and_then(|member| member.iter().next()).expect("an attribute");
    let text = || value.as_str().expect("a string").to_owned();
    match kind.as_str() {
        "S" => AttributeValue::S(text()),
        "N" => AttributeValue::N(text()),
        "BOOL" => AttributeValue::Bool(value.as_bool().expect("a Boolean")),
        "NULL" => AttributeValue::Null(true),
        "L" => AttributeValue::L(value.as_array().expect("a list").iter().map(attribute_of).collect()),
        "M" => AttributeValue::M(item_of(value)),
        other => panic!("no record has an attribute of type {other}"),
    }
}
