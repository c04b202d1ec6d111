//! The inverse of the key functions.

use ulid::{ULID_LEN, Ulid};

use super::{AuditView, DeletedResource, Key, SHARDS};
use crate::domain::{
    Domain, ExternalRef, Hint, LowercaseEmail, Name, RoleName, Slug,
    credentials::Owner,
    id::{
        AccessTokenId, ApiKeyId, AuditEntryId, DockId, GroupId, Id, Kind, MachineClientId, OrganizationId, PartyId,
        RecipientId, RoleId,
    },
};

/// Length of a hexadecimal SHA-256.
const DIGEST_LEN: usize = 64;

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

impl RecordKey {
    /// Parses a primary key; `None` if no function of [`keys`](super) builds it.
    #[must_use]
    pub fn parse(key: &Key) -> Option<Self> {
        let (pk, sk) = (key.pk.as_str(), key.sk.as_str());
        if let Some(rest) = pk.strip_prefix("ORG#") {
            let (ulid, area) = rest.split_at_checked(ULID_LEN)?;
            let organization = id(ulid)?;
            let owned = Self::parse_owned(Owner::Organization(organization), area, sk);
            return owned.or_else(|| Self::parse_tenant(organization, area, sk));
        }
        if let Some(area) = pk.strip_prefix("PLATFORM") {
            let owned = Self::parse_owned(Owner::Platform, area, sk);
            return owned.or_else(|| Self::parse_platform(area, sk));
        }
        Self::parse_global(pk, sk)
    }

    /// Parses keys that both organizations and the platform have.
    fn parse_owned(owner: Owner, area: &str, sk: &str) -> Option<Self> {
        if area.is_empty() {
            return Some(Self::OwnerApiKeyRow { owner, id: id(sk.strip_prefix("KEY#")?)? });
        }
        if let Some(rest) = area.strip_prefix("#IDEM#") {
            let (credential, digest) = rest.split_once('#')?;
            let (credential, digest) = (ulid(credential)?, digest.to_owned());
            let is_digest = digest.len() == DIGEST_LEN && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
            return (is_digest && sk == "IDEM").then_some(Self::Idempotency { owner, credential, digest });
        }
        let area = area.strip_prefix("#AUDIT#")?;
        if area == "ALL" {
            return Some(Self::AuditEntry { owner, id: id(sk)? });
        }
        let (view, value) = area.split_once('#')?;
        let text = || value.to_owned();
        let view = match view {
            "ENTITY" => AuditView::Entity(text()),
            "DOCK" => AuditView::Dock(self::id(value)?),
            "ACTOR" => AuditView::Actor(text()),
            "ACTION" => AuditView::Action(text()),
            "TYPE" => AuditView::Type(text()),
            _ => return None,
        };
        Some(Self::AuditRow { owner, view, id: id(sk)? })
    }

    fn parse_platform(area: &str, sk: &str) -> Option<Self> {
        match (area, sk) {
            ("", sk) => Some(Self::PlatformCounter { shard: shard(sk)? }),
            _ => None,
        }
    }

    fn parse_tenant(organization_id: OrganizationId, area: &str, sk: &str) -> Option<Self> {
        if area == "#LEDGER" {
            let hint = Hint::parse(sk.strip_suffix("::")?).ok()?;
            return Some(Self::LedgerRow { organization_id, hint });
        }
        if let Some(dock) = area.strip_prefix("#DOCK#") {
            if let Some(dock) = dock.strip_suffix("#RCP") {
                return Self::parse_recipient(organization_id, id(dock)?, sk);
            }
            if let Some(dock) = dock.strip_suffix("#GRP") {
                return Self::parse_group(organization_id, id(dock)?, sk);
            }
            let dock_id = id(dock)?;
            return match shard(sk) {
                Some(shard) => Some(Self::DockCounter { organization_id, dock_id, shard }),
                None => Self::parse_dock_role(organization_id, dock_id, sk),
            };
        }
        if area == "#DELETIONS" {
            let (state, resource) = sk.split_once('#')?;
            let resource = match resource.split_once('#') {
                None => (resource == "ORG").then_some(DeletedResource::Organization)?,
                Some(("DOCK", dock)) => DeletedResource::Dock(id(dock)?),
                Some(("PTY", party)) => DeletedResource::Party(id(party)?),
                Some(_) => return None,
            };
            return match state {
                "GONE" => Some(Self::Tombstone { organization_id, resource }),
                "PENDING" => Some(Self::PendingDeletion { organization_id, resource }),
                _ => None,
            };
        }
        if area == "#ROLES" {
            let (state, rest) = sk.split_once('#')?;
            let (party, role) = rest.split_once('#')?;
            let (party_id, id) = (id(party)?, id(role)?);
            return match state {
                "ROLE" => Some(Self::RoleByParty { organization_id, party_id, id }),
                "PAST" => Some(Self::RevokedRoleByParty { organization_id, party_id, id }),
                _ => None,
            };
        }
        if let Some(external_ref) = area.strip_prefix("#XREF#") {
            let external_ref = ExternalRef::parse(external_ref).ok()?;
            return Some(Self::PartyReference { organization_id, external_ref, id: id(sk.strip_prefix("PTY#")?)? });
        }
        if !area.is_empty() {
            return None;
        }
        if sk == "#ORG" {
            return Some(Self::Organization { id: organization_id });
        }
        if let Some(shard) = shard(sk) {
            return Some(Self::OrganizationCounter { organization_id, shard });
        }
        match sk.split_once('#')? {
            ("DOCK", dock) => Some(Self::Dock { organization_id, id: id(dock)? }),
            ("PTY", party) => Some(Self::Party { organization_id, id: id(party)? }),
            ("MC", client) => Some(Self::MachineClientRow { organization_id, id: id(client)? }),
            _ => None,
        }
    }

