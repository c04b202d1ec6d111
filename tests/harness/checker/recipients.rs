//! The invariants of recipients.

use std::collections::{BTreeMap, BTreeSet};

use berth_shared::{
    id::{DockId, OrganizationId},
    store::keys::DeletedResource,
};

use super::{
    deletions::in_progress,
    invariants::{equal_counts, equal_sets},
    table::Table,
};

/// Each recipient has the item of its address, and its pointer.
pub fn parts(table: &Table, violations: &mut Vec<String>) {
    let recipients = || table.recipients.values().map(|record| &record.recipient);
    let emails = table.recipient_emails.iter();
    let emails = emails.map(|record| (record.dock_id, record.email.as_str(), record.owner.recipient_id)).collect();
    let shown = recipients().map(|recipient| (recipient.dock_id, recipient.email.as_str(), recipient.id)).collect();
    equal_sets(violations, ("the e-mail addresses", emails), ("the recipients", shown));
    let pointers = table.recipient_pointers.iter();
    let pointers = pointers.map(|record| (record.place.organization_id, record.place.dock_id, record.id)).collect();
    let places = recipients().map(|recipient| (recipient.organization_id, recipient.dock_id, recipient.id)).collect();
    equal_sets(violations, ("the pointers", pointers), ("the recipients", places));
}

pub fn docks(table: &Table, violations: &mut Vec<String>) {
    for recipient in table.recipients.values().map(|record| &record.recipient) {
        let (id, dock) = (recipient.id, recipient.dock_id);
        if !has_dock(table, recipient.organization_id, dock) {
            violations.push(format!("{id} is in the dock {dock}, which does not exist"));
        }
    }
}

/// Returns whether a dock exists, or its deletion is in progress.
fn has_dock(table: &Table, organization: OrganizationId, dock: DockId) -> bool {
    table.docks.contains_key(&(organization, dock))
        || in_progress(table).contains(&(organization, DeletedResource::Dock(dock)))
}

/// The counters of each dock equal the number of its recipients and groups.
pub fn counts(table: &Table, violations: &mut Vec<String>) {
    let mut counters: BTreeMap<DockId, (u64, u64)> = BTreeMap::new();
    for record in &table.dock_counters {
        let (recipients, groups) = counters.entry(record.dock_id).or_default();
        *recipients += record.counts.recipients;
        *groups += record.counts.groups;
    }
    for (dock, (recipients, groups)) in counters {
        let signed = |counter: u64| i64::try_from(counter).unwrap_or(i64::MAX);
        let records = table.recipients.values().filter(|record| record.recipient.dock_id == dock).count();
        equal_counts(violations, &format!("recipients of {dock}"), signed(recipients), records);
        let records = table.groups.values().filter(|group| group.dock_id == dock).count();
        equal_counts(violations, &format!("groups of {dock}"), signed(groups), records);
    }
}

/// Each group has the item of its name and its dock.
pub fn group_names(table: &Table, violations: &mut Vec<String>) {
    let names = table.group_names.iter();
    let names = names.map(|record| (record.dock_id, record.name.as_str(), record.owner.group_id)).collect();
    let shown = table.groups.values().map(|group| (group.dock_id, group.name.as_str(), group.id)).collect();
    equal_sets(violations, ("the names", names), ("the groups", shown));
    for group in table.groups.values().filter(|group| !has_dock(table, group.organization_id, group.dock_id)) {
        violations.push(format!("{} is in the dock {}, which does not exist", group.id, group.dock_id));
    }
}

/// Groups and recipients agree who is a member, and groups count their members.
pub fn group_members(table: &Table, violations: &mut Vec<String>) {
    let members: BTreeSet<_> = table
        .group_members
        .iter()
        .map(|record| (record.dock_id, record.group_id, record.member.recipient_id))
        .collect();
    let joined = table.recipients.values().flat_map(|record| {
        record.memberships.groups.iter().map(|group| (record.recipient.dock_id, *group, record.recipient.id))
    });
    equal_sets(violations, ("the members", members.clone()), ("the groups of the recipients", joined.collect()));
    for (_, group, recipient) in &members {
        if !table.groups.contains_key(group) {
            violations.push(format!("{recipient} is in {group}, which does not exist"));
        }
    }
    for group in table.groups.values() {
        let records = members.iter().filter(|(_, id, _)| *id == group.id).count();
        let counter = i64::try_from(group.recipient_count).unwrap_or(i64::MAX);
        equal_counts(violations, &format!("members of {}", group.id), counter, records);
    }
}
