//! The consistency checker detects every kind of damage.

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use berth_shared::{
    credentials::{Digest, Environment, Owner},
    domain::{AllowedIps, ApiKey, Creator, Domain, ExternalRef, Hint, Name, PartyType, Role, RoleName},
    id::{ApiKeyId, DockId, GroupId, OrganizationId, PartyId, RecipientId, RoleId},
    store::{
        ApiKeyRecord, Item, Record, StoredRecord,
        keys::{self, DeletedResource, Key},
        record::{
            CredentialChild, CredentialRow, DeletedDock, Deletion, DockOwner, DomainOwner, DomainRecord, GrantedHint,
            LastState, LedgerRight, PartyReference, PartySummary, PendingDeletion, PendingRevocation, RevokedParent,
            RevokedRoleByParty, RoleByParty, Tombstone,
        },
    },
    time::Time,
};
use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::{
    TestServer, api_test,
    checker::{assert_consistent, check},
    paths,
};

/// A server with a record of every type, some of them changed since.
pub struct Filled {
    pub server: TestServer,
    organization: OrganizationId,
    dock: DockId,
    party: PartyId,
    person: PartyId,
    /// A current role of the party.
    role: RoleId,
    /// A revoked role of the person.
    revoked: RoleId,
    recipient: RecipientId,
    /// A group of the recipient.
    group: GroupId,
}

pub async fn filled() -> Filled {
    let server = TestServer::start().await;
    let client = server.platform();
    let organization = client.create_organization("Harbour").await.id();
    // Another one with the same name, which frees its slug.
    let other = client.create_organization("Harbour").await.id();
    client.update_organization(&other, &json!({ "slug": "pier", "name": "Pier" })).await.expect(200);
    let body = json!({ "organizationId": organization, "name": "North", "domain": "north.example", "customDomain": "n.example" });
    let dock = client.post_dock(&body).await.expect(201).id();
    let change = json!({ "name": "South", "domain": "south.example", "customDomain": null });
    client.update_dock(&dock, &change).await.expect(200);
    let parties = paths::parties(&organization);
    let body = json!({ "type": "INDIVIDUAL", "name": "Ann", "externalRef": "a#b" });
    let person = client.post(&parties, &body).await.expect(201).id();
    let change = json!({ "type": "ORGANIZATION", "externalRef": "c d" });
    client.patch(&format!("{parties}/{person}"), &change).await.expect(200);
    let party = client.create_party(&organization, "Bolt").await.id();
    let role = client.assign(&organization, &party, &dock, "RECIPIENT").await.id();
    let revoked = client.assign(&organization, &person, &dock, "DISTRIBUTOR").await.id();
    client.delete(&format!("{parties}/{person}/roles/{revoked}")).await.expect(200);
    client.assign(&organization, &person, &dock, "DISTRIBUTOR").await;
    let recipient = client.create_recipient(&dock, "north@example.com").await.id();
    client.patch(&paths::recipient(&dock, &recipient), &json!({ "email": "South@example.com" })).await.expect(200);
    let gone = client.create_recipient(&dock, "gone@example.com").await.id();
    client.delete(&paths::recipient(&dock, &gone)).await.expect(200);
    let group = client.create_group(&dock, "Lenders", &[&recipient]).await.id();
    client.patch(&paths::group(&dock, &group), &json!({ "name": "Agents" })).await.expect(200);
    let other = client.create_group(&dock, "Gone", &[&recipient]).await.id();
    client.delete(&paths::group(&dock, &other)).await.expect(200);
    let key = client.create_api_key(Some(&organization), &["docks:read"]).await.id();
    client.revoke_api_key(&key).await.expect(200);
    // A request stopped before it revoked the descendants of the key.
    let key: ApiKeyId = key.parse().expect("an id");
    let pending = PendingRevocation { root: key.ulid(), revoked: RevokedParent { id: key.into(), after: None } };
    let put = server.running().client().put_item().table_name(server.running().table());
    put.set_item(Some(pending.to_item().expect("an item"))).send().await.expect("put");
    let body = json!({ "name": "Cron", "scopes": ["docks:read"], "dockId": dock });
    let clients = paths::machine_clients(&organization);
    let cron = client.post(&clients, &body).await.expect(201);
    let grant = json!({
        "grant_type": "client_credentials",
        "client_id": cron.text("clientId"),
        "client_secret": cron.text("clientSecret"),
    });
    client.post(paths::OAUTH_TOKEN, &grant).await.expect(200);
    // A deleted client leaves its place in the list of its creator, and its tokens.
    let deleted = client.post(&clients, &body).await.expect(201).id();
    client.delete(&paths::machine_client(&organization, &deleted)).await.expect(200);
    let request = client.request(reqwest::Method::POST, &parties).header("idempotency-key", "once");
    request.json(&json!({ "type": "INDIVIDUAL", "name": "Cay" })).send().await.expect(201);
    let user = client.get("/v2/authenticated-user").await.expect(200).json()["user"]["id"].clone();
    let body = json!({ "partyIdHint": "Dee", "identityProviderId": organization, "userId": user });
    client.allocate_ledger_party(&body).await.expect(200);
    let gone = client.create_dock(&organization, "Gone").await.id();
    let left = client.create_party(&organization, "Eli").await.id();
    client.assign(&organization, &left, &gone, "RECIPIENT").await;
    for target in [paths::dock(&gone), paths::party(&organization, &left)] {
        client.delete(&target).await.expect(200);
    }
    let empty = client.create_organization("Empty").await.id();
    client.delete(&paths::organization(&empty)).await.expect(200);
    // The end of a deletion with many roles is kept for some time.
    let organization = organization.parse().expect("an id");
    let left = DeletedResource::Party(left.parse().expect("an id"));
    let records = server.records().await;
    let last = records.iter().find_map(|record| match record {
        Record::Tombstone(record) if record.resource == left => Some(record.last.clone()),
        _ => None,
    });
    let LastState { deleted_at, deleted_by, .. } = last.expect("a tombstone");
    let deletion = Deletion { deleted_at, deleted_by, version: 1, ttl: Some(4_000_000_000) };
    let ended = PendingDeletion { organization_id: organization, resource: left, deletion };
    let put = server.running().client().put_item().table_name(server.running().table());
    put.set_item(Some(ended.to_item().expect("an item"))).send().await.expect("put");
    let (dock, party, person) = (dock.parse(), party.parse(), person.parse());
    let (dock, party, person) = (dock.expect("an id"), party.expect("an id"), person.expect("an id"));
    let (recipient, group) = (recipient.parse().expect("an id"), group.parse().expect("an id"));
    let (role, revoked) = (role.parse().expect("an id"), revoked.parse().expect("an id"));
    Filled { server, organization, dock, party, person, role, revoked, recipient, group }
}

