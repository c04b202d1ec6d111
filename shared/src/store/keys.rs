//! Every key of the table, built in one place for reading and writing. docs/access-patterns.md has the chart.
//!
//! What belongs to a tenant lies under a partition key that begins with `ORG#` and the tenant's ULID. ULIDs have one
//! length, so no tenant's prefix is the beginning of another's.

use crate::domain::{
    Domain, ExternalRef, Hint, RoleName, Slug,
    credentials::Owner,
    id::{ApiKeyId, AuditEntryId, DockId, OrganizationId, PartyId, RoleId},
};

/// The name of the partition key.
pub const PK: &str = "pk";
/// The name of the sort key.
pub const SK: &str = "sk";
/// The attribute that DynamoDB's time to live reads, in seconds since the epoch.
pub const TTL: &str = "ttl";

/// How many items share the counting of one tenant's resources. Two transactions on one item refuse each other, so
/// creations spread over this many; more would make reading an organization dearer.
pub const SHARDS: u128 = 8;

/// The primary key of one item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

/// Items of one partition whose sort keys begin alike; what follows the prefix orders them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// Partition key.
    pub pk: String,
    /// What the sort keys begin with.
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

fn tenant_party(organization: OrganizationId, party: PartyId) -> String {
    format!("ORG#{}#PTY#{}", organization.ulid(), party.ulid())
}

fn owned(owner: Owner) -> String {
    owner.organization().map_or_else(|| "PLATFORM".to_owned(), tenant)
}

/// The deployment's own record.
pub fn deployment() -> Key {
    key("PLATFORM".to_owned(), "DEPLOYMENT")
}

/// The shard of the platform's counters that counts the resource with these bits.
pub fn platform_count(resource: u128) -> Key {
    key("PLATFORM".to_owned(), format!("#COUNT#{}", resource % SHARDS))
}

/// All counters of the platform.
pub fn platform_counts() -> Range {
    range("PLATFORM".to_owned(), "#COUNT#")
}

/// An organization.
pub fn organization(id: OrganizationId) -> Key {
    key(tenant(id), "#ORG")
}

/// Shard `shard` of an organization's counters.
pub fn count_shard(id: OrganizationId, shard: u128) -> Key {
    key(tenant(id), format!("#COUNT#{shard}"))
}

/// The shard of an organization's counters that counts the resource with these bits.
pub fn count(id: OrganizationId, resource: u128) -> Key {
    count_shard(id, resource % SHARDS)
}

/// An organization and all its counters: one query.
pub fn organization_and_counts(id: OrganizationId) -> Range {
    range(tenant(id), "#")
}

/// All counters of an organization.
pub fn organization_counts(id: OrganizationId) -> Range {
    range(tenant(id), "#COUNT#")
}

/// An organization's row in the list of all.
pub fn organization_row(id: OrganizationId) -> Key {
    key("ORGS".to_owned(), id.ulid().to_string())
}

/// The list of all organizations.
pub fn organization_rows() -> Range {
    range("ORGS".to_owned(), "")
}

/// Who has a slug, and which suffix its namesakes get next.
pub fn slug(slug: &Slug) -> Key {
    key(format!("SLUG#{slug}"), "SLUG")
}

/// A dock.
pub fn dock(organization: OrganizationId, id: DockId) -> Key {
    key(tenant(organization), format!("DOCK#{}", id.ulid()))
}

/// An organization's docks.
pub fn docks(organization: OrganizationId) -> Range {
    range(tenant(organization), "DOCK#")
}

/// A dock's row in the list of all: whose it is.
pub fn dock_row(id: DockId) -> Key {
    key("DOCKS".to_owned(), id.ulid().to_string())
}

/// The list of all docks.
pub fn dock_rows() -> Range {
    range("DOCKS".to_owned(), "")
}

/// Which dock has a domain.
pub fn domain(domain: &Domain) -> Key {
    key(format!("DOMAIN#{domain}"), "DOMAIN")
}

/// A party.
pub fn party(organization: OrganizationId, id: PartyId) -> Key {
    key(tenant(organization), format!("PTY#{}", id.ulid()))
}

/// An organization's parties.
pub fn parties(organization: OrganizationId) -> Range {
    range(tenant(organization), "PTY#")
}

/// A party's row in the list of all: its owner.
pub fn party_pointer(id: PartyId) -> Key {
    key("PTYS".to_owned(), id.ulid().to_string())
}

/// The list of all parties.
pub fn party_pointers() -> Range {
    range("PTYS".to_owned(), "")
}

/// A party in the index of external references.
pub fn party_by_ref(organization: OrganizationId, external_ref: &ExternalRef, id: PartyId) -> Key {
    let Range { pk, prefix } = parties_by_ref(organization, external_ref);
    key(pk, format!("{prefix}{}", id.ulid()))
}

/// The parties with an external reference.
pub fn parties_by_ref(organization: OrganizationId, external_ref: &ExternalRef) -> Range {
    range(format!("ORG#{}#XREF#{external_ref}", organization.ulid()), "PTY#")
}

