//! Records that only parties allocated at `/v2` have.

use serde::{Deserialize, Serialize};

use super::StoredRecord;
use crate::{
    domain::{
        Hint,
        id::{OrganizationId, PartyId},
    },
    store::keys::{self, Key, RecordKey},
};

/// Hint of a ledger id. It makes the id unique in the deployment and is never deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerHint {
    /// The hint.
    pub hint: Hint,
    /// The party that has it.
    pub owner: HintOwner,
}

/// Party that has a hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HintOwner {
    /// Organization of the party.
    pub organization_id: OrganizationId,
    /// Party.
    pub party_id: PartyId,
}

impl StoredRecord for LedgerHint {
    const ENTITY_TYPE: &'static str = "ledger_hint";
    type Attributes = HintOwner;

    fn key(&self) -> Key {
        keys::ledger_hint(&self.hint)
    }

    fn attributes(&self) -> &HintOwner {
        &self.owner
    }

    fn from_parts(key: RecordKey, owner: HintOwner) -> Option<Self> {
        match key {
            RecordKey::LedgerHint { hint } => Some(Self { hint, owner }),
            _ => None,
        }
    }
}

/// Ledger party in the list of its organization, which is ordered by ledger id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRow {
    /// Organization of the party.
    pub organization_id: OrganizationId,
    /// Hint of its ledger id.
    pub hint: Hint,
    /// The party.
    pub party: PartyRef,
}

/// Reference to a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartyRef {
    /// Party.
    pub party_id: PartyId,
}

impl StoredRecord for LedgerRow {
    const ENTITY_TYPE: &'static str = "ledger_row";
    type Attributes = PartyRef;

    fn key(&self) -> Key {
        keys::ledger_row(self.organization_id, &self.hint)
    }

    fn attributes(&self) -> &PartyRef {
        &self.party
    }

    fn from_parts(key: RecordKey, party: PartyRef) -> Option<Self> {
        match key {
            RecordKey::LedgerRow { organization_id, hint } => Some(Self { organization_id, hint, party }),
            _ => None,
        }
    }
}

/// Right of a user to act as a ledger party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRight {
    /// Id of the user.
    pub user_id: String,
    /// The party.
    pub party: GrantedHint,
}

/// Ledger party by the hint of its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantedHint {
    /// Hint.
    pub hint: Hint,
}

impl StoredRecord for LedgerRight {
    const ENTITY_TYPE: &'static str = "ledger_right";
    type Attributes = GrantedHint;

    fn key(&self) -> Key {
        keys::ledger_right(&self.user_id, &self.party.hint)
    }

    fn attributes(&self) -> &GrantedHint {
        &self.party
    }

    fn from_parts(key: RecordKey, party: GrantedHint) -> Option<Self> {
        match key {
            RecordKey::LedgerRight { user_id, .. } => Some(Self { user_id, party }),
            _ => None,
        }
    }
}
