//! Roles: what a party is in a dock.

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

    /// The name on the wire and in keys.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Distributor => "DISTRIBUTOR",
            Self::Recipient => "RECIPIENT",
        }
    }

    /// Reads the role's name.
    ///
    /// # Errors
    /// What it must be, as the end of a sentence that begins with the member's name.
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

/// That a party holds a role in a dock, or held it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Role {
    /// Its id; a role that is revoked and assigned again is a new one.
    pub id: RoleId,
    /// Where.
    pub dock_id: DockId,
    /// Who.
    pub party_id: PartyId,
    /// As what.
    pub role: RoleName,
    /// From this time on.
    pub created_at: Time,
    /// Up to but not including this time; `None` while it lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Time>,
    /// The id of who revoked it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_by: Option<String>,
}

impl Role {
    /// The version that every role has: nothing of it can be changed.
    pub const VERSION: u64 = 1;

    /// Whether the role was held at `time`.
    #[must_use]
    pub fn held_at(&self, time: Time) -> bool {
        self.created_at <= time && self.revoked_at.is_none_or(|end| time < end)
    }
}