/// A living role seen from the dock: that this item can be put only once is what makes a role unique.
pub fn dock_role(organization: OrganizationId, dock: DockId, party: PartyId, role: RoleName) -> Key {
    let Range { pk, prefix } = dock_roles(organization, dock, role);
    key(pk, format!("{prefix}{}", party.ulid()))
}

/// The living roles of one name in a dock, by party.
pub fn dock_roles(organization: OrganizationId, dock: DockId, role: RoleName) -> Range {
    range(tenant_dock(organization, dock), format!("ROLE#{}#", role.as_str()))
}

/// An ended role seen from the dock.
pub fn dock_past_role(organization: OrganizationId, dock: DockId, party: PartyId, role: RoleName, id: RoleId) -> Key {
    let Range { pk, prefix } = dock_past_roles(organization, dock, role);
    key(pk, format!("{prefix}{}#{}", party.ulid(), id.ulid()))
}

/// The ended roles of one name in a dock, by party.
pub fn dock_past_roles(organization: OrganizationId, dock: DockId, role: RoleName) -> Range {
    range(tenant_dock(organization, dock), format!("PAST#{}#", role.as_str()))
}

/// A living role seen from the party.
pub fn party_role(organization: OrganizationId, party: PartyId, id: RoleId) -> Key {
    key(tenant_party(organization, party), format!("ROLE#{}", id.ulid()))
}

/// The living roles of a party.
pub fn party_roles(organization: OrganizationId, party: PartyId) -> Range {
    range(tenant_party(organization, party), "ROLE#")
}

/// An ended role seen from the party.
pub fn party_past_role(organization: OrganizationId, party: PartyId, id: RoleId) -> Key {
    key(tenant_party(organization, party), format!("PAST#{}", id.ulid()))
}

/// The ended roles of a party.
pub fn party_past_roles(organization: OrganizationId, party: PartyId) -> Range {
    range(tenant_party(organization, party), "PAST#")
}

/// An API key with the digest of its credential: one look-up path for every caller.
pub fn api_key(id: ApiKeyId) -> Key {
    key(format!("KEY#{}", id.ulid()), "KEY")
}

/// When an API key was last used: apart from the key, so that those who mark it cannot touch the key.
pub fn api_key_use(id: ApiKeyId) -> Key {
    key(format!("USED#{}", id.ulid()), "USED")
}

/// An API key's row in its owner's list.
pub fn api_key_row(owner: Owner, id: ApiKeyId) -> Key {
    key(owned(owner), format!("KEY#{}", id.ulid()))
}

/// The API keys of one owner.
pub fn api_key_rows(owner: Owner) -> Range {
    range(owned(owner), "KEY#")
}

/// An API key's row in the list of all.
pub fn any_api_key_row(id: ApiKeyId) -> Key {
    key("KEYS".to_owned(), id.ulid().to_string())
}

/// The list of all API keys.
pub fn any_api_key_rows() -> Range {
    range("KEYS".to_owned(), "")
}

/// The first answer to an `Idempotency-Key`; `digest` is the hexadecimal SHA-256 of the key.
pub fn idempotency(owner: Owner, digest: &str) -> Key {
    key(format!("{}#IDEM#{digest}", owned(owner)), "IDEM")
}

/// The owner of a hint on the ledger, in the list of all hints. Never deleted, because a ledger id is not reused.
pub fn ledger_hint(hint: &Hint) -> Key {
    // The colons end the hint, so that keys sort as whole ids do.
    key("LEDGER".to_owned(), format!("{}::", hint.as_str()))
}

/// The list of all hints.
pub fn ledger_hints() -> Range {
    range("LEDGER".to_owned(), "")
}

/// A party of the ledger in its organization's list.
pub fn ledger_row(organization: OrganizationId, hint: &Hint) -> Key {
    // The colons end the hint, so that keys sort as whole ids do.
    key(ledger_rows(organization).pk, format!("{}::", hint.as_str()))
}

/// An organization's parties that were allocated on the ledger.
pub fn ledger_rows(organization: OrganizationId) -> Range {
    range(format!("ORG#{}#LEDGER", organization.ulid()), "")
}

/// That a user may act as a party.
pub fn ledger_right(user: &str, hint: &Hint) -> Key {
    key(ledger_rights(user).pk, format!("ACT#{}", hint.as_str()))
}

/// The number of parties that a user may act as.
pub fn ledger_right_count(user: &str) -> Key {
    key(ledger_rights(user).pk, "COUNT")
}

/// The parties that a user may act as.
pub fn ledger_rights(user: &str) -> Range {
    range(format!("USER#{user}"), "ACT#")
}

/// An audit entry in the trail of the entity it tells of; `entity` is the entity's whole id.
pub fn audit_entry(owner: Owner, entity: &str, id: AuditEntryId) -> Key {
    key(format!("{}#AUDIT#{entity}", owned(owner)), id.ulid().to_string())
}
