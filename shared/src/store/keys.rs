//! All keys of the table, for reading and for writing. docs/access-patterns.md lists them.
//!
//! One function builds each kind of key. [`RecordKey::parse`] is the inverse of all of them.
//!
//! The partition keys of a tenant's items begin with `ORG#` and the tenant's ULID. ULIDs have one length, so no tenant's
//! prefix is a prefix of another tenant's.

mod credentials;
mod deletions;
mod recipients;
mod record_key;

pub use credentials::{
    access_token, any_api_key_row, any_api_key_rows, api_key, api_key_row, api_key_rows, credential_child,
    credential_children, credential_use, idempotency, machine_client, machine_client_row, machine_client_rows,
    pending_revocation, pending_revocations, token_issuances,
};
pub use deletions::{
    DeletedResource, current_dock_roles, deleted_dock, pending_deletion, pending_deletions, tombstone,
};
pub use recipients::*;
pub use record_key::RecordKey;

use crate::domain::{
    Domain, ExternalRef, Hint, RoleName, Slug,
    credentials::Owner,
    id::{AuditEntryId, DockId, OrganizationId, PartyId, RoleId},
};

/// Name of the partition key attribute.
pub const PK: &str = "pk";
/// Name of the sort key attribute.
pub const SK: &str = "sk";
/// Name of the attribute with the entity type, which every item has.
pub const ENTITY: &str = "entity";
/// Name of the attribute for DynamoDB's time to live, in seconds since the epoch.
pub const TTL: &str = "ttl";

/// Number of items over which the counters of one tenant, of one dock, and of the platform are spread. Two concurrent
/// transactions on one item conflict, so creations use different items. More items would make reading an organization
/// and creating a dock more expensive.
pub const SHARDS: u8 = 8;

/// Primary key of an item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

/// Items with one partition key whose sort keys have a common prefix. The rest of the sort key orders them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// Partition key.
    pub pk: String,
    /// Prefix of the sort keys; empty for all items with the partition key.
    pub prefix: String,
}

fn key(pk: String, sk: impl Into<String>) -> Key {
    Key { pk, sk: sk.into() }
}

fn range(pk: String, prefix: impl Into<String>) -> Range {
    Range { pk, prefix: prefix.into() }
}

fn tenant(organization: OrganizationId) -> String {
    format!("ORG#{}", organization.ulid())
}

fn tenant_dock(organization: OrganizationId, dock: DockId) -> String {
    format!("ORG#{}#DOCK#{}", organization.ulid(), dock.ulid())
}

fn tenant_roles(organization: OrganizationId) -> String {
    format!("ORG#{}#ROLES", organization.ulid())
}

fn owned(owner: Owner) -> String {
    owner.organization().map_or_else(|| "PLATFORM".to_owned(), tenant)
}

/// Returns the number of the counter that counts the resource with these 128 bits.
#[expect(clippy::cast_possible_truncation, reason = "a remainder of a u8 fits")]
fn shard_of(resource: u128) -> u8 {
    (resource % u128::from(SHARDS)) as u8
}

/// Returns the key of the deployment record. Like the cursor secret, it has a partition key of its own, so that only the
/// functions that need it can read it, and none can change it.
pub fn deployment() -> Key {
    key("DEPLOYMENT".to_owned(), "DEPLOYMENT")
}

/// Returns the key of the secret that signs cursors.
pub fn cursor_secret() -> Key {
    key("CURSOR_SECRET".to_owned(), "CURSOR_SECRET")
}

/// Returns the key of shard `shard` of the platform counters.
pub fn platform_count_shard(shard: u8) -> Key {
    key("PLATFORM".to_owned(), format!("#COUNT#{shard}"))
}

/// Returns the key of the shard of the platform counters that counts the resource with these 128 bits.
pub fn platform_count(resource: u128) -> Key {
    platform_count_shard(shard_of(resource))
}

/// Returns the range of all platform counters.
pub fn platform_counts() -> Range {
    range("PLATFORM".to_owned(), "#COUNT#")
}

/// Returns the key of an organization.
pub fn organization(id: OrganizationId) -> Key {
    key(tenant(id), "#ORG")
}

/// Returns the key of shard `shard` of an organization's counters.
pub fn count_shard(id: OrganizationId, shard: u8) -> Key {
    key(tenant(id), format!("#COUNT#{shard}"))
}

/// Returns the key of the shard of an organization's counters that counts the resource with these 128 bits.
pub fn count(id: OrganizationId, resource: u128) -> Key {
    count_shard(id, shard_of(resource))
}

/// Returns the range of an organization and all its counters, for one query.
pub fn organization_and_counts(id: OrganizationId) -> Range {
    range(tenant(id), "#")
}

