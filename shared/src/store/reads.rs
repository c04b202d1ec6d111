//! Reading items by key.

use std::{any::type_name, collections::HashMap};

use aws_sdk_dynamodb::{
    operation::batch_get_item::BatchGetItemOutput,
    types::{AttributeValue, KeysAndAttributes, builders::KeysAndAttributesBuilder},
};
use futures::future::try_join_all;
use serde::de::DeserializeOwned;

use super::{
    Item, Store,
    expression::key_attributes,
    keys::{Key, PK, SK},
    retry::Attempt,
};
use crate::domain::error::{Error, Result};

/// Maximum number of keys in one `BatchGetItem`.
const BATCH: usize = 100;

/// Converts an item to `T`.
///
/// # Errors
/// [`Error::Internal`] if an attribute is missing or malformed.
pub(super) fn decode<T: DeserializeOwned>(item: Item) -> Result<T> {
    serde_dynamo::from_item(item).map_err(|error| {
        let reason = error.to_string();
        // Other messages may quote stored values, which must not be logged.
        let reason = if reason.starts_with("missing field") { &reason } else { "malformed value" };
        Error::internal(format!("an item cannot be read as {}: {reason}", type_name::<T>()))
    })
}

/// Returns the primary key of an item.
pub(super) fn key_of(item: &Item) -> Option<Key> {
    match (item.get(PK), item.get(SK)) {
        (Some(AttributeValue::S(pk)), Some(AttributeValue::S(sk))) => Some(Key { pk: pk.clone(), sk: sk.clone() }),
        _ => None,
    }
}

impl Store {
    /// Reads an item, strongly consistent.
    pub(super) async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>> {
        self.get_item(key, true).await?.map(decode).transpose()
    }

    /// Reads an item, eventually consistent, which costs half as much. If it is not found, reads it strongly consistent. So
    /// a recent creation is always found, and a recent change may not be visible yet.
    pub(super) async fn get_eventually_consistent<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>> {
        match self.get_item(key, false).await? {
            Some(item) => decode(item).map(Some),
            None => self.get(key).await,
        }
    }

    pub(super) async fn get_item(&self, key: &Key, consistent: bool) -> Result<Option<Item>> {
        let request = self
            .client
            .get_item()
            .table_name(self.table())
            .set_key(Some(key_attributes(key)))
            .consistent_read(consistent);
        let once = || async { Attempt::of(request.clone().send().await) };
        Ok(self.retrying(once).await?.item)
    }

    /// Reads the items with these keys, strongly consistent, in parallel batches. Duplicate keys are read once, and keys
    /// without an item are left out.
    pub(super) async fn get_batch(&self, keys: impl IntoIterator<Item = Key>) -> Result<HashMap<Key, Item>> {
        self.get_batch_with(keys, true).await
    }

    /// Reads items like [`Store::get_batch`], with strong or with eventual consistency.
    pub(super) async fn get_batch_with(
        &self,
        keys: impl IntoIterator<Item = Key>,
        consistent: bool,
    ) -> Result<HashMap<Key, Item>> {
        let found = self.get_batches(keys, None, consistent).await?;
        Ok(found.into_iter().filter_map(|item| Some((key_of(&item)?, item))).collect())
    }

    /// Reads items like [`Store::get_batch`], but only the attributes of `T`. So no others are transferred and parsed.
    pub(super) async fn get_batch_of<T: DeserializeOwned>(
        &self,
        keys: impl IntoIterator<Item = Key>,
        attributes: &[&str],
    ) -> Result<HashMap<Key, T>> {
        let found = self.get_batches(keys, Some(&Projection::of(attributes)), true).await?;
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
        consistent: bool,
    ) -> Result<Vec<Item>> {
        let mut distinct: Vec<Key> = keys.into_iter().collect();
        distinct.sort_unstable();
        distinct.dedup();
        let batches = distinct.chunks(BATCH).map(|batch| self.get_one_batch(batch, projection, consistent));
        Ok(try_join_all(batches).await?.into_iter().flatten().collect())
    }

    async fn get_one_batch(
        &self,
        keys: &[Key],
        projection: Option<&Projection>,
        consistent: bool,
    ) -> Result<Vec<Item>> {
        let mut found = Vec::with_capacity(keys.len());
        let mut wanted: Vec<Item> = keys.iter().map(key_attributes).collect();
        while !wanted.is_empty() {
            let total = wanted.len();
            let mut table = KeysAndAttributes::builder().set_keys(Some(wanted)).consistent_read(consistent);
            if let Some(projection) = projection {
                table = projection.onto(table);
            }
            let table = table.build().map_err(Error::internal)?;
            let request = self.client.batch_get_item().request_items(self.table(), table);
            let once = || async {
                match Attempt::of(request.clone().send().await) {
                    // Without progress, the next attempt waits, as after throttling.
                    Attempt::Done(response) if self.unprocessed(&response) == total => {
                        Attempt::Retry(Error::unavailable("BatchGetItem processed no key"))
                    }
                    other => other,
                }
            };
            let response = self.retrying(once).await?;
            found.extend(response.responses.and_then(|mut tables| tables.remove(self.table())).unwrap_or_default());
            // DynamoDB returns the keys that did not fit into one response.
            let rest = response.unprocessed_keys.and_then(|mut tables| tables.remove(self.table()));
            wanted = rest.map(|rest| rest.keys).unwrap_or_default();
        }
        Ok(found)
    }

    /// Returns the number of keys that did not fit into a response.
    fn unprocessed(&self, response: &BatchGetItemOutput) -> usize {
        let tables = response.unprocessed_keys.as_ref();
        tables.and_then(|tables| tables.get(self.table())).map_or(0, |rest| rest.keys.len())
    }
}

/// Attributes to read: the key and some others. All have placeholders, because names may be reserved words.
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
