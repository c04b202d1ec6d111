//! DynamoDB permissions of an endpoint. The IAM role of its function grants exactly these.

use std::collections::BTreeSet;

use super::{Access, Endpoint};
use crate::store::Family;

/// DynamoDB action in IAM policies. A transaction requires the action of each of its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StoreAction {
    /// Reads one item.
    GetItem,
    /// Reads items by key.
    BatchGetItem,
    /// Reads a range of items with the same partition key.
    Query,
    /// Checks a condition on an item in a transaction.
    ConditionCheckItem,
    /// Puts an item, alone or in a transaction.
    PutItem,
    /// Updates an item, alone or in a transaction.
    UpdateItem,
    /// Deletes an item in a transaction.
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

    /// Returns the name of the action in IAM policies.
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

    /// Creates a grant of the action on keys of these families.
    #[must_use]
    pub const fn on(self, families: &'static [Family]) -> Grant {
        Grant { action: self, families }
    }

    /// Returns whether the action changes items.
    #[must_use]
    pub const fn writes(self) -> bool {
        matches!(self, Self::PutItem | Self::UpdateItem | Self::DeleteItem)
    }
}

/// Action on keys of some families.
#[derive(Debug, Clone, Copy)]
pub struct Grant {
    /// Granted action.
    pub action: StoreAction,
    /// Families of the keys.
    pub families: &'static [Family],
}

/// Action on keys of one family.
pub type Permission = (StoreAction, Family);

impl Endpoint {
    /// Returns all permissions of the endpoint: those that it declares, and those of the common steps.
    #[must_use]
    pub fn permissions(&self) -> BTreeSet<Permission> {
        let own = self.store.iter().flat_map(|grant| grant.families.iter().map(|family| (grant.action, *family)));
        let mut all: BTreeSet<Permission> = own.collect();
        if self.access != Access::Public {
            // The record of the last use of the credential.
            all.insert((StoreAction::PutItem, Family::CredentialUses));
        }
        if self.access.accepts_bearer() {
            // Authentication: an API key, or an access token with its machine client.
            all.extend([
                (StoreAction::GetItem, Family::ApiKeys),
                (StoreAction::BatchGetItem, Family::MachineClients),
                (StoreAction::BatchGetItem, Family::AccessTokens),
            ]);
        }
        if self.paged {
            all.insert((StoreAction::GetItem, Family::CursorSecret));
        }
        if matches!(self.access, Access::Ledger(_)) {
            // The namespace of ledger ids, and the default organization.
            all.insert((StoreAction::GetItem, Family::Deployment));
        }
        if self.accepts_idempotency_key() {
            // The recorded response. If the key was used before, the failed condition of the put returns the record.
            all.insert((StoreAction::PutItem, Family::Idempotency));
        }
        if self.store.iter().any(|grant| grant.action.writes()) {
            // The audit entry of a change, and its rows. No endpoint changes audit entries.
            all.insert((StoreAction::PutItem, Family::TenantAudit));
        }
        all
    }
}
