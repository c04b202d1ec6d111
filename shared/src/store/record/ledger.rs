//! Records of parties allocated at `/v2`. A deleted party that was created at `/v1` has a hint, too.

use serde::{Deserialize, Serialize};

use super::{StoredRecord, stores_member};
use crate::{
    domain::{
        Hint,
        id::{OrganizationId, PartyId},
        time::Time,
    },
    store::keys::{self, Key},
};

/// Hint of a ledger id. It makes the id unique in the deployment and is never deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerHint {
    /// The hint.
    pub hint: Hint,
    /// The party that has it.
    pub owner: HintOwner,
}

/// Party that has or had a hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HintOwner {
    /// Organization of the party.
    pub organization_id: OrganizationId,
    /// Party.
    pub party_id: PartyId,
    /// Time of the deletion of the party; `None` while it exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Time>,
}

impl StoredRecord for LedgerHint {
    const ENTITY_TYPE: &'static str = "ledger_hint";
    stores_member!(owner: HintOwner, LedgerHint { hint });

    fn key(&self) -> Key {
        keys::ledger_hint(&self.hint)
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
    stores_member!(party: PartyRef, LedgerRow { organization_id, hint });

    fn key(&self) -> Key {
        keys::ledger_row(self.organization_id, &self.hint)
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
    stores_member!(party: GrantedHint, LedgerRight { user_id });

    fn key(&self) -> Key {
        keys::ledger_right(&self.user_id, &self.party.hint)
    }
}

/// Counter of the rights of a user. Its condition limits them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRightCounter {
    /// Id of the user.
    pub user_id: String,
    /// The counter.
    pub count: RightCount,
}

/// Number of rights of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightCount {
    /// Number of ledger parties that the user may act as.
    pub rights: u64,
}

impl StoredRecord for LedgerRightCounter {
    const ENTITY_TYPE: &'static str = "ledger_right_counter";
    stores_member!(count: RightCount, LedgerRightCounter { user_id });

    fn key(&self) -> Key {
        keys::ledger_right_counter(&self.user_id)
    }
}
