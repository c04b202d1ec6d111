//! The invariants of credentials: API keys, machine clients, their tokens and their lineage.

use std::collections::{BTreeMap, BTreeSet};

use berth_shared::{
    credentials::{CredentialId, Scope},
    domain::{AllowedIps, Creator},
    id::DockId,
    store::{Action, record::MachineClientRow},
    time::Time,
};
use ulid::Ulid;

use super::{invariants::equal_sets, table::Table};

pub fn api_keys(table: &Table, violations: &mut Vec<String>) {
    let keys = table.api_keys.values().map(|record| (record.key.owner.organization(), record.key.id)).collect();
    let rows = table.owner_api_key_rows.iter().map(|row| (row.owner.organization(), row.key.id)).collect();
    equal_sets(violations, ("the API keys", keys), ("the lists of their owners", rows));
    let rows = table.api_key_rows.iter().map(|row| row.id).collect();
    equal_sets(violations, ("the API keys", table.api_keys.keys().copied().collect()), ("the list of all", rows));
    let unknown = table.credential_uses.iter().filter(|record| match record.id {
        CredentialId::ApiKey(id) => !table.api_keys.contains_key(&id),
        CredentialId::MachineClient(_) => !was_created(table, &record.id.to_string()),
    });
    violations.extend(unknown.map(|record| format!("{} was used and does not exist", record.id)));
}

pub fn machine_clients(table: &Table, violations: &mut Vec<String>) {
    let row = |row: &MachineClientRow| (row.organization_id, row.client.id, row.client.dock_id, row.client.is_active);
    let clients = table.machine_clients.values().map(|record| row(&MachineClientRow::from(&record.client))).collect();
    let rows = table.machine_client_rows.iter().map(row).collect();
    equal_sets(violations, ("the machine clients", clients), ("the lists of their organizations", rows));
    let foreign = table.token_issuances.iter().filter(|record| !was_created(table, &record.id.to_string()));
    violations.extend(foreign.map(|record| format!("{} issued tokens and was not created", record.id)));
    for record in table.token_issuances.iter().filter(|record| record.times.len() > 10 || !record.times.is_sorted()) {
        violations.push(format!("the issuances of {} exceed the limit or are not sorted", record.id));
    }
}

pub fn access_tokens(table: &Table, violations: &mut Vec<String>) {
    for token in table.access_tokens.iter().map(|record| &record.token) {
        if !was_created(table, &token.id.to_string()) {
            violations.push(format!("{} has no audit entry", token.id));
        }
        let Some(client) = table.machine_clients.get(&token.machine_client_id).map(|record| &record.client) else {
            // A deleted client ends its tokens, which remain until DynamoDB deletes them.
            if !was_created(table, &token.machine_client_id.to_string()) {
                violations.push(format!("{} has no machine client", token.id));
            }
            continue;
        };
        if token.organization_id != client.organization_id {
            violations.push(format!("{} belongs to another organization than its machine client", token.id));
        }
        if token.generation > client.generation {
            violations.push(format!("{} is of a later generation than its machine client", token.id));
        }
        if client.expires_at.is_some_and(|end| token.expires_at > end) {
            violations.push(format!("{} outlives its machine client", token.id));
        }
    }
}

/// Permissions of a credential, and its creator.
struct Permitted<'a> {
    creator: Creator,
    expires_at: Option<Time>,
    scopes: &'a [Scope],
    allowed_ips: &'a AllowedIps,
    dock: Option<DockId>,
    /// Whether the credential cannot create others any more.
    has_ended: bool,
}

fn permitted(table: &Table) -> BTreeMap<CredentialId, Permitted<'_>> {
    let keys = table.api_keys.values().map(|record| {
        let key = &record.key;
        let permitted = Permitted {
            creator: key.created_by,
            expires_at: key.expires_at,
            scopes: &key.scopes,
            allowed_ips: &key.allowed_ips,
            dock: key.dock_id,
            has_ended: key.revoked_at.is_some(),
        };
        (CredentialId::ApiKey(key.id), permitted)
    });
    let clients = table.machine_clients.values().map(|record| {
        let client = &record.client;
        let permitted = Permitted {
            creator: client.created_by,
            expires_at: client.expires_at,
            scopes: &client.scopes,
            allowed_ips: &client.allowed_ips,
            dock: client.dock_id,
            has_ended: !client.is_active(),
        };
        (CredentialId::MachineClient(client.id), permitted)
    });
    keys.chain(clients).collect()
}

pub fn lineage(table: &Table, violations: &mut Vec<String>) {
    let credentials = permitted(table);
    let created: BTreeSet<(Ulid, CredentialId)> =
        credentials.iter().filter_map(|(id, own)| Some((own.creator.parent()?.ulid(), *id))).collect();
    let children = table.credential_children.iter().map(|record| (record.parent, record.child.id));
    // The children of a creator stay in its list when they are deleted.
    let is_deleted = |id: &CredentialId| !credentials.contains_key(id) && was_created(table, &id.to_string());
    let children = children.filter(|(_, id)| !is_deleted(id)).collect();
    equal_sets(violations, ("the credentials with their creators", created), ("the list of its creator", children));
    for (id, own) in &credentials {
        let Some(parent_id) = own.creator.parent() else { continue };
        let Some(parent) = credentials.get(&parent_id) else {
            if !was_created(table, &parent_id.to_string()) {
                violations.push(format!("the creator of {id} does not exist"));
            }
            continue;
        };
        if parent.dock.is_some() {
            violations.push(format!("{id} was created by a credential that is bound to a dock"));
        }
        // Later changes of the creator do not change what it created.
        if was_changed(table, &parent_id.to_string()) || was_changed(table, &id.to_string()) {
            continue;
        }
        if parent.expires_at.is_some_and(|end| own.expires_at.is_none_or(|own| own > end)) {
            violations.push(format!("{id} outlives its creator"));
        }
        if own.scopes.iter().any(|scope| !parent.scopes.contains(scope)) {
            violations.push(format!("{id} has a scope that its creator lacks"));
        }
        if parent.allowed_ips.of_child(own.allowed_ips.clone()).ok().as_ref() != Some(own.allowed_ips) {
            violations.push(format!("{id} can be used from networks from which its creator cannot"));
        }
    }
    for pending in &table.pending_revocations {
        let revoked = |ulid: Ulid| {
            let found = credentials.iter().find(|(id, _)| id.ulid() == ulid);
            found.map_or_else(
                || table.credential_children.iter().any(|record| record.parent == ulid),
                |(_, own)| own.has_ended,
            )
        };
        for id in [pending.root, pending.revoked.id.ulid()] {
            if !revoked(id) {
                violations.push(format!("the children of {id} are to be revoked, and it is not revoked"));
            }
        }
    }
}

/// Returns whether a resource was created, even if it does not exist any more.
fn was_created(table: &Table, id: &str) -> bool {
    table.audit.iter().any(|entry| entry.entity_id == id && entry.action == Action::Create)
}

/// Returns whether the scopes or the expiry of a credential changed after its creation.
fn was_changed(table: &Table, id: &str) -> bool {
    let mut entries = table.audit.iter().filter(|entry| entry.entity_id == id && entry.action == Action::Update);
    entries.any(|entry| {
        let after = entry.details().and_then(|details| details.changes.as_ref()).map(|changes| changes.after.to_text());
        after.is_some_and(|after| after.contains("\"scopes\"") || after.contains("\"expiresAt\""))
    })
}
