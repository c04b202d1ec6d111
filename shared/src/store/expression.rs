//! Update expressions, built clause by clause so that no caller writes placeholders.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;

use super::keys::Key;
use crate::domain::error::{Error, Result};

/// A value as an attribute.
///
/// # Errors
/// [`Error::Internal`] where it cannot be stored.
pub(super) fn attribute(value: &impl Serialize) -> Result<AttributeValue> {
    serde_dynamo::to_attribute_value(value).map_err(Error::internal)
}

/// A change of one item. Names go through placeholders, since many of DynamoDB's reserved words are good names.
#[derive(Debug, Default)]
pub(super) struct Change {
    pub(super) names: HashMap<String, String>,
    pub(super) values: HashMap<String, AttributeValue>,
    set: Vec<String>,
    remove: Vec<String>,
    add: Vec<String>,
    pub(super) condition: Option<String>,
}

impl Change {
    /// A change that is made only where `condition` holds; `#pk` stands for the partition key.
    pub(super) fn when(condition: &str) -> Self {
        let change = Self { condition: Some(condition.to_owned()), ..Self::default() };
        // DynamoDB refuses placeholders that no expression uses.
        if condition.contains("#pk") { change.name(super::keys::PK) } else { change }
    }

    /// A change of an item that is there.
    pub(super) fn of_existing() -> Self {
        Self::when("attribute_exists(#pk)")
    }

    /// A change of an item that is there in this version.
    pub(super) fn of_version(version: u64) -> Self {
        Self::when("#version = :expected").name("version").value(":expected", AttributeValue::N(version.to_string()))
    }

    /// Makes `#name` stand for the attribute `name` in the condition.
    pub(super) fn name(mut self, name: &str) -> Self {
        self.names.insert(format!("#{name}"), name.to_owned());
        self
    }

    /// Makes `placeholder` (with its colon) stand for `value` in the condition.
    pub(super) fn value(mut self, placeholder: &str, value: AttributeValue) -> Self {
        self.values.insert(placeholder.to_owned(), value);
        self
    }

    /// Sets an attribute, or takes it away where `value` is absent.
    ///
    /// # Errors
    /// [`Error::Internal`] where `value` cannot be stored.
    pub(super) fn set(self, name: &str, value: &impl Serialize) -> Result<Self> {
        Ok(self.set_attribute(name, attribute(value)?))
    }

    fn set_attribute(mut self, name: &str, value: AttributeValue) -> Self {
        if matches!(value, AttributeValue::Null(_)) {
            self.remove.push(format!("#{name}"));
        } else {
            self.set.push(format!("#{name} = :{name}"));
            self.values.insert(format!(":{name}"), value);
        }
        self.name(name)
    }

    /// Sets every attribute that `value` has as an item, and takes away those that are absent.
    ///
    /// # Errors
    /// [`Error::Internal`] where `value` cannot be stored.
    pub(super) fn set_all(mut self, value: &impl Serialize) -> Result<Self> {
        let item: super::Item = serde_dynamo::to_item(value).map_err(Error::internal)?;
        for (name, value) in item {
            self = self.set_attribute(&name, value);
        }
        Ok(self)
    }

    /// Takes an attribute away.
    pub(super) fn remove(mut self, name: &str) -> Self {
        self.remove.push(format!("#{name}"));
        self.name(name)
    }

    /// Adds to a number, which begins at 0.
    pub(super) fn add(mut self, name: &str, by: i64) -> Self {
        self.add.push(format!("#{name} :{name}"));
        self.values.insert(format!(":{name}"), AttributeValue::N(by.to_string()));
        self.name(name)
    }

    /// The update expression.
    pub(super) fn expression(&self) -> String {
        let clause = |word: &str, parts: &[String], between: &str| match parts {
            [] => String::new(),
            parts => format!("{word} {} ", parts.join(between)),
        };
        let clauses =
            [clause("SET", &self.set, ", "), clause("REMOVE", &self.remove, ", "), clause("ADD", &self.add, ", ")];
        clauses.concat().trim_end().to_owned()
    }
}

/// The key as an item's attributes.
pub(super) fn key_attributes(key: &Key) -> super::Item {
    HashMap::from([
        (super::keys::PK.to_owned(), AttributeValue::S(key.pk.clone())),
        (super::keys::SK.to_owned(), AttributeValue::S(key.sk.clone())),
    ])
}

/// `value` as the item with this key. Absent values are left out: they cost bytes.
///
/// # Errors
/// [`Error::Internal`] where `value` cannot be stored.
pub(super) fn item(key: &Key, value: &impl Serialize) -> Result<super::Item> {
    let mut item: super::Item = serde_dynamo::to_item(value).map_err(Error::internal)?;
    item.retain(|_, value| !matches!(value, AttributeValue::Null(_)));
    item.extend(key_attributes(key));
    Ok(item)
}
