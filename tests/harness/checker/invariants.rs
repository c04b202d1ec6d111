//! The invariants of the table. Each function is one rule and reports the records that violate it.

use std::collections::{BTreeMap, BTreeSet};

use berth_shared::{
    domain::{Domain, PartyType, Role, RoleName},
    id::{DockId, OrganizationId, PartyId, RoleId},
    store::{
        Action, Entity,
        keys::SHARDS,
        record::{AuditEntry, Content, HintOwner, OrganizationCounts, PartyRecord, PartySummary, PlatformCounts},
    },
    time::Time,
};

use super::{
    credentials::{access_tokens, api_keys, lineage, machine_clients},
    deletions, recipients,
    table::Table,
};

pub type Rule = fn(&Table, &mut Vec<String>);

pub const RULES: [(&str, Rule); 33] = [
    ("every item is a record of its entity type", records),
    ("there are one deployment record and one cursor secret", deployment),
    ("the counters of an organization equal the number of its resources", organization_counts),
    ("the counters of the platform equal the number of resources", platform_counts),
    ("every organization has its row, its slug and all its counters", organization_parts),
    ("every row in the list of all organizations has its organization", organization_rows),
    ("every slug belongs to the organization that it names", slugs),
    ("docks and the rows in the list of all docks agree", dock_rows),
    ("every dock has all its counters", dock_counters),
    ("docks and domains agree", domains),
    ("no deleted resource exists, and every deleted dock has its row", deletions::tombstones),
    ("every deletion in progress has its tombstone", deletions::pending),
    ("parties and pointers agree", party_pointers),
    ("parties and the index of external references agree", references),
    ("allocated parties, hints and rows in the ledger list agree", ledger_parties),
    ("every right refers to an allocated party", ledger_rights),
    ("every user counts the rights of the user", ledger_right_counters),
    ("every current role has an item by dock and one by party", current_roles),
    ("every revoked role has an item by dock and one by party, and is not current", revoked_roles),
    ("every role has its dock and its party", deletions::role_ends),
    ("parties and docks count their current roles", role_counts),
    ("recipients, their e-mail addresses and their pointers agree", recipients::parts),
    ("every recipient has its dock", recipients::docks),
    ("docks count their recipients and groups", recipients::counts),
    ("groups and their names agree", recipients::group_names),
    ("groups, their members and the groups of recipients agree", recipients::group_members),
    ("every API key has a row in both lists", api_keys),
    ("every machine client has a row in the list of its organization", machine_clients),
    ("every access token has a machine client that it does not exceed, and its audit entry", access_tokens),
    ("every created credential is in the list of its creator, and none outlives its creator", lineage),
    ("every creation, every revocation of a role and every deletion has its audit entry", audit),
    ("every audit entry has a row in each of its views", audit_rows),
    ("every record of a tenant has its organization", deletions::tenants),
];

/// Reports what is in only one of two sets that should be equal.
pub fn equal_sets<T: Ord + std::fmt::Debug>(
    violations: &mut Vec<String>,
    (one_name, one): (&str, BTreeSet<T>),
    (other_name, other): (&str, BTreeSet<T>),
) {
    let missing = |value: &T, there: &str, here: &str| format!("{value:?} is in {there}, not in {here}");
    violations.extend(one.difference(&other).map(|value| missing(value, one_name, other_name)));
    violations.extend(other.difference(&one).map(|value| missing(value, other_name, one_name)));
}

/// Reports a counter that differs from the number of records.
pub fn equal_counts(violations: &mut Vec<String>, what: &str, counter: i64, records: usize) {
    if usize::try_from(counter) != Ok(records) {
        violations.push(format!("{what}: the counter is {counter}, there are {records}"));
    }
}

fn records(table: &Table, violations: &mut Vec<String>) {
    violations.extend(table.unreadable.iter().cloned());
}

