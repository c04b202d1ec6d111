//! What must hold in the table, whatever was done to it. Each function is one rule; it names what breaks it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::table::{DockRole, PartyRole, Table};

/// How many items share an organization's counting.
const SHARDS: usize = 8;

type Rule = fn(&Table, &mut Vec<String>);

pub const RULES: [(&str, Rule); 20] = [
    ("every key has a known form", known_keys),
    ("there is one deployment", deployment),
    ("an organization's counters say what it has", organization_counts),
    ("the platform's counters say what it has", platform_counts),
    ("every organization has its row, its slug and its counters", organization_parts),
    ("every row of an organization has the organization", organization_rows),
    ("every slug is that of the organization it names", slugs),
    ("docks and the rows of the list of all are the same", dock_rows),
    ("a domain is guarded for the dock that has it, and for no other", domains),
    ("parties and pointers are the same", party_pointers),
    ("parties and the index of external references are the same", references),
    ("a party that was allocated on the ledger has its guard and its row", ledger_parties),
    ("a user may act as parties of the ledger only", ledger_rights),
    ("a living role is there in both directions", role_directions),
    ("an ended role is there in both directions, ended, and lives no more", past_roles),
    ("a role has its dock and its party", role_ends),
    ("parties and docks count their living roles", role_counts),
    ("an API key has its record and both rows", keys),
    ("what was made has an audit entry that tells so", audit),
    ("what belongs to a tenant has its tenant", tenants),
];

fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item[name].as_str().unwrap_or_default()
}

/// The ULID of an id.
fn ulid<'a>(item: &'a Value, name: &str) -> &'a str {
    text(item, name).split_once('_').map_or("", |(_, ulid)| ulid)
}

fn number(item: &Value, name: &str) -> i64 {
    item[name].as_i64().unwrap_or_default()
}

/// Adds what is in one of two lists of the same things and not in the other.
fn same<T: Ord + std::fmt::Debug>(
    broken: &mut Vec<String>,
    (one_name, one): (&str, BTreeSet<T>),
    (other_name, other): (&str, BTreeSet<T>),
) {
    broken.extend(one.difference(&other).map(|thing| format!("{thing:?} is in {one_name}, not in {other_name}")));
    broken.extend(other.difference(&one).map(|thing| format!("{thing:?} is in {other_name}, not in {one_name}")));
}

fn equal(broken: &mut Vec<String>, what: &str, said: i64, is: i64) {
    if said != is {
        broken.push(format!("{what}: the counter says {said}, there are {is}"));
    }
}

fn known_keys(table: &Table, broken: &mut Vec<String>) {
    broken.extend(table.nonexistent.iter().cloned());
}

fn deployment(table: &Table, broken: &mut Vec<String>) {
    if table.deployment.as_ref().is_none_or(|record| text(record, "cursorSecret").len() != 64) {
        broken.push("it is missing or has no cursor secret".to_owned());
    }
}

fn organization_counts(table: &Table, broken: &mut Vec<String>) {
    for id in table.organizations.keys() {
        let shards = || table.counts.iter().filter(|((owner, _), _)| owner == id).map(|(_, shard)| shard);
        let said = |name: &str| shards().map(|shard| number(shard, name)).sum();
        let parties = |kind: &str| {
            let own = table.parties.iter().filter(|((owner, _), party)| owner == id && text(party, "type") == kind);
            i64::try_from(own.count()).unwrap_or(i64::MAX)
        };
        let docks = table.docks.keys().filter(|(owner, _)| owner == id).count();
        equal(broken, &format!("docks of {id}"), said("docks"), i64::try_from(docks).unwrap_or(i64::MAX));
        equal(broken, &format!("individuals of {id}"), said("partiesIndividual"), parties("INDIVIDUAL"));
        equal(broken, &format!("companies of {id}"), said("partiesOrganization"), parties("ORGANIZATION"));
        equal(broken, &format!("machine clients of {id}"), said("machineClients"), 0);
        let keys = table.owner_key_rows.keys().filter(|(owner, _)| owner == id).count();
        equal(broken, &format!("API keys of {id}"), said("apiKeys"), i64::try_from(keys).unwrap_or(i64::MAX));
    }
}

