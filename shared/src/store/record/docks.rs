//! Records of docks.

use serde::{Deserialize, Serialize};

use super::{RoleCounts, StoredRecord, parties::is_zero, stores_all_members, stores_member};
use crate::{
    domain::{
        Dock, Domain, Name,
        id::{DockId, OrganizationId},
    },
    store::keys::{self, Key},
};

impl StoredRecord for Dock {
    const ENTITY_TYPE: &'static str = "dock";
    stores_all_members!();

    fn key(&self) -> Key {
        keys::dock(self.organization_id, self.id)
    }
}

/// One of the eight items with the counters of a dock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DockCounter {
    /// Organization of the dock.
    pub organization_id: OrganizationId,
    /// Dock.
    pub dock_id: DockId,
    /// Number of the item, 0 to 7.
    pub shard: u8,
    /// Number of the resources in the dock whose ids belong to this item.
    pub counts: DockCounts,
}

/// Number of current roles, recipients and groups in a dock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DockCounts {
    /// Current roles.
    #[serde(flatten)]
    pub roles: RoleCounts,
    /// Recipients.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub recipients: u64,
    /// Groups of recipients.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub groups: u64,
}

impl DockCounts {
    /// Returns the sum of the counters of several items.
    pub(in crate::store) fn sum(items: &[Self]) -> Self {
        let roles: Vec<_> = items.iter().map(|item| item.roles).collect();
        Self {
            roles: RoleCounts::sum(&roles),
            recipients: items.iter().map(|item| item.recipients).sum(),
            groups: items.iter().map(|item| item.groups).sum(),
        }
    }
}

impl StoredRecord for DockCounter {
    const ENTITY_TYPE: &'static str = "dock_counter";
    stores_member!(counts: DockCounts, DockCounter { organization_id, dock_id, shard });

    fn key(&self) -> Key {
        keys::dock_count_shard(self.organization_id, self.dock_id, self.shard)
    }
}

/// Dock in the list of all docks, with its organization and the members that a search needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DockRow {
    /// Dock.
    pub id: DockId,
    /// Its organization.
    pub organization_id: OrganizationId,
    /// Its display name.
    pub name: Name,
}

impl StoredRecord for DockRow {
    const ENTITY_TYPE: &'static str = "dock_row";
    stores_all_members!();

    fn key(&self) -> Key {
        keys::dock_row(self.id)
    }
}

/// Domain of a dock. No other dock can take it while the claim blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainRecord {
    /// The domain.
    pub domain: Domain,
    /// Its owner.
    pub owner: DomainOwner,
}

/// Owner of a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DomainOwner {
    /// Dock.
    pub dock_id: DockId,
    /// End of the claim, in milliseconds since the epoch. From then on, another dock can take the domain.
    pub blocks_until: u64,
}

impl StoredRecord for DomainRecord {
    const ENTITY_TYPE: &'static str = "domain";
    stores_member!(owner: DomainOwner, Domain { domain });

    fn key(&self) -> Key {
        keys::domain(&self.domain)
    }
}