/// Returns the range of all counters of an organization.
pub fn organization_counts(id: OrganizationId) -> Range {
    range(tenant(id), "#COUNT#")
}

/// Returns the key of an organization's row in the list of all organizations.
pub fn organization_row(id: OrganizationId) -> Key {
    key("ORGS".to_owned(), id.ulid().to_string())
}

/// Returns the range of the list of all organizations.
pub fn organization_rows() -> Range {
    range("ORGS".to_owned(), "")
}

/// Returns the key of a slug.
pub fn slug(slug: &Slug) -> Key {
    key(format!("SLUG#{slug}"), "SLUG")
}

/// Returns the key of a dock.
pub fn dock(organization: OrganizationId, id: DockId) -> Key {
    key(tenant(organization), format!("DOCK#{}", id.ulid()))
}

/// Returns the range of an organization's docks.
pub fn docks(organization: OrganizationId) -> Range {
    range(tenant(organization), "DOCK#")
}

/// Returns the key of shard `shard` of a dock's counters.
pub fn dock_count_shard(organization: OrganizationId, dock: DockId, shard: u8) -> Key {
    let Range { pk, prefix } = dock_counts(organization, dock);
    key(pk, format!("{prefix}{shard}"))
}

/// Returns the key of the shard of a dock's counters that counts the role with these 128 bits.
pub fn dock_count(organization: OrganizationId, dock: DockId, role: u128) -> Key {
    dock_count_shard(organization, dock, shard_of(role))
}

/// Returns the range of all counters of a dock.
pub fn dock_counts(organization: OrganizationId, dock: DockId) -> Range {
    range(tenant_dock(organization, dock), "#COUNT#")
}

/// Returns the key of a dock's row in the list of all docks.
pub fn dock_row(id: DockId) -> Key {
    key("DOCKS".to_owned(), id.ulid().to_string())
}

/// Returns the range of the list of all docks.
pub fn dock_rows() -> Range {
    range("DOCKS".to_owned(), "")
}

/// Returns the key of a domain.
pub fn domain(domain: &Domain) -> Key {
    key(format!("DOMAIN#{domain}"), "DOMAIN")
}

/// Returns the key of a party.
pub fn party(organization: OrganizationId, id: PartyId) -> Key {
    key(tenant(organization), format!("PTY#{}", id.ulid()))
}

/// Returns the range of an organization's parties.
pub fn parties(organization: OrganizationId) -> Range {
    range(tenant(organization), "PTY#")
}

/// Returns the key of a party in the list of all parties, which has its organization.
pub fn party_pointer(id: PartyId) -> Key {
    key("PTYS".to_owned(), id.ulid().to_string())
}

/// Returns the range of all parties.
pub fn party_pointers() -> Range {
    range("PTYS".to_owned(), "")
}

/// Returns the key of a party in the index of external references.
pub fn party_by_ref(organization: OrganizationId, external_ref: &ExternalRef, id: PartyId) -> Key {
    let Range { pk, prefix } = parties_by_ref(organization, external_ref);
    key(pk, format!("{prefix}{}", id.ulid()))
}

/// Returns the range of the parties with an external reference.
pub fn parties_by_ref(organization: OrganizationId, external_ref: &ExternalRef) -> Range {
    range(format!("ORG#{}#XREF#{external_ref}", organization.ulid()), "PTY#")
}

/// Returns the key of a current role, by dock. It has no id: a second item cannot exist, so the role is unique.
pub fn dock_role(organization: OrganizationId, dock: DockId, party: PartyId, role: RoleName) -> Key {
    let Range { pk, prefix } = dock_roles(organization, dock, role);
    key(pk, format!("{prefix}{}", party.ulid()))
}

/// Returns the range of the current roles of one name in a dock, ordered by party.
pub fn dock_roles(organization: OrganizationId, dock: DockId, role: RoleName) -> Range {
    range(tenant_dock(organization, dock), format!("ROLE#{}#", role.as_str()))
}

/// Returns the key of a revoked role, by dock.
pub fn dock_past_role(organization: OrganizationId, dock: DockId, party: PartyId, role: RoleName, id: RoleId) -> Key {
    let Range { pk, prefix } = dock_past_roles(organization, dock, role);
    key(pk, format!("{prefix}{}#{}", party.ulid(), id.ulid()))
}

/// Returns the range of the revoked roles of one name in a dock, ordered by party.
pub fn dock_past_roles(organization: OrganizationId, dock: DockId, role: RoleName) -> Range {
    range(tenant_dock(organization, dock), format!("PAST#{}#", role.as_str()))
}

