//! The deletion of a dock.

use futures::future::try_join4;

use super::{Deletions, KnownRoles, Leaving, revoke_roles, roles::counts_exactly};
use crate::{
    domain::{
        Dock, Role,
        credentials::Owner,
        error::{Error, Result},
        id::{self, DockId, OrganizationId},
    },
    store::{
        Change, Entity, Store, Write,
        expression::{Condition, Update},
        groups,
        keys::{self, DeletedResource, SHARDS},
        organizations::counting,
        recipients,
        record::{DeletedDock, DockOwner, PlatformCounter},
        transaction::{Outcome, Transaction, unexpected},
    },
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The dock or its roles. They may have changed.
    Dock,
    /// A domain. Another dock can have it.
    Domain(usize),
    /// An item that changes only together with the dock.
    Other,
}

/// Outcome of an attempt to delete a dock.
enum Attempt {
    /// The dock is deleted. These are the deletions with this one.
    Deleted(Deletions),
    /// Nothing was written: the dock or its roles have changed.
    Changed,
    /// Nothing was written: another dock has this domain.
    Lost(usize),
}

impl Store {
    /// Deletes a dock and revokes its roles, or continues a deletion. `matches` checks the version of the dock.
    ///
    /// # Errors
    /// `DOCK_NOT_FOUND`, `DELETION_IN_PROGRESS`; those of `matches`; as every write.
    pub async fn delete_dock(
        &self,
        organization: OrganizationId,
        id: DockId,
        matches: impl Fn(u64) -> Result<()>,
        write: &Write,
    ) -> Result<()> {
        let resource = DeletedResource::Dock(id);
        let most = i32::try_from(KnownRoles::READ).unwrap_or(i32::MAX);
        // If the roles change while they are read, they are revoked after the dock is deleted.
        let mut is_first = true;
        let mut lost = Vec::new();
        loop {
            let (dock, roles, counts, deletions) = try_join4(
                self.dock(organization, id),
                self.first_rows::<Role>(&keys::current_dock_roles(organization, id), None, most),
                self.dock_counts(organization, id),
                self.deletions(organization),
            )
            .await?;
            let Some(dock) = dock else {
                let deletion = deletions.in_progress(resource).ok_or_else(Error::not_found::<id::Dock>)?;
                matches(deletion.version)?;
                return self.sweep(organization, resource, write).await;
            };
            matches(dock.version)?;
            let roles = KnownRoles(roles);
            let has_roles_only = counts.is_some_and(|counts| counts.recipients == 0 && counts.groups == 0);
            let known = roles.split().filter(|_| is_first && has_roles_only);
            match self.try_delete_dock(&dock, known, deletions, &lost, write).await? {
                Attempt::Deleted(deletions) => {
                    let rest = known.map(|(_, rest)| rest);
                    return self.end_roles(organization, resource, rest, &deletions, write).await;
                }
                Attempt::Changed => (is_first, lost) = (false, Vec::new()),
                Attempt::Lost(domain) => lost.push(domain),
            }
        }
    }

    /// Deletes a dock without the domains in `lost`. With `roles`, which are all of its roles in two parts, also revokes the
    /// first part.
    async fn try_delete_dock(
        &self,
        dock: &Dock,
        roles: Option<(&[Role], &[Role])>,
        mut deletions: Deletions,
        lost: &[usize],
        write: &Write,
    ) -> Result<Attempt> {
        let (organization, bits) = (dock.organization_id, dock.id.ulid().0);
        let resource = DeletedResource::Dock(dock.id);
        let (name, version) = (&dock.profile.name, dock.version);
        let leaving = Leaving { organization_id: organization, resource, name, kind: None, version };
        deletions.0.insert(resource, leaving.deletion(write));
        let mut transaction = Transaction::new(self, write)?;
        transaction.delete(Step::Dock, &keys::dock(organization, dock.id), Condition::version(version))?;
        // Without its counters, the dock gets no further role.
        for shard in 0..SHARDS {
            let key = keys::dock_count_shard(organization, dock.id, shard);
            let unchanged = roles.map_or(Condition::Exists, |(first, rest)| {
                let counted = |role: &&Role| keys::dock_count(organization, dock.id, role.id.ulid().0) == key;
                counts_exactly(
                    first.iter().chain(rest).filter(counted),
                    &[(recipients::COUNTER, 0), (groups::COUNTER, 0)],
                )
            });
            transaction.delete(Step::Dock, &key, unchanged)?;
        }
        if let Some((first, _)) = roles {
            let revoked: Vec<Role> = first.iter().map(|role| deletions.apply(role.clone())).collect();
            revoke_roles(&mut transaction, Step::Dock, organization, &revoked, &deletions, write)?;
        }
        for (at, domain) in dock.domains().into_iter().enumerate().filter(|(at, _)| !lost.contains(at)) {
            let own = Condition::equals("dockId", &dock.id)?;
            transaction.delete(Step::Domain(at), &keys::domain(domain), own)?;
        }
        transaction.delete(Step::Other, &keys::dock_row(dock.id), Condition::Exists)?;
        let owner = DockOwner { organization_id: organization };
        transaction.create(Step::Other, &DeletedDock { id: dock.id, owner })?;
        let (shard, change) = counting(organization, bits, "docks", -1);
        transaction.update(Step::Other, &shard, Condition::Exists, change)?;
        let platform = Update::default().add("docks", -1);
        transaction.upsert::<PlatformCounter>(Step::Other, &keys::platform_count(bits), None, platform)?;
        let has_rest = roles.is_none_or(|(_, rest)| !rest.is_empty());
        leaving.bury(&mut transaction, Step::Other, has_rest, write)?;
        let owner = Owner::Organization(organization);
        transaction.audit(write, &Change::deleted(owner, Entity::Dock, &dock.id, dock)?.in_dock(dock.id))?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(Attempt::Deleted(deletions)),
            Outcome::ConditionsFailed(failed) => match failed.first() {
                Some((Step::Dock, _)) => Ok(Attempt::Changed),
                Some((Step::Domain(at), _)) => Ok(Attempt::Lost(*at)),
                _ => Err(unexpected(&failed)),
            },
        }
    }

    /// Returns the organization of a dock that exists or was deleted.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn dock_owner_with_deleted(&self, id: DockId) -> Result<Option<OrganizationId>> {
        if let Some(owner) = self.dock_owner(id).await? {
            return Ok(Some(owner));
        }
        let deleted: Option<DockOwner> = self.get(&keys::deleted_dock(id)).await?;
        Ok(deleted.map(|owner| owner.organization_id))
    }
}