    fn parse_dock_role(organization_id: OrganizationId, dock_id: DockId, sk: &str) -> Option<Self> {
        let (state, rest) = sk.split_once('#')?;
        let (role, rest) = rest.split_once('#')?;
        let role = RoleName::parse(role).ok()?;
        match (state, rest.split_once('#')) {
            ("ROLE", None) => Some(Self::RoleByDock { organization_id, dock_id, role, party_id: id(rest)? }),
            ("PAST", Some((party, ended))) => {
                let (party_id, id) = (id(party)?, id(ended)?);
                Some(Self::RevokedRoleByDock { organization_id, dock_id, role, party_id, id })
            }
            _ => None,
        }
    }

    fn parse_recipient(organization_id: OrganizationId, dock_id: DockId, sk: &str) -> Option<Self> {
        match sk.split_once('#')? {
            ("RCP", recipient) => Some(Self::Recipient { organization_id, dock_id, id: id(recipient)? }),
            ("EMAIL", text) => {
                // Parsing an address converts it to lower case. A key in another case is not one of Berth.
                let email = LowercaseEmail::parse(text).ok()?;
                (email.as_str() == text).then_some(Self::RecipientEmail { organization_id, dock_id, email })
            }
            _ => None,
        }
    }

    fn parse_group(organization_id: OrganizationId, dock_id: DockId, sk: &str) -> Option<Self> {
        match sk.split_once('#')? {
            ("GRP", group) => Some(Self::Group { organization_id, dock_id, id: id(group)? }),
            ("NAME", text) => {
                // Parsing a name trims and composes it. A key in another form is not one of Berth.
                let name = Name::parse(text).ok()?;
                (name.as_str() == text).then_some(Self::GroupName { organization_id, dock_id, name })
            }
            ("MEMBER", rest) => {
                let (group, recipient) = rest.split_once('#')?;
                let (group_id, recipient_id) = (id(group)?, id(recipient)?);
                Some(Self::GroupMember { organization_id, dock_id, group_id, recipient_id })
            }
            _ => None,
        }
    }

    /// Parses keys that do not depend on an owner.
    fn parse_global(pk: &str, sk: &str) -> Option<Self> {
        let Some((kind, value)) = pk.split_once('#') else {
            return match pk {
                "DEPLOYMENT" => (sk == pk).then_some(Self::Deployment),
                "CURSOR_SECRET" => (sk == pk).then_some(Self::CursorSecret),
                "ORGS" => Some(Self::OrganizationRow { id: id(sk)? }),
                "DOCKS" => Some(Self::DockRow { id: id(sk)? }),
                "DELETED_DOCKS" => Some(Self::DeletedDock { id: id(sk)? }),
                "PTYS" => Some(Self::PartyPointer { id: id(sk)? }),
                "LEDGER" => Some(Self::LedgerHint { hint: Hint::parse(sk.strip_suffix("::")?).ok()? }),
                "KEYS" => Some(Self::ApiKeyRow { id: id(sk)? }),
                _ => None,
            };
        };
        match (kind, sk) {
            ("SLUG", "SLUG") => Some(Self::Slug { slug: Slug::parse(value).ok()? }),
            ("DOMAIN", "DOMAIN") => {
                // Parsing a domain converts it to lower case. A key in another case is not one of Berth.
                let domain = Domain::parse(value).ok()?;
                (domain.as_str() == value).then_some(Self::Domain { domain })
            }
            ("RCP", "RCP") => Some(Self::RecipientPointer { id: id(value)? }),
            ("KEY", "KEY") => Some(Self::ApiKey { id: id(value)? }),
            ("LINEAGE", sk) => match sk.split_once('#')? {
                ("CHILD", child) => Some(Self::CredentialChild { parent: ulid(value)?, id: ulid(child)? }),
                ("PENDING", pending) => Some(Self::PendingRevocation { root: ulid(value)?, id: ulid(pending)? }),
                _ => None,
            },
            ("USED", "USED") => Some(Self::CredentialUse { id: ulid(value)? }),
            ("CLIENT", "CLIENT") => Some(Self::MachineClient { id: id(value)? }),
            ("TOKEN", "TOKEN") => Some(Self::AccessToken { id: id(value)? }),
            ("ISSUED", "ISSUED") => Some(Self::TokenIssuances { id: id(value)? }),
            ("USER", "COUNT") => Some(Self::LedgerRightCounter { user_id: value.to_owned() }),
            ("USER", sk) => {
                let hint = Hint::parse(sk.strip_prefix("ACT#")?).ok()?;
                Some(Self::LedgerRight { user_id: value.to_owned(), hint })
            }
            _ => None,
        }
    }
}

/// Parses a ULID as the id of its kind.
fn id<K: Kind>(ulid: &str) -> Option<Id<K>> {
    format!("{}_{ulid}", K::PREFIX).parse().ok()
}

/// Parses a ULID of any kind.
fn ulid(text: &str) -> Option<Ulid> {
    id::<crate::domain::id::ApiKey>(text).map(Id::ulid)
}

/// Parses the sort key of a counter.
fn shard(sk: &str) -> Option<u8> {
    let digits = sk.strip_prefix("#COUNT#")?;
    let shard: u8 = digits.parse().ok()?;
    (shard < SHARDS && digits.len() == 1).then_some(shard)
}
