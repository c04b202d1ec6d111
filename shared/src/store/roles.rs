//! Roles, by dock and by party.
//!
//! A current role is two items. The one by dock can exist only once for each dock, party and role, which enforces
//! uniqueness. The one by party is ordered by time. One transaction changes both, a counter of the dock, and the party, which
//! counts its roles.
//! A revocation moves both items to the past, where `asOf` reads them.

use std::collections::HashMap;

use futures::future::{try_join, try_join3};
use serde::{Deserialize, de::IgnoredAny};

use super::{
    Change, Entity, Listed, Page, Store, Write,
    deletions::{Deletions, RoleKeep, revoke_roles},
    expression::{Condition, Update},
    keys::{self, DeletedResource, Key},
    listing::Section,
    reads::decode,
    record::{PartyOwner, RoleByDock, RoleByParty, RoleCounts},
    transaction::{Outcome, Transaction, unexpected},
};
use crate::domain::{
    Name, PartyType, Role, RoleName,
    credentials::Owner,
    error::{Code, Error, Result},
    id::{self, DockId, OrganizationId, PartyId, RoleId},
    time::Time,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Party,
    Dock,
    RoleByDock,
    Role,
}

/// Filter of a list of roles. `None` does not filter.
#[derive(Debug, Clone, Default)]
pub struct RoleFilter {
    /// Name of the role.
    pub role: Option<RoleName>,
    /// Dock of the role.
    pub dock: Option<DockId>,
    /// Time at which the roles were held. `None` means now.
    pub as_of: Option<Time>,
}

impl RoleFilter {
    fn keeps(&self, role: &Role) -> bool {
        self.role.is_none_or(|name| role.role == name)
            && self.dock.is_none_or(|dock| role.dock_id == dock)
            && self.as_of.is_none_or(|time| role.held_at(time))
    }
}

/// Role in the list of a party.
#[derive(Debug)]
pub struct PartyRole {
    /// The role.
    pub role: Role,
    /// Current name of the dock; of a deleted dock, its last name.
    pub dock_name: Option<Name>,
}

/// Role in the list of a dock.
#[derive(Debug)]
pub struct DockParty {
    /// The role.
    pub role: Role,
    /// Current name and type of the party; of a deleted party, the last ones.
    pub party: Option<(Name, PartyType)>,
}

/// Role to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CheckedRole {
    /// Dock.
    pub dock: DockId,
    /// Party.
    pub party: PartyId,
    /// Name of the role.
    pub role: RoleName,
}

#[derive(Deserialize)]
struct DockName {
    name: Name,
}

impl Store {
    /// Assigns a role.
    ///
    /// # Errors
    /// `PARTY_NOT_FOUND`, `DOCK_NOT_FOUND`, and `ROLE_ALREADY_ASSIGNED` with the id of the current role. With
    /// `disclose_foreign` also `ORGANIZATION_NOT_FOUND`, and the 403 for a party or dock of another organization. As every
    /// write.
    pub async fn assign_role(
        &self,
        organization: OrganizationId,
        role: &Role,
        disclose_foreign: bool,
        write: &Write,
    ) -> Result<()> {
        let (dock, party) = (role.dock_id, role.party_id);
        let mut transaction = Transaction::new(self, write)?;
        count_role(&mut transaction, Step::Party, organization, role)?;
        // A counter of its own for each eighth of the roles: assignments in one dock do not exclude each other.
        let shard = keys::dock_count(organization, dock, role.id.ulid().0);
        let count = Update::default().add(RoleCounts::attribute(role.role), 1);
        transaction.update(Step::Dock, &shard, Condition::Exists, count)?;
        let change = add_role(&mut transaction, [Step::RoleByDock, Step::Role], organization, role)?;
        transaction.audit(write, &change)?;
        let failed_steps = match transaction.commit(self, write).await? {
            Outcome::Committed => return Ok(()),
            Outcome::ConditionsFailed(failed_steps) => failed_steps,
        };
        let missing = |step| failed_steps.iter().any(|(failed, _)| *failed == step);
        if missing(Step::Party) || missing(Step::Dock) {
            if disclose_foreign {
                let party = missing(Step::Party).then_some(party);
                let dock = missing(Step::Dock).then_some(dock);
                return Err(self.foreign_or_unknown(organization, party, dock).await?);
            }
            return Err(if missing(Step::Party) {
                Error::not_found::<id::Party>()
            } else {
                Error::not_found::<id::Dock>()
            });
        }
        match failed_steps.into_iter().next() {
            Some((Step::RoleByDock, Some(current))) => {
                let current: Role = decode(current)?;
                let detail = "The party holds this role in this dock";
                Err(Error::conflict(Code::RoleAlreadyAssigned, detail, Some(current.id.to_string())))
            }
            other => Err(unexpected(other.as_slice())),
        }
    }

