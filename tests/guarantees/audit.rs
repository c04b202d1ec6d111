//! Audit entries in the table: one for each change, and none without a change.

use berth_shared::{
    credentials::Owner,
    json::Json,
    store::{
        Action, Dialect, Entity, Record,
        record::{AuditEntry, Details},
    },
};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{TestClient, TestResponse, TestServer, api_test, paths};

/// Returns the details of an entry.
fn details(entry: &AuditEntry) -> &Details {
    entry.details().expect("an entry has its details")
}

/// Returns the values before and after the change.
fn changes(entry: &AuditEntry) -> (Value, Value) {
    let value = |json: &Json| serde_json::from_str(&json.to_text()).expect("JSON");
    let changes = details(entry).changes.as_ref().expect("changes");
    (value(&changes.before), value(&changes.after))
}

struct World {
    server: TestServer,
    platform: TestClient,
    organization: String,
}

impl World {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let platform = server.platform();
        let organization = platform.create_organization("Acme").await.id();
        Self { server, platform, organization }
    }

    fn path(&self) -> String {
        paths::organization(&self.organization)
    }

    /// Returns all audit entries, oldest first.
    async fn audit_entries(&self) -> Vec<AuditEntry> {
        let records = self.server.records().await.into_iter();
        let entries =
            records.filter_map(|record| if let Record::AuditEntry(entry) = record { Some(entry) } else { None });
        let mut entries: Vec<_> = entries.collect();
        entries.sort_by_key(|entry| entry.id);
        entries
    }

    /// Returns the audit entries of a resource, oldest first.
    async fn entries_of(&self, owner: &str, id: &str) -> Vec<AuditEntry> {
        let owner: Owner = serde_json::from_value(json!(owner)).expect("an owner");
        let entries = self.audit_entries().await.into_iter();
        entries.filter(|entry| entry.owner == owner && entry.entity_id == id).collect()
    }

    /// Sends a change in a request with its own id. Returns the response and the only audit entry of the change.
    async fn change(&self, method: Method, target: &str, body: Value, owner: &str) -> (TestResponse, AuditEntry) {
        let before = self.audit_entries().await.len();
        let key = self.platform.create_api_key(
            None,
            &["organizations:write", "docks:write", "parties:write", "roles:write", "api-keys:write", "docks:read"],
        );
        let key = key.await;
        let client = self.server.client(&key.text("key"));
        let request_id = format!("change-{before}");
        let request =
            client.request(method.clone(), target).header("x-request-id", &request_id).header("user-agent", "test/1");
        let response = if method == Method::DELETE { request } else { request.json(&body) }.send().await;
        assert!(matches!(response.status, 200 | 201), "{}", response.json());
        assert_eq!(self.audit_entries().await.len(), before + 2, "one entry for the key, one for the change");
        let (method, last) = (method.as_str(), target.rsplit('/').next().expect("an id").to_owned());
        let entity = if method == "POST" { response.id() } else { last };
        let owner = if owner.is_empty() { entity.as_str() } else { owner };
        let entry = self.entries_of(owner, &entity).await.pop().expect("an entry");
        assert_eq!((&entry.request_id, &entry.entity_id), (&request_id, &entity));
        let Details { ip_address, user_agent, .. } = details(&entry);
        assert_eq!((ip_address.as_deref(), user_agent.as_deref()), (Some("127.0.0.1"), Some("test/1")));
        assert_eq!((entry.actor.kind.as_str(), &entry.actor.id), ("api_key", &key.id()));
        (response, entry)
    }
}

#[track_caller]
fn is(entry: &AuditEntry, entity: Entity, action: Action, dock: Option<&str>) {
    let found = entry.dock_id.map(|dock| dock.to_string());
    assert_eq!((&entry.entity_type, entry.action, found.as_deref()), (&entity, action, dock));
}

/// Asserts that `found` has these members, besides those of every change.
#[track_caller]
fn members(found: &Value, wanted: &[&str]) {
    let mut names: Vec<_> = found.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    let mut wanted = [wanted, &["updatedAt", "version"]].concat();
    wanted.sort_unstable();
    assert_eq!(names, wanted, "{found}");
}

