//! Every record round-trips, and no item is read as another type.

mod credentials;
mod recipients;

use proptest::prelude::*;
use ulid::Ulid;

use super::*;
use crate::{
    domain::{
        Dock, DockProfile, Domain, ExternalRef, Hint, Metadata, Name, Namespace, Party, PartyType, Role, RoleName,
        Slug,
        credentials::{CredentialId, Owner},
        id::{ApiKeyId, AuditEntryId, DockId, OrganizationId, PartyId, RoleId},
        json::Json,
        time::Time,
    },
    store::{
        audit::{Action, Actor, Dialect, Entity},
        keys::{AuditView, DeletedResource, PK, SK},
    },
};

/// Values from which records are built.
#[derive(Debug, Clone)]
struct Values {
    bits: [u128; 6],
    name: Name,
    external_ref: ExternalRef,
    hint: Hint,
    slug: Slug,
    domain: Domain,
    user_id: String,
    number: u64,
    is_set: bool,
}

fn values() -> impl Strategy<Value = Values> {
    let texts = ("\\PC{0,40}x", "\\PC{0,80}#?x", "[a-zA-Z0-9_ :#-]{1,40}", "[a-z0-9-]{1,63}");
    let others = ("[a-z]{1,9}\\.example", "[a-zA-Z0-9@#|:()]{0,40}", 0..100_000_u64, any::<bool>());
    (any::<[u128; 6]>(), texts, others).prop_filter_map(
        "texts within the limits",
        |(bits, (name, external_ref, hint, slug), (domain, user_id, number, is_set))| {
            Some(Values {
                bits,
                name: Name::parse(&name).ok()?,
                external_ref: ExternalRef::parse(&external_ref).ok()?,
                hint: Hint::parse(&hint).ok()?,
                slug: Slug::parse(&slug).ok()?,
                domain: Domain::parse(&domain).ok()?,
                user_id,
                number,
                is_set,
            })
        },
    )
}

impl Values {
    fn ulid(&self, at: usize) -> Ulid {
        Ulid(self.bits[at])
    }

    fn organization(&self) -> OrganizationId {
        OrganizationId::from_ulid(self.ulid(0))
    }

    fn owner(&self) -> Owner {
        if self.is_set { Owner::Organization(self.organization()) } else { Owner::Platform }
    }

    fn time(&self) -> Time {
        Time::from_millis(self.number)
    }

    fn party(&self) -> Party {
        Party {
            id: PartyId::from_ulid(self.ulid(1)),
            organization_id: self.organization(),
            kind: if self.is_set { PartyType::Individual } else { PartyType::Organization },
            name: self.name.clone(),
            email: None,
            external_ref: self.is_set.then(|| self.external_ref.clone()),
            metadata: Metadata::of_ledger(vec![("n".to_owned(), Json::Number("1.0".to_owned()))]),
            created_at: self.time(),
            updated_at: self.time(),
            version: self.number,
            ledger_hint: self.is_set.then(|| self.hint.clone()),
        }
    }

    fn dock(&self) -> Dock {
        let optional = self.is_set.then(|| self.domain.clone());
        let name = self.name.clone();
        let profile: DockProfile =
            serde_json::from_value(serde_json::json!({ "name": name, "domain": optional })).unwrap();
        Dock::new(DockId::from_ulid(self.ulid(2)), self.organization(), profile, self.time())
    }

    fn role(&self) -> Role {
        Role {
            id: RoleId::from_ulid(self.ulid(3)),
            dock_id: self.dock().id,
            party_id: self.party().id,
            role: if self.is_set { RoleName::Distributor } else { RoleName::Recipient },
            created_at: self.time(),
            revoked_at: self.is_set.then(|| self.time()),
            revoked_by: self.is_set.then(|| self.user_id.clone()),
        }
    }

    fn audit_entry(&self) -> AuditEntry {
        AuditEntry {
            id: AuditEntryId::from_ulid(self.ulid(5)),
            owner: self.owner(),
            dock_id: self.is_set.then(|| self.dock().id),
            entity_type: Entity::Party,
            entity_id: self.party().id.to_string(),
            action: Action::Update,
            actor: Actor { kind: "api_key".to_owned(), id: self.user_id.clone() },
            dialect: Dialect::Ledger,
            request_id: "req".to_owned(),
            created_at: self.time(),
            expires_at: self.is_set.then(|| self.time()),
            ttl: self.is_set.then_some(self.number),
            content: Content::Plain(Details {
                changes: Some(Changes {
                    before: Json::Null,
                    after: Json::Object(vec![("n".to_owned(), Json::Number("1.50".to_owned()))]),
                }),
                metadata: None,
                ip_address: None,
                user_agent: self.is_set.then(|| "test/1".to_owned()),
            }),
        }
    }

    /// Returns an audit row of another service, and one without details.
    fn audit_rows(&self) -> Vec<Record> {
        let mut entry = self.audit_entry();
        let row = AuditRow { view: AuditView::Actor(self.user_id.clone()), entry: entry.clone() };
        entry.entity_type = Entity::Other("artifact".to_owned());
        entry.content = Content::InEntry;
        vec![row.into(), AuditRow { view: AuditView::Type("artifact".to_owned()), entry }.into()]
    }

