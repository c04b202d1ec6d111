//! Deletions of organizations, docks and parties.
//!
//! The first transaction of a deletion removes the resource for every reader. If the roles of the resource fit into it, they
//! are revoked there. Else it also writes a [`PendingDeletion`](super::record::PendingDeletion), and the sweep revokes the
//! roles in further transactions. Until it ends, readers apply the pending deletion to the roles that they read. The result
//! is the same as after the sweep.

mod docks;
mod names;
mod organizations;
mod parties;
mod roles;
mod sweep;

use std::collections::HashMap;

use super::{
    Store, Write,
    keys::{self, DeletedResource, RecordKey},
    reads::{decode, key_of},
    record::{Deletion, LastState, PendingDeletion, Tombstone},
    transaction::{AUDIT_ACTIONS, MAX_ACTIONS, Transaction},
};
use crate::domain::{
    Name, PartyType, Role,
    error::{Error, Result},
    id::OrganizationId,
};

pub(super) use roles::{RoleKeep, revoke_roles};

/// Maximum number of actions that revoke one role: its four items, a counter and the audit trail.
const ROLE_ACTIONS: usize = 5 + AUDIT_ACTIONS;
/// Maximum number of actions of a deletion itself.
const OWN_ACTIONS: usize = 17 + AUDIT_ACTIONS;
/// Maximum number of roles that the first transaction of a deletion revokes.
const FIRST_ROLES: usize = (MAX_ACTIONS - OWN_ACTIONS) / ROLE_ACTIONS;
/// Maximum number of roles that a second transaction revokes, which also ends the deletion.
const SECOND_ROLES: usize = (MAX_ACTIONS - 1) / ROLE_ACTIONS;

/// Deletions of an organization's resources that are in progress, or that ended a short time ago.
///
/// An ended deletion is kept for some time, for requests that read roles before its end and the deletions after it.
#[derive(Debug, Clone, Default)]
pub(super) struct Deletions(HashMap<DeletedResource, Deletion>);

impl Deletions {
    /// Returns whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether a deletion is in progress, so that counters include roles of deleted resources.
    pub(super) fn is_pending(&self) -> bool {
        self.0.values().any(is_pending)
    }

    /// Returns whether the resource was deleted.
    fn has(&self, resource: DeletedResource) -> bool {
        self.0.contains_key(&resource)
    }

    /// Returns the deletion of a resource, if it is in progress.
    fn in_progress(&self, resource: DeletedResource) -> Option<&Deletion> {
        self.0.get(&resource).filter(|deletion| is_pending(deletion))
    }

    /// Returns the deletion that ended a current role: that of its dock or of its party. Of both, it is the earlier one.
    fn of_role(&self, role: &Role) -> Option<&Deletion> {
        if role.revoked_at.is_some() {
            return None;
        }
        let ends = [DeletedResource::Dock(role.dock_id), DeletedResource::Party(role.party_id)];
        ends.iter().filter_map(|end| self.0.get(end)).min_by_key(|deletion| deletion.deleted_at)
    }

    /// Returns whether a role that is stored as current has ended.
    pub(super) fn affects(&self, role: &Role) -> bool {
        self.of_role(role).is_some()
    }

    /// Returns a role as it is after the sweep. A role that was assigned while the request for the deletion was on its way
    /// ended at once.
    pub(super) fn apply(&self, mut role: Role) -> Role {
        if let Some(deletion) = self.of_role(&role) {
            role.revoked_at = Some(deletion.deleted_at.max(role.created_at));
            role.revoked_by = Some(deletion.deleted_by.clone());
        }
        role
    }
}

fn is_pending(deletion: &Deletion) -> bool {
    deletion.ttl.is_none()
}

/// The roles that a deletion reads before its first transaction.
struct KnownRoles(Vec<Role>);

impl KnownRoles {
    /// Number of roles to read: one more than two transactions revoke.
    const READ: usize = FIRST_ROLES + SECOND_ROLES + 1;

    /// Returns the roles that the first transaction revokes and those that the second one revokes; `None` if there are more
    /// of them, so that the sweep reads and revokes all.
    fn split(&self) -> Option<(&[Role], &[Role])> {
        (self.0.len() < Self::READ).then(|| self.0.split_at(self.0.len().min(FIRST_ROLES)))
    }
}