/// Returns the key of a current role, by party.
pub fn party_role(organization: OrganizationId, party: PartyId, id: RoleId) -> Key {
    let Range { pk, prefix } = party_roles(organization, party);
    key(pk, format!("{prefix}{}", id.ulid()))
}

/// Returns the range of the current roles of a party.
pub fn party_roles(organization: OrganizationId, party: PartyId) -> Range {
    let Range { pk, prefix } = organization_roles(organization);
    range(pk, format!("{prefix}{}#", party.ulid()))
}

/// Returns the range of the current roles of all parties of an organization, ordered by party and role.
pub fn organization_roles(organization: OrganizationId) -> Range {
    range(tenant_roles(organization), "ROLE#")
}

/// Returns the key of a revoked role, by party.
pub fn party_past_role(organization: OrganizationId, party: PartyId, id: RoleId) -> Key {
    let Range { pk, prefix } = party_past_roles(organization, party);
    key(pk, format!("{prefix}{}", id.ulid()))
}

/// Returns the range of the revoked roles of a party.
pub fn party_past_roles(organization: OrganizationId, party: PartyId) -> Range {
    let Range { pk, prefix } = organization_past_roles(organization);
    range(pk, format!("{prefix}{}#", party.ulid()))
}

/// Returns the range of the revoked roles of all parties of an organization, ordered by party and role.
pub fn organization_past_roles(organization: OrganizationId) -> Range {
    range(tenant_roles(organization), "PAST#")
}

/// Returns the key of a hint of a ledger id. Its item is never deleted, because a ledger id is never reused.
pub fn ledger_hint(hint: &Hint) -> Key {
    // The colons of the id end the hint, so that keys sort like whole ids.
    key("LEDGER".to_owned(), format!("{}::", hint.as_str()))
}

/// Returns the range of all hints of ledger ids.
pub fn ledger_hints() -> Range {
    range("LEDGER".to_owned(), "")
}

/// Returns the key of a ledger party's row in its organization's list.
pub fn ledger_row(organization: OrganizationId, hint: &Hint) -> Key {
    // The colons of the id end the hint, so that keys sort like whole ids.
    key(ledger_rows(organization).pk, format!("{}::", hint.as_str()))
}

/// Returns the range of an organization's parties that were allocated at `/v2`.
pub fn ledger_rows(organization: OrganizationId) -> Range {
    range(format!("ORG#{}#LEDGER", organization.ulid()), "")
}

/// Returns the key of a user's right to act as a party.
pub fn ledger_right(user: &str, hint: &Hint) -> Key {
    key(ledger_rights(user).pk, format!("ACT#{}", hint.as_str()))
}

/// Returns the key of the number of parties that a user may act as.
pub fn ledger_right_counter(user: &str) -> Key {
    key(ledger_rights(user).pk, "COUNT")
}

/// Returns the range of the parties that a user may act as.
pub fn ledger_rights(user: &str) -> Range {
    range(format!("USER#{user}"), "ACT#")
}

/// View of the audit trail of an owner. Each has a row of every entry that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AuditView {
    /// Entries about one resource, without the one of its creation.
    Entity(String),
    /// Entries about one dock and its roles.
    Dock(DockId),
    /// Entries of one author.
    Actor(String),
    /// Entries of one kind of change.
    Action(String),
    /// Entries about one type of resources of other services.
    Type(String),
}

/// Returns the key of an audit entry.
pub fn audit_entry(owner: Owner, id: AuditEntryId) -> Key {
    key(audit_entries(owner).pk, id.ulid().to_string())
}

/// Returns the range of all audit entries of an owner.
pub fn audit_entries(owner: Owner) -> Range {
    range(format!("{}#AUDIT#ALL", owned(owner)), "")
}

/// Returns the key of the row of an audit entry in a view.
pub fn audit_row(owner: Owner, view: &AuditView, id: AuditEntryId) -> Key {
    key(audit_rows(owner, view).pk, id.ulid().to_string())
}

/// Returns the range of the audit entries of a view.
pub fn audit_rows(owner: Owner, view: &AuditView) -> Range {
    let owner = owned(owner);
    let pk = match view {
        AuditView::Entity(id) => format!("{owner}#AUDIT#ENTITY#{id}"),
        AuditView::Dock(id) => format!("{owner}#AUDIT#DOCK#{}", id.ulid()),
        AuditView::Actor(id) => format!("{owner}#AUDIT#ACTOR#{id}"),
        AuditView::Action(name) => format!("{owner}#AUDIT#ACTION#{name}"),
        AuditView::Type(name) => format!("{owner}#AUDIT#TYPE#{name}"),
    };
    range(pk, "")
}
