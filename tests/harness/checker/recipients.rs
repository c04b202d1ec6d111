//! The invariants of recipients.

use std::collections::{BTreeMap, BTreeSet};

use berth_shared::id::DockId;

use super::{
    invariants::{equal_counts, equal_sets},
    table::Table,
};

/// Each recipient has the item of its address, and its pointer.
pub fn parts(table: &Table, violations: &mut Vec<String>) {
    let recipients = || table.recipients.values();
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
    for recipient in table.recipients.values() {
        let (id, dock) = (recipient.id, recipient.dock_id);
        if !table.docks.contains_key(&(recipient.organization_id, dock)) {
            violations.push(format!("{id} is in the dock {dock}, which does not exist"));
        }
    }
}

pub fn counts(table: &Table, violations: &mut Vec<String>) {
    let mut counters: BTreeMap<DockId, u64> = BTreeMap::new();
    for record in &table.dock_counters {
        *counters.entry(record.dock_id).or_default() += record.counts.recipients;
    }
    let docks: BTreeSet<DockId> = counters.keys().copied().collect();
    for dock in docks {
        let records = table.recipients.values().filter(|recipient| recipient.dock_id == dock).count();
        let counter = i64::try_from(counters[&dock]).unwrap_or(i64::MAX);
        equal_counts(violations, &format!("recipients of {dock}"), counter, records);
    }
}
