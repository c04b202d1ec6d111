//! Records of organizations.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{StoredRecord, stores_all_members, stores_member};
use crate::{
    domain::{Name, Organization, Slug, id::OrganizationId},
    store::keys::{self, Key},
};

impl StoredRecord for Organization {
    const ENTITY_TYPE: &'static str = "organization";
    stores_all_members!();

    fn key(&self) -> Key {
        keys::organization(self.id)
    }
}

/// One of the eight items with the counters of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationCounter {
    /// Organization.
    pub organization_id: OrganizationId,
    /// Number of the item, 0 to 7.
    pub shard: u8,
    /// Counters.
    pub counts: OrganizationCounts,
}

/// Counters of an organization in one item. A counter may be negative, because a decrement may be counted in another item
/// than the increment. The sum over all items is exact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OrganizationCounts {
    /// Number of docks.
    pub docks: i64,
    /// Number of parties of type `INDIVIDUAL`.
    pub parties_individual: i64,
    /// Number of parties of type `ORGANIZATION`.
    pub parties_organization: i64,
    /// Number of machine clients.
    pub machine_clients: i64,
    /// Number of API keys, including revoked ones.
    pub api_keys: i64,
}

impl StoredRecord for OrganizationCounter {
    const ENTITY_TYPE: &'static str = "organization_counter";
    stores_member!(counts: OrganizationCounts, OrganizationCounter { organization_id, shard });

    fn key(&self) -> Key {
        keys::count_shard(self.organization_id, self.shard)
    }
}

/// Organization in the list of all organizations, with the members that a search needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationRow {
    /// Organization.
    pub id: OrganizationId,
    /// Its display name.
    pub name: Name,
}

impl StoredRecord for OrganizationRow {
    const ENTITY_TYPE: &'static str = "organization_row";
    stores_all_members!();

    fn key(&self) -> Key {
        keys::organization_row(self.id)
    }
}

/// Slug that an organization has or had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlugRecord {
    /// The slug.
    pub slug: Slug,
    /// Its owner and its suffixes.
    pub state: SlugState,
}

/// Owner of a slug, and the suffixes for further organizations with the same name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SlugState {
    /// Owner; `None` if it has released the slug.
    pub organization_id: Option<OrganizationId>,
    /// Organization that released the slug; `None` if the slug has an owner or never had one.
    pub released_by: Option<OrganizationId>,
    /// Time until which only `released_by` can take the slug, in milliseconds since the epoch.
    pub reserved_until: Option<u64>,
    /// Last suffix assigned; 0 if none was.
    #[serde(skip_serializing_if = "is_zero")]
    pub last: u64,
    /// Suffixes that were reserved and not used, to assign again.
    #[serde(with = "serde_dynamo::number_set", skip_serializing_if = "BTreeSet::is_empty")]
    pub returned: BTreeSet<u64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(suffix: &u64) -> bool {
    *suffix == 0
}

impl StoredRecord for SlugRecord {
    const ENTITY_TYPE: &'static str = "slug";
    stores_member!(state: SlugState, Slug { slug });

    fn key(&self) -> Key {
        keys::slug(&self.slug)
    }
}