#[apply(api_test)]
async fn a_table_written_by_berth_is_consistent() {
    assert_consistent(&filled().await.server).await;
}

/// Each damage is done, found under the name of its rule, and undone.
#[apply(api_test)]
async fn every_kind_of_damage_is_detected() {
    let filled = filled().await;
    let table = Damaged::of(&filled);
    for (key, rule) in lost(&filled, &table).await {
        let item = table.delete(&key).await;
        table.expect_found(&format!("{key:?} is lost"), rule).await;
        table.put(item).await;
    }
    let (tenant, dock, party) = (filled.organization, filled.dock, filled.party);
    let records = filled.server.records().await;
    let platform = records.iter().find(|record| matches!(record, Record::PlatformCounter(_))).expect("a counter").key();
    for (key, counter, rule) in [
        (keys::count_shard(tenant, 2), "docks", "the counters of an organization"),
        (keys::count_shard(tenant, 2), "partiesIndividual", "the counters of an organization"),
        (keys::count_shard(tenant, 2), "apiKeys", "the counters of an organization"),
        (keys::count_shard(tenant, 2), "machineClients", "the counters of an organization"),
        (platform.clone(), "organizations", "the counters of the platform"),
        (platform, "apiKeys", "the counters of the platform"),
        (keys::dock_count_shard(tenant, dock, 5), "recipients", "docks count their recipients and groups"),
        (keys::dock_count_shard(tenant, dock, 5), "groups", "docks count their recipients and groups"),
        (keys::group(tenant, dock, filled.group), "recipientCount", "their members and the groups of recipients"),
        (keys::dock_count_shard(tenant, dock, 5), "rolesRecipient", "count their current roles"),
        (keys::party(tenant, party), "rolesDistributor", "count their current roles"),
    ] {
        table.add(&key, counter, 1).await;
        table.expect_found(&format!("{counter} of {key:?} is raised"), rule).await;
        table.add(&key, counter, -1).await;
    }
    for (record, rule) in stray(&filled) {
        table.put(record.to_item().expect("an item")).await;
        table.expect_found(&format!("{record:?} is stray"), rule).await;
        table.delete(&record.key()).await;
    }
    for (item, damage) in unreadable(&filled, &table).await {
        let before = table.get(&key_of(&item)).await;
        table.put(item.clone()).await;
        table.expect_found(damage, "every item is a record").await;
        match before {
            Some(before) => table.put(before).await,
            None => drop(table.delete(&key_of(&item)).await),
        }
    }
    assert_consistent(&filled.server).await;
}

