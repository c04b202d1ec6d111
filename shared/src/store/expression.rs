//! Conditions and updates as types, and their rendering as DynamoDB expressions. No caller writes an expression string.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;

use super::{
    Item,
    keys::{ENTITY, Key, PK, Range, SK},
};
use crate::domain::error::{Error, Result};

/// Converts a value to an attribute.
///
/// # Errors
/// [`Error::Internal`] if it cannot be stored.
pub(super) fn attribute(value: &impl Serialize) -> Result<AttributeValue> {
    serde_dynamo::to_attribute_value(value).map_err(Error::internal)
}

/// Condition on an item, checked before a write.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    /// The item exists.
    Exists,
    /// No item has this key.
    Absent,
    /// The item exists and has this attribute with this value.
    Equals(&'static str, AttributeValue),
    /// No item has this key, or its number is at most this.
    AbsentOrAtMost(&'static str, u64),
    /// The item, if there is one, lacks the first attribute. If it has the second with another value, its third, a
    /// number, is at most this.
    Unclaimed {
        /// Name of the attribute with the owner.
        owner: &'static str,
        /// Name and wanted value of the attribute with the previous owner.
        former: (&'static str, AttributeValue),
        /// Name and maximum of the attribute with the end of the previous owner's claim.
        until: (&'static str, u64),
    },
    /// The item has this set, and the set contains this number.
    Contains(&'static str, u64),
    /// The item exists, and has these attributes with these numbers. A missing attribute counts as 0.
    Numbers(Vec<(&'static str, i64)>),
    /// The item is in this version, and its attribute has this number. An absent number is 0.
    VersionAnd(u64, &'static str, u64),
    /// The item exists, lacks the first attribute, and lacks the second one or has a greater value than this.
    Live(&'static str, &'static str, AttributeValue),
}

impl Condition {
    /// The item is in this version.
    pub(super) fn version(version: u64) -> Self {
        Self::Equals("version", number(version))
    }

    /// The item's attribute has this value.
    ///
    /// # Errors
    /// [`Error::Internal`] if the value cannot be stored.
    pub(super) fn equals(name: &'static str, value: &impl Serialize) -> Result<Self> {
        Ok(Self::Equals(name, attribute(value)?))
    }

    fn render(self, expressions: &mut Expressions) -> String {
        // No update sets this placeholder: its own begin with the attribute's name.
        const OPERAND: &str = ":operand";
        match self {
            // The key's name is no reserved word.
            Self::Exists => format!("attribute_exists({PK})"),
            Self::Absent => format!("attribute_not_exists({PK})"),
            Self::Equals(name, value) => {
                format!("{} = {}", expressions.name(name), expressions.value(OPERAND, value))
            }
            Self::AbsentOrAtMost(name, most) => {
                let (name, most) = (expressions.name(name), expressions.value(OPERAND, number(most)));
                format!("attribute_not_exists({PK}) OR {name} <= {most}")
            }
            Self::Unclaimed { owner, former: (former, value), until: (until, most) } => {
                let [owner, name, until] = [owner, former, until].map(|name| expressions.name(name));
                let (value, most) = (expressions.value(OPERAND, value), expressions.value(":most", number(most)));
                format!(
                    "attribute_not_exists({owner}) AND \
                     (attribute_not_exists({name}) OR {name} = {value} OR {until} <= {most})"
                )
            }
            Self::Live(revoked, end, now) => {
                let [revoked, end] = [revoked, end].map(|name| expressions.name(name));
                let now = expressions.value(OPERAND, now);
                format!(
                    "attribute_exists({PK}) AND attribute_not_exists({revoked}) AND \
                     (attribute_not_exists({end}) OR {end} > {now})"
                )
            }
            Self::Numbers(numbers) => {
                let exists = format!("attribute_exists({PK})");
                let equal = numbers.into_iter().map(|(name, wanted)| {
                    let value = AttributeValue::N(wanted.to_string());
                    let (value, name) = (expressions.value(&format!(":is_{name}"), value), expressions.name(name));
                    match wanted {
                        0 => format!("(attribute_not_exists({name}) OR {name} = {value})"),
                        _ => format!("{name} = {value}"),
                    }
                });
                [exists].into_iter().chain(equal).collect::<Vec<_>>().join(" AND ")
            }
            Self::VersionAnd(version, name, count) => {
                let version = expressions.value(OPERAND, number(version));
                let [held, name] = ["version", name].map(|name| expressions.name(name));
                if count == 0 {
                    return format!("{held} = {version} AND attribute_not_exists({name})");
                }
                format!("{held} = {version} AND {name} = {}", expressions.value(":count", number(count)))
            }
            Self::Contains(name, element) => {
                format!("contains({}, {})", expressions.name(name), expressions.value(OPERAND, number(element)))
            }
        }
    }
}

/// The items that a query reads. They have one partition key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyCondition<'a> {
    /// All items with this partition key.
    Partition(&'a str),
    /// The items with this partition key whose sort keys begin with `prefix`.
    BeginsWith {
        /// Partition key.
        pk: &'a str,
        /// Beginning of the sort keys.
        prefix: &'a str,
    },
    /// The items with this partition key whose sort keys are from `first` to `last`, both included.
    Between {
        /// Partition key.
        pk: &'a str,
        /// First sort key.
        first: &'a str,
        /// Last sort key.
        last: &'a str,
    },
}

impl<'a> KeyCondition<'a> {
    /// Returns the condition that selects the items of a range.
    pub(super) fn of(range: &'a Range) -> Self {
        let Range { pk, prefix } = range;
        // DynamoDB rejects an empty prefix.
        if prefix.is_empty() { Self::Partition(pk) } else { Self::BeginsWith { pk, prefix } }
    }

    /// Returns the condition as DynamoDB takes it, in the member `condition`.
    pub(super) fn render(self) -> Rendered {
        let mut expressions = Expressions::default();
        let mut partition = |pk: &str| {
            let value = AttributeValue::S(pk.to_owned());
            format!("{} = {}", expressions.name(PK), expressions.value(":pk", value))
        };
        let condition = match self {
            Self::Partition(pk) => partition(pk),
            Self::BeginsWith { pk, prefix } => {
                let partition = partition(pk);
                let prefix = expressions.value(":prefix", AttributeValue::S(prefix.to_owned()));
                format!("{partition} AND begins_with({}, {prefix})", expressions.name(SK))
            }
            Self::Between { pk, first, last } => {
                let partition = partition(pk);
                let [first, last] = [(":first", first), (":last", last)]
                    .map(|(name, sk)| expressions.value(name, AttributeValue::S(sk.to_owned())));
                format!("{partition} AND {} BETWEEN {first} AND {last}", expressions.name(SK))
            }
        };
        Rendered { condition: Some(condition), ..expressions.into_rendered() }
    }
}

/// Changes to the attributes of one item.
#[derive(Debug, Default)]
pub(super) struct Update {
    expressions: Expressions,
    set: Vec<String>,
    remove: Vec<String>,
    add: Vec<String>,
    delete: Vec<String>,
}

impl Update {
    /// Sets an attribute, or removes it if `value` is absent.
    ///
    /// # Errors
    /// [`Error::Internal`] if `value` cannot be stored.
    pub(super) fn set(self, name: &str, value: &impl Serialize) -> Result<Self> {
        Ok(self.set_attribute(name, attribute(value)?))
    }

    /// Sets every attribute that `value` has as an item, and removes those that are absent.
    ///
    /// # Errors
    /// [`Error::Internal`] if `value` cannot be stored.
    pub(super) fn set_all(mut self, value: &impl Serialize) -> Result<Self> {
        let item: Item = serde_dynamo::to_item(value).map_err(Error::internal)?;
        for (name, value) in item {
            self = self.set_attribute(&name, value);
        }
        Ok(self)
    }

    /// Sets the entity type. Every update that may create its item does.
    pub(super) fn set_entity_type(self, entity_type: &str) -> Self {
        self.set_attribute(ENTITY, AttributeValue::S(entity_type.to_owned()))
    }

    fn set_attribute(mut self, name: &str, value: AttributeValue) -> Self {
        if matches!(value, AttributeValue::Null(_)) {
            return self.remove(name);
        }
        let (name, value) = self.expressions.assigned(name, value);
        self.set.push(format!("{name} = {value}"));
        self
    }

    /// Removes an attribute.
    pub(super) fn remove(mut self, name: &str) -> Self {
        let name = self.expressions.name(name);
        self.remove.push(name);
        self
    }

    /// Adds to a number, which begins at 0.
    pub(super) fn add(mut self, name: &str, by: i64) -> Self {
        let (name, by) = self.expressions.assigned(name, AttributeValue::N(by.to_string()));
        self.add.push(format!("{name} {by}"));
        self
    }

    /// Adds a text to a set, which begins empty.
    pub(super) fn add_text_to_set(mut self, name: &str, element: &str) -> Self {
        let (name, element) = self.expressions.assigned(name, AttributeValue::Ss(vec![element.to_owned()]));
        self.add.push(format!("{name} {element}"));
        self
    }

    /// Deletes texts from a set. There must be at least one.
    pub(super) fn delete_texts_from_set(mut self, name: &str, elements: Vec<String>) -> Self {
        let (name, elements) = self.expressions.assigned(name, AttributeValue::Ss(elements));
        self.delete.push(format!("{name} {elements}"));
        self
    }

    /// Adds a number to a set, which begins empty.
    pub(super) fn add_to_set(mut self, name: &str, element: u64) -> Self {
        let (name, element) = self.expressions.assigned(name, AttributeValue::Ns(vec![element.to_string()]));
        self.add.push(format!("{name} {element}"));
        self
    }

    /// Deletes a number from a set.
    pub(super) fn delete_from_set(mut self, name: &str, element: u64) -> Self {
        let (name, element) = self.expressions.assigned(name, AttributeValue::Ns(vec![element.to_string()]));
        self.delete.push(format!("{name} {element}"));
        self
    }

    /// The update and the condition it depends on, as DynamoDB takes them.
    pub(super) fn render(self, condition: Option<Condition>) -> Rendered {
        let clause = |word: &str, parts: &[String]| match parts {
            [] => String::new(),
            parts => format!("{word} {} ", parts.join(", ")),
        };
        let clauses = [
            clause("SET", &self.set),
            clause("REMOVE", &self.remove),
            clause("ADD", &self.add),
            clause("DELETE", &self.delete),
        ];
        let mut expressions = self.expressions;
        let condition = condition.map(|condition| condition.render(&mut expressions));
        Rendered { update: clauses.concat().trim_end().to_owned(), condition, ..expressions.into_rendered() }
    }
}

/// A condition, an update or both, with the placeholders that they use. A key condition is a condition.
#[derive(Debug, Default)]
pub(super) struct Rendered {
    /// The update expression; empty for a condition alone.
    pub(super) update: String,
    /// The condition expression, or the key condition expression of a query.
    pub(super) condition: Option<String>,
    /// The attribute names that placeholders stand for. DynamoDB rejects an empty map.
    pub(super) names: Option<HashMap<String, String>>,
    /// The values that placeholders stand for.
    pub(super) values: Option<HashMap<String, AttributeValue>>,
}

impl From<Condition> for Rendered {
    fn from(condition: Condition) -> Self {
        let mut expressions = Expressions::default();
        let condition = Some(condition.render(&mut expressions));
        Self { condition, ..expressions.into_rendered() }
    }
}

/// Placeholders. Names go through them, since many of DynamoDB's reserved words are good names.
#[derive(Debug, Default)]
struct Expressions {
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Expressions {
    fn name(&mut self, name: &str) -> String {
        let placeholder = format!("#{name}");
        self.names.insert(placeholder.clone(), name.to_owned());
        placeholder
    }

    fn value(&mut self, placeholder: &str, value: AttributeValue) -> String {
        self.values.insert(placeholder.to_owned(), value);
        placeholder.to_owned()
    }

    fn assigned(&mut self, name: &str, value: AttributeValue) -> (String, String) {
        (self.name(name), self.value(&format!(":set_{name}"), value))
    }

    fn into_rendered(self) -> Rendered {
        let names = (!self.names.is_empty()).then_some(self.names);
        let values = (!self.values.is_empty()).then_some(self.values);
        Rendered { names, values, ..Rendered::default() }
    }
}

fn number(number: u64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// The key as an item's attributes.
pub(super) fn key_attributes(key: &Key) -> Item {
    HashMap::from([
        (PK.to_owned(), AttributeValue::S(key.pk.clone())),
        (SK.to_owned(), AttributeValue::S(key.sk.clone())),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_and_its_condition_share_names_but_no_value() {
        let update = Update::default().set("version", &3).unwrap().add("count", -1).remove("gone");
        let rendered = update.render(Some(Condition::version(2)));
        assert_eq!(rendered.update, "SET #version = :set_version REMOVE #gone ADD #count :set_count");
        assert_eq!(rendered.condition.as_deref(), Some("#version = :operand"));
        assert_eq!(rendered.names.unwrap().len(), 3);
        let values = rendered.values.unwrap();
        assert_eq!((values.len(), &values[":operand"]), (3, &AttributeValue::N("2".to_owned())));
    }

    #[test]
    fn an_unclaimed_item_has_no_owner_and_no_other_former_owner() {
        let former = ("by", AttributeValue::S("me".to_owned()));
        let rendered = Rendered::from(Condition::Unclaimed { owner: "owner", former, until: ("until", 7) });
        let condition =
            "attribute_not_exists(#owner) AND (attribute_not_exists(#by) OR #by = :operand OR #until <= :most)";
        assert_eq!(rendered.condition.as_deref(), Some(condition));
        let values = rendered.values.unwrap();
        assert_eq!((values.len(), &values[":most"]), (2, &AttributeValue::N("7".to_owned())));
    }

    #[test]
    fn a_missing_number_is_compared_as_zero() {
        let rendered = Rendered::from(Condition::Numbers(vec![("a", 2), ("b", 0)]));
        let condition = "attribute_exists(pk) AND #a = :is_a AND (attribute_not_exists(#b) OR #b = :is_b)";
        assert_eq!(rendered.condition.as_deref(), Some(condition));
        assert_eq!(rendered.values.unwrap()[":is_a"], AttributeValue::N("2".to_owned()));
    }

    #[test]
    fn an_absent_value_removes_its_attribute() {
        let update = Update::default().set("email", &None::<String>).unwrap();
        assert_eq!(update.render(None).update, "REMOVE #email");
    }

    #[test]
    fn a_key_condition_names_the_sort_key_only_for_a_prefix() {
        let range = |prefix: &str| Range { pk: "ORGS".to_owned(), prefix: prefix.to_owned() };
        let whole = KeyCondition::of(&range("")).render();
        assert_eq!(whole.condition.as_deref(), Some("#pk = :pk"));
        assert_eq!((whole.names.unwrap().len(), whole.values.unwrap().len()), (1, 1));
        let part = KeyCondition::of(&range("DOCK#")).render();
        assert_eq!(part.condition.as_deref(), Some("#pk = :pk AND begins_with(#sk, :prefix)"));
        assert_eq!(part.values.unwrap()[":prefix"], AttributeValue::S("DOCK#".to_owned()));
        assert_eq!(part.names.unwrap()["#sk"], "sk");
        let between = KeyCondition::Between { pk: "ORGS", first: "A", last: "B" }.render();
        assert_eq!(between.condition.as_deref(), Some("#pk = :pk AND #sk BETWEEN :first AND :last"));
        assert_eq!(between.values.unwrap().len(), 3);
    }

    #[test]
    fn a_condition_on_the_key_alone_needs_no_placeholder() {
        let rendered = Rendered::from(Condition::Absent);
        assert_eq!(rendered.condition.as_deref(), Some("attribute_not_exists(pk)"));
        assert!(rendered.names.is_none() && rendered.values.is_none());
    }
}
