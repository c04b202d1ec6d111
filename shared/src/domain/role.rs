//! Roles of parties in docks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::patch::{FromJson, Violation};
use crate::domain::{
    id::{DockId, PartyId, RoleId},
    json::Json,
    time::Time,
};

/// Role of a party in a dock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum RoleName {
    /// The party sends documents.
    Distributor,
    /// The party receives documents.
    Recipient,
}

impl RoleName {
    /// Every role.
    pub const ALL: [Self; 2] = [Self::Distributor, Self::Recipient];

    /// Returns the name as in JSON and in keys.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Distributor => "DISTRIBUTOR",
            Self::Recipient => "RECIPIENT",
        }
    }

    /// Parses the name of a role.
    ///
    /// # Errors
    /// The requirement that the text violates, as the end of a sentence that begins with the member's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|role| role.as_str() == text);
        known.ok_or_else(|| "must be DISTRIBUTOR or RECIPIENT".to_owned())
    }
}

impl FromJson for RoleName {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        let Json::String(text) = json else { return Err(Violation::new("must be a string")) };
        Self::parse(text).map_err(Violation::new)
    }
}

/// The assignment of a role to a party in a dock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Role {
    /// Id of the role. A role that is revoked and assigned again has a new id.
    pub id: RoleId,
    /// Dock of the role.
    pub dock_id: DockId,
    /// Party that holds the role.
    pub party_id: PartyId,
    /// Name of the role.
    pub role: RoleName,
    /// Time of the assignment.
    pub created_at: Time,
    /// Time of the revocation; `None` while the role is in effect. The party does not hold the role at this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Time>,
    /// Id of the principal that revoked the role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_by: Option<String>,
}

impl Role {
    /// Version of every role: a role cannot be changed.
    pub const VERSION: u64 = 1;

    /// Returns whether the party held the role at `time`.
    #[must_use]
    pub fn held_at(&self, time: Time) -> bool {
        self.created_at <= time && self.revoked_at.is_none_or(|end| time < end)
    }
}
