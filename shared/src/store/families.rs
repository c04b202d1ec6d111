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
    /// Whose a party is.
    PartyPointers = [concat!("PTY#", ulid!())];
    /// Who has a slug.
    Slugs = ["SLUG#*"];
    /// Which dock has a domain.
    Domains = ["DOMAIN#*"];
    /// Who has a hint on the ledger.
    LedgerHints = ["LEDGER#*"];
    /// The parties that a user may act as on the ledger.
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