/// Items without which a rule does not hold.
async fn lost(filled: &Filled, table: &Damaged<'_>) -> Vec<(Key, &'static str)> {
    let Filled { organization, dock, party, person, role, revoked, recipient, group, .. } = *filled;
    let records = filled.server.records().await;
    let key_of = |is: &dyn Fn(&Record) -> bool| records.iter().find(|record| is(record)).expect("a record").key();
    let is_used_hint = |record: &Record| matches!(record, Record::LedgerHint(hint) if hint.owner.deleted_at.is_none());
    let entry = |record: &Record| matches!(record, Record::AuditEntry(entry) if entry.entity_id == party.to_string());
    let lost = vec![
        (
            key_of(&|record| matches!(record, Record::Slug(slug) if slug.slug.as_str() == "harbour")),
            "its row, its slug",
        ),
        (keys::organization_row(organization), "its row, its slug"),
        (keys::count_shard(organization, 3), "all its counters"),
        (keys::dock_row(dock), "the list of all docks"),
        (keys::dock_count_shard(organization, dock, 3), "every dock has all its counters"),
        (key_of(&|record| matches!(record, Record::Domain(_))), "docks and domains"),
        (keys::party_pointer(party), "parties and pointers"),
        (key_of(&|record| matches!(record, Record::PartyReference(_))), "the index of external references"),
        (key_of(&|record| matches!(record, Record::CredentialChild(_))), "in the list of its creator"),
        (key_of(&|record| matches!(record, Record::MachineClient(_))), "every machine client has a row"),
        (key_of(&|record| matches!(record, Record::MachineClientRow(_))), "every machine client has a row"),
        (key_of(&is_used_hint), "hints and rows in the ledger list"),
        (key_of(&|record| matches!(record, Record::DeletedDock(_))), "every deleted dock has its row"),
        (key_of(&|record| matches!(record, Record::Tombstone(_))), "no deleted resource exists"),
        (key_of(&|record| matches!(record, Record::LedgerRow(_))), "hints and rows in the ledger list"),
        (key_of(&|record| matches!(record, Record::LedgerRightCounter(_))), "every user counts the rights"),
        (keys::dock_role(organization, dock, party, RoleName::Recipient), "every current role has an item"),
        (keys::party_role(organization, party, role), "every current role has an item"),
        (keys::party_past_role(organization, person, revoked), "every revoked role has an item"),
        (key_of(&entry), "has its audit entry"),
        (key_of(&|record| matches!(record, Record::AuditRow(_))), "a row in each of its views"),
        (keys::recipient_pointer(recipient), "and their pointers agree"),
        (
            key_of(&|record| matches!(record, Record::RecipientEmail(email) if email.owner.recipient_id == recipient)),
            "their e-mail addresses",
        ),
        (keys::recipient(organization, dock, recipient), "has its audit entry"),
        (keys::group_name(organization, dock, &Name::parse("Agents").expect("a name")), "groups and their names"),
        (keys::group_member(organization, dock, group, recipient), "their members and the groups of recipients"),
        (keys::group(organization, dock, group), "groups and their names"),
        (keys::dock(organization, dock), "every recipient has its dock"),
        (keys::deployment(), "one deployment record"),
        (keys::cursor_secret(), "one cursor secret"),
        (keys::organization(organization), "has its organization"),
    ];
    for (key, _) in &lost {
        assert!(table.get(key).await.is_some(), "{key:?} exists");
    }
    lost
}

