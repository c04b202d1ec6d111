//! Records of parties.

use serde::{Deserialize, Serialize};

use super::{StoredRecord, stores_all_members, stores_member};
use crate::{
    domain::{
        ExternalRef, Hint, Name, Party, PartyType, RoleName,
        id::{OrganizationId, PartyId},
    },
    store::keys::{self, Key},
};

/// Number of current roles of a party or in a dock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RoleCounts {
    /// Number of roles `DISTRIBUTOR`.
    #[serde(skip_serializing_if = "is_zero")]
    pub roles_distributor: u64,
    /// Number of roles `RECIPIENT`.
    #[serde(skip_serializing_if = "is_zero")]
    pub roles_recipient: u64,
}

/// Returns whether a counter is 0. A new party has no counters, and those of a new dock have no attributes.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
pub(super) const fn is_zero(counter: &u64) -> bool {
    *counter == 0
}

impl RoleCounts {
    /// No roles.
    pub(in crate::store) const NONE: Self = Self { roles_distributor: 0, roles_recipient: 0 };

    /// Returns the attribute that counts `role`.
    pub(in crate::store) const fn attribute(role: RoleName) -> &'static str {
        match role {
            RoleName::Distributor => "rolesDistributor",
            RoleName::Recipient => "rolesRecipient",
        }
    }

    /// Returns the sum of the counters of several items.
    pub(in crate::store) fn sum(items: &[Self]) -> Self {
        Self {
            roles_distributor: items.iter().map(|item| item.roles_distributor).sum(),
            roles_recipient: items.iter().map(|item| item.roles_recipient).sum(),
        }
    }

    /// Returns the number of roles with this name, or of all roles.
    #[must_use]
    pub const fn of(self, role: Option<RoleName>) -> u64 {
        match role {
            None => self.roles_distributor + self.roles_recipient,
            Some(RoleName::Distributor) => self.roles_distributor,
            Some(RoleName::Recipient) => self.roles_recipient,
        }
    }
}

/// Party, with the number of its roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyRecord {
    /// The party.
    #[serde(flatten)]
    pub party: Party,
    /// Number of current roles of the party.
    #[serde(flatten)]
    pub role_counts: RoleCounts,
    /// Id of the user that may act as the party on the ledger; `None` if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger_user: Option<String>,
}

impl PartyRecord {
    /// Creates the record of a party without roles.
    #[must_use]
    pub const fn new(party: Party) -> Self {
        Self { party, role_counts: RoleCounts::NONE, ledger_user: None }
    }
}

impl StoredRecord for PartyRecord {
    const ENTITY_TYPE: &'static str = "party";
    stores_all_members!();

    fn key(&self) -> Key {
        keys::party(self.party.organization_id, self.party.id)
    }
}

/// Pointer from the id of a party to its organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyPointer {
    /// Party.
    pub id: PartyId,
    /// Its owner.
    pub owner: PartyOwner,
}

/// Owner of a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartyOwner {
    /// Organization.
    pub organization_id: OrganizationId,
    /// Hint of a party that was allocated at `/v2`. The list of hints has such a party, too.
    #[serde(default)]
    pub ledger_hint: Option<Hint>,
}

impl PartyPointer {
    /// Creates the pointer to the organization of a party.
    #[must_use]
    pub fn to(party: &Party) -> Self {
        let owner = PartyOwner { organization_id: party.organization_id, ledger_hint: party.ledger_hint.clone() };
        Self { id: party.id, owner }
    }
}

impl StoredRecord for PartyPointer {
    const ENTITY_TYPE: &'static str = "party_pointer";
    stores_member!(owner: PartyOwner, PartyPointer { id });

    fn key(&self) -> Key {
        keys::party_pointer(self.id)
    }
}

/// Party in the index of external references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyReference {
    /// Organization of the party.
    pub organization_id: OrganizationId,
    /// External reference of the party.
    pub external_ref: ExternalRef,
    /// The party.
    pub party: PartySummary,
}

/// Party with the members that a filter needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartySummary {
    /// Party.
    pub id: PartyId,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: PartyType,
    /// Its name.
    pub name: Name,
}

impl From<&Party> for PartySummary {
    fn from(party: &Party) -> Self {
        Self { id: party.id, kind: party.kind, name: party.name.clone() }
    }
}

impl StoredRecord for PartyReference {
    const ENTITY_TYPE: &'static str = "party_reference";
    stores_member!(party: PartySummary, PartyReference { organization_id, external_ref });

    fn key(&self) -> Key {
        keys::party_by_ref(self.organization_id, &self.external_ref, self.party.id)
    }
}
