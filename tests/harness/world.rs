//! Fixtures: a server with an organization, and one with a dock and a party, too.

use std::ops::Deref;

use berth_shared::time::Time;
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use super::{RequestBuilder, TestClient, TestResponse, TestServer, paths};

/// Random part of ids that belong to no resource.
pub const ULID: &str = "01HQ3K9B2V6R4X8ZT1M5N7P0QS";

/// Waits until the clock shows a later millisecond, so that the next change has a later time than the last one.
pub async fn next_millisecond() {
    let last = Timestamp::now().as_millisecond();
    while Timestamp::now().as_millisecond() <= last {
        tokio::task::yield_now().await;
    }
}

/// A server with the organization Acme.
pub struct World {
    pub server: TestServer,
    pub platform: TestClient,
    pub organization: String,
}

/// A [`World`] with the dock Desk and the party Ann.
pub struct PartyWorld {
    world: World,
    pub dock: String,
    pub party: String,
}

impl World {
    pub async fn new() -> Self {
        let server = TestServer::start().await;
        let platform = server.platform();
        let organization = platform.create_organization("Acme").await.id();
        Self { server, platform, organization }
    }

    pub fn organization_path(&self) -> String {
        paths::organization(&self.organization)
    }

    pub fn parties_path(&self) -> String {
        paths::parties(&self.organization)
    }

    pub fn roles_path(&self, party: &str) -> String {
        paths::roles(&self.organization, party)
    }

    pub async fn get(&self, target: &str) -> TestResponse {
        self.platform.get(target).await.expect(200)
    }

    /// Creates a party, and returns its id.
    pub async fn create_party(&self, kind: &str, name: &str, external_ref: Option<&str>) -> String {
        let body = json!({ "type": kind, "name": name, "externalRef": external_ref });
        self.platform.post(&self.parties_path(), &body).await.expect(201).id()
    }

    /// Creates a party, and returns its path.
    pub async fn new_party(&self) -> String {
        let party = self.platform.create_party(&self.organization, "Ann").await;
        paths::party(&self.organization, &party.id())
    }

    /// Sends a request that creates a dock with these members.
    pub async fn post_dock(&self, mut members: Value) -> TestResponse {
        members["organizationId"] = json!(self.organization);
        members["name"] = json!("Desk");
        self.platform.post_dock(&members).await
    }

    /// Creates a dock with these members, and returns its path.
    pub async fn new_dock(&self, members: Value) -> String {
        paths::dock(&self.post_dock(members).await.expect(201).id())
    }

    /// Sends a patch, and returns the resource after it. Asserts that a read returns the same as the patch.
    pub async fn patched(&self, target: &str, patch: Value) -> Value {
        let changed = self.platform.patch(target, &patch).await.expect(200);
        let read = self.get(target).await;
        assert_eq!((changed.json(), changed.header("etag")), (read.json(), read.header("etag")), "{patch}");
        read.json().clone()
    }

    /// Asserts that a patch changes only these members and `updatedAt`.
    pub async fn assert_patch(&self, target: &str, patch: Value, changed: Value) {
        let mut expected = self.get(target).await.json().clone();
        let after = self.patched(target, patch.clone()).await;
        for (member, value) in changed.as_object().expect("members") {
            expected[member] = value.clone();
        }
        expected["updatedAt"] = after["updatedAt"].clone();
        assert_eq!(after, expected, "{patch}");
    }

    /// Asserts that a list has exactly these rows, newest first, and their number as total.
    pub async fn assert_list(&self, target: &str, expected: &[&str]) {
        let page = self.get(target).await;
        assert_eq!(ids(&page), expected, "{target}");
        assert_eq!(page.json()["meta"]["total"], expected.len(), "{target}");
    }

    /// Asserts that `value` is accepted as `member` of a party, and that `above` is rejected.
    pub async fn assert_party_limit(&self, member: &str, value: Value, above: Value) {
        let created = self.platform.post(&self.parties_path(), &party_body(member, &value)).await.expect(201);
        assert_eq!(created.json()[member], value);
        let error = self.platform.post(&self.parties_path(), &party_body(member, &above)).await;
        assert_eq!(error.error_locations(), [format!("/{member}")]);
    }

    /// Returns the body of a dock with this member.
    pub fn dock_body(&self, member: &str, value: &Value) -> Value {
        json!({ "organizationId": self.organization, "name": "Desk", member: value })
    }
}

impl PartyWorld {
    pub async fn new() -> Self {
        let world = World::new().await;
        let dock = world.platform.create_dock(&world.organization, "Desk").await.id();
        let party = world.platform.create_party(&world.organization, "Ann").await.id();
        Self { world, dock, party }
    }

    pub fn dock_path(&self) -> String {
        paths::dock(&self.dock)
    }