fn deployment(table: &Table, violations: &mut Vec<String>) {
    if table.deployments.len() != 1 {
        violations.push(format!("there are {} deployment records", table.deployments.len()));
    }
    if !matches!(table.cursor_secrets.as_slice(), [record] if record.secret.len() == 64) {
        violations.push("the cursor secret is missing or has another length".to_owned());
    }
}

fn organization_counts(table: &Table, violations: &mut Vec<String>) {
    for id in table.organizations.keys() {
        let own = || table.organization_counters.iter().filter(|record| record.organization_id == *id);
        let counter = |value: fn(&OrganizationCounts) -> i64| own().map(|record| value(&record.counts)).sum();
        let parties = |kind: PartyType| {
            table.parties.iter().filter(|((owner, _), record)| owner == id && record.party.kind == kind).count()
        };
        let docks = table.docks.keys().filter(|(owner, _)| owner == id).count();
        let keys = table.owner_api_key_rows.iter().filter(|row| row.owner.organization() == Some(*id)).count();
        let clients = table.machine_client_rows.iter().filter(|row| row.organization_id == *id).count();
        let individuals = parties(PartyType::Individual);
        let companies = parties(PartyType::Organization);
        for (name, counter, records) in [
            ("docks", counter(|counts| counts.docks), docks),
            ("individuals", counter(|counts| counts.parties_individual), individuals),
            ("companies", counter(|counts| counts.parties_organization), companies),
            ("machine clients", counter(|counts| counts.machine_clients), clients),
            ("API keys", counter(|counts| counts.api_keys), keys),
        ] {
            equal_counts(violations, &format!("{name} of {id}"), counter, records);
        }
    }
}

fn platform_counts(table: &Table, violations: &mut Vec<String>) {
    let counter = |value: fn(&PlatformCounts) -> i64| {
        table.platform_counters.iter().map(|record| value(&record.counts)).sum::<i64>()
    };
    for (name, counter, records) in [
        ("organizations", counter(|counts| counts.organizations), table.organizations.len()),
        ("docks", counter(|counts| counts.docks), table.docks.len()),
        ("API keys", counter(|counts| counts.api_keys), table.owner_api_key_rows.len()),
    ] {
        equal_counts(violations, name, counter, records);
    }
}

fn organization_parts(table: &Table, violations: &mut Vec<String>) {
    for (id, organization) in &table.organizations {
        if table.organization_rows.get(id).map(|row| &row.name) != Some(&organization.name) {
            violations.push(format!("{id} has no row in the list of all organizations, or one with another name"));
        }
        let slug = table.slugs.get(organization.slug.as_str());
        if slug.and_then(|record| record.state.organization_id) != Some(*id) {
            violations.push(format!("the slug of {id} does not name it"));
        }
        let counters = table.organization_counters.iter().filter(|record| record.organization_id == *id).count();
        if counters != usize::from(SHARDS) {
            violations.push(format!("{id} has {counters} counters"));
        }
    }
}

fn organization_rows(table: &Table, violations: &mut Vec<String>) {
    let rows = table.organization_rows.keys().copied().collect();
    let organizations = table.organizations.keys().copied().collect();
    equal_sets(violations, ("the rows", rows), ("the organizations", organizations));
}

fn slugs(table: &Table, violations: &mut Vec<String>) {
    for (slug, record) in &table.slugs {
        // A slug without an owner keeps the next suffix.
        let Some(owner) = record.state.organization_id else { continue };
        if table.organizations.get(&owner).map(|owner| owner.slug.as_str()) != Some(slug) {
            violations.push(format!("{slug} names {owner}, which does not have it"));
        }
    }
}

fn dock_rows(table: &Table, violations: &mut Vec<String>) {
    let docks = table.docks.values();
    let docks = docks.map(|dock| (dock.organization_id, dock.id, dock.profile.name.as_str())).collect();
    let rows = table.dock_rows.iter().map(|row| (row.organization_id, row.id, row.name.as_str())).collect();
    equal_sets(violations, ("the docks", docks), ("the rows", rows));
}

