//! The records of the whole table, by type.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use berth_shared::{
    credentials::Owner,
    domain::{Dock, Group, Organization},
    id::{ApiKeyId, DockId, GroupId, MachineClientId, OrganizationId, PartyId, RecipientId},
    store::{
        Item, Record,
        record::{
            AccessTokenRecord, ApiKeyRecord, ApiKeyRow, AuditEntry, AuditRow, CredentialChild, CredentialUse,
            CursorSecret, DeletedDock, Deployment, DockCounter, DockRow, DomainRecord, GroupMember, GroupName,
            IdempotencyRecord, LedgerHint, LedgerRight, LedgerRightCounter, LedgerRow, MachineClientRecord,
            MachineClientRow, OrganizationCounter, OrganizationRow, OwnerApiKeyRow, PartyPointer, PartyRecord,
            PartyReference, PendingDeletion, PendingRevocation, PlatformCounter, RecipientEmail, RecipientPointer,
            RecipientRecord, RevokedRoleByDock, RevokedRoleByParty, RoleByDock, RoleByParty, SlugRecord,
            TokenIssuances, Tombstone,
        },
    },
};

/// All records of a table. Records that other records refer to are sorted by their ids.
#[derive(Debug, Default)]
pub struct Table {
    pub deployments: Vec<Deployment>,
    pub cursor_secrets: Vec<CursorSecret>,
    pub platform_counters: Vec<PlatformCounter>,
    pub organizations: BTreeMap<OrganizationId, Organization>,
    pub organization_counters: Vec<OrganizationCounter>,
    pub organization_rows: BTreeMap<OrganizationId, OrganizationRow>,
    pub slugs: BTreeMap<String, SlugRecord>,
    pub docks: BTreeMap<(OrganizationId, DockId), Dock>,
    pub dock_counters: Vec<DockCounter>,
    pub dock_rows: Vec<DockRow>,
    pub domains: Vec<DomainRecord>,
    pub deleted_docks: Vec<DeletedDock>,
    pub tombstones: Vec<Tombstone>,
    pub pending_deletions: Vec<PendingDeletion>,
    pub parties: BTreeMap<(OrganizationId, PartyId), PartyRecord>,
    pub party_pointers: Vec<PartyPointer>,
    pub references: Vec<PartyReference>,
    pub hints: BTreeMap<String, LedgerHint>,
    pub ledger_rows: Vec<LedgerRow>,
    pub rights: Vec<LedgerRight>,
    pub right_counters: Vec<LedgerRightCounter>,
    pub roles_by_dock: Vec<RoleByDock>,
    pub roles_by_party: Vec<RoleByParty>,
    pub revoked_by_dock: Vec<RevokedRoleByDock>,
    pub revoked_by_party: Vec<RevokedRoleByParty>,
    pub recipients: BTreeMap<RecipientId, RecipientRecord>,
    pub recipient_emails: Vec<RecipientEmail>,
    pub recipient_pointers: Vec<RecipientPointer>,
    pub groups: BTreeMap<GroupId, Group>,
    pub group_names: Vec<GroupName>,
    pub group_members: Vec<GroupMember>,
    pub api_keys: BTreeMap<ApiKeyId, ApiKeyRecord>,
    pub api_key_rows: Vec<ApiKeyRow>,
    pub owner_api_key_rows: Vec<OwnerApiKeyRow>,
    pub machine_clients: BTreeMap<MachineClientId, MachineClientRecord>,
    pub machine_client_rows: Vec<MachineClientRow>,
    pub access_tokens: Vec<AccessTokenRecord>,
    pub token_issuances: Vec<TokenIssuances>,
    pub credential_children: Vec<CredentialChild>,
    pub pending_revocations: Vec<PendingRevocation>,
    pub credential_uses: Vec<CredentialUse>,
    pub idempotency: Vec<IdempotencyRecord>,
    pub audit: Vec<AuditEntry>,
    pub audit_rows: Vec<AuditRow>,
    /// Items that are not records, each with the reason.
    pub unreadable: Vec<String>,
}

impl Table {
    /// Reads every item.
    pub async fn read(client: &Client, name: &str) -> Self {
        let mut table = Self::default();
        let mut pages = client.scan().table_name(name).consistent_read(true).into_paginator().send();
        while let Some(page) = pages.next().await {
            for item in page.expect("the table can be read").items.unwrap_or_default() {
                table.add_item(&item);
            }
        }
        table
    }

    fn add_item(&mut self, item: &Item) {
        match Record::from_item(item) {
            Ok(record) => self.add(record),
            Err(error) => self.unreadable.push(format!("{:?} | {:?}: {error}", item.get("pk"), item.get("sk"))),
        }
    }

