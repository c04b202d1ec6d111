//! The values in primary keys.

use ulid::Ulid;

use crate::{
    domain::{
        Domain, ExternalRef, Hint, LowercaseEmail, Name, RoleName, Slug,
        credentials::Owner,
        id::{
            AccessTokenId, ApiKeyId, AuditEntryId, DockId, GroupId, MachineClientId, OrganizationId, PartyId,
            RecipientId, RoleId,
        },
    },
    store::keys::{AuditView, DeletedResource},
};

/// The values in a primary key. Each variant belongs to one record type.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names and types of the members say what they are")]
pub enum RecordKey {
    Deployment,
    CursorSecret,
    PlatformCounter {
        shard: u8,
    },
    Organization {
        id: OrganizationId,
    },
    OrganizationCounter {
        organization_id: OrganizationId,
        shard: u8,
    },
    OrganizationRow {
        id: OrganizationId,
    },
    Slug {
        slug: Slug,
    },
    Dock {
        organization_id: OrganizationId,
        id: DockId,
    },
    DockCounter {
        organization_id: OrganizationId,
        dock_id: DockId,
        shard: u8,
    },
    DockRow {
        id: DockId,
    },
    DeletedDock {
        id: DockId,
    },
    Tombstone {
        organization_id: OrganizationId,
        resource: DeletedResource,
    },
    PendingDeletion {
        organization_id: OrganizationId,
        resource: DeletedResource,
    },
    Domain {
        domain: Domain,
    },
    Party {
        organization_id: OrganizationId,
        id: PartyId,
    },
    PartyPointer {
        id: PartyId,
    },
    PartyReference {
        organization_id: OrganizationId,
        external_ref: ExternalRef,
        id: PartyId,
    },
    LedgerHint {
        hint: Hint,
    },
    LedgerRow {
        organization_id: OrganizationId,
        hint: Hint,
    },
    LedgerRight {
        user_id: String,
        hint: Hint,
    },
    LedgerRightCounter {
        user_id: String,
    },
    RoleByDock {
        organization_id: OrganizationId,
        dock_id: DockId,
        role: RoleName,
        party_id: PartyId,
    },
    RoleByParty {
        organization_id: OrganizationId,
        party_id: PartyId,
        id: RoleId,
    },
    RevokedRoleByDock {
        organization_id: OrganizationId,
        dock_id: DockId,
        role: RoleName,
        party_id: PartyId,
        id: RoleId,
    },
    RevokedRoleByParty {
        organization_id: OrganizationId,
        party_id: PartyId,
        id: RoleId,
    },
    Recipient {
        organization_id: OrganizationId,
        dock_id: DockId,
        id: RecipientId,
    },
    RecipientEmail {
        organization_id: OrganizationId,
        dock_id: DockId,
        email: LowercaseEmail,
    },
    RecipientPointer {
        id: RecipientId,
    },
    Group {
        organization_id: OrganizationId,
        dock_id: DockId,
        id: GroupId,
    },
    GroupName {
        organization_id: OrganizationId,
        dock_id: DockId,
        name: Name,
    },
    GroupMember {
        organization_id: OrganizationId,
        dock_id: DockId,
        group_id: GroupId,
        recipient_id: RecipientId,
    },
    ApiKey {
        id: ApiKeyId,
    },
    ApiKeyRow {
        id: ApiKeyId,
    },
    OwnerApiKeyRow {
        owner: Owner,
        id: ApiKeyId,
    },
    MachineClient {
        id: MachineClientId,
    },
    MachineClientRow {
        organization_id: OrganizationId,
        id: MachineClientId,
    },
    AccessToken {
        id: AccessTokenId,
    },
    TokenIssuances {
        id: MachineClientId,
    },
    CredentialChild {
        parent: Ulid,
        id: Ulid,
    },
    PendingRevocation {
        root: Ulid,
        id: Ulid,
    },
    CredentialUse {
        id: Ulid,
    },
    Idempotency {
        owner: Owner,
        credential: Ulid,
        digest: String,
    },
    AuditEntry {
        owner: Owner,
        id: AuditEntryId,
    },
    AuditRow {
        owner: Owner,
        view: AuditView,
        id: AuditEntryId,
    },
}