fn dock_counters(table: &Table, violations: &mut Vec<String>) {
    let counters = table.dock_counters.iter().map(|record| (record.organization_id, record.dock_id, record.shard));
    let wanted = table.docks.keys().flat_map(|(owner, id)| (0..SHARDS).map(|shard| (*owner, *id, shard)));
    equal_sets(violations, ("the counters", counters.collect()), ("the docks", wanted.collect()));
}

fn domains(table: &Table, violations: &mut Vec<String>) {
    let docks = table.docks.values();
    let shown: BTreeSet<_> =
        docks.flat_map(|dock| dock.domains().into_iter().map(|domain| (domain, dock.id))).collect();
    let domains: BTreeSet<_> = table.domains.iter().map(|record| (&record.domain, record.owner.dock_id)).collect();
    // Another dock can take a domain that was not verified in time. The previous dock still shows it.
    let is_lost =
        |&(domain, _): &(&Domain, DockId)| domains.iter().any(|owned| owned.0 == domain && shown.contains(owned));
    let docks = shown.iter().copied().filter(|pair| domains.contains(pair) || !is_lost(pair)).collect();
    equal_sets(violations, ("the docks", docks), ("the domains", domains));
}

fn party_pointers(table: &Table, violations: &mut Vec<String>) {
    let pointers = table.party_pointers.iter();
    let pointers = pointers.map(|row| (row.owner.organization_id, row.id, row.owner.ledger_hint.as_ref())).collect();
    let parties = table.parties.values().map(|record| &record.party);
    let parties = parties.map(|party| (party.organization_id, party.id, party.ledger_hint.as_ref())).collect();
    equal_sets(violations, ("the pointers", pointers), ("the parties", parties));
}

fn references(table: &Table, violations: &mut Vec<String>) {
    let entry = |organization: OrganizationId, external_ref: &str, PartySummary { id, kind, name }: PartySummary| {
        (organization, external_ref.to_owned(), id, format!("{kind:?} {name:?}"))
    };
    let parties = table.parties.values().filter_map(|PartyRecord { party, .. }| {
        Some(entry(party.organization_id, party.external_ref.as_ref()?.as_str(), PartySummary::from(party)))
    });
    let index = table.references.iter();
    let index = index.map(|record| entry(record.organization_id, record.external_ref.as_str(), record.party.clone()));
    equal_sets(violations, ("the index", index.collect()), ("the parties", parties.collect()));
}

fn ledger_parties(table: &Table, violations: &mut Vec<String>) {
    let parties: BTreeSet<_> = table
        .parties
        .values()
        .filter_map(|PartyRecord { party, .. }| Some((party.organization_id, party.ledger_hint.as_ref()?, party.id)))
        .collect();
    // The hint of a deleted party stays.
    let hints = table.hints.values().filter(|record| record.owner.deleted_at.is_none()).map(|record| {
        let HintOwner { organization_id, party_id, .. } = record.owner;
        (organization_id, &record.hint, party_id)
    });
    equal_sets(violations, ("the hints", hints.collect()), ("the parties", parties.clone()));
    let rows = table.ledger_rows.iter().map(|row| (row.organization_id, &row.hint, row.party.party_id));
    equal_sets(violations, ("the ledger list", rows.collect()), ("the parties", parties));
}

fn ledger_rights(table: &Table, violations: &mut Vec<String>) {
    for right in &table.rights {
        let hint = right.party.hint.as_str();
        if table.hints.get(hint).is_none_or(|record| record.owner.deleted_at.is_some()) {
            violations.push(format!("{} may act as {hint}, which does not exist", right.user_id));
        }
    }
}

fn ledger_right_counters(table: &Table, violations: &mut Vec<String>) {
    let mut counted: BTreeMap<&str, i64> = table.rights.iter().map(|right| (right.user_id.as_str(), 0)).collect();
    for record in &table.right_counters {
        counted.insert(&record.user_id, i64::try_from(record.count.rights).unwrap_or(i64::MAX));
    }
    for (user, counter) in counted {
        let rights = table.rights.iter().filter(|right| right.user_id == user).count();
        equal_counts(violations, &format!("rights of {user}"), counter, rights);
    }
}

