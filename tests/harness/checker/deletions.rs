//! The invariants of deletions.

use std::collections::BTreeSet;

use berth_shared::{
    domain::Role,
    id::OrganizationId,
    store::{
        keys::DeletedResource,
        record::{PendingDeletion, Tombstone},
    },
};

use super::{invariants::equal_sets, table::Table};

/// Returns the id of a deleted resource.
pub fn id_of(record: &Tombstone) -> String {
    match record.resource {
        DeletedResource::Organization => record.organization_id.to_string(),
        DeletedResource::Dock(id) => id.to_string(),
        DeletedResource::Party(id) => id.to_string(),
    }
}

pub fn tombstones(table: &Table, violations: &mut Vec<String>) {
    for record in &table.tombstones {
        let owner = record.organization_id;
        let exists = match record.resource {
            DeletedResource::Organization => table.organizations.contains_key(&owner),
            DeletedResource::Dock(id) => table.docks.contains_key(&(owner, id)),
            DeletedResource::Party(id) => table.parties.contains_key(&(owner, id)),
        };
        if exists {
            violations.push(format!("{} exists and has a tombstone", id_of(record)));
        }
    }
    let docks = table.tombstones.iter().filter_map(|record| match record.resource {
        DeletedResource::Dock(id) => Some((record.organization_id, id)),
        _ => None,
    });
    let rows = table.deleted_docks.iter().map(|record| (record.owner.organization_id, record.id));
    equal_sets(violations, ("the tombstones of docks", docks.collect()), ("the list of deleted docks", rows.collect()));
    let hints = table.hints.values().filter_map(|record| Some((record.owner, record.owner.deleted_at?)));
    let hints = hints.map(|(owner, at)| (owner.organization_id, owner.party_id, at));
    let parties = table.tombstones.iter().filter_map(|record| match record.resource {
        DeletedResource::Party(id) => Some((record.organization_id, id, record.last.deleted_at)),
        _ => None,
    });
    equal_sets(violations, ("the tombstones of parties", parties.collect()), ("the hints", hints.collect()));
}

pub fn pending(table: &Table, violations: &mut Vec<String>) {
    for record in &table.pending_deletions {
        let PendingDeletion { organization_id, resource, deletion } = record;
        let is_of = |other: &&Tombstone| other.organization_id == *organization_id && other.resource == *resource;
        let last = table.tombstones.iter().find(is_of).map(|found| &found.last);
        if last.is_none_or(|last| (last.deleted_at, &last.deleted_by) != (deletion.deleted_at, &deletion.deleted_by)) {
            violations.push(format!("the deletion of {resource:?} is in progress, and its tombstone does not agree"));
        }
    }
}

/// Returns the resources whose deletion is in progress. What belongs to them may still have records.
pub fn in_progress(table: &Table) -> BTreeSet<(OrganizationId, DeletedResource)> {
    let in_progress = table.pending_deletions.iter().filter(|record| record.deletion.ttl.is_none());
    in_progress.map(|record| (record.organization_id, record.resource)).collect()
}

pub fn role_ends(table: &Table, violations: &mut Vec<String>) {
    let in_progress = in_progress(table);
    for record in &table.roles_by_dock {
        let (organization, Role { id, dock_id, party_id, .. }) = (record.organization_id, &record.role);
        let (dock, party) = (DeletedResource::Dock(*dock_id), DeletedResource::Party(*party_id));
        if !table.docks.contains_key(&(organization, *dock_id)) && !in_progress.contains(&(organization, dock)) {
            violations.push(format!("{id} is in the dock {dock_id}, which does not exist"));
        }
        if !table.parties.contains_key(&(organization, *party_id)) && !in_progress.contains(&(organization, party)) {
            violations.push(format!("{id} is held by the party {party_id}, which does not exist"));
        }
    }
}

pub fn tenants(table: &Table, violations: &mut Vec<String>) {
    let is_deleted = |tenant: OrganizationId| {
        let of_tenant = |record: &Tombstone| record.organization_id == tenant;
        table.tombstones.iter().any(|record| of_tenant(record) && record.resource == DeletedResource::Organization)
    };
    for (tenant, what) in table.tenants() {
        if !table.organizations.contains_key(&tenant) {
            violations.push(format!("{what} belongs to {tenant}, which does not exist"));
        }
    }
    for (tenant, what) in table.history() {
        if !table.organizations.contains_key(&tenant) && !is_deleted(tenant) {
            violations.push(format!("{what} belongs to {tenant}, which never existed"));
        }
    }
}