fn platform_counts(table: &Table, broken: &mut Vec<String>) {
    let (organizations, docks, keys) = (table.organizations.len(), table.docks.len(), table.owner_key_rows.len());
    for (name, is) in [("organizations", organizations), ("docks", docks), ("apiKeys", keys)] {
        let said = table.platform_counts.values().map(|shard| number(shard, name)).sum();
        equal(broken, name, said, i64::try_from(is).unwrap_or(i64::MAX));
    }
}

fn organization_parts(table: &Table, broken: &mut Vec<String>) {
    for (id, organization) in &table.organizations {
        if ulid(organization, "id") != id {
            broken.push(format!("{id} has another id in it"));
        }
        if table.organization_rows.get(id).map(|row| text(row, "name")) != Some(text(organization, "name")) {
            broken.push(format!("{id} has no row in the list of all, or one with another name"));
        }
        let guard = table.slugs.get(text(organization, "slug"));
        if guard.map(|guard| ulid(guard, "organizationId")) != Some(id) {
            broken.push(format!("the slug of {id} is not guarded for it"));
        }
        let shards = table.counts.keys().filter(|(owner, _)| owner == id).count();
        if shards != SHARDS {
            broken.push(format!("{id} has {shards} counters"));
        }
    }
}

fn organization_rows(table: &Table, broken: &mut Vec<String>) {
    let rows = table.organization_rows.keys().cloned().collect();
    same(broken, ("the list of all", rows), ("the table", table.organizations.keys().cloned().collect()));
}

fn slugs(table: &Table, broken: &mut Vec<String>) {
    // A guard without an owner remembers which suffix is next.
    for (slug, guard) in table.slugs.iter().filter(|(_, guard)| guard["organizationId"].is_string()) {
        let owner = table.organizations.get(ulid(guard, "organizationId"));
        if owner.map(|owner| text(owner, "slug")) != Some(slug) {
            broken.push(format!("{slug} is guarded for {}, which does not have it", text(guard, "organizationId")));
        }
    }
}

fn dock_rows(table: &Table, broken: &mut Vec<String>) {
    let dock = |((owner, id), dock): (&(String, String), &Value)| {
        (owner.clone(), id.clone(), text(dock, "name").to_owned(), ulid(dock, "id").to_owned())
    };
    let row = |(id, row): (&String, &Value)| {
        let owner = ulid(row, "organizationId").to_owned();
        (owner, id.clone(), text(row, "name").to_owned(), ulid(row, "id").to_owned())
    };
    let (docks, rows) = (table.docks.iter().map(dock).collect(), table.dock_rows.iter().map(row).collect());
    same(broken, ("the docks", docks), ("the list of all", rows));
}

fn domains(table: &Table, broken: &mut Vec<String>) {
    let had = table.docks.iter().flat_map(|((_, id), dock)| {
        let names = ["domain", "customDomain"].map(|name| text(dock, name).to_owned());
        names.into_iter().filter(|name| !name.is_empty()).map(move |name| (name, id.clone()))
    });
    let mut had: BTreeSet<_> = had.collect();
    let guards: BTreeSet<_> =
        table.domains.iter().map(|(name, guard)| (name.clone(), ulid(guard, "dockId").to_owned())).collect();
    // Another dock can take a domain that was not verified in time. The previous one still shows it.
    let others = had.clone();
    had.retain(|(name, id)| {
        guards.contains(&(name.clone(), id.clone()))
            || !guards.iter().any(|guard| guard.0 == *name && others.contains(guard))
    });
    same(broken, ("the docks", had), ("the guards", guards));
}