/// The values that both items of a role contain.
type RoleValues = (OrganizationId, RoleId, DockId, PartyId, RoleName, Time);

fn values_of(organization: OrganizationId, role: &Role) -> RoleValues {
    (organization, role.id, role.dock_id, role.party_id, role.role, role.created_at)
}

fn current_roles(table: &Table, violations: &mut Vec<String>) {
    let by_dock = table.roles_by_dock.iter().map(|record| values_of(record.organization_id, &record.role)).collect();
    let by_party = table.roles_by_party.iter().map(|record| values_of(record.organization_id, &record.role)).collect();
    equal_sets(violations, ("the roles by dock", by_dock), ("the roles by party", by_party));
    let by_dock = table.roles_by_dock.iter().map(|record| &record.role);
    let roles = by_dock.chain(table.roles_by_party.iter().map(|record| &record.role));
    let revoked = roles.filter(|role| role.revoked_at.is_some());
    violations.extend(revoked.map(|role| format!("{} is current and has a time of revocation", role.id)));
}

fn revoked_roles(table: &Table, violations: &mut Vec<String>) {
    let by_dock = table.revoked_by_dock.iter().map(|record| values_of(record.organization_id, &record.role)).collect();
    let by_party = table.revoked_by_party.iter();
    let by_party = by_party.map(|record| values_of(record.organization_id, &record.role)).collect();
    equal_sets(violations, ("the revoked roles by dock", by_dock), ("the revoked roles by party", by_party));
    let current: BTreeSet<_> = table.roles_by_dock.iter().map(|record| record.role.id).collect();
    let by_dock = table.revoked_by_dock.iter().map(|record| &record.role);
    for role in by_dock.chain(table.revoked_by_party.iter().map(|record| &record.role)) {
        let id = role.id;
        let is_later = role.revoked_at.is_some_and(|revoked_at| role.created_at <= revoked_at);
        if !is_later || role.revoked_by.as_ref().is_none_or(String::is_empty) {
            violations.push(format!("{id} is revoked without a valid time or actor of revocation"));
        }
        if current.contains(&id) {
            violations.push(format!("{id} is revoked and current"));
        }
    }
}

fn role_counts(table: &Table, violations: &mut Vec<String>) {
    let mut of_docks: BTreeMap<(DockId, RoleName), usize> = BTreeMap::new();
    let mut of_parties: BTreeMap<(PartyId, RoleName), usize> = BTreeMap::new();
    for Role { dock_id, party_id, role, .. } in table.roles_by_dock.iter().map(|record| &record.role) {
        *of_docks.entry((*dock_id, *role)).or_default() += 1;
        *of_parties.entry((*party_id, *role)).or_default() += 1;
    }
    let mut counters: BTreeMap<(OrganizationId, DockId, RoleName), u64> = BTreeMap::new();
    for (record, role) in table.dock_counters.iter().flat_map(|record| RoleName::ALL.map(|role| (record, role))) {
        *counters.entry((record.organization_id, record.dock_id, role)).or_default() +=
            record.counts.roles.of(Some(role));
    }
    for role in RoleName::ALL {
        let mut check = |id: String, counter: u64, records: Option<&usize>| {
            let counter = i64::try_from(counter).unwrap_or(i64::MAX);
            equal_counts(
                violations,
                &format!("{} of {id}", role.as_str()),
                counter,
                records.copied().unwrap_or_default(),
            );
        };
        for (owner, id) in table.docks.keys() {
            let counter = counters.get(&(*owner, *id, role)).copied().unwrap_or_default();
            check(id.to_string(), counter, of_docks.get(&(*id, role)));
        }
        for PartyRecord { party, role_counts, .. } in table.parties.values() {
            check(party.id.to_string(), role_counts.of(Some(role)), of_parties.get(&(party.id, role)));
        }
    }
}

