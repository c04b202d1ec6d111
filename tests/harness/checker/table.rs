//! The whole table, read and sorted by what its keys say.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use serde_json::{Map, Value, json};

/// Items by key; the key is what stands in the fields of the kind.
pub type Items<K> = BTreeMap<K, Value>;

/// What the table holds. ULIDs stand for ids here, since keys have them without prefixes.
#[derive(Debug, Default)]
pub struct Table {
    pub deployment: Option<Value>,
    /// By shard.
    pub platform_counts: Items<String>,
    /// By organization.
    pub organizations: Items<String>,
    /// By organization and shard.
    pub counts: Items<(String, String)>,
    /// By organization.
    pub organization_rows: Items<String>,
    pub slugs: Items<String>,
    /// By organization and dock.
    pub docks: Items<(String, String)>,
    pub dock_rows: Items<String>,
    pub domains: Items<String>,
    /// By organization and party.
    pub parties: Items<(String, String)>,
    pub party_pointers: Items<String>,
    /// By organization, reference and party.
    pub references: Items<(String, String, String)>,
    /// Guards of hints on the ledger, by hint.
    pub ledger_hints: Items<String>,
    /// By organization and hint.
    pub ledger_rows: Items<(String, String)>,
    /// Whom users may act as, by user and hint.
    pub ledger_rights: Items<(String, String)>,
    /// Number of parties that a user may act as, by user.
    pub ledger_right_counts: Items<String>,
    pub dock_roles: Items<DockRole>,
    pub party_roles: Items<PartyRole>,
    /// Ended roles, seen from the dock: the key of the living one, and the role.
    pub dock_past: Items<(DockRole, String)>,
    pub party_past: Items<PartyRole>,
    pub keys: Items<String>,
    pub key_uses: Items<String>,
    /// By owner, `PLATFORM` or an organization, and key.
    pub owner_key_rows: Items<(String, String)>,
    pub key_rows: Items<String>,
    /// By owner and digest.
    pub idempotency: Items<(String, String)>,
    /// By owner, entity and entry.
    pub audit: Items<(String, String, String)>,
    /// Keys of no known form.
    pub nonexistent: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DockRole {
    pub organization: String,
    pub dock: String,
    pub party: String,
    pub role: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartyRole {
    pub organization: String,
    pub party: String,
    pub id: String,
}

impl Table {
    /// Reads every item.
    pub async fn read(client: &Client, name: &str) -> Self {
        let mut table = Self::default();
        let mut pages = client.scan().table_name(name).consistent_read(true).into_paginator().send();
        while let Some(page) = pages.next().await {
            for item in page.expect("the table can be read").items.unwrap_or_default() {
                let item: Map<_, _> = item.into_iter().map(|(name, value)| (name, plain(value))).collect();
                table.place(&Value::Object(item));
            }
        }
        table
    }

    /// Sorts an item by its key.
    fn place(&mut self, item: &Value) {
        let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
        let (pk, sk) = (text("pk"), text("sk"));
        if !self.place_tenants(&pk, &sk, item) && !self.place_others(&pk, &sk, item) {
            self.nonexistent.push(format!("{pk} | {sk}"));
        }
    }

    /// Items of one tenant, or of the platform in a tenant's place.
    fn place_tenants(&mut self, pk: &str, sk: &str, item: &Value) -> bool {
        let (owner, rest) = match pk.strip_prefix("ORG#") {
            Some(rest) => rest.split_at_checked(26).unwrap_or((rest, "")),
            None if pk.starts_with("PLATFORM") => pk.split_at("PLATFORM".len()),
            None => return false,
        };
        let (owner, item) = (owner.to_owned(), item.clone());
        let (area, id) = rest.strip_prefix('#').unwrap_or(rest).split_once('#').unwrap_or((rest, ""));
        let id = id.to_owned();
        let names: Vec<_> = sk.split('#').collect();
        match (area, names.as_slice()) {
            ("IDEM", ["IDEM"]) => drop(self.idempotency.insert((owner, id), item)),
            ("AUDIT", [entry]) => drop(self.audit.insert((owner, id, (*entry).to_owned()), item)),
            ("", ["KEY", key]) => drop(self.owner_key_rows.insert((owner, (*key).to_owned()), item)),
            ("", ["DEPLOYMENT"]) if owner == "PLATFORM" => self.deployment = Some(item),
            ("", ["", "COUNT", shard]) if owner == "PLATFORM" => {
                self.platform_counts.insert((*shard).to_owned(), item);
            }
            _ if owner == "PLATFORM" => return false,
            ("", ["", "ORG"]) => drop(self.organizations.insert(owner, item)),
            ("", ["", "COUNT", shard]) => drop(self.counts.insert((owner, (*shard).to_owned()), item)),
            ("", ["DOCK", dock]) => drop(self.docks.insert((owner, (*dock).to_owned()), item)),
            ("", ["PTY", party]) => drop(self.parties.insert((owner, (*party).to_owned()), item)),
            ("XREF", ["PTY", party]) => drop(self.references.insert((owner, id, (*party).to_owned()), item)),
            ("#LEDGER", [row]) => {
                let Some(hint) = row.strip_suffix("::") else { return false };
                self.ledger_rows.insert((owner, hint.to_owned()), item);
            }
            ("DOCK", ["ROLE", role, party]) => drop(self.dock_roles.insert(dock_role(owner, id, party, role), item)),
            ("DOCK", ["PAST", role, party, ended]) => {
                self.dock_past.insert((dock_role(owner, id, party, role), (*ended).to_owned()), item);
            }
            ("PTY", ["ROLE", role]) => drop(self.party_roles.insert(party_role(owner, id, role), item)),
            ("PTY", ["PAST", role]) => drop(self.party_past.insert(party_role(owner, id, role), item)),
            _ => return false,
        }
        true
    }

    fn place_others(&mut self, pk: &str, sk: &str, item: &Value) -> bool {
        let (area, id) = pk.split_once('#').unwrap_or((pk, ""));
        if let ("USER", Some(hint)) = (area, sk.strip_prefix("ACT#")) {
            self.ledger_rights.insert((id.to_owned(), hint.to_owned()), item.clone());
            return true;
        }
        let (list, key) = match (area, id, sk) {
            ("ORGS", "", id) => (&mut self.organization_rows, id),
            ("DOCKS", "", id) => (&mut self.dock_rows, id),
            ("KEYS", "", id) => (&mut self.key_rows, id),
            ("SLUG", slug, "SLUG") => (&mut self.slugs, slug),
            ("DOMAIN", domain, "DOMAIN") => (&mut self.domains, domain),
            ("PTYS", "", id) => (&mut self.party_pointers, id),
            ("LEDGER", "", row) => match row.strip_suffix("::") {
                Some(hint) => (&mut self.ledger_hints, hint),
                None => return false,
            },
            ("USER", user, "COUNT") => (&mut self.ledger_right_counts, user),
            ("KEY", id, "KEY") => (&mut self.keys, id),
            ("USED", id, "USED") => (&mut self.key_uses, id),
            _ => return false,
        };
        list.insert(key.to_owned(), item.clone());
        true
    }

    /// The tenants that items refer to by their keys, and what refers to each.
    pub fn tenants(&self) -> Vec<(&str, &'static str)> {
        let mut tenants: Vec<(&str, &'static str)> = Vec::new();
        tenants.extend(self.counts.keys().map(|(owner, _)| (owner.as_str(), "a counter")));
        tenants.extend(self.docks.keys().map(|(owner, _)| (owner.as_str(), "a dock")));
        tenants.extend(self.parties.keys().map(|(owner, _)| (owner.as_str(), "a party")));
        tenants.extend(self.references.keys().map(|(owner, ..)| (owner.as_str(), "an external reference")));
        tenants.extend(self.ledger_rows.keys().map(|(owner, _)| (owner.as_str(), "a party of the ledger")));
        tenants.extend(self.dock_roles.keys().map(|key| (key.organization.as_str(), "a role in a dock")));
        tenants.extend(self.party_roles.keys().map(|key| (key.organization.as_str(), "a role of a party")));
        tenants.extend(self.dock_past.keys().map(|(key, _)| (key.organization.as_str(), "an ended role in a dock")));
        tenants.extend(self.party_past.keys().map(|key| (key.organization.as_str(), "an ended role of a party")));
        tenants.extend(self.owner_key_rows.keys().map(|(owner, _)| (owner.as_str(), "an API key")));
        tenants.extend(self.idempotency.keys().map(|(owner, _)| (owner.as_str(), "an idempotency record")));
        tenants.extend(self.audit.keys().map(|(owner, ..)| (owner.as_str(), "an audit entry")));
        tenants.retain(|(owner, _)| *owner != "PLATFORM");
        tenants
    }
}

fn dock_role(organization: String, dock: String, party: &str, role: &str) -> DockRole {
    DockRole { organization, dock, party: party.to_owned(), role: role.to_owned() }
}

fn party_role(organization: String, party: String, id: &str) -> PartyRole {
    PartyRole { organization, party, id: id.to_owned() }
}

/// An attribute as JSON.
fn plain(value: AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!(text),
        AttributeValue::N(number) => number.parse::<i64>().map_or(json!(number), |number| json!(number)),
        AttributeValue::Bool(truth) => json!(truth),
        AttributeValue::L(values) => values.into_iter().map(plain).collect(),
        AttributeValue::M(members) => {
            Value::Object(members.into_iter().map(|(name, value)| (name, plain(value))).collect())
        }
        AttributeValue::Ns(numbers) => json!(numbers),
        AttributeValue::Ss(texts) => json!(texts),
        _ => Value::Null,
    }
}