    pub fn party_path(&self) -> String {
        paths::party(&self.organization, &self.party)
    }

    /// Returns the paths of the resources that can be changed: organization, dock and party.
    pub fn resource_paths(&self) -> [String; 3] {
        [self.organization_path(), self.dock_path(), self.party_path()]
    }

    pub async fn assign(&self, party: &str, dock: &str, role: &str) -> TestResponse {
        self.platform.assign(&self.organization, party, dock, role).await
    }

    /// Assigns the role `RECIPIENT` to the party in the dock.
    pub async fn assign_recipient(&self) -> TestResponse {
        self.assign(&self.party, &self.dock, "RECIPIENT").await
    }

    pub async fn send_with(
        &self,
        method: Method,
        target: &str,
        (name, value): (&str, &str),
        body: Option<&Value>,
    ) -> TestResponse {
        let request = self.platform.request(method, target).header(name, value);
        body.into_iter().fold(request, RequestBuilder::json).send().await
    }

    pub async fn if_none_match(&self, target: &str, tags: &str) -> TestResponse {
        self.send_with(Method::GET, target, ("if-none-match", tags), None).await
    }

    pub async fn patch_if_match(&self, target: &str, tags: &str, name: &str) -> TestResponse {
        self.send_with(Method::PATCH, target, ("if-match", tags), Some(&json!({ "name": name }))).await
    }

    pub async fn revoke(&self, role: &TestResponse) {
        let target = paths::role(&self.organization, &role.text("partyId"), &role.id());
        assert_eq!(self.platform.delete(&target).await.expect(200).json(), &json!({ "success": true }));
    }

    /// Returns the roles of the party.
    pub async fn of_party(&self, query: &str) -> TestResponse {
        self.get(&format!("{}{query}", self.roles_path(&self.party))).await
    }

    /// Returns the roles in a dock.
    pub async fn of_dock(&self, dock: &str, query: &str) -> TestResponse {
        self.get(&format!("{}{query}", paths::dock_parties(dock))).await
    }

    /// Returns the roles of the organization.
    pub async fn of_organization(&self, query: &str) -> TestResponse {
        self.organization_roles(query).await.expect(200)
    }

    /// Requests the roles of the organization.
    pub async fn organization_roles(&self, query: &str) -> TestResponse {
        self.platform.get(&format!("{}{query}", paths::organization_roles(&self.organization))).await
    }

    /// Returns the results of role checks.
    pub async fn check(&self, client: &TestClient, checks: Value) -> Value {
        let target = paths::role_checks(&self.organization);
        client.post(&target, &json!({ "checks": checks })).await.expect(200).json()["results"].clone()
    }
}

impl Deref for PartyWorld {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

/// Returns the body of a party with this member.
pub fn party_body(member: &str, value: &Value) -> Value {
    let mut body = json!({ "type": "INDIVIDUAL", "name": "Ann" });
    body[member] = value.clone();
    body
}

/// Returns the ids of the rows of a page.
pub fn ids(page: &TestResponse) -> Vec<String> {
    let rows = page.json()["data"].as_array().expect("data");
    rows.iter().map(|row| row["id"].as_str().expect("id").to_owned()).collect()
}

/// Returns the rows of a list, which must fit on one page.
pub fn rows(page: &TestResponse) -> &Vec<Value> {
    let rows = page.json()["data"].as_array().expect("data");
    let meta = &page.json()["meta"];
    assert_eq!((&meta["total"], &meta["hasMore"]), (&json!(rows.len()), &json!(false)), "the list has one page");
    rows
}

/// Returns one member of each row of a list, which must fit on one page.
pub fn each<'a>(page: &'a TestResponse, member: &str) -> Vec<&'a str> {
    rows(page).iter().map(|row| row[member].as_str().unwrap_or("null")).collect()
}

/// Returns the entity tag of a response.
#[track_caller]
pub fn tag(response: &TestResponse) -> String {
    response.header("etag").expect("an entity tag").to_owned()
}

/// Returns the last segment of a path.
pub fn id_of(path: &str) -> &str {
    path.rsplit('/').next().expect("an id")
}

pub fn succeeded(response: &TestResponse) -> bool {
    matches!(response.status, 200 | 201)
}

/// Runs `attempt` with a time in the near future, and returns its result with that time. If a busy machine is too slow
/// and `attempt` has no result, repeats it with a later time.
pub async fn before_expiry<T>(attempt: impl AsyncFn(Time) -> Option<T>) -> (T, Time) {
    for seconds in [1, 2, 4, 8, 16, 32] {
        let ends = Time::now().plus_millis(seconds * 1000 + 500);
        if let Some(result) = attempt(ends).await {
            return (result, ends);
        }
    }
    panic!("32 seconds are not enough");
}
