//! The list of the roles of an organization.
//!
//! Rows are ordered by party, newest first, and then by role, newest first. This is the order of the sort keys of roles by
//! party. So the list without filters is one range.

use std::cmp::Reverse;

use futures::{StreamExt, TryStreamExt, future::try_join, stream};
use serde::de::IgnoredAny;

use super::{
    Listed, Page, Start, Store,
    deletions::RoleKeep,
    keys::{self, DeletedResource},
    listing::Section,
    record::{DockCounts, RoleCounts},
};
use crate::domain::{
    Name, Role, RoleName,
    error::{Error, Result},
    id::{self, DockId, OrganizationId, PartyId},
    time::Time,
};

/// Number of docks whose counters are read in parallel.
const PARALLEL_COUNTS: usize = 50;

/// Filter of the list of the roles of an organization. `None` and an empty list do not filter.
#[derive(Debug, Clone, Default)]
pub struct OrganizationRoleFilter {
    /// Name of the role.
    pub role: Option<RoleName>,
    /// Docks of the roles.
    pub docks: Vec<DockId>,
    /// Parties that hold the roles.
    pub parties: Vec<PartyId>,
    /// Time at which the roles were held. `None` means now.
    pub as_of: Option<Time>,
}

impl OrganizationRoleFilter {
    fn keeps(&self, role: &Role) -> bool {
        self.role.is_none_or(|name| role.role == name)
            && (self.docks.is_empty() || self.docks.contains(&role.dock_id))
            && self.as_of.is_none_or(|time| role.held_at(time))
    }

    /// Returns whether the ranges of [`Self::sections`] have other rows than those of the filter.
    fn reads_more(&self) -> bool {
        let by_party = !self.parties.is_empty();
        // The ranges of a dock are those of one role each.
        let reads_roles = self.role.is_some() && (by_party || self.docks.is_empty());
        reads_roles || (by_party && !self.docks.is_empty()) || self.as_of.is_some()
    }

    /// Returns the ranges of the list: those of the parties, else those of the docks, else the one of the organization.
    fn sections(&self, organization: OrganizationId) -> Vec<Section> {
        // The second range of a pair has the revoked roles of the first.
        let pairs: Vec<[Section; 2]> = if !self.parties.is_empty() {
            let mut parties = self.parties.clone();
            parties.sort_unstable_by_key(|party| Reverse(*party));
            parties.dedup();
            let pair = |party: PartyId| {
                [keys::party_roles(organization, party), keys::party_past_roles(organization, party)]
                    .map(|range| Section::of_group(range, party.ulid().to_string()))
            };
            parties.into_iter().map(pair).collect()
        } else if !self.docks.is_empty() {
            let names = RoleName::ALL.into_iter().filter(|name| self.role.is_none_or(|only| only == *name));
            let pair = |dock: DockId, name: RoleName| {
                let current = Section::dated(keys::dock_roles(organization, dock, name));
                [current, Section::grouped(keys::dock_past_roles(organization, dock, name))]
            };
            let docks = self.distinct_docks();
            docks.iter().flat_map(|dock| names.clone().map(|name| pair(*dock, name))).collect()
        } else {
            let ranges = [keys::organization_roles(organization), keys::organization_past_roles(organization)];
            vec![ranges.map(Section::grouped)]
        };
        let with_past = self.as_of.is_some();
        let sections = pairs.into_iter().flat_map(|[current, past]| {
            let past = with_past.then(|| past.receiving());
            [Some(current), past]
        });
        sections.flatten().collect()
    }

    /// Returns the items that count the roles of the list; `None` if none do.
    fn counters(&self) -> Option<Counters<'_>> {
        match (self.as_of, self.docks.is_empty(), self.parties.is_empty()) {
            (None, true, false) => Some(Counters::Parties(&self.parties)),
            (None, false, true) => Some(Counters::Docks(self.distinct_docks())),
            _ => None,
        }
    }

    fn distinct_docks(&self) -> Vec<DockId> {
        let mut docks = self.docks.clone();
        docks.sort_unstable();
        docks.dedup();
        docks
    }
}

