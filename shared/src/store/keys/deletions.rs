//! Keys of deleted resources.

use super::{Key, Range, key, range, tenant_dock};
use crate::domain::id::{DockId, OrganizationId, PartyId};

/// Deleted resource of an organization, or the organization itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeletedResource {
    /// The organization itself.
    Organization,
    /// Dock.
    Dock(DockId),
    /// Party.
    Party(PartyId),
}

impl DeletedResource {
    /// Returns the end of the sort keys of the resource.
    fn text(self) -> String {
        match self {
            Self::Organization => "ORG".to_owned(),
            Self::Dock(id) => format!("DOCK#{}", id.ulid()),
            Self::Party(id) => format!("PTY#{}", id.ulid()),
        }
    }

    /// Returns the key of the resource before its deletion.
    pub fn key(self, organization: OrganizationId) -> Key {
        match self {
            Self::Organization => super::organization(organization),
            Self::Dock(id) => super::dock(organization, id),
            Self::Party(id) => super::party(organization, id),
        }
    }
}

fn tenant_deletions(organization: OrganizationId) -> String {
    format!("ORG#{}#DELETIONS", organization.ulid())
}

/// Returns the key of the tombstone of a deleted resource. It is never deleted.
pub fn tombstone(organization: OrganizationId, resource: DeletedResource) -> Key {
    key(tenant_deletions(organization), format!("GONE#{}", resource.text()))
}

/// Returns the key of a deletion in progress.
pub fn pending_deletion(organization: OrganizationId, resource: DeletedResource) -> Key {
    let Range { pk, prefix } = pending_deletions(organization);
    key(pk, format!("{prefix}{}", resource.text()))
}

/// Returns the range of the deletions of an organization's resources that are in progress.
pub fn pending_deletions(organization: OrganizationId) -> Range {
    range(tenant_deletions(organization), "PENDING#")
}

/// Returns the key of a dock in the list of all deleted docks, which has its organization.
pub fn deleted_dock(id: DockId) -> Key {
    key("DELETED_DOCKS".to_owned(), id.ulid().to_string())
}

/// Returns the range of all current roles in a dock, ordered by role and party.
pub fn current_dock_roles(organization: OrganizationId, dock: DockId) -> Range {
    range(tenant_dock(organization, dock), "ROLE#")
}