    /// Returns the error for a party or a dock that `organization` does not have, for a client that sees every organization. A
    /// missing resource takes precedence over one of another organization. `party` and `dock` are those that the
    /// organization does not have. If it has one of them, the organization exists.
    pub(super) async fn foreign_or_unknown(
        &self,
        organization: OrganizationId,
        party: Option<PartyId>,
        dock: Option<DockId>,
    ) -> Result<Error> {
        let organization_key = party.and(dock).map(|_| keys::organization(organization));
        let (party_key, dock_key) = (party.map(keys::party_pointer), dock.map(keys::dock_row));
        let keys = [&organization_key, &party_key, &dock_key].into_iter().flatten().cloned();
        let mut found = self.get_batch(keys).await?;
        if organization_key.is_some_and(|key| !found.contains_key(&key)) {
            return Ok(Error::not_found::<id::Organization>());
        }
        let mut owner = |key: Option<Key>| {
            let Some(key) = key else { return Ok(Some(organization)) };
            let pointer = found.remove(&key).map(decode::<PartyOwner>).transpose()?;
            Ok::<_, Error>(pointer.map(|pointer| pointer.organization_id))
        };
        let (party_owner, dock_owner) = (owner(party_key)?, owner(dock_key)?);
        let Some(party_owner) = party_owner else { return Ok(Error::not_found::<id::Party>()) };
        let Some(dock_owner) = dock_owner else { return Ok(Error::not_found::<id::Dock>()) };
        if party_owner != organization {
            let detail = "The party belongs to another organization";
            return Ok(Error::new(Code::PartyOfAnotherOrganization, detail));
        }
        if dock_owner != organization {
            let detail = "The dock belongs to another organization";
            return Ok(Error::new(Code::DockOfAnotherOrganization, detail));
        }
        // Both were created after the transaction. A retry of the request finds them.
        Ok(Error::unavailable("party and dock were created after the transaction failed"))
    }