fn party_pointers(table: &Table, broken: &mut Vec<String>) {
    let pointers = table.party_pointers.iter();
    let pointers = pointers.map(|(id, pointer)| (ulid(pointer, "organizationId").to_owned(), id.clone())).collect();
    same(broken, ("the pointers", pointers), ("the parties", table.parties.keys().cloned().collect()));
}

fn references(table: &Table, broken: &mut Vec<String>) {
    let with_one = table.parties.iter().filter(|(_, party)| party["externalRef"].is_string());
    let parties = with_one
        .map(|((owner, id), party)| (owner.clone(), text(party, "externalRef").to_owned(), id.clone()))
        .collect();
    same(broken, ("the index", table.references.keys().cloned().collect()), ("the parties", parties));
}

fn ledger_parties(table: &Table, broken: &mut Vec<String>) {
    let allocated = table.parties.iter().filter(|(_, party)| party["ledgerHint"].is_string());
    let parties: BTreeSet<_> = allocated
        .map(|((owner, id), party)| (owner.clone(), text(party, "ledgerHint").to_owned(), id.clone()))
        .collect();
    let guards = table.ledger_hints.iter().map(|(hint, guard)| {
        (ulid(guard, "organizationId").to_owned(), hint.clone(), ulid(guard, "partyId").to_owned())
    });
    same(broken, ("the guards", guards.collect()), ("the parties", parties.clone()));
    let rows = table.ledger_rows.iter();
    let rows = rows.map(|((owner, hint), row)| (owner.clone(), hint.clone(), ulid(row, "partyId").to_owned()));
    same(broken, ("the list", rows.collect()), ("the parties", parties));
}

fn ledger_rights(table: &Table, broken: &mut Vec<String>) {
    let nonexistent = table.ledger_rights.keys().filter(|(_, hint)| !table.ledger_hints.contains_key(hint));
    broken.extend(nonexistent.map(|(user, hint)| format!("{user} may act as {hint}, which is nobody")));
}

/// A role as both its items have to tell it.
type Facts = (String, DockRole, String);

fn of_dock(key: &DockRole, item: &Value) -> Facts {
    (ulid(item, "id").to_owned(), key.clone(), text(item, "createdAt").to_owned())
}

fn of_party(key: &PartyRole, item: &Value) -> Facts {
    let role = DockRole {
        organization: key.organization.clone(),
        dock: ulid(item, "dockId").to_owned(),
        party: key.party.clone(),
        role: text(item, "role").to_owned(),
    };
    (key.id.clone(), role, text(item, "createdAt").to_owned())
}

fn role_directions(table: &Table, broken: &mut Vec<String>) {
    let docks = table.dock_roles.iter().map(|(key, item)| of_dock(key, item)).collect();
    let parties = table.party_roles.iter().map(|(key, item)| of_party(key, item)).collect();
    same(broken, ("the docks", docks), ("the parties", parties));
    let ended = table.dock_roles.values().chain(table.party_roles.values()).filter(|role| !role["revokedAt"].is_null());
    broken.extend(ended.map(|role| format!("{} lives and is revoked", text(role, "id"))));
}

fn past_roles(table: &Table, broken: &mut Vec<String>) {
    let docks = table.dock_past.iter().map(|((key, _), item)| of_dock(key, item)).collect();
    let parties = table.party_past.iter().map(|(key, item)| of_party(key, item)).collect();
    same(broken, ("the docks' past", docks), ("the parties' past", parties));
    for ((_, id), role) in &table.dock_past {
        if ulid(role, "id") != id {
            broken.push(format!("{id} has another id in it"));
        }
    }
    let living: BTreeSet<_> = table.dock_roles.values().map(|role| text(role, "id")).collect();
    for role in table.dock_past.values().chain(table.party_past.values()) {
        let id = text(role, "id");
        if text(role, "revokedAt") < text(role, "createdAt") || text(role, "revokedBy").is_empty() {
            broken.push(format!("{id} has ended, and it does not say when or by whom"));
        }
        if living.contains(id) {
            broken.push(format!("{id} has ended and lives"));
        }
    }
}

