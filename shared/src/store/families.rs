//! Families of partition keys. IAM roles grant actions on families.
//!
//! Every key that [`super::keys`] builds belongs to exactly one family. Patterns of different families never match the same
//! key, because ids have one length and free text stands only at the end of a key.

use super::keys::Key;

/// Declares the families, each with the patterns of its partition keys.
macro_rules! families {
    ($($(#[$doc:meta])+ $name:ident = [$($pattern:expr),+];)+) => {
        /// Family of partition keys.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Family {
            $($(#[$doc])+ $name,)+
        }

        impl Family {
            /// All families.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Returns the patterns of the partition keys for IAM's `StringLike`: `?` is one character, `*` any number.
            #[must_use]
            pub const fn patterns(self) -> &'static [&'static str] {
                match self {
                    $(Self::$name => &[$($pattern),+],)+
                }
            }
        }
    };
}

/// Pattern of a ULID: any 26 characters. The fixed length separates the families.
macro_rules! ulid {
    () => {
        "??????????????????????????"
    };
}

/// Pattern of a hexadecimal SHA-256: any 64 characters.
macro_rules! digest {
    () => {
        "????????????????????????????????????????????????????????????????"
    };
}

families! {
    /// Platform counters, and the list of platform keys.
    Platform = ["PLATFORM"];
    /// Deployment record: the namespace of ledger ids, and the default organization. No function writes it.
    Deployment = ["DEPLOYMENT"];
    /// Secret that signs cursors. No function writes it.
    CursorSecret = ["CURSOR_SECRET"];
    /// Organization with its counters, docks and parties, and the lists of its API keys and machine clients.
    Tenant = [concat!("ORG#", ulid!())];
    /// Roles by dock, current and revoked, and the counters of the dock.
    DockRoles = [concat!("ORG#", ulid!(), "#DOCK#", ulid!())];
    /// Roles by party, current and revoked.
    PartyRoles = [concat!("ORG#", ulid!(), "#ROLES")];
    /// Deletions of an organization's resources: their tombstones, and those in progress.
    Deletions = [concat!("ORG#", ulid!(), "#DELETIONS")];
    /// Recipients of a dock, and their e-mail addresses.
    Recipients = [concat!("ORG#", ulid!(), "#DOCK#", ulid!(), "#RCP")];
    /// Groups of the recipients of a dock, with their names and members.
    Groups = [concat!("ORG#", ulid!(), "#DOCK#", ulid!(), "#GRP")];
    /// Pointers from the ids of recipients to their docks.
    RecipientPointers = [concat!("RCP#", ulid!())];
    /// Index of external references.
    ExternalRefs = [concat!("ORG#", ulid!(), "#XREF#*")];
    /// Parties of an organization that were allocated at `/v2`.
    LedgerRows = [concat!("ORG#", ulid!(), "#LEDGER")];
    /// List of all organizations.
    Organizations = ["ORGS"];
    /// List of all docks with their organizations.
    Docks = ["DOCKS"];
    /// List of all deleted docks with their organizations.
    DeletedDocks = ["DELETED_DOCKS"];
    /// List of all parties with their organizations.
    PartyPointers = ["PTYS"];
    /// Slugs.
    Slugs = ["SLUG#*"];
    /// Domains of docks.
    Domains = ["DOMAIN#*"];
    /// List of all hints of ledger ids, with their parties.
    LedgerHints = ["LEDGER"];
    /// Ledger parties that a user may act as, and their number.
    LedgerRights = ["USER#*"];
    /// API keys with the digests of their credentials.
    ApiKeys = [concat!("KEY#", ulid!())];
    /// Machine clients with the digests of their secrets.
    MachineClients = [concat!("CLIENT#", ulid!())];
    /// Access tokens with their digests.
    AccessTokens = [concat!("TOKEN#", ulid!())];
    /// Last issuances of tokens by machine clients.
    TokenIssuances = [concat!("ISSUED#", ulid!())];
    /// Credentials by their creators, and pending revocations of descendants.
    CredentialLineage = [concat!("LINEAGE#", ulid!())];
    /// List of all API keys.
    ApiKeyRows = ["KEYS"];
    /// Last uses of API keys and machine clients.
    CredentialUses = [concat!("USED#", ulid!())];
    /// Recorded responses to idempotency keys.
    Idempotency =
        [concat!("ORG#", ulid!(), "#IDEM#", ulid!(), "#", digest!()), concat!("PLATFORM#IDEM#", ulid!(), "#", digest!())];
    /// Audit entries of organizations' resources.
    TenantAudit = [concat!("ORG#", ulid!(), "#AUDIT#*")];
    /// Audit entries of the platform's resources.
    PlatformAudit = ["PLATFORM#AUDIT#*"];
}

impl Family {
    /// Returns the family of a partition key; `None` if Berth has no such keys.
    #[must_use]
    pub fn of(pk: &str) -> Option<Self> {
        let fits = |family: &&Self| family.patterns().iter().any(|pattern| is_like(pk, pattern));
        Self::ALL.iter().find(fits).copied()
    }

    /// Returns the family of a key.
    #[must_use]
    pub fn of_key(key: &Key) -> Option<Self> {
        Self::of(&key.pk)
    }
}

/// Returns whether `text` matches `pattern` like in IAM's `StringLike`. The pattern has a `*` only at its end.
fn is_like(text: &str, pattern: &str) -> bool {
    let (fixed, is_open) = pattern.strip_suffix('*').map_or((pattern, false), |fixed| (fixed, true));
    let mut text = text.chars();
    let begins = fixed.chars().all(|wanted| text.next().is_some_and(|found| wanted == '?' || wanted == found));
    begins && (is_open || text.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            credentials::Owner,
            id::{
                AccessTokenId, ApiKeyId, AuditEntryId, DockId, GroupId, MachineClientId, OrganizationId, PartyId,
                RecipientId, RoleId,
            },
            time::Time,
        },
        store::keys,
    };

    #[test]
    fn every_key_has_one_family() {
        let now = Time::from_millis(1_700_000_000_000);
        let organization = OrganizationId::new(now, 1);
        let (dock, party, key) = (DockId::new(now, 2), PartyId::new(now, 3), ApiKeyId::new(now, 4));
        let client = MachineClientId::new(now, 7);
        let owners = [Owner::Platform, Owner::Organization(organization)];
        let digest = "a".repeat(64);
        let audit = |owner| keys::audit_entry(owner, AuditEntryId::new(now, 5));
        let view = keys::AuditView::Dock(dock);
        let row = |owner| keys::audit_row(owner, &view, AuditEntryId::new(now, 5));
        let found = [
            (keys::deployment(), Family::Deployment),
            (keys::cursor_secret(), Family::CursorSecret),
            (keys::platform_count(1), Family::Platform),
            (keys::api_key_row(owners[0], key), Family::Platform),
            (keys::api_key_row(owners[1], key), Family::Tenant),
            (keys::organization(organization), Family::Tenant),
            (keys::count(organization, 1), Family::Tenant),
            (keys::dock(organization, dock), Family::Tenant),
            (keys::party(organization, party), Family::Tenant),
            (keys::dock_count(organization, dock, 1), Family::DockRoles),
            (keys::party_role(organization, party, RoleId::new(now, 6)), Family::PartyRoles),
            (keys::tombstone(organization, keys::DeletedResource::Dock(dock)), Family::Deletions),
            (keys::pending_deletion(organization, keys::DeletedResource::Party(party)), Family::Deletions),
            (keys::deleted_dock(dock), Family::DeletedDocks),
            (keys::recipient(organization, dock, RecipientId::new(now, 7)), Family::Recipients),
            (keys::group(organization, dock, GroupId::new(now, 8)), Family::Groups),
            (keys::recipient_pointer(RecipientId::new(now, 7)), Family::RecipientPointers),
            (keys::organization_row(organization), Family::Organizations),
            (keys::dock_row(dock), Family::Docks),
            (keys::party_pointer(party), Family::PartyPointers),
            (keys::api_key(key), Family::ApiKeys),
            (keys::any_api_key_row(key), Family::ApiKeyRows),
            (keys::machine_client(client), Family::MachineClients),
            (keys::machine_client_row(organization, client), Family::Tenant),
            (keys::access_token(AccessTokenId::new(now, 8)), Family::AccessTokens),
            (keys::token_issuances(client), Family::TokenIssuances),
            (keys::credential_child(key.ulid(), key.ulid()), Family::CredentialLineage),
            (keys::pending_revocation(key.ulid(), key.ulid()), Family::CredentialLineage),
            (keys::credential_use(key.ulid()), Family::CredentialUses),
            (keys::idempotency(owners[0], key.ulid(), &digest), Family::Idempotency),
            (keys::idempotency(owners[1], key.ulid(), &digest), Family::Idempotency),
            (audit(owners[0]), Family::PlatformAudit),
            (audit(owners[1]), Family::TenantAudit),
            (row(owners[0]), Family::PlatformAudit),
            (row(owners[1]), Family::TenantAudit),
        ];
        for (key, family) in found {
            assert_eq!(Family::of_key(&key), Some(family), "{key:?}");
            let fits = |family: &&Family| family.patterns().iter().any(|pattern| is_like(&key.pk, pattern));
            assert_eq!(Family::ALL.iter().filter(fits).count(), 1, "{key:?}");
        }
    }

    #[test]
    fn other_keys_have_no_family() {
        for pk in ["", "ORG#", "ORG#1", "PLATFORM#", "PLATFORM#AUDIT", "KEYS#", "org#", "X#01HQ3K9B2V6R4X8ZT1M5N7P0QS"]
        {
            assert_eq!(Family::of(pk), None, "{pk}");
        }
    }
}