    /// Reads a current role.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn role(&self, organization: OrganizationId, party: PartyId, id: RoleId) -> Result<Option<Role>> {
        let key = keys::party_role(organization, party, id);
        let (role, deletions) = try_join(self.get::<Role>(&key), self.deletions(organization)).await?;
        Ok(role.filter(|role| !deletions.affects(role)))
    }

    /// Revokes a current role. Returns `false` and writes nothing if it was revoked in between.
    ///
    /// # Errors
    /// As every write.
    pub async fn revoke_role(&self, organization: OrganizationId, role: &Role, write: &Write) -> Result<bool> {
        let mut revoked = role.clone();
        revoked.revoked_at = Some(write.origin.now);
        revoked.revoked_by = Some(write.origin.actor.id.clone());
        let mut transaction = Transaction::new(self, write)?;
        // If the dock or the party was deleted meanwhile, the counters are gone and the transaction fails.
        let deletions = Deletions::default();
        revoke_roles(&mut transaction, Step::Role, organization, &[revoked], &deletions, write)?;
        Ok(matches!(transaction.commit(self, write).await?, Outcome::Committed))
    }

    /// Reads a page of the roles of a party.
    ///
    /// # Errors
    /// `PARTY_NOT_FOUND`; [`Error::Unavailable`].
    pub async fn list_party_roles(
        &self,
        organization: OrganizationId,
        party: PartyId,
        filter: &RoleFilter,
        page: &Page,
    ) -> Result<Listed<PartyRole>> {
        if let (Some(dock), None) = (filter.dock, filter.as_of) {
            return self.list_party_roles_in(organization, party, dock, filter.role, page).await;
        }
        let mut sections = vec![Section::single(keys::party_roles(organization, party))];
        if filter.as_of.is_some() {
            sections.push(Section::moved(keys::party_past_roles(organization, party)));
        }
        let keep = RoleKeep {
            keeps: &|role| filter.keeps(role),
            reads_more: !matches!(filter, RoleFilter { role: None, dock: None, as_of: None }),
            has_revoked: filter.as_of.is_some(),
        };
        let (listed, deletions) = self.list_roles(organization, &sections, page, &keep).await?;
        // The counters of the party are read after the deletions, so that they are exact if none is in progress.
        let holder = DeletedResource::Party(party);
        let named = listed.values().map(|role| DeletedResource::Dock(role.dock_id)).chain([holder]);
        let total = self.count_listed_roles(&sections, &keep, &deletions);
        let (names, total) = try_join(self.names(organization, named), total).await?;
        let holder = names.get(&holder).filter(|holder| !holder.is_deleted);
        let counts = holder.ok_or_else(Error::not_found::<id::Party>)?.role_counts;
        let row = |role: Role| {
            let dock = names.get(&DeletedResource::Dock(role.dock_id));
            PartyRole { role, dock_name: dock.map(|dock| dock.name.clone()) }
        };
        Ok(listed.map(row).with_total(Some(total.unwrap_or_else(|| counts.of(filter.role)))))
    }

    /// Reads the roles of a party in one dock by their keys. There are at most two.
    async fn list_party_roles_in(
        &self,
        organization: OrganizationId,
        party: PartyId,
        dock: DockId,
        only: Option<RoleName>,
        page: &Page,
    ) -> Result<Listed<PartyRole>> {
        let key = |role| keys::dock_role(organization, dock, party, role);
        let mut keys = vec![keys::party(organization, party), keys::dock(organization, dock)];
        keys.extend(RoleName::ALL.map(key));
        let mut found = self.get_batch(keys).await?;
        if !found.contains_key(&keys::party(organization, party)) {
            return Err(Error::not_found::<id::Party>());
        }
        let dock: Option<DockName> = found.remove(&keys::dock(organization, dock)).map(decode).transpose()?;
        // If the dock was deleted, its roles have ended.
        let wanted = RoleName::ALL.into_iter().filter(|_| dock.is_some());
        let wanted = wanted.filter(|role| only.is_none_or(|only| only == *role));
        let mut roles: Vec<Role> =
            wanted.filter_map(|role| found.remove(&key(role))).map(decode).collect::<Result<_>>()?;
        roles.sort_by_key(|role| std::cmp::Reverse(role.id));
        let dock_name = dock.map(|dock| dock.name);
        let row = |role| PartyRole { role, dock_name: dock_name.clone() };
        Ok(Listed::of_few(roles, page, |role| role.id.to_string()).map(row))
    }

    /// Reads a page of the roles in a dock, newest party first.
    ///
    /// # Errors
    /// `DOCK_NOT_FOUND`; [`Error::Unavailable`].
    pub async fn list_dock_parties(
        &self,
        organization: OrganizationId,
        dock: DockId,
        filter: &RoleFilter,
        page: &Page,
    ) -> Result<Listed<DockParty>> {
        let names = RoleName::ALL.into_iter().enumerate();
        let mut sections = Vec::new();
        for (rank, name) in names.filter(|(_, role)| filter.role.is_none_or(|only| only == *role)) {
            sections.push(Section::newest(keys::dock_roles(organization, dock, name), rank));
            if filter.as_of.is_some() {
                sections.push(Section::older(keys::dock_past_roles(organization, dock, name), rank));
            }
        }
        let keep = RoleKeep {
            keeps: &|role| filter.keeps(role),
            reads_more: filter.as_of.is_some(),
            has_revoked: filter.as_of.is_some(),
        };
        let (listed, deletions) = self.list_roles(organization, &sections, page, &keep).await?;
        // The counters are read after the deletions, so that they are exact if none is in progress.
        let counts = async {
            let counts = self.dock_counts(organization, dock).await?;
            counts.ok_or_else(Error::not_found::<id::Dock>)
        };
        let total = self.count_listed_roles(&sections, &keep, &deletions);
        let parties = listed.values().map(|role| DeletedResource::Party(role.party_id));
        let (names, counts, total) = try_join3(self.names(organization, parties), counts, total).await?;
        let row = |role: Role| {
            let party = names.get(&DeletedResource::Party(role.party_id));
            DockParty { role, party: party.and_then(|party| Some((party.name.clone(), party.kind?))) }
        };
        Ok(listed.map(row).with_total(Some(total.unwrap_or_else(|| counts.roles.of(filter.role)))))
    }

    /// Returns which of `roles` are assigned, with their ids. Roles with unknown ids or ids of other organizations are not.
    /// `is_own` means that the client belongs to the organization, which therefore exists.
    ///
    /// # Errors
    /// `ORGANIZATION_NOT_FOUND`; [`Error::Unavailable`].
    pub async fn check_roles(
        &self,
        organization: OrganizationId,
        is_own: bool,
        roles: &[CheckedRole],
    ) -> Result<HashMap<CheckedRole, RoleId>> {
        let key = |checked: &CheckedRole| keys::dock_role(organization, checked.dock, checked.party, checked.role);
        let batch = self.get_batch(roles.iter().map(key));
        let (mut found, deletions) = try_join(batch, self.deletions(organization)).await?;
        let mut assigned = HashMap::new();
        for checked in roles {
            if let Some(item) = found.remove(&key(checked)) {
                let role: Role = decode(item)?;
                if !deletions.affects(&role) {
                    assigned.insert(*checked, role.id);
                }
            }
        }
        // If a role is assigned, or the client belongs to the organization, the organization exists.
        if assigned.is_empty() && !is_own {
            let shard: Option<IgnoredAny> = self.get(&keys::count_shard(organization, 0)).await?;
            shard.ok_or_else(Error::not_found::<id::Organization>)?;
        }
        Ok(assigned)
    }
}

/// Adds the step that counts a new role in its party. It fails if the party does not exist.
pub(super) fn count_role<S: Copy>(
    transaction: &mut Transaction<S>,
    step: S,
    organization: OrganizationId,
    role: &Role,
) -> Result<()> {
    let count = Update::default().add(RoleCounts::attribute(role.role), 1);
    transaction.update(step, &keys::party(organization, role.party_id), Condition::Exists, count)
}

/// Adds the steps that create both items of a role, and its audit entry. The first one fails if the party holds the role.
pub(super) fn add_role<S: Copy>(
    transaction: &mut Transaction<S>,
    [by_dock, by_party]: [S; 2],
    organization: OrganizationId,
    role: &Role,
) -> Result<Change> {
    transaction.create(by_dock, &RoleByDock { organization_id: organization, role: role.clone() })?;
    transaction.create(by_party, &RoleByParty { organization_id: organization, role: role.clone() })?;
    let owner = Owner::Organization(organization);
    Ok(Change::created(owner, Entity::Role, &role.id, role)?.in_dock(role.dock_id))
}