fn audit(table: &Table, violations: &mut Vec<String>) {
    let mut created: BTreeSet<(Option<OrganizationId>, String)> = BTreeSet::new();
    created.extend(table.organizations.keys().map(|id| (Some(*id), id.to_string())));
    created.extend(table.docks.keys().map(|(owner, id)| (Some(*owner), id.to_string())));
    created.extend(table.parties.keys().map(|(owner, id)| (Some(*owner), id.to_string())));
    created.extend(table.owner_api_key_rows.iter().map(|row| (row.owner.organization(), row.key.id.to_string())));
    created.extend(table.machine_client_rows.iter().map(|row| (Some(row.organization_id), row.client.id.to_string())));
    let current = table.roles_by_party.iter().map(|record| (record.organization_id, record.role.id));
    let revoked = table.revoked_by_party.iter().map(|record| (record.organization_id, record.role.id));
    let revoked: BTreeSet<_> = revoked.map(|(owner, id)| (Some(owner), id.to_string())).collect();
    created.extend(current.map(|(owner, id)| (Some(owner), id.to_string())));
    created.extend(revoked.iter().cloned());
    let tombstones = table.tombstones.iter().map(|record| (Some(record.organization_id), deletions::id_of(record)));
    let recipients = table.recipients.values().map(|record| &record.recipient);
    created.extend(recipients.map(|recipient| (Some(recipient.organization_id), recipient.id.to_string())));
    created.extend(table.groups.values().map(|group| (Some(group.organization_id), group.id.to_string())));
    // Access tokens expire, and have a rule of their own.
    let entries = |action: Action, entity: fn(&Entity) -> bool| -> BTreeSet<(Option<OrganizationId>, String)> {
        let is_wanted = move |entry: &&AuditEntry| {
            entry.action == action && entity(&entry.entity_type) && !entry.entity_type.is_other()
        };
        let entries = table.audit.iter().filter(is_wanted);
        entries.map(|entry| (entry.owner.organization(), entry.entity_id.clone())).collect()
    };
    // A deleted recipient, group or machine client has left only its entries.
    let left =
        entries(Action::Delete, |entity| matches!(entity, Entity::Recipient | Entity::Group | Entity::MachineClient));
    violations.extend(created.intersection(&left).map(|id| format!("{id:?} is deleted and exists")));
    let mut deleted: BTreeSet<_> = tombstones.collect();
    deleted.extend(left);
    created.extend(deleted.iter().cloned());
    let ended = &revoked | &deleted;
    let lasting = entries(Action::Create, |entity| *entity != Entity::AccessToken);
    equal_sets(violations, ("the table", created), ("the audit entries of creations", lasting));
    let entries_of_ends = entries(Action::Delete, |entity| *entity != Entity::AccessToken);
    equal_sets(violations, ("what was deleted or revoked", ended), ("the audit entries of deletions", entries_of_ends));
    let anonymous = table.audit.iter().filter(|entry| entry.request_id.is_empty());
    violations.extend(anonymous.map(|entry| format!("{} names no request", entry.id)));
}

fn audit_rows(table: &Table, violations: &mut Vec<String>) {
    let rows = table.audit_rows.iter().map(|row| (row.entry.owner.organization(), row.entry.id, row.view.clone()));
    let views = table
        .audit
        .iter()
        .flat_map(|entry| entry.views().into_iter().map(|view| (entry.owner.organization(), entry.id, view)));
    equal_sets(violations, ("the rows", rows.collect()), ("the audit entries", views.collect()));
    let entries: BTreeMap<_, _> = table.audit.iter().map(|entry| (entry.id, entry)).collect();
    for row in &table.audit_rows {
        let Some(entry) = entries.get(&row.entry.id) else { continue };
        let same = AuditEntry { content: row.entry.content.clone(), ..(*entry).clone() } == row.entry;
        if !same || (row.entry.content != Content::InEntry && row.entry.content != entry.content) {
            violations.push(format!("a row of {} disagrees with it", entry.id));
        }
    }
}