    /// Returns a record of every type.
    fn records(&self) -> Vec<Record> {
        let deleted = self.records_of_deletions();
        let (recipients, audit) = (self.records_of_recipients(), self.audit_rows());
        let (parties, requests) = (self.records_of_parties(), self.records_of_requests());
        let clients = self.records_of_machine_clients();
        [self.records_of_owners(), parties, clients, recipients, deleted, requests, audit].concat()
    }

    /// Returns the records of deleted resources.
    fn records_of_deletions(&self) -> Vec<Record> {
        let (organization_id, dock, party) = (self.organization(), self.dock().id, self.party());
        let resource = if self.is_set { DeletedResource::Dock(dock) } else { DeletedResource::Party(party.id) };
        let (deleted_at, deleted_by) = (self.time(), self.user_id.clone());
        let ttl = self.is_set.then_some(self.number);
        let deletion = Deletion { deleted_at, deleted_by: deleted_by.clone(), version: self.number, ttl };
        let last = LastState { name: party.name, kind: (!self.is_set).then_some(party.kind), deleted_at, deleted_by };
        vec![
            DeletedDock { id: dock, owner: DockOwner { organization_id } }.into(),
            PendingDeletion { organization_id, resource, deletion }.into(),
            Tombstone { organization_id, resource, last }.into(),
        ]
    }

    /// Returns the records of the platform, organizations and docks.
    fn records_of_owners(&self) -> Vec<Record> {
        let (organization_id, shard) = (self.organization(), u8::from(self.is_set) * 7);
        let dock = self.dock();
        let role_counts = RoleCounts { roles_distributor: self.number, roles_recipient: 0 };
        let count = i64::try_from(self.number).unwrap();
        let returned = [2, self.number].into_iter().filter(|_| self.is_set).collect();
        vec![
            Deployment { namespace: Namespace::new([1; 32]), organization_id, created_at: self.time() }.into(),
            CursorSecret { secret: "0".repeat(64) }.into(),
            PlatformCounter { shard, counts: PlatformCounts { organizations: count, docks: 0, api_keys: -count } }
                .into(),
            crate::domain::Organization {
                id: organization_id,
                name: self.name.clone(),
                slug: self.slug.clone(),
                metadata: Metadata::default(),
                created_at: self.time(),
                updated_at: self.time(),
                version: self.number,
            }
            .into(),
            OrganizationCounter {
                organization_id,
                shard,
                counts: OrganizationCounts { docks: -count, ..OrganizationCounts::default() },
            }
            .into(),
            OrganizationRow { id: organization_id, name: self.name.clone() }.into(),
            SlugRecord {
                slug: self.slug.clone(),
                state: SlugState {
                    organization_id: self.is_set.then_some(organization_id),
                    released_by: (!self.is_set).then_some(organization_id),
                    reserved_until: (!self.is_set).then_some(self.number),
                    last: self.number,
                    returned,
                },
            }
            .into(),
            DockRow { id: dock.id, organization_id, name: self.name.clone() }.into(),
            DomainRecord {
                domain: self.domain.clone(),
                owner: DomainOwner { dock_id: dock.id, blocks_until: self.number },
            }
            .into(),
            DockCounter {
                organization_id,
                dock_id: dock.id,
                shard,
                counts: DockCounts { roles: role_counts, recipients: self.number, groups: 0 },
            }
            .into(),
            dock.into(),
        ]
    }

    /// Returns the records of parties, their ledger ids and their roles.
    fn records_of_parties(&self) -> Vec<Record> {
        let (organization_id, party, role, hint) = (self.organization(), self.party(), self.role(), self.hint.clone());
        let role_counts = RoleCounts { roles_distributor: self.number, roles_recipient: 0 };
        vec![
            PartyPointer::to(&party).into(),
            PartyReference {
                organization_id,
                external_ref: self.external_ref.clone(),
                party: PartySummary::from(&party),
            }
            .into(),
            LedgerHint {
                hint: hint.clone(),
                owner: HintOwner { organization_id, party_id: party.id, deleted_at: self.is_set.then(|| self.time()) },
            }
            .into(),
            LedgerRow { organization_id, hint: hint.clone(), party: PartyRef { party_id: party.id } }.into(),
            LedgerRight { user_id: self.user_id.clone(), party: GrantedHint { hint } }.into(),
            LedgerRightCounter { user_id: self.user_id.clone(), count: RightCount { rights: self.number } }.into(),
            PartyRecord { party, role_counts, ledger_user: self.is_set.then(|| self.user_id.clone()) }.into(),
            RoleByDock { organization_id, role: role.clone() }.into(),
            RoleByParty { organization_id, role: role.clone() }.into(),
            RevokedRoleByDock { organization_id, role: role.clone() }.into(),
            RevokedRoleByParty { organization_id, role }.into(),
        ]
    }

