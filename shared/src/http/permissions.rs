//! What an endpoint may do with the table: exactly what the role of its function allows.

use std::collections::BTreeSet;

use super::{Access, Endpoint};
use crate::store::Family;

/// An operation on the table, as policies name it. A transaction needs that of each of its actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StoreAction {
    /// Reading one item.
    GetItem,
    /// Reading items by key.
    BatchGetItem,
    /// Reading a range.
    Query,
    /// Asking for an item in a transaction.
    ConditionCheckItem,
    /// Putting an item, alone or in a transaction.
    PutItem,
    /// Changing an item, alone or in a transaction.
    UpdateItem,
    /// Deleting an item in a transaction.
    DeleteItem,
}

impl StoreAction {
    /// Every action.
    pub const ALL: [Self; 7] = [
        Self::GetItem,
        Self::BatchGetItem,
        Self::Query,
        Self::ConditionCheckItem,
        Self::PutItem,
        Self::UpdateItem,
        Self::DeleteItem,
    ];

    /// The action as an IAM policy names it.
    #[must_use]
    pub const fn iam(self) -> &'static str {
        match self {
            Self::GetItem => "dynamodb:GetItem",
            Self::BatchGetItem => "dynamodb:BatchGetItem",
            Self::Query => "dynamodb:Query",
            Self::ConditionCheckItem => "dynamodb:ConditionCheckItem",
            Self::PutItem => "dynamodb:PutItem",
            Self::UpdateItem => "dynamodb:UpdateItem",
            Self::DeleteItem => "dynamodb:DeleteItem",
        }
    }

    /// The action on keys of these families: a part of an endpoint's row.
    #[must_use]
    pub const fn on(self, families: &'static [Family]) -> Grant {
        Grant { action: self, families }
    }

    /// Whether it changes items.
    #[must_use]
    pub const fn writes(self) -> bool {
        matches!(self, Self::PutItem | Self::UpdateItem | Self::DeleteItem)
    }
}

/// An action on keys of some families.
#[derive(Debug, Clone, Copy)]
pub struct Grant {
    /// The action.
    pub action: StoreAction,
    /// The families.
    pub families: &'static [Family],
}

/// An action on keys of one family.
pub type Permission = (StoreAction, Family);

impl Endpoint {
    /// All that the endpoint may do with the table: what its row says, and what every call of its kind does.
    #[must_use]
    pub fn permissions(&self) -> BTreeSet<Permission> {
        let own = self.store.iter().flat_map(|grant| grant.families.iter().map(|family| (grant.action, *family)));
        let mut all: BTreeSet<Permission> = own.collect();
        if self.access != Access::Public {
            // Who calls, and that the key was used.
            all.extend([(StoreAction::GetItem, Family::ApiKeys), (StoreAction::PutItem, Family::ApiKeyUses)]);
        }
        if self.paged || matches!(self.access, Access::Ledger(_)) {
            // The secret of cursors, the namespace of ledger ids.
            all.insert((StoreAction::GetItem, Family::Platform));
        }
        if self.accepts_idempotency_key() {
            // The answer to an `Idempotency-Key`; found again by the failed condition of its put.
            all.insert((StoreAction::PutItem, Family::Idempotency));
        }
        if self.store.iter().any(|grant| grant.action.writes()) {
            // Every change is told in the trail: put there, and neither read nor changed by anybody.
            all.insert((StoreAction::PutItem, Family::TenantAudit));
        }
        all
    }
}