/// Items that count the roles of a list.
enum Counters<'a> {
    Parties(&'a [PartyId]),
    Docks(Vec<DockId>),
}

/// Role in the list of an organization.
#[derive(Debug)]
pub struct OrganizationRole {
    /// The role.
    pub role: Role,
    /// Current name of the dock; of a deleted dock, its last name.
    pub dock_name: Option<Name>,
    /// Current name of the party; of a deleted party, its last name.
    pub party_name: Option<Name>,
}

impl Store {
    /// Reads a page of the roles of an organization, newest party first. `is_own` means that the client belongs to the
    /// organization, which therefore exists.
    ///
    /// The total is exact if the filter names either parties or docks, without a time, or if the first page has all rows.
    ///
    /// # Errors
    /// `ORGANIZATION_NOT_FOUND`; [`Error::Unavailable`].
    pub async fn list_organization_roles(
        &self,
        organization: OrganizationId,
        is_own: bool,
        filter: &OrganizationRoleFilter,
        page: &Page,
    ) -> Result<Listed<OrganizationRole>> {
        let sections = filter.sections(organization);
        let keep = RoleKeep {
            keeps: &|role| filter.keeps(role),
            reads_more: filter.reads_more(),
            has_revoked: filter.as_of.is_some(),
        };
        let (listed, deletions) = self.list_roles(organization, &sections, page, &keep).await?;
        // If there is a role, or the client belongs to the organization, the organization exists.
        if listed.rows.is_empty() && !is_own {
            let shard: Option<IgnoredAny> = self.get(&keys::count_shard(organization, 0)).await?;
            shard.ok_or_else(Error::not_found::<id::Organization>)?;
        }
        let is_whole = page.start == Start::default() && listed.next.is_none();
        // The counters are read after the deletions, so that they are exact if none is in progress.
        let total = async {
            match filter.counters() {
                _ if is_whole => Ok(Some(listed.rows.len() as u64)),
                None => Ok(None),
                Some(_) if deletions.is_pending() => self.count_listed_roles(&sections, &keep, &deletions).await,
                Some(counters) => self.count_roles(organization, filter.role, counters).await.map(Some),
            }
        };
        let ends = |role: &Role| [DeletedResource::Dock(role.dock_id), DeletedResource::Party(role.party_id)];
        let (names, total) = try_join(self.names(organization, listed.values().flat_map(ends)), total).await?;
        let name = |resource: DeletedResource| names.get(&resource).map(|named| named.name.clone());
        let row = |role: Role| {
            let [dock, party] = ends(&role);
            OrganizationRole { role, dock_name: name(dock), party_name: name(party) }
        };
        Ok(listed.map(row).with_total(total))
    }

    /// Returns the number of current roles that these items count.
    async fn count_roles(
        &self,
        organization: OrganizationId,
        role: Option<RoleName>,
        counters: Counters<'_>,
    ) -> Result<u64> {
        let counts: Vec<RoleCounts> = match counters {
            Counters::Parties(parties) => {
                let parties = parties.iter().map(|party| keys::party(organization, *party));
                let counts = [RoleName::Distributor, RoleName::Recipient].map(RoleCounts::attribute);
                self.get_batch_of::<RoleCounts>(parties, &counts).await?.into_values().collect()
            }
            Counters::Docks(docks) => {
                let counts: Vec<_> = docks.into_iter().map(|dock| self.dock_counts(organization, dock)).collect();
                let counts: Vec<Option<DockCounts>> =
                    stream::iter(counts).buffer_unordered(PARALLEL_COUNTS).try_collect().await?;
                counts.into_iter().flatten().map(|counts| counts.roles).collect()
            }
        };
        Ok(counts.iter().map(|counts| counts.of(role)).sum())
    }
}
