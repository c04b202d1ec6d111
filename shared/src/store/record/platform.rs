//! Records of the platform: the deployment record, the cursor secret and counters.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{StoredRecord, stores_all_members, stores_member};
use crate::{
    domain::{Namespace, id::OrganizationId, time::Time},
    store::keys::{self, Key},
};

/// Deployment record: what the functions of a deployment share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// Namespace of all ledger ids.
    pub namespace: Namespace,
    /// Default organization, which is the default identity provider of the ledger dialect.
    pub organization_id: OrganizationId,
    /// Time of creation.
    pub created_at: Time,
}

impl StoredRecord for Deployment {
    const ENTITY_TYPE: &'static str = "deployment";
    stores_all_members!();

    fn key(&self) -> Key {
        keys::deployment()
    }
}

/// Secret that signs cursors. No response contains it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CursorSecret {
    /// The secret, in hexadecimal.
    pub secret: String,
}

impl fmt::Debug for CursorSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorSecret")
    }
}

impl StoredRecord for CursorSecret {
    const ENTITY_TYPE: &'static str = "cursor_secret";
    stores_all_members!();

    fn key(&self) -> Key {
        keys::cursor_secret()
    }
}

/// One of the eight items with the counters of the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformCounter {
    /// Number of the item, 0 to 7.
    pub shard: u8,
    /// Counters.
    pub counts: PlatformCounts,
}

/// Counters of the platform in one item. A counter may be negative, because a deletion may be counted in another item than
/// the creation. The sum over all items is exact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PlatformCounts {
    /// Number of organizations.
    #[serde(skip_serializing_if = "is_zero")]
    pub organizations: i64,
    /// Number of docks.
    #[serde(skip_serializing_if = "is_zero")]
    pub docks: i64,
    /// Number of API keys, including revoked ones.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_keys: i64,
}

/// Returns whether a counter is 0. The platform's counters begin without attributes.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(counter: &i64) -> bool {
    *counter == 0
}

impl StoredRecord for PlatformCounter {
    const ENTITY_TYPE: &'static str = "platform_counter";
    stores_member!(counts: PlatformCounts, PlatformCounter { shard });

    fn key(&self) -> Key {
        keys::platform_count_shard(self.shard)
    }
}