    fn add(&mut self, record: Record) {
        match record {
            Record::Deployment(record) => self.deployments.push(record),
            Record::CursorSecret(record) => self.cursor_secrets.push(record),
            Record::PlatformCounter(record) => self.platform_counters.push(record),
            Record::Organization(record) => drop(self.organizations.insert(record.id, record)),
            Record::OrganizationCounter(record) => self.organization_counters.push(record),
            Record::OrganizationRow(record) => drop(self.organization_rows.insert(record.id, record)),
            Record::Slug(record) => drop(self.slugs.insert(record.slug.to_string(), record)),
            Record::Dock(dock) => drop(self.docks.insert((dock.organization_id, dock.id), dock)),
            Record::DockCounter(record) => self.dock_counters.push(record),
            Record::DockRow(record) => self.dock_rows.push(record),
            Record::Domain(record) => self.domains.push(record),
            Record::DeletedDock(record) => self.deleted_docks.push(record),
            Record::Tombstone(record) => self.tombstones.push(record),
            Record::PendingDeletion(record) => self.pending_deletions.push(record),
            Record::Party(record) => {
                self.parties.insert((record.party.organization_id, record.party.id), record);
            }
            Record::PartyPointer(record) => self.party_pointers.push(record),
            Record::PartyReference(record) => self.references.push(record),
            Record::LedgerHint(record) => drop(self.hints.insert(record.hint.as_str().to_owned(), record)),
            Record::LedgerRow(record) => self.ledger_rows.push(record),
            Record::LedgerRight(record) => self.rights.push(record),
            Record::LedgerRightCounter(record) => self.right_counters.push(record),
            Record::DockRole(record) => self.roles_by_dock.push(record),
            Record::Role(record) => self.roles_by_party.push(record),
            Record::RevokedDockRole(record) => self.revoked_by_dock.push(record),
            Record::RevokedRole(record) => self.revoked_by_party.push(record),
            Record::Recipient(record) => drop(self.recipients.insert(record.recipient.id, record)),
            Record::RecipientEmail(record) => self.recipient_emails.push(record),
            Record::RecipientPointer(record) => self.recipient_pointers.push(record),
            Record::Group(record) => drop(self.groups.insert(record.id, record)),
            Record::GroupName(record) => self.group_names.push(record),
            Record::GroupMember(record) => self.group_members.push(record),
            Record::ApiKey(record) => drop(self.api_keys.insert(record.key.id, record)),
            Record::ApiKeyRow(record) => self.api_key_rows.push(record),
            Record::OwnerApiKeyRow(record) => self.owner_api_key_rows.push(record),
            Record::MachineClient(record) => drop(self.machine_clients.insert(record.client.id, record)),
            Record::MachineClientRow(record) => self.machine_client_rows.push(record),
            Record::AccessToken(record) => self.access_tokens.push(record),
            Record::TokenIssuances(record) => self.token_issuances.push(record),
            Record::CredentialChild(record) => self.credential_children.push(record),
            Record::PendingRevocation(record) => self.pending_revocations.push(record),
            Record::CredentialUse(record) => self.credential_uses.push(record),
            Record::Idempotency(record) => self.idempotency.push(record),
            Record::AuditEntry(record) => self.audit.push(record),
            Record::AuditRow(record) => self.audit_rows.push(record),
        }
    }

    /// Returns the tenants to which records belong, each with a name of the record.
    pub fn tenants(&self) -> Vec<(OrganizationId, &'static str)> {
        let mut tenants: Vec<(OrganizationId, &'static str)> = Vec::new();
        tenants.extend(self.organization_counters.iter().map(|record| (record.organization_id, "a counter")));
        tenants.extend(self.docks.keys().map(|(owner, _)| (*owner, "a dock")));
        tenants.extend(self.dock_counters.iter().map(|record| (record.organization_id, "a counter of a dock")));
        tenants.extend(self.parties.keys().map(|(owner, _)| (*owner, "a party")));
        tenants.extend(self.references.iter().map(|record| (record.organization_id, "an external reference")));
        tenants.extend(self.ledger_rows.iter().map(|record| (record.organization_id, "a ledger party")));
        tenants.extend(self.roles_by_dock.iter().map(|record| (record.organization_id, "a role by dock")));
        tenants.extend(self.roles_by_party.iter().map(|record| (record.organization_id, "a role by party")));
        tenants.extend(self.recipients.values().map(|record| (record.recipient.organization_id, "a recipient")));
        tenants.extend(self.recipient_emails.iter().map(|record| (record.organization_id, "an e-mail address")));
        tenants.extend(self.groups.values().map(|record| (record.organization_id, "a group")));
        tenants.extend(self.group_names.iter().map(|record| (record.organization_id, "the name of a group")));
        tenants.extend(self.group_members.iter().map(|record| (record.organization_id, "a member of a group")));
        tenants
    }

    /// Returns the tenants to which records of the past belong, which stay after the deletion of the tenant.
    pub fn history(&self) -> Vec<(OrganizationId, &'static str)> {
        let mut tenants: Vec<(OrganizationId, &'static str)> = Vec::new();
        tenants.extend(self.tombstones.iter().map(|record| (record.organization_id, "a tombstone")));
        tenants.extend(self.pending_deletions.iter().map(|record| (record.organization_id, "a deletion")));
        tenants.extend(self.revoked_by_dock.iter().map(|record| (record.organization_id, "a revoked role by dock")));
        tenants.extend(self.revoked_by_party.iter().map(|record| (record.organization_id, "a revoked role by party")));
        tenants.extend(self.machine_client_rows.iter().map(|record| (record.organization_id, "a machine client")));
        let tokens = self.access_tokens.iter().map(|record| (record.token.organization_id, "an access token"));
        tenants.extend(tokens);
        let owned = |owner: Owner, what: &'static str| Some((owner.organization()?, what));
        tenants.extend(self.owner_api_key_rows.iter().filter_map(|record| owned(record.owner, "an API key")));
        tenants.extend(self.idempotency.iter().filter_map(|record| owned(record.owner, "an idempotency record")));
        tenants.extend(self.audit.iter().filter_map(|record| owned(record.owner, "an audit entry")));
        tenants
    }
}
