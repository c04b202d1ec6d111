//! Reading items by key.

use std::{any::type_name, collections::HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, builders::KeysAndAttributesBuilder};
use futures::future::try_join_all;
use serde::de::DeserializeOwned;

use super::{
    Item, Store,
    expression::key_attributes,
    keys::{Key, PK, SK},
    retry::Attempt,
};
use crate::domain::error::{Error, Result};

/// The most keys that one batch may name.
const BATCH: usize = 100;

/// An item as `T`.
///
/// # Errors
/// [`Error::Internal`] where it is not one.
pub(super) fn decode<T: DeserializeOwned>(item: Item) -> Result<T> {
    serde_dynamo::from_item(item).map_err(|error| {
        let reason = error.to_string();
        // Any other reason may quote what is stored, which the log must not hold.
        let reason = if reason.starts_with("missing field") { &reason } else { "a value of another form" };
        Error::internal(format!("an item is no {}: {reason}", type_name::<T>()))
    })
}

/// The key of an item.
pub(super) fn key_of(item: &Item) -> Option<Key> {
    match (item.get(PK), item.get(SK)) {
        (Some(AttributeValue::S(pk)), Some(AttributeValue::S(sk))) => Some(Key { pk: pk.clone(), sk: sk.clone() }),
        _ => None,
    }
}

impl Store {
    /// The item with this key as it is now.
    pub(super) async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>> {
        self.get_item(key, true).await?.map(decode).transpose()
    }

    /// The item with this key as it was a moment ago, at half the price; where it is not there, as it is now. What was
    /// just made is therefore found, what was just changed perhaps not yet.
    pub(super) async fn get_eventually_consistent<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>> {
        match self.get_item(key, false).await? {
            Some(item) => decode(item).map(Some),
            None => self.get(key).await,
        }
    }

    async fn get_item(&self, key: &Key, consistent: bool) -> Result<Option<Item>> {
        let request = self
            .client
            .get_item()
            .table_name(self.table())
            .set_key(Some(key_attributes(key)))
            .consistent_read(consistent);
        let once = || async { Attempt::of(request.clone().send().await) };
        Ok(self.retrying(once).await?.item)
    }

    /// The items with these keys as they are now, in batches side by side. Keys may repeat; what is not there is left
    /// out.
    pub(super) async fn get_batch(&self, keys: impl IntoIterator<Item = Key>) -> Result<HashMap<Key, Item>> {
        let found = self.get_batches(keys, None).await?;
        Ok(found.into_iter().filter_map(|item| Some((key_of(&item)?, item))).collect())
    }

    /// As [`Store::get_batch`], of each item only the attributes that make up a `T`: the others would be sent and read
    /// for nothing.
    pub(super) async fn get_batch_of<T: DeserializeOwned>(
        &self,
        keys: impl IntoIterator<Item = Key>,
        attributes: &[&str],
    ) -> Result<HashMap<Key, T>> {
        let found = self.get_batches(keys, Some(&Projection::of(attributes))).await?;
        found
            .into_iter()
            .filter_map(|item| Some((key_of(&item)?, item)))
            .map(|(key, item)| Ok((key, decode(item)?)))
            .collect()
    }

    async fn get_batches(
        &self,
        keys: impl IntoIterator<Item = Key>,
        projection: Option<&Projection>,
    ) -> Result<Vec<Item>> {
        let mut distinct: Vec<Key> = keys.into_iter().collect();
        distinct.sort_unstable();
        distinct.dedup();
        let batches = distinct.chunks(BATCH).map(|batch| self.get_one_batch(batch, projection));
        Ok(try_join_all(batches).await?.into_iter().flatten().collect())
    }

    async fn get_one_batch(&self, keys: &[Key], projection: Option<&Projection>) -> Result<Vec<Item>> {
        let mut found = Vec::with_capacity(keys.len());
        let mut wanted: Vec<Item> = keys.iter().map(key_attributes).collect();
        while !wanted.is_empty() {
            let mut table = KeysAndAttributes::builder().set_keys(Some(wanted)).consistent_read(true);
            if let Some(projection) = projection {
                table = projection.onto(table);
            }
            let table = table.build().map_err(Error::internal)?;
            let request = self.client.batch_get_item().request_items(self.table(), table);
            let once = || async { Attempt::of(request.clone().send().await) };
            let answer = self.retrying(once).await?;
            found.extend(answer.responses.and_then(|mut tables| tables.remove(self.table())).unwrap_or_default());
            // DynamoDB hands back what did not fit into one answer.
            let rest = answer.unprocessed_keys.and_then(|mut tables| tables.remove(self.table()));
            wanted = rest.map(|rest| rest.keys).unwrap_or_default();
        }
        Ok(found)
    }
}

/// Which attributes are read: an item's key, and some more by placeholders, since names may be reserved words.
struct Projection {
    expression: String,
    names: HashMap<String, String>,
}

impl Projection {
    fn of(attributes: &[&str]) -> Self {
        let names = [PK, SK].iter().chain(attributes).enumerate();
        let names: Vec<_> = names.map(|(at, name)| (format!("#{at}"), (*name).to_owned())).collect();
        let expression = names.iter().map(|(placeholder, _)| placeholder.as_str()).collect::<Vec<_>>().join(", ");
        Self { expression, names: names.into_iter().collect() }
    }

    fn onto(&self, table: KeysAndAttributesBuilder) -> KeysAndAttributesBuilder {
        table.projection_expression(&self.expression).set_expression_attribute_names(Some(self.names.clone()))
    }
}