    /// Returns the records of API keys and of requests.
    fn records_of_requests(&self) -> Vec<Record> {
        let key = self.api_key();
        let (row, parent) = (ApiKeyRow { id: key.key.id }, ApiKeyId::from_ulid(self.ulid(5)));
        let credential = if self.is_set { CredentialId::from(self.machine_client().client.id) } else { row.id.into() };
        let first = FirstResponse {
            fingerprint: "f".repeat(64),
            status: 201,
            location: self.is_set.then(|| "/v1/docks".to_owned()),
            etag: None,
            body: "{}".to_owned(),
            expires_at: self.number,
            ttl: self.number,
        };
        vec![
            CredentialUse { id: credential, used_at: self.time() }.into(),
            CredentialChild { parent: parent.ulid(), child: CredentialRow { id: credential } }.into(),
            PendingRevocation {
                root: row.id.ulid(),
                revoked: RevokedParent { id: parent.into(), after: self.is_set.then_some(credential) },
            }
            .into(),
            OwnerApiKeyRow { owner: self.owner(), key: row }.into(),
            row.into(),
            key.into(),
            IdempotencyRecord { owner: self.owner(), credential: parent.ulid(), digest: "d".repeat(64), first }.into(),
            self.audit_entry().into(),
        ]
    }
}

proptest! {
    #[test]
    fn every_record_reads_back(values in values()) {
        for record in values.records() {
            let item = record.to_item().unwrap();
            prop_assert_eq!(&item[ENTITY], &AttributeValue::S(record.entity_type().to_owned()));
            let read = Record::from_item(&item);
            prop_assert_eq!(read.as_ref().ok(), Some(&record), "{:?}", read);
        }
    }

    #[test]
    fn any_key_is_parsed_or_rejected(pk in "(ORG#|PLATFORM|PTYS|LEDGER|USER#)?\\PC{0,60}", sk in "(KEY#|ROLE#|ACT#|COUNT)?\\PC{0,60}") {
        let _ = RecordKey::parse(&Key { pk, sk });
    }
}

proptest! {
    // Each case compares every pair of types.
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn no_item_is_read_as_another_type(values in values()) {
        for record in values.records() {
            let item = record.to_item().unwrap();
            for other in Record::ENTITY_TYPES.iter().chain(&["", "dock "]).filter(|other| **other != record.entity_type()) {
                let mut relabeled = item.clone();
                relabeled.insert(ENTITY.to_owned(), AttributeValue::S((*other).to_owned()));
                prop_assert!(Record::from_item(&relabeled).is_err(), "{:?} as {}", record, other);
            }
            for missing in [ENTITY, PK, SK] {
                let mut item = item.clone();
                item.remove(missing);
                prop_assert!(Record::from_item(&item).is_err(), "{:?} without {}", record, missing);
            }
        }
    }

    #[test]
    fn no_item_is_read_with_another_key(values in values()) {
        let records = values.records();
        for record in &records {
            for other in records.iter().filter(|other| other.key() != record.key()) {
                let mut item = record.to_item().unwrap();
                item.extend(key_attributes(&other.key()));
                prop_assert!(Record::from_item(&item).is_err(), "{:?} with the key {:?}", record, other.key());
            }
        }
    }
}

/// Returns the values that are the same in every run.
fn fixed() -> Values {
    Values {
        bits: [1, 2, 3, 4, 5, 6],
        name: Name::parse("Ann").unwrap(),
        external_ref: ExternalRef::parse("a#b").unwrap(),
        hint: Hint::parse("Alice").unwrap(),
        slug: Slug::parse("ann").unwrap(),
        domain: Domain::parse("ann.example").unwrap(),
        user_id: "ann|1".to_owned(),
        number: 3,
        is_set: true,
    }
}

#[test]
fn there_is_a_record_of_every_type() {
    let mut found: Vec<_> = fixed().records().iter().map(Record::entity_type).collect();
    let mut types = Record::ENTITY_TYPES.to_vec();
    found.sort_unstable();
    found.dedup();
    types.sort_unstable();
    assert_eq!(found, types);
    types.dedup();
    assert_eq!(types.len(), Record::ENTITY_TYPES.len(), "entity types are unique");
}

/// A record with 0 in a counter takes no space for it, as DynamoDB creates it by `ADD`.
#[test]
fn new_docks_and_parties_have_no_counters() {
    let item = PartyRecord::new(fixed().party()).to_item().unwrap();
    assert!(!item.contains_key("rolesRecipient") && !item.contains_key("email"));
    assert_eq!(item["metadata"], AttributeValue::S(r#"{"n":1.0}"#.to_owned()));
}

#[test]
fn a_missing_or_malformed_attribute_is_an_error() {
    for (record, attribute) in [(fixed().audit_entry().into(), "content"), (Record::from(fixed().api_key()), "owner")] {
        let mut item = record.to_item().unwrap();
        item.insert(attribute.to_owned(), AttributeValue::S("secret value".to_owned()));
        let error = Record::from_item(&item).unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
        item.remove(attribute);
        let error = Record::from_item(&item).unwrap_err().to_string();
        assert!(error.contains(attribute), "{error}");
    }
}