fn role_ends(table: &Table, broken: &mut Vec<String>) {
    for DockRole { organization, dock, party, role } in table.dock_roles.keys() {
        if !table.docks.contains_key(&(organization.clone(), dock.clone())) {
            broken.push(format!("{role} of {party} is in the dock {dock}, which is not there"));
        }
        if !table.parties.contains_key(&(organization.clone(), party.clone())) {
            broken.push(format!("{role} in {dock} is of the party {party}, which is not there"));
        }
    }
}

fn role_counts(table: &Table, broken: &mut Vec<String>) {
    let mut held: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for key in table.dock_roles.keys() {
        *held.entry((&key.dock, &key.role)).or_default() += 1;
        *held.entry((&key.party, &key.role)).or_default() += 1;
    }
    for ((_, id), item) in table.docks.iter().chain(&table.parties) {
        for (role, counter) in [("DISTRIBUTOR", "rolesDistributor"), ("RECIPIENT", "rolesRecipient")] {
            let is = held.get(&(id.as_str(), role)).copied().unwrap_or_default();
            equal(broken, &format!("{counter} of {id}"), number(item, counter), is);
        }
    }
}

fn keys(table: &Table, broken: &mut Vec<String>) {
    let owner = |key: &Value| match text(key, "owner") {
        "PLATFORM" => "PLATFORM".to_owned(),
        _ => ulid(key, "owner").to_owned(),
    };
    let records: BTreeSet<_> = table.keys.iter().map(|(id, key)| (owner(key), id.clone())).collect();
    same(broken, ("the keys", records), ("the owners' lists", table.owner_key_rows.keys().cloned().collect()));
    let records: BTreeSet<_> = table.keys.keys().cloned().collect();
    same(broken, ("the keys", records.clone()), ("the list of all", table.key_rows.keys().cloned().collect()));
    let used: BTreeSet<_> = table.key_uses.keys().cloned().collect();
    broken.extend(used.difference(&records).map(|id| format!("{id} was used and is not there")));
}

fn audit(table: &Table, broken: &mut Vec<String>) {
    let entry = |((owner, entity, _), entry): (&(String, String, String), &Value)| {
        (text(entry, "action") == "create").then(|| (owner.clone(), entity.clone()))
    };
    let found: BTreeSet<_> = table.audit.iter().filter_map(entry).collect();
    let mut created: BTreeSet<(String, String)> = BTreeSet::new();
    created.extend(table.organizations.keys().map(|id| (id.clone(), format!("org_{id}"))));
    created.extend(table.docks.keys().map(|(owner, id)| (owner.clone(), format!("dock_{id}"))));
    created.extend(table.parties.keys().map(|(owner, id)| (owner.clone(), format!("pty_{id}"))));
    created.extend(table.owner_key_rows.keys().map(|(owner, id)| (owner.clone(), format!("key_{id}"))));
    let roles = table.party_roles.keys().chain(table.party_past.keys());
    created.extend(roles.map(|key| (key.organization.clone(), format!("dpr_{}", key.id))));
    same(broken, ("the table", created), ("the trail", found));
    let ended: BTreeSet<_> = table.party_past.keys().map(|key| format!("dpr_{}", key.id)).collect();
    let deleted = table.audit.iter().filter(|(_, entry)| text(entry, "action") == "delete");
    let deleted = deleted.map(|((_, entity, _), _)| entity.clone()).collect();
    same(broken, ("the ended roles", ended), ("what the trail tells of as taken away", deleted));
    for ((owner, entity, id), entry) in &table.audit {
        if text(entry, "entityId") != entity || ulid(entry, "id") != id || text(entry, "requestId").is_empty() {
            broken.push(format!("the entry {id} of {entity} under {owner} tells of something else"));
        }
    }
}

fn tenants(table: &Table, broken: &mut Vec<String>) {
    for (tenant, what) in table.tenants() {
        if !table.organizations.contains_key(tenant) {
            broken.push(format!("{what} belongs to {tenant}, which is not there"));
        }
    }
}
