//! Record of a change.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{StoredRecord, stores_all_members};
use crate::{
    domain::{
        credentials::Owner,
        id::{AuditEntryId, DockId},
        json::Json,
        time::Time,
    },
    store::{
        audit::{Action, Actor, Dialect, Entity},
        keys::{self, Key},
    },
};

/// Audit entry of one change. It is never changed or deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Id of the entry.
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
    /// Values before and after the change.
    pub changes: Changes,
    /// Id of the request.
    pub request_id: String,
    /// IP address of the client; `None` without a connection.
    pub ip_address: Option<String>,
    /// Header `User-Agent` of the request.
    pub user_agent: Option<String>,
    /// Time of the change.
    pub created_at: Time,
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
        keys::audit_entry(self.owner, &self.entity_id, self.id)
    }
}
