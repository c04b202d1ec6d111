//! Every item of the table is a record: its entity type, its key and its attributes describe it completely.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use berth_shared::store::{Item, Record, keys};
use macro_rules_attribute::apply;

use super::consistency_checker::filled;
use crate::harness::api_test;

/// Returns the item without counters that are 0. A record may leave them out.
fn without_zeros(mut item: Item) -> Item {
    item.retain(|_, value| *value != AttributeValue::N("0".to_owned()));
    item
}

#[apply(api_test)]
async fn every_item_is_read_and_written_by_its_entity_type() {
    let items = filled().await.server.items().await;
    let mut found = BTreeSet::new();
    for item in &items {
        let record = Record::from_item(item).unwrap_or_else(|error| panic!("{error}: {item:?}"));
        assert_eq!(item[keys::ENTITY].as_s().map(String::as_str), Ok(record.entity_type()));
        assert_eq!(without_zeros(record.to_item().expect("an item")), without_zeros(item.clone()));
        found.insert(record.entity_type());
    }
    assert_eq!(found, Record::ENTITY_TYPES.iter().copied().collect(), "the table has a record of every type");
}

#[apply(api_test)]
async fn an_item_without_its_entity_type_is_an_error() {
    for item in filled().await.server.items().await {
        let of_type = |entity_type: Option<&str>| {
            let mut item = item.clone();
            item.remove(keys::ENTITY);
            item.extend(entity_type.map(|name| (keys::ENTITY.to_owned(), AttributeValue::S(name.to_owned()))));
            Record::from_item(&item).map(|record| record.entity_type())
        };
        let own = item[keys::ENTITY].as_s().expect("a string");
        assert!(of_type(None).is_err(), "{item:?}");
        for other in Record::ENTITY_TYPES.iter().filter(|other| *other != own) {
            assert!(of_type(Some(other)).is_err(), "{item:?} as {other}");
        }
    }
}