/// A resource that a transaction deletes.
struct Leaving<'a> {
    organization_id: OrganizationId,
    resource: DeletedResource,
    name: &'a Name,
    kind: Option<PartyType>,
    version: u64,
}

impl Leaving<'_> {
    /// Returns the deletion by a request.
    fn deletion(&self, write: &Write) -> Deletion {
        let deleted_by = write.origin.actor.id.clone();
        Deletion { deleted_at: write.origin.now, deleted_by, version: self.version, ttl: None }
    }

    /// Adds the steps that put the tombstone, and the pending deletion if roles remain.
    fn bury<S: Copy>(&self, transaction: &mut Transaction<S>, step: S, with_rest: bool, write: &Write) -> Result<()> {
        let Self { organization_id, resource, name, kind, .. } = *self;
        let deletion = self.deletion(write);
        let last = LastState {
            name: name.clone(),
            kind,
            deleted_at: deletion.deleted_at,
            deleted_by: deletion.deleted_by.clone(),
        };
        transaction.create(step, &Tombstone { organization_id, resource, last })?;
        if with_rest {
            transaction.create(step, &PendingDeletion { organization_id, resource, deletion })?;
        }
        Ok(())
    }
}

impl Store {
    /// Reads the deletions of an organization's resources that are in progress or ended a short time ago.
    pub(super) async fn deletions(&self, organization: OrganizationId) -> Result<Deletions> {
        let (items, _) = self.ascending(&keys::pending_deletions(organization), None, usize::MAX).await?;
        let mut deletions = Deletions::default();
        for item in items {
            let key = key_of(&item).and_then(|key| RecordKey::parse(&key));
            let Some(RecordKey::PendingDeletion { resource, .. }) = key else {
                return Err(Error::internal("an item among the pending deletions is not one"));
            };
            deletions.0.insert(resource, decode(item)?);
        }
        Ok(deletions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        RoleName,
        id::{DockId, PartyId, RoleId},
        time::Time,
    };

    fn deletion(at: u64, ttl: Option<u64>) -> Deletion {
        Deletion { deleted_at: Time::from_millis(at), deleted_by: format!("key {at}"), version: 1, ttl }
    }

    #[test]
    fn the_earlier_deletion_ends_a_role() {
        let now = Time::from_millis(2);
        let (dock_id, party_id) = (DockId::new(now, 1), PartyId::new(now, 2));
        let (id, role) = (RoleId::new(now, 3), RoleName::Recipient);
        let role = Role { id, dock_id, party_id, role, created_at: now, revoked_at: None, revoked_by: None };
        let (dock, party) = (DeletedResource::Dock(dock_id), DeletedResource::Party(party_id));
        let mut deletions = Deletions::default();
        assert_eq!(deletions.apply(role.clone()), role);
        deletions.0.insert(dock, deletion(5, None));
        deletions.0.insert(party, deletion(4, Some(9)));
        let ended = deletions.apply(role.clone());
        assert_eq!((ended.revoked_at, ended.revoked_by.as_deref()), (Some(Time::from_millis(4)), Some("key 4")));
        // A role that was assigned after the deletion was requested ended at once.
        let late = Role { created_at: Time::from_millis(6), ..role.clone() };
        assert_eq!(deletions.apply(late).revoked_at, Some(Time::from_millis(6)));
        // A role that was revoked before the deletion keeps its end.
        let revoked = Role { revoked_at: Some(Time::from_millis(3)), revoked_by: Some("key 3".to_owned()), ..role };
        assert!(!deletions.affects(&revoked));
        assert_eq!(deletions.apply(revoked.clone()), revoked);
    }

    #[test]
    fn an_ended_deletion_is_not_in_progress() {
        let mut deletions = Deletions::default();
        deletions.0.insert(DeletedResource::Organization, deletion(4, Some(9)));
        assert!(!deletions.is_empty() && !deletions.is_pending());
        assert!(deletions.in_progress(DeletedResource::Organization).is_none());
        deletions.0.insert(DeletedResource::Organization, deletion(4, None));
        assert!(deletions.is_pending() && deletions.in_progress(DeletedResource::Organization).is_some());
    }
}
