//! Roles in view of deletions: the steps that revoke them, and their lists.

use std::collections::BTreeMap;

use futures::future::try_join;

use super::Deletions;
use crate::{
    domain::{Role, RoleName, credentials::Owner, error::Result, id::OrganizationId},
    store::{
        Change, Entity, Listed, Page, Store, Write,
        expression::{Condition, Update},
        keys::{self, DeletedResource, Key},
        listing::Section,
        record::{RevokedRoleByDock, RevokedRoleByParty, RoleCounts},
        transaction::Transaction,
    },
};

/// Filter of a list of roles.
pub(in crate::store) struct RoleKeep<'a> {
    /// Returns whether a role belongs to the list.
    pub(in crate::store) keeps: &'a (dyn Fn(&Role) -> bool + Send + Sync),
    /// Whether the sections have other roles than those of the list.
    pub(in crate::store) reads_more: bool,
    /// Whether the list has revoked roles.
    pub(in crate::store) has_revoked: bool,
}

impl RoleKeep<'_> {
    /// Returns whether a role belongs to the list, in view of deletions.
    fn keeps_after(&self, deletions: &Deletions, role: &Role) -> bool {
        let role = deletions.apply(role.clone());
        (self.has_revoked || role.revoked_at.is_none()) && (self.keeps)(&role)
    }
}

/// Adds the steps that move revoked roles to the past, and update the counters of their docks and parties. Those that
/// `deletions` has have no counters any more.
pub(in crate::store) fn revoke_roles<S: Copy>(
    transaction: &mut Transaction<S>,
    step: S,
    organization: OrganizationId,
    revoked: &[Role],
    deletions: &Deletions,
    write: &Write,
) -> Result<()> {
    let mut counters: BTreeMap<Key, BTreeMap<&'static str, i64>> = BTreeMap::new();
    for role in revoked {
        let (dock, party) = (role.dock_id, role.party_id);
        let same = Condition::equals("id", &role.id)?;
        transaction.delete(step, &keys::party_role(organization, party, role.id), same.clone())?;
        transaction.delete(step, &keys::dock_role(organization, dock, party, role.role), same)?;
        let organization_id = organization;
        transaction.create(step, &RevokedRoleByParty { organization_id, role: role.clone() })?;
        transaction.create(step, &RevokedRoleByDock { organization_id, role: role.clone() })?;
        let before = Role { revoked_at: None, revoked_by: None, ..role.clone() };
        let owner = Owner::Organization(organization);
        transaction.audit(write, &Change::deleted(owner, Entity::Role, &role.id, &before)?.in_dock(dock))?;
        let dock_counter = keys::dock_count(organization, dock, role.id.ulid().0);
        for (end, counter) in [
            (DeletedResource::Party(party), keys::party(organization, party)),
            (DeletedResource::Dock(dock), dock_counter),
        ] {
            if !deletions.has(end) {
                *counters.entry(counter).or_default().entry(RoleCounts::attribute(role.role)).or_default() -= 1;
            }
        }
    }
    for (key, changes) in counters {
        let update = changes.into_iter().fold(Update::default(), |update, (name, by)| update.add(name, by));
        transaction.update(step, &key, Condition::Exists, update)?;
    }
    Ok(())
}

/// Returns the condition that an item counts exactly these roles. `others` are further numbers of the item.
pub(super) fn counts_exactly<'a>(
    roles: impl Iterator<Item = &'a Role> + Clone,
    others: &[(&'static str, i64)],
) -> Condition {
    let count = |name: RoleName| {
        let number = roles.clone().filter(|role| role.role == name).count();
        (RoleCounts::attribute(name), i64::try_from(number).unwrap_or(i64::MAX))
    };
    Condition::Numbers(others.iter().copied().chain(RoleName::ALL.map(count)).collect())
}

impl Store {
    /// Reads a page of roles in view of deletions, and the deletions. The total is not set.
    ///
    /// Usually, no deletion is in progress, and both are read at once. If a deletion affects the page, the page is read again.
    pub(in crate::store) async fn list_roles(
        &self,
        organization: OrganizationId,
        sections: &[Section],
        page: &Page,
        keep: &RoleKeep<'_>,
    ) -> Result<(Listed<Role>, Deletions)> {
        let filtered = keep.reads_more.then_some(keep.keeps);
        let (listed, deletions) =
            try_join(self.list::<Role>(sections, page, filtered), self.deletions(organization)).await?;
        // Rows that were skipped may be affected, too.
        let skipped = page.start.skip > 0 && !deletions.is_empty();
        if !skipped && !listed.values().any(|role| deletions.affects(role)) {
            return Ok((listed, deletions));
        }
        let kept = |role: &Role| keep.keeps_after(&deletions, role);
        let listed = self.list(sections, page, Some(&kept)).await?;
        Ok((listed.map(|role| deletions.apply(role)), deletions))
    }

    /// Returns the number of roles of a list: by reading them, if a deletion is in progress or the list has revoked roles;
    /// else `None`, because the counters are exact.
    pub(in crate::store) async fn count_listed_roles(
        &self,
        sections: &[Section],
        keep: &RoleKeep<'_>,
        deletions: &Deletions,
    ) -> Result<Option<u64>> {
        if !keep.has_revoked && !deletions.is_pending() {
            return Ok(None);
        }
        self.count_kept(sections, &|role: &Role| keep.keeps_after(deletions, role), usize::MAX - 1).await
    }
}