#[apply(api_test)]
async fn changes_of_an_organization_are_audited() {
    let world = World::new().await;
    let body = json!({ "name": "Bank", "metadata": { "a": 1, "b": { "c": [2] } } });
    let (created, entry) = world.change(Method::POST, paths::ORGANIZATIONS, body, "").await;
    is(&entry, Entity::Organization, Action::Create, None);
    let (before, after) = changes(&entry);
    assert_eq!(before, Value::Null);
    for member in ["id", "name", "slug", "metadata", "createdAt", "updatedAt"] {
        assert_eq!(after[member], created.json()[member], "{member}");
    }
    let target = paths::organization(&created.id());
    let patch = json!({ "slug": "b", "metadata": { "a": null } });
    let (changed, entry) = world.change(Method::PATCH, &target, patch, &created.id()).await;
    is(&entry, Entity::Organization, Action::Update, None);
    let (before, after) = changes(&entry);
    members(&before, &["slug", "metadata"]);
    members(&after, &["slug", "metadata"]);
    for member in ["slug", "metadata", "updatedAt"] {
        assert_eq!((&before[member], &after[member]), (&created.json()[member], &changed.json()[member]), "{member}");
    }
}

#[apply(api_test)]
async fn changes_of_a_dock_are_audited() {
    let world = World::new().await;
    let body = json!({ "organizationId": world.organization, "name": "Desk", "businessAddress": { "city": "Bonn" } });
    let (created, entry) = world.change(Method::POST, paths::DOCKS, body, &world.organization).await;
    is(&entry, Entity::Dock, Action::Create, Some(&created.id()));
    let (before, after) = changes(&entry);
    assert_eq!(before, Value::Null);
    for (member, value) in created.json().as_object().expect("members") {
        assert_eq!(after[member], *value, "{member}");
    }
    let patch = json!({ "name": "Desk", "domain": "a.example.com", "businessAddress": null });
    let (_, entry) = world.change(Method::PATCH, &paths::dock(&created.id()), patch, &world.organization).await;
    is(&entry, Entity::Dock, Action::Update, Some(&created.id()));
    let (before, after) = changes(&entry);
    members(&after, &["domain", "businessAddress"]);
    assert_eq!((&before["domain"], &after["domain"]), (&Value::Null, &json!("a.example.com")));
    assert_eq!((&before["businessAddress"]["city"], &after["businessAddress"]), (&json!("Bonn"), &Value::Null));
}