/// Records with which a rule does not hold.
fn stray(filled: &Filled) -> Vec<(Record, &'static str)> {
    let Filled { organization, dock, party, role, .. } = *filled;
    let name = Name::parse("Bolt").expect("a name");
    let current_name = name.clone();
    let summary = PartySummary { id: party, kind: PartyType::Organization, name: name.clone() };
    let domain = Domain::parse("none.example").expect("a domain");
    let external_ref = ExternalRef::parse("none").expect("a reference");
    let now = Time::from_millis(1_700_000_000_000);
    let key = ApiKey {
        id: ApiKeyId::from_ulid(organization.ulid()),
        owner: Owner::Platform,
        name,
        scopes: Vec::new(),
        dock_id: None,
        allowed_ips: AllowedIps::default(),
        environment: Environment::Test,
        start: "dk_test_000000".to_owned(),
        expires_at: None,
        created_at: now,
        created_by: Creator::Operator,
        revoked_at: None,
        version: 1,
    };
    let digest = Digest::from_slice(&[0; 32]).expect("32 bytes");
    let current = Role {
        id: role,
        dock_id: dock,
        party_id: party,
        role: RoleName::Recipient,
        created_at: now,
        revoked_at: None,
        revoked_by: None,
    };
    let revoked = Role { revoked_at: Some(now), revoked_by: Some("key".to_owned()), ..current.clone() };
    let untimed = Role { id: RoleId::from_ulid(organization.ulid()), ..current.clone() };
    let hint = Hint::parse("Eve").expect("a hint");
    let resource = DeletedResource::Dock(dock);
    let last = LastState { name: current_name, kind: None, deleted_at: now, deleted_by: "key".to_owned() };
    let deletion = Deletion { deleted_at: now, deleted_by: "key".to_owned(), version: 1, ttl: None };
    vec![
        (Tombstone { organization_id: organization, resource, last }.into(), "no deleted resource exists"),
        (
            DeletedDock { id: dock, owner: DockOwner { organization_id: organization } }.into(),
            "every deleted dock has its row",
        ),
        (
            PendingDeletion { organization_id: organization, resource, deletion }.into(),
            "every deletion in progress has its tombstone",
        ),
        (
            PartyReference { organization_id: organization, external_ref, party: summary }.into(),
            "the index of external",
        ),
        (DomainRecord { domain, owner: DomainOwner { dock_id: dock, blocks_until: 0 } }.into(), "docks and domains"),
        (
            LedgerRight { user_id: "nobody".to_owned(), party: GrantedHint { hint } }.into(),
            "refers to an allocated party",
        ),
        (ApiKeyRecord::new(key.clone(), &digest).into(), "has a row in both lists"),
        (
            CredentialChild { parent: key.id.ulid(), child: CredentialRow { id: key.id.into() } }.into(),
            "in the list of its creator",
        ),
        (
            PendingRevocation { root: key.id.ulid(), revoked: RevokedParent { id: key.id.into(), after: None } }.into(),
            "in the list of its creator",
        ),
        (RevokedRoleByParty { organization_id: organization, role: revoked }.into(), "revoked and current"),
        (RevokedRoleByParty { organization_id: organization, role: untimed.clone() }.into(), "without a valid time"),
        (RoleByParty { organization_id: organization, role: untimed }.into(), "every current role has an item"),
    ]
}

/// Items that are not records, each with what is wrong with it.
async fn unreadable(filled: &Filled, table: &Damaged<'_>) -> Vec<(Item, &'static str)> {
    let Filled { organization, dock, party, .. } = *filled;
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let item = table.get(&keys::party(organization, party)).await.expect("a party");
    let with = |name: &str, value: AttributeValue| {
        let mut item = item.clone();
        item.insert(name.to_owned(), value);
        item
    };
    let mut untyped = item.clone();
    untyped.remove(keys::ENTITY);
    let moved = keys::party(organization, PartyId::from_ulid(dock.ulid()));
    vec![
        (untyped, "no entity type"),
        (with(keys::ENTITY, text("dock")), "the entity type of another record"),
        (with(keys::ENTITY, text("ship")), "an unknown entity type"),
        (with(keys::SK, text("ODD#1")), "an unknown key"),
        (with(keys::SK, text(&moved.sk)), "the key of another party"),
        (with("version", text("one")), "a malformed attribute"),
    ]
}

/// A table to damage.
struct Damaged<'a> {
    client: &'a Client,
    name: &'a str,
}

impl<'a> Damaged<'a> {
    fn of(filled: &'a Filled) -> Self {
        Self { client: filled.server.running().client(), name: filled.server.running().table() }
    }

    async fn get(&self, key: &Key) -> Option<Item> {
        let get = self.client.get_item().table_name(self.name).set_key(Some(attributes(key))).consistent_read(true);
        get.send().await.expect("read").item
    }

    async fn put(&self, item: Item) {
        self.client.put_item().table_name(self.name).set_item(Some(item)).send().await.expect("put");
    }

    async fn delete(&self, key: &Key) -> Item {
        let delete = self.client.delete_item().table_name(self.name).set_key(Some(attributes(key)));
        delete.return_values("ALL_OLD".into()).send().await.expect("deleted").attributes.expect("it existed")
    }

    async fn add(&self, key: &Key, counter: &str, by: i32) {
        let update = self.client.update_item().table_name(self.name).set_key(Some(attributes(key)));
        let update = update.update_expression("ADD #counter :by").expression_attribute_names("#counter", counter);
        update.expression_attribute_values(":by", AttributeValue::N(by.to_string())).send().await.expect("changed");
    }

    async fn expect_found(&self, damage: &str, rule: &str) {
        let found = check(self.client, self.name).await;
        assert!(found.iter().any(|violation| violation.contains(rule)), "{damage}, and the checker reports {found:#?}");
    }
}

fn attributes(key: &Key) -> Item {
    [(keys::PK, &key.pk), (keys::SK, &key.sk)]
        .map(|(name, value)| (name.to_owned(), AttributeValue::S(value.clone())))
        .into()
}

fn key_of(item: &Item) -> Key {
    let text = |name: &str| item[name].as_s().expect("a string").clone();
    Key { pk: text(keys::PK), sk: text(keys::SK) }
}
