//! Records of deleted resources.

use serde::{Deserialize, Serialize};

use super::{StoredRecord, stores_member};
use crate::{
    domain::{
        Name, PartyType,
        id::{DockId, OrganizationId},
        time::Time,
    },
    store::keys::{self, DeletedResource, Key},
};

/// Tombstone of a deleted resource, with its last name. It is never deleted, because the history of roles refers to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// Organization of the resource.
    pub organization_id: OrganizationId,
    /// The resource.
    pub resource: DeletedResource,
    /// Its last state.
    pub last: LastState,
}

/// Last state of a deleted resource, and its deletion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastState {
    /// Last display name.
    pub name: Name,
    /// Last type of a party.
    #[serde(rename = "type")]
    pub kind: Option<PartyType>,
    /// Time of the deletion.
    pub deleted_at: Time,
    /// Id of the principal that deleted the resource.
    pub deleted_by: String,
}

impl StoredRecord for Tombstone {
    const ENTITY_TYPE: &'static str = "tombstone";
    stores_member!(last: LastState, Tombstone { organization_id, resource });

    fn key(&self) -> Key {
        keys::tombstone(self.organization_id, self.resource)
    }
}

/// Deletion after which roles of the resource remain to be revoked. Readers treat these roles as revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingDeletion {
    /// Organization of the resource.
    pub organization_id: OrganizationId,
    /// The deleted resource.
    pub resource: DeletedResource,
    /// Its deletion.
    pub deletion: Deletion,
}

/// Deletion of a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deletion {
    /// Time of the deletion.
    pub deleted_at: Time,
    /// Id of the principal that deleted the resource.
    pub deleted_by: String,
    /// Last version of the resource.
    pub version: u64,
    /// Time from which DynamoDB can delete the record, in seconds since the epoch; `None` while roles remain.
    pub ttl: Option<u64>,
}

impl StoredRecord for PendingDeletion {
    const ENTITY_TYPE: &'static str = "pending_deletion";
    stores_member!(deletion: Deletion, PendingDeletion { organization_id, resource });

    fn key(&self) -> Key {
        keys::pending_deletion(self.organization_id, self.resource)
    }
}

/// Deleted dock in the list of all deleted docks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeletedDock {
    /// Dock.
    pub id: DockId,
    /// Its organization.
    pub owner: DockOwner,
}

/// Organization of a deleted dock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DockOwner {
    /// Organization.
    pub organization_id: OrganizationId,
}

impl StoredRecord for DeletedDock {
    const ENTITY_TYPE: &'static str = "deleted_dock";
    stores_member!(owner: DockOwner, DeletedDock { id });

    fn key(&self) -> Key {
        keys::deleted_dock(self.id)
    }
}