#[apply(api_test)]
async fn changes_of_a_party_are_audited() {
    let world = World::new().await;
    let parties = format!("{}/parties", world.path());
    let body = json!({ "type": "INDIVIDUAL", "name": "Ann", "email": "a@b.com", "metadata": { "n": 1.0 } });
    let (created, entry) = world.change(Method::POST, &parties, body, &world.organization).await;
    is(&entry, Entity::Party, Action::Create, None);
    let (before, after) = changes(&entry);
    assert_eq!(before, Value::Null);
    // The ledger id of a party that was created in `/v1` is not stored: it follows from its id.
    let found = created.json().as_object().expect("members").iter().filter(|(member, _)| *member != "ledgerParty");
    for (member, value) in found {
        assert_eq!(after[member], *value, "{member}");
    }
    assert!(
        details(&entry)
            .changes
            .as_ref()
            .is_some_and(|changes| changes.after.to_text().contains(r#""metadata":{"n":1.0}"#)),
        "numbers keep their digits here, too"
    );
    let patch = json!({ "email": null, "name": "Ann", "externalRef": "E-1" });
    let target = format!("{parties}/{}", created.id());
    let (_, entry) = world.change(Method::PATCH, &target, patch, &world.organization).await;
    is(&entry, Entity::Party, Action::Update, None);
    let (before, after) = changes(&entry);
    members(&before, &["email", "externalRef"]);
    members(&after, &["email", "externalRef"]);
    assert_eq!((&before["email"], &after["email"]), (&json!("a@b.com"), &Value::Null));
    assert_eq!((&before["externalRef"], &after["externalRef"]), (&Value::Null, &json!("E-1")));
}

#[apply(api_test)]
async fn changes_of_a_role_are_audited() {
    let world = World::new().await;
    let dock = world.platform.create_dock(&world.organization, "Desk").await.id();
    let party = world.platform.create_party(&world.organization, "Ann").await.id();
    let roles = format!("{}/parties/{party}/roles", world.path());
    let body = json!({ "dockId": dock, "role": "RECIPIENT" });
    let (created, entry) = world.change(Method::POST, &roles, body, &world.organization).await;
    is(&entry, Entity::Role, Action::Create, Some(&dock));
    assert_eq!(changes(&entry), (Value::Null, created.json().clone()));
    let target = format!("{roles}/{}", created.id());
    let (_, entry) = world.change(Method::DELETE, &target, Value::Null, &world.organization).await;
    is(&entry, Entity::Role, Action::Delete, Some(&dock));
    assert_eq!(changes(&entry), (created.json().clone(), Value::Null));
    assert_eq!(world.entries_of(&world.organization, &created.id()).await.len(), 2);
}

/// Every role that ends with its dock has an entry of its own, from the same request.
#[apply(api_test)]
async fn deletions_are_audited() {
    let world = World::new().await;
    let dock = world.platform.create_dock(&world.organization, "Desk").await.id();
    let target = paths::dock(&dock);
    let (_, entry) = world.change(Method::DELETE, &target, Value::Null, &world.organization).await;
    is(&entry, Entity::Dock, Action::Delete, Some(&dock));
    let (before, after) = changes(&entry);
    assert_eq!((&before["name"], &after), (&json!("Desk"), &Value::Null));
    let party = world.platform.create_party(&world.organization, "Ann").await.id();
    let mut ended = vec![party.clone()];
    for name in ["East", "West"] {
        let dock = world.platform.create_dock(&world.organization, name).await.id();
        ended.push(world.platform.assign(&world.organization, &party, &dock, "RECIPIENT").await.id());
    }
    let request = world.platform.request(Method::DELETE, &paths::party(&world.organization, &party));
    request.header("x-request-id", "ending").send().await.expect(200);
    let entries = world.audit_entries().await.into_iter().filter(|entry| entry.request_id == "ending");
    let mut found: Vec<_> = entries.map(|entry| (entry.entity_id, entry.action == Action::Delete)).collect();
    found.sort();
    ended.sort();
    assert_eq!(found, ended.into_iter().map(|id| (id, true)).collect::<Vec<_>>());
    let other = world.platform.create_organization("Other").await.id();
    let target = paths::organization(&other);
    let (_, entry) = world.change(Method::DELETE, &target, Value::Null, &other).await;
    is(&entry, Entity::Organization, Action::Delete, None);
}

#[apply(api_test)]
async fn changes_of_an_api_key_are_audited_without_the_secret() {
    let world = World::new().await;
    for (owner, organization) in [(world.organization.as_str(), json!(world.organization)), ("PLATFORM", Value::Null)] {
        let body = json!({ "name": "K", "scopes": ["docks:read"], "organizationId": organization });
        let (created, entry) = world.change(Method::POST, paths::API_KEYS, body, owner).await;
        is(&entry, Entity::ApiKey, Action::Create, None);
        let (before, after) = changes(&entry);
        assert_eq!(before, Value::Null);
        for member in ["id", "name", "scopes", "environment", "start", "createdAt", "expiresAt"] {
            assert_eq!(after[member], created.json()[member], "{member}");
        }
        let target = paths::api_key(&created.id());
        let (_, entry) = world.change(Method::DELETE, &target, Value::Null, owner).await;
        is(&entry, Entity::ApiKey, Action::Revoke, None);
        let (before, after) = changes(&entry);
        assert_eq!(before, json!({ "revokedAt": null, "version": 1 }));
        assert!(after["revokedAt"].is_string() && after.as_object().map(serde_json::Map::len) == Some(2), "{after}");
        // No audit entry contains the credential, its secret part or a digest.
        let key = created.text("key");
        let secret = key.rsplit('_').next().expect("a secret");
        for entry in world.entries_of(owner, &created.id()).await {
            let shown = format!("{entry:?}");
            assert!(!shown.contains(secret) && !shown.to_lowercase().contains("digest"), "{shown}");
        }
    }
}

#[apply(api_test)]
async fn requests_without_effect_are_not_audited() {
    let world = World::new().await;
    let dock = world.platform.create_dock(&world.organization, "Desk").await.id();
    let party = world.platform.create_party(&world.organization, "Ann").await.id();
    world.platform.assign(&world.organization, &party, &dock, "RECIPIENT").await;
    let key = paths::api_key(&world.platform.create_api_key(None, &["docks:read"]).await.id());
    world.platform.delete(&key).await.expect(200);
    let party_path = format!("{}/parties/{party}", world.path());
    let before = world.audit_entries().await;
    for target in [&world.path(), &party_path, &paths::dock(&dock)] {
        let name = world.platform.get(target).await.text("name");
        world.platform.patch(target, &json!({ "name": name })).await.expect(200);
        world.platform.patch(target, &json!({ "name": "" })).await.expect(400);
        let stale =
            world.platform.request(Method::PATCH, target).header("if-match", "\"7\"").json(&json!({ "name": "X" }));
        stale.send().await.expect(412);
    }
    world.platform.delete(&key).await.expect(200);
    world.platform.try_assign(&world.organization, &party, &dock, "RECIPIENT").await.expect(409);
    let checks = json!({ "checks": [{ "dockId": dock, "partyId": party, "role": "RECIPIENT" }] });
    world.platform.post(&format!("{}/roles/check", world.path()), &checks).await.expect(200);
    assert_eq!(world.audit_entries().await, before);
}

#[apply(api_test)]
async fn a_long_value_is_audited_by_size_and_digest() {
    let world = World::new().await;
    // The JSON around the text has eight bytes: 4096 bytes in all, and 4097. The digest is `sha256sum` of the compact
    // JSON.
    let whole = json!({ "k": "x".repeat(4_088) });
    let long = json!({ "k": "x".repeat(4_089) });
    let body = |metadata: &Value| json!({ "metadata": metadata });
    let (_, entry) = world.change(Method::PATCH, &world.path(), body(&whole), &world.organization).await;
    assert_eq!(changes(&entry).1["metadata"], whole);
    let (_, entry) = world.change(Method::PATCH, &world.path(), body(&long), &world.organization).await;
    let (before, after) = changes(&entry);
    assert_eq!(before["metadata"], whole);
    let digest = "6de5ab3313b81c728226bc39f928f08e0d777ec24f54ec298446ce3d60b5f6cb";
    assert_eq!(after["metadata"], json!({ "bytes": 4_097, "sha256": digest }));
}

#[apply(api_test)]
async fn the_user_agent_is_truncated_to_256_characters() {
    let world = World::new().await;
    for (sent, stored) in [("x".repeat(256), "x".repeat(256)), ("y".repeat(257), "y".repeat(256))] {
        let request = world.platform.request(Method::POST, paths::DOCKS).header("user-agent", &sent);
        let body = json!({ "organizationId": world.organization, "name": "Desk" });
        let created = request.json(&body).send().await.expect(201);
        let entry = world.entries_of(&world.organization, &created.id()).await.pop().expect("an entry");
        assert_eq!(details(&entry).user_agent, Some(stored));
    }
}

#[apply(api_test)]
async fn the_operator_is_the_user_of_the_system() {
    let server = TestServer::start().await;
    let output = std::process::Command::new("id").arg("-un").output().expect("a user");
    let user = String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned();
    let actors: Vec<_> = server
        .records()
        .await
        .into_iter()
        .filter_map(|record| match record {
            Record::AuditEntry(entry) if entry.dialect == Dialect::Operator => Some(entry.actor),
            _ => None,
        })
        .collect();
    // The start creates the first key and the default organization.
    assert_eq!(actors.len(), 2);
    for actor in actors {
        assert_eq!((actor.kind.as_str(), &actor.id), ("operator", &user));
    }
}
