//! Records of changes.

use std::borrow::Cow;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{StoredRecord, stores_all_members};
use crate::{
    domain::{
        Metadata,
        credentials::Owner,
        error::Result,
        id::{AuditEntryId, DockId},
        json::Json,
        time::Time,
    },
    store::{
        Item,
        audit::{Action, Actor, Dialect, Entity, creation_of},
        keys::{self, AuditView, Key, RecordKey},
    },
};

/// Maximum size of a row with the details of its entry, in bytes: one write unit, or two in a transaction.
const MAX_ROW: usize = 1024;

/// Audit entry of one change. It is never changed, and deleted only by its time of deletion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Id of the entry. The entry of a creation has the ULID of the resource.
    pub id: AuditEntryId,
    /// Owner of the changed resource.
    pub owner: Owner,
    /// Dock that the change concerns; `None` if it concerns no dock.
    pub dock_id: Option<DockId>,
    /// Type of the changed resource.
    pub entity_type: Entity,
    /// Id of the changed resource.
    pub entity_id: String,
    /// Kind of change.
    pub action: Action,
    /// Author of the change.
    pub actor: Actor,
    /// API in which the change was requested.
    pub dialect: Dialect,
    /// Id of the request.
    pub request_id: String,
    /// Time of the change.
    pub created_at: Time,
    /// Time of deletion; `None` if the entry is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// Time from which DynamoDB may delete the item, in seconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u64>,
    /// Values, and data about the request.
    pub content: Content,
}

/// Content of an audit entry, or of one of its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Content {
    /// The details.
    Plain(Details),
    /// The row would be too large with the details. Only the entry has them.
    InEntry,
}

/// Details of a change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// Values before and after the change; `None` if another service sent none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
    /// Custom attributes that another service sent; `None` in Berth's own entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// IP address of the client; `None` without a connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<String>,
    /// Header `User-Agent` of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
}

/// Values before and after a change: the members that differ. Stored as one string of compact JSON, so that numbers keep
/// their digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Values before the change; `null` for a creation.
    pub before: Json,
    /// Values after the change; `null` for a deletion.
    pub after: Json,
}

impl AuditEntry {
    /// Returns the entry with a time of deletion, if it has one.
    #[must_use]
    pub(in crate::store) fn expiring(self, at: Option<Time>) -> Self {
        Self { expires_at: at, ttl: at.map(|at| at.seconds_since_epoch() + 1), ..self }
    }

    /// Returns the details; `None` if this is the content of a row without them.
    #[must_use]
    pub const fn details(&self) -> Option<&Details> {
        match &self.content {
            Content::Plain(details) => Some(details),
            Content::InEntry => None,
        }
    }

    /// Returns the views of the trail that have a row of the entry.
    #[must_use]
    pub fn views(&self) -> Vec<AuditView> {
        let is_creation = self.action == Action::Create && creation_of(&self.entity_id) == Some(self.id);
        let entity = (!is_creation).then(|| AuditView::Entity(self.entity_id.clone()));
        // The entries of Berth's own types are found by their actions, of which each belongs to one type.
        let other = self.entity_type.is_other().then(|| AuditView::Type(self.entity_type.as_str().to_owned()));
        let always = [AuditView::Actor(self.actor.id.clone()), AuditView::Action(self.action.name(&self.entity_type))];
        let dock = self.dock_id.map(AuditView::Dock);
        entity.into_iter().chain(dock).chain(always).chain(other).collect()
    }
}

/// Row of an audit entry in one view of the trail: a copy of the entry, without the details if they are large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// View that has the row.
    pub view: AuditView,
    /// Entry.
    pub entry: AuditEntry,
}

impl AuditRow {
    /// Returns the rows of an entry.
    ///
    /// # Errors
    /// [`crate::Error::Internal`] if a value cannot be stored.
    pub(in crate::store) fn of(entry: &AuditEntry) -> Result<Vec<Self>> {
        let row = |view: AuditView| {
            let mut row = Self { view, entry: entry.clone() };
            if size(&row.to_item()?) > MAX_ROW {
                row.entry.content = Content::InEntry;
            }
            Ok(row)
        };
        entry.views().into_iter().map(row).collect()
    }
}

/// Returns the size of an item, in bytes, as DynamoDB bills it.
fn size(item: &Item) -> usize {
    fn of(value: &AttributeValue) -> usize {
        match value {
            AttributeValue::S(text) | AttributeValue::N(text) => text.len(),
            AttributeValue::M(members) => {
                3 + members.iter().map(|(name, value)| name.len() + 1 + of(value)).sum::<usize>()
            }
            AttributeValue::L(elements) => 3 + elements.iter().map(|value| 1 + of(value)).sum::<usize>(),
            _ => 1,
        }
    }
    item.iter().map(|(name, value)| name.len() + of(value)).sum()
}

impl Serialize for Changes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let members = [("before", &self.before), ("after", &self.after)];
        let members = members.map(|(name, value)| (name.to_owned(), value.clone()));
        serializer.serialize_str(&Json::Object(members.into()).to_text())
    }
}

impl<'de> Deserialize<'de> for Changes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        match Json::parse(text.as_bytes()) {
            Ok(Json::Object(members)) => match <[(String, Json); 2]>::try_from(members) {
                Ok([(one, before), (other, after)]) if one == "before" && other == "after" => {
                    Ok(Self { before, after })
                }
                _ => Err(D::Error::custom("must have the members before and after")),
            },
            _ => Err(D::Error::custom("must be a JSON object")),
        }
    }
}

impl StoredRecord for AuditEntry {
    const ENTITY_TYPE: &'static str = "audit_entry";
    stores_all_members!();

    fn key(&self) -> Key {
        keys::audit_entry(self.owner, self.id)
    }
}

impl StoredRecord for AuditRow {
    const ENTITY_TYPE: &'static str = "audit_row";
    type Attributes = AuditEntry;

    fn key(&self) -> Key {
        keys::audit_row(self.entry.owner, &self.view, self.entry.id)
    }

    fn attributes(&self) -> &AuditEntry {
        &self.entry
    }

    fn from_parts(key: RecordKey, entry: AuditEntry) -> Option<Self> {
        match key {
            RecordKey::AuditRow { view, .. } if entry.views().contains(&view) => Some(Self { view, entry }),
            _ => None,
        }
    }
}
