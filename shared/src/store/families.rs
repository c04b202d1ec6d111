//! The table's partition keys by kind, as an IAM policy tells them apart: what a role may do is said in these.
//!
//! Every key that [`super::keys`] builds is of exactly one family. No pattern takes another family's keys: ids have one
//! length, and where free text stands in a key, nothing follows it.

use super::keys::Key;

/// Declares the families, each with the patterns of its partition keys.
macro_rules! families {
    ($($(#[$doc:meta])+ $name:ident = [$($pattern:expr),+];)+) => {
        /// A kind of partition key.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Family {
            $($(#[$doc])+ $name,)+
        }

        impl Family {
            /// Every family.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The family's partition keys as IAM's `StringLike` takes them: `?` is one character, `*` any number.
            #[must_use]
            pub const fn patterns(self) -> &'static [&'static str] {
                match self {
                    $(Self::$name => &[$($pattern),+],)+
                }
            }
        }
    };
}

/// 26 characters, any: a ULID. That they are counted is what keeps the families apart.
macro_rules! ulid {
    () => {
        "??????????????????????????"
    };
}

/// The 64 characters of a hexadecimal SHA-256, any.
macro_rules! digest {
    () => {
        "????????????????????????????????????????????????????????????????"
    };
}

families! {
    /// The deployment's record, the platform's counters and the rows of its API keys.
    Platform = ["PLATFORM"];
    /// An organization with its counters, docks, parties and the rows of its API keys.
    Tenant = [concat!("ORG#", ulid!())];
    /// A dock's roles, living and ended.
    DockRoles = [concat!("ORG#", ulid!(), "#DOCK#", ulid!())];
    /// A party's roles, living and ended.
    PartyRoles = [concat!("ORG#", ulid!(), "#PTY#", ulid!())];
    /// The index of external references.
    ExternalRefs = [concat!("ORG#", ulid!(), "#XREF#*")];
    /// An organization's parties that were allocated on the ledger.
    LedgerRows = [concat!("ORG#", ulid!(), "#LEDGER")];
    /// The list of all organizations.
    Organizations = ["ORGS"];
    /// The list of all docks: whose each is.
    Docks = ["DOCKS"];
    /// The list of all parties: the owner of each.
    PartyPointers = ["PTYS"];
    /// Who has a slug.
    Slugs = ["SLUG#*"];
    /// Which dock has a domain.
    Domains = ["DOMAIN#*"];
    /// The list of all hints on the ledger: the owner of each.
    LedgerHints = ["LEDGER"];
    /// The parties that a user may act as on the ledger, and their number.
    LedgerRights = ["USER#*"];
    /// API keys with the digests of their credentials.
    ApiKeys = [concat!("KEY#", ulid!())];
    /// The list of all API keys.
    ApiKeyRows = ["KEYS"];
    /// When API keys were last used.
    ApiKeyUses = [concat!("USED#", ulid!())];
    /// The first answers to idempotency keys.
    Idempotency = [concat!("ORG#", ulid!(), "#IDEM#", digest!()), concat!("PLATFORM#IDEM#", digest!())];
    /// The audit trails of what belongs to organizations.
    TenantAudit = [concat!("ORG#", ulid!(), "#AUDIT#*")];
    /// The audit trails of what belongs to the platform.
    PlatformAudit = ["PLATFORM#AUDIT#*"];
}

impl Family {
    /// The family of a partition key; `None` for one that is not Berth's.
    #[must_use]
    pub fn of(pk: &str) -> Option<Self> {
        let fits = |family: &&Self| family.patterns().iter().any(|pattern| is_like(pk, pattern));
        Self::ALL.iter().find(fits).copied()
    }

    /// The family of a key.
    #[must_use]
    pub fn of_key(key: &Key) -> Option<Self> {
        Self::of(&key.pk)
    }
}

/// Whether IAM's `StringLike` takes `text` for `pattern`, which has a `*` at its end or nowhere.
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
            id::{ApiKeyId, AuditEntryId, DockId, OrganizationId, PartyId},
            time::Time,
        },
        store::keys,
    };

    #[test]
    fn every_key_is_of_one_family() {
        let now = Time::from_millis(1_700_000_000_000);
        let organization = OrganizationId::new(now, 1);
        let (dock, party, key) = (DockId::new(now, 2), PartyId::new(now, 3), ApiKeyId::new(now, 4));
        let owners = [Owner::Platform, Owner::Organization(organization)];
        let digest = "a".repeat(64);
        let audit = |owner| keys::audit_entry(owner, &dock.to_string(), AuditEntryId::new(now, 5));
        let found = [
            (keys::deployment(), Family::Platform),
            (keys::platform_count(1), Family::Platform),
            (keys::api_key_row(owners[0], key), Family::Platform),
            (keys::api_key_row(owners[1], key), Family::Tenant),
            (keys::organization(organization), Family::Tenant),
            (keys::count(organization, 1), Family::Tenant),
            (keys::dock(organization, dock), Family::Tenant),
            (keys::party(organization, party), Family::Tenant),
            (keys::organization_row(organization), Family::Organizations),
            (keys::dock_row(dock), Family::Docks),
            (keys::party_pointer(party), Family::PartyPointers),
            (keys::api_key(key), Family::ApiKeys),
            (keys::any_api_key_row(key), Family::ApiKeyRows),
            (keys::api_key_use(key), Family::ApiKeyUses),
            (keys::idempotency(owners[0], &digest), Family::Idempotency),
            (keys::idempotency(owners[1], &digest), Family::Idempotency),
            (audit(owners[0]), Family::PlatformAudit),
            (audit(owners[1]), Family::TenantAudit),
        ];
        for (key, family) in found {
            assert_eq!(Family::of_key(&key), Some(family), "{key:?}");
            let fits = |family: &&Family| family.patterns().iter().any(|pattern| is_like(&key.pk, pattern));
            assert_eq!(Family::ALL.iter().filter(fits).count(), 1, "{key:?}");
        }
    }

    #[test]
    fn what_is_no_key_is_of_no_family() {
        for pk in ["", "ORG#", "ORG#1", "PLATFORM#", "PLATFORM#AUDIT", "KEYS#", "org#", "X#01HQ3K9B2V6R4X8ZT1M5N7P0QS"]
        {
            assert_eq!(Family::of(pk), None, "{pk}");
        }
    }
}
