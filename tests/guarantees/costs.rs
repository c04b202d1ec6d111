//! The DynamoDB requests and units of each operation, compared with the ceilings in docs/costs.md.

mod groups;
mod recipients;

use std::{fmt::Write, time::Duration};

use berth::Options;
use berth_shared::{store::Family, time::Clock};
use futures::{StreamExt, stream};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::json;

use super::costs_of_clients::machine_clients;
use crate::harness::{
    DynamoDbRequest, Fault, TestClient, TestResponse, TestServer, Traffic, Wire, api_test, generated, paths, patient,
};

/// The current docs/costs.md; `cargo xtask generate` writes the table of requests.
pub const WRITTEN: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/costs.md"));
/// The part after the table of requests, which `growth` writes.
const GROWTH: &str = "\n## Growth of the directory\n\n";
const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/costs.md");

/// Round trips, DynamoDB requests, write units and read units; `None` without a ceiling.
pub type Ceiling = Option<(usize, usize, f64, f64)>;

pub struct Ledger {
    server: TestServer,
    wire: Wire,
    clock: Clock,
    rows: Vec<(String, Traffic, Ceiling)>,
}

impl Ledger {
    pub async fn start() -> Self {
        let (wire, clock) = (Wire::new(), Clock::default());
        let options = Options { http_client: Some(wire.layer()), clock: clock.clone(), ..patient() };
        let server = TestServer::start_with(options).await;
        let ledger = Self { server, wire, clock, rows: Vec::new() };
        ledger.age_keys();
        ledger
    }

    /// Lets all API keys become so old that authentication reads them with eventual consistency.
    pub fn age_keys(&self) {
        self.clock.advance(60_000);
    }

    /// Returns the server.
    pub fn server(&self) -> &TestServer {
        &self.server
    }

    /// Measures a request without its authentication, which a process repeats every 30 seconds.
    pub async fn cost_of(&self, request: impl Future<Output = TestResponse>) -> (TestResponse, Traffic) {
        let (response, Traffic(requests)) = self.whole_cost_of(request).await;
        (response, Traffic(requests.into_iter().filter(|request| !authenticates(request)).collect()))
    }

    /// Measures a request with its authentication.
    pub async fn whole_cost_of(&self, request: impl Future<Output = TestResponse>) -> (TestResponse, Traffic) {
        self.wire.take();
        // The embedded DynamoDB responds so fast that the first of two concurrent requests may end before the second is
        // signed.
        // DynamoDB does not.
        self.wire.always(Fault::Late(Duration::from_millis(20)));
        let response = request.await;
        self.wire.clear_faults();
        (response, self.wire.take())
    }

    /// Measures a request, and records it with its ceiling.
    pub async fn note(
        &mut self,
        name: &str,
        ceiling: Ceiling,
        status: u16,
        request: impl Future<Output = TestResponse>,
    ) -> TestResponse {
        let (response, traffic) = self.cost_of(request).await;
        self.rows.push((name.to_owned(), traffic, ceiling));
        response.expect(status)
    }

    /// Records measured traffic with its ceiling.
    pub fn row(&mut self, name: &str, traffic: Traffic, ceiling: Ceiling) {
        self.rows.push((name.to_owned(), traffic, ceiling));
    }

    fn table(&self) -> String {
        let mut text = String::from("| operation | round trips | requests | write units | read units | ceiling |\n");
        text.push_str("|---|---|---|---|---|---|\n");
        for (name, traffic, ceiling) in &self.rows {
            let ceiling = ceiling.map_or("-".to_owned(), |(trips, requests, write, read)| {
                format!("{trips} / {requests} / {write} / {read}")
            });
            let (trips, requests) = (traffic.round_trips(), traffic.requests());
            let (write, read) = (traffic.write_units(), traffic.read_units());
            writeln!(text, "| {name} | {trips} | {requests} | {write} | {read} | {ceiling} |")
                .expect("a string is writable");
        }
        text
    }

    fn expect_no_more_than_the_ceilings(&self) {
        for (name, traffic, ceiling) in &self.rows {
            let Some((trips, requests, write, read)) = *ceiling else { continue };
            let within = traffic.round_trips() <= trips
                && traffic.requests() <= requests
                && traffic.write_units() <= write
                && traffic.read_units() <= read;
            assert!(within, "{name} costs more than its ceiling: {:?}\n{}", traffic.operations(), self.table());
        }
    }
}

/// Returns the cursor of the next page.
pub fn cursor(response: &TestResponse) -> String {
    response.json()["meta"]["nextCursor"].as_str().expect("a next page").to_owned()
}

/// Returns a ceiling of round trips, DynamoDB requests, write units and read units.
#[expect(clippy::unnecessary_wraps, reason = "the other value is None")]
pub const fn at_most(trips: usize, requests: usize, write: f64, read: f64) -> Ceiling {
    Some((trips, requests, write, read))
}

#[apply(api_test)]
async fn no_request_costs_more_than_its_ceiling() {
    let mut ledger = Ledger::start().await;
    let platform = ledger.server.platform();
    // The first request of a process also records the use of the key. The first list reads the secret of
    // the cursors, and the first ledger id reads the namespace.
    let first = "any operation, first use of its key in an hour, with the operation itself (get-organization, unknown)";
    let nonexistent = "/v1/organizations/org_01HQ3K9B2V6R4X8ZT1M5N7P0QS";
    let (_, traffic) = ledger.whole_cost_of(platform.get(nonexistent)).await;
    ledger.rows.push((first.to_owned(), traffic, None));
    let list = "list-organizations, first list of a process";
    ledger.note(list, None, 200, platform.list_organizations()).await;
    let ledger_id = "get-participant-id, first ledger id of a process";
    ledger.note(ledger_id, None, 200, platform.get("/v2/parties/participant-id")).await;
    let org = ledger
        .note("create-organization, free slug", at_most(1, 1, 30.0, 0.0), 201, async {
            platform.post_organization(&json!({ "name": "Costs" })).await
        })
        .await;
    let org = org.id();
    organizations(&mut ledger, &platform, &org).await;
    docks(&mut ledger, &platform, &org).await;
    parties(&mut ledger, &platform, &org).await;
    roles(&mut ledger, &platform, &org).await;
    recipients::measure(&mut ledger, &platform, &org).await;
    groups::measure(&mut ledger, &platform, &org).await;
    keys(&mut ledger, &platform, &org).await;
    machine_clients(&mut ledger, &platform, &org).await;
    deletions(&mut ledger, &platform).await;
    println!("{}", ledger.table());
    ledger.expect_no_more_than_the_ceilings();
    let text = format!(
        "# Costs of an operation\n\nThe tests count DynamoDB requests at the SDK's HTTP client, on a warm process, \
         after authentication unless a row\nsays otherwise. Items are under 1 KB. A ceiling is round trips / requests \
         / write units / read units. The embedded\nDynamoDB charges units as DynamoDB does. A rejected transaction \
         counts as 0 units, because its error does not report\na price. A test fails if an operation costs more than \
         its ceiling, or if this page is out of date. To regenerate it:\n\n    cargo xtask generate\n\n{}",
        ledger.table()
    );
    let (written, growth) = WRITTEN.split_once(GROWTH).unwrap_or((WRITTEN, ""));
    if std::env::var_os("BERTH_REGENERATE").is_some() {
        generated::write(PATH, &format!("{text}{GROWTH}{growth}"));
    } else {
        assert_eq!(text, written, "docs/costs.md is out of date: cargo xtask generate");
    }
}

/// Writes the part about growth into docs/costs.md.
pub fn write_growth(text: &str) {
    let requests = WRITTEN.split_once(GROWTH).map_or(WRITTEN, |(requests, _)| requests);
    generated::write(PATH, &format!("{requests}{GROWTH}{text}"));
}

async fn organizations(ledger: &mut Ledger, platform: &TestClient, org: &str) {
    let body = json!({ "name": "Costs" });
    let name = "create-organization, taken slug";
    ledger.note(name, at_most(3, 3, 31.0, 0.0), 201, platform.post_organization(&body)).await;
    let target = paths::organization(org);
    ledger.note("get-organization", at_most(1, 1, 0.0, 3.0), 200, platform.get(&target)).await;
    let body = json!({ "metadata": { "a": 1 } });
    ledger.note("update-organization", None, 200, platform.patch(&target, &body)).await;
    let body = json!({ "name": "Price", "slug": "price" });
    ledger.note("update-organization, name and slug", None, 200, platform.patch(&target, &body)).await;
    ledger.note("list-organizations, a page of 2", None, 200, platform.get("/v1/organizations?limit=2")).await;
    ledger.note("list-organizations by slug", None, 200, platform.get("/v1/organizations?slug=price")).await;
}

async fn docks(ledger: &mut Ledger, platform: &TestClient, org: &str) {
    let body = json!({ "organizationId": org, "name": "Dock" });
    let dock = ledger.note("create-dock", None, 201, platform.post_dock(&body)).await.id();
    let target = paths::dock(&dock);
    let tenant = ledger.server.tenant(org, &["docks:read"]).await;
    ledger.age_keys();
    tenant.get(&target).await.expect(200);
    ledger.note("get-dock, platform key", None, 200, platform.get(&target)).await;
    ledger.note("get-dock, organization key", None, 200, tenant.get(&target)).await;
    let body = json!({ "primaryColor": "#0066cc" });
    ledger.note("update-dock", None, 200, platform.patch(&target, &body)).await;
    let body = json!({ "domain": "costs.example" });
    ledger.note("update-dock, a domain", None, 200, platform.patch(&target, &body)).await;
    ledger.note("list-docks", None, 200, platform.list_docks()).await;
    let target = format!("/v1/docks?organizationId={org}");
    ledger.note("list-docks of an organization", None, 200, platform.get(&target)).await;
}

async fn parties(ledger: &mut Ledger, platform: &TestClient, org: &str) {
    let target = paths::parties(org);
    let body = json!({ "type": "INDIVIDUAL", "name": "Ann" });
    let with_ref = json!({ "type": "INDIVIDUAL", "name": "Ann", "externalRef": "a-1" });
    let keyed =
        |key: &str| platform.request(Method::POST, &target).header("idempotency-key", key).json(&with_ref).send();
    let party = ledger.note("create-party", at_most(1, 1, 12.0, 0.0), 201, platform.post(&target, &body)).await.id();
    ledger.note("create-party, externalRef", at_most(1, 1, 14.0, 0.0), 201, platform.post(&target, &with_ref)).await;
    let name = "create-party, externalRef and Idempotency-Key";
    ledger.note(name, at_most(1, 1, 16.0, 0.0), 201, keyed("once")).await;
    ledger.note("create-party, replayed", at_most(1, 1, 0.0, 0.0), 201, keyed("once")).await;
    let one = format!("{target}/{party}");
    ledger.note("get-party", at_most(1, 1, 0.0, 0.5), 200, platform.get(&one)).await;
    let body = json!({ "name": "Anna" });
    ledger.note("update-party", None, 200, platform.patch(&one, &body)).await;
    for number in 0..60 {
        platform.create_party(org, &format!("Party {number}")).await;
    }
    let page = |query: String| {
        let target = format!("{target}?limit=20{query}");
        async move { platform.get(&target).await }
    };
    let first = ledger.note("list-parties, first page of 20", None, 200, page(String::new())).await;
    // 20 rows of about 250 bytes, and 8 counters.
    let by_cursor = page(format!("&cursor={}", cursor(&first)));
    ledger.note("list-parties, a page of 20 by cursor", at_most(1, 2, 0.0, 4.0), 200, by_cursor).await;
    ledger.note("list-parties, offset 40", None, 200, page("&offset=40".to_owned())).await;
    ledger.note("list-parties by externalRef", None, 200, page("&externalRef=a-1".to_owned())).await;
}

async fn roles(ledger: &mut Ledger, platform: &TestClient, org: &str) {
    let other = platform.create_organization("Other").await.id();
    let foreign = platform.create_dock(&other, "Foreign").await.id();
    let dock = platform.create_dock(org, "Roles").await.id();
    let party = platform.create_party(org, "Holder").await.id();
    let target = paths::roles(org, &party);
    let post = |dock: &str, role: &str, key: Option<&'static str>| {
        let request = platform.request(Method::POST, &target).json(&json!({ "dockId": dock, "role": role }));
        match key {
            Some(key) => request.header("idempotency-key", key).send(),
            None => request.header("x-request-id", "costs").send(),
        }
    };
    let role = post(&dock, "RECIPIENT", None);
    let role = ledger.note("assign-role", at_most(1, 1, 16.0, 0.0), 201, role).await.id();
    let one = paths::role(org, &party, &role);
    ledger.note("get-role", at_most(1, 2, 0.0, 2.0), 200, platform.get(&one)).await;
    let keyed = post(&dock, "DISTRIBUTOR", Some("role"));
    ledger.note("assign-role, Idempotency-Key", at_most(1, 1, 18.0, 0.0), 201, keyed).await;
    let duplicate = post(&dock, "RECIPIENT", None);
    ledger.note("assign-role rejected: duplicate", at_most(1, 1, 0.0, 2.0), 409, duplicate).await;
    let error = post(&foreign, "RECIPIENT", None);
    ledger.note("assign-role rejected: foreign", at_most(2, 2, 0.0, 2.0), 403, error).await;
    let error = post("dock_01HQ3K9B2V6R4X8ZT1M5N7P0QS", "RECIPIENT", None);
    ledger.note("assign-role rejected: unknown", at_most(2, 2, 0.0, 2.0), 404, error).await;
    for number in 0..45 {
        let dock = platform.create_dock(org, &format!("Dock {number}")).await.id();
        platform.assign(org, &party, &dock, "RECIPIENT").await;
    }
    let page = platform.get(&format!("{target}?limit=20")).await.expect(200);
    let by_cursor = format!("{target}?limit=20&cursor={}", cursor(&page));
    // The page, the party, 20 docks of one unit each, and the deletions in progress.
    ledger.note("list-roles, a page of 20 by cursor", at_most(2, 3, 0.0, 24.0), 200, platform.get(&by_cursor)).await;
    let in_dock = format!("{target}?dockId={dock}");
    ledger.note("list-roles by dockId", at_most(1, 2, 0.0, 100.0), 200, platform.get(&in_dock)).await;
    let at = platform.get(&target).await.expect(200).json()["data"][0]["createdAt"].as_str().expect("time").to_owned();
    ledger.note("list-roles as of a time", None, 200, platform.get(&format!("{target}?asOf={at}"))).await;
    let found = json!({ "dockId": dock, "partyId": party, "role": "RECIPIENT" });
    let docks = platform.get(&format!("{target}?limit=100")).await.expect(200);
    let docks = docks.json()["data"].as_array().expect("rows").clone();
    let each = docks.iter().flat_map(|row| {
        ["DISTRIBUTOR", "RECIPIENT"].map(|role| json!({ "dockId": row["dockId"], "partyId": party, "role": role }))
    });
    let checks: Vec<_> = each.chain(std::iter::repeat(found)).take(100).collect();
    let body = json!({ "checks": checks });
    let every = paths::role_checks(org);
    let check = platform.post(&every, &body);
    ledger.note("check-roles, 100", at_most(1, 2, 0.0, 100.0), 200, check).await;
    for number in 0..45 {
        let party = platform.create_party(org, &format!("Member {number}")).await.id();
        platform.assign(org, &party, &dock, "RECIPIENT").await;
    }
    let members = format!("{}?limit=20", paths::dock_parties(&dock));
    let page = platform.get(&members).await.expect(200);
    let by_cursor = format!("{members}&cursor={}", cursor(&page));
    ledger.note("list-dock-parties, a page of 20 by cursor", None, 200, platform.get(&by_cursor)).await;
    organization_roles(ledger, platform, org, (&dock, &party)).await;
    audit(ledger, platform, org, (&dock, &party)).await;
    let allocate = json!({ "partyIdHint": "Ann" });
    ledger
        .note("allocate-ledger-party", at_most(1, 1, 16.0, 0.0), 200, platform.allocate_ledger_party(&allocate))
        .await;
    ledger.note("revoke-role", None, 200, platform.delete(&format!("{target}/{role}"))).await;
}

/// Measures the list of the roles of an organization: of all parties, of some parties and of some docks.
async fn organization_roles(ledger: &mut Ledger, platform: &TestClient, org: &str, (dock, party): (&str, &str)) {
    let list = paths::organization_roles(org);
    let first = |filter: &str| {
        let target = format!("{list}?limit=20{filter}");
        async move {
            let page = platform.get(&target).await.expect(200);
            format!("{target}&cursor={}", cursor(&page))
        }
    };
    // The page, at most 40 names of one unit each, and the deletions in progress.
    let target = first("").await;
    let name = "list-organization-roles, a page of 20 by cursor";
    ledger.note(name, at_most(2, 3, 0.0, 44.0), 200, platform.get(&target)).await;
    // In parallel with the counters.
    let target = first(&format!("&partyId={party}")).await;
    let name = "list-organization-roles by partyId, a page of 20 by cursor";
    ledger.note(name, at_most(2, 4, 0.0, 45.0), 200, platform.get(&target)).await;
    let target = first(&format!("&dockId={dock}")).await;
    let name = "list-organization-roles by dockId, a page of 20 by cursor";
    ledger.note(name, at_most(2, 5, 0.0, 46.0), 200, platform.get(&target)).await;
}

/// Measures the pages of the audit trail: without a filter, and by each one.
async fn audit(ledger: &mut Ledger, platform: &TestClient, org: &str, (dock, party): (&str, &str)) {
    let list = format!("{}?organizationId={org}&limit=20", paths::AUDIT_LOGS);
    let first = platform.get(&list).await.expect(200);
    let actor = first.json()["data"][0]["actor"]["id"].as_str().expect("an id").to_owned();
    for (name, filter) in [
        ("list-audit-entries, a page of 20 by cursor", String::new()),
        ("list-audit-entries by dockId, a page of 20 by cursor", format!("&dockId={dock}")),
        ("list-audit-entries by actorId, a page of 20 by cursor", format!("&actorId={actor}")),
        ("list-audit-entries by action, a page of 20 by cursor", "&action=party.role.assigned".to_owned()),
    ] {
        let target = format!("{list}{filter}");
        let page = platform.get(&target).await.expect(200);
        // 20 rows of about 750 bytes.
        let target = format!("{target}&cursor={}", cursor(&page));
        ledger.note(name, at_most(1, 1, 0.0, 5.0), 200, platform.get(&target)).await;
    }
    // One query for each action of the type.
    let target = format!("{list}&entityType=role");
    let name = "list-audit-entries by entityType, a page of 20";
    ledger.note(name, at_most(1, 2, 0.0, 6.0), 200, platform.get(&target)).await;
    let body =
        json!({ "dockId": dock, "organizationId": org, "entityType": "artifact", "entityId": "a", "action": "create" });
    let append = platform.post(paths::AUDIT_LOGS, &body);
    ledger.note("create-audit-entry", at_most(1, 1, 14.0, 0.0), 201, append).await;
    let target = format!("{}?organizationId={org}", paths::entity_audit_logs("party", party));
    ledger.note("list-audit-entries-by-entity", at_most(1, 2, 0.0, 2.0), 200, platform.get(&target)).await;
}

async fn keys(ledger: &mut Ledger, platform: &TestClient, org: &str) {
    let body = json!({ "name": "Key", "organizationId": org, "scopes": ["parties:read"] });
    let created = ledger.note("create-api-key", None, 201, platform.post_api_key(&body)).await;
    let tenant = ledger.server.client(&created.text("key"));
    ledger.age_keys();
    let nonexistent = format!("/v1/organizations/{org}/parties/pty_01HQ3K9B2V6R4X8ZT1M5N7P0QS");
    let (_, first) = ledger.whole_cost_of(tenant.get(&nonexistent)).await;
    let (_, again) = ledger.whole_cost_of(tenant.get(&nonexistent)).await;
    // The first request authenticates and records the use of the key. The second one does neither.
    let look_up = Traffic(first.0.into_iter().take(1).collect());
    ledger.rows.push(("authenticate, first time".to_owned(), look_up, at_most(1, 1, 0.0, 0.5)));
    let same = again.0.into_iter().filter(authenticates).collect();
    ledger.rows.push(("authenticate, within 30 s".to_owned(), Traffic(same), at_most(0, 0, 0.0, 0.0)));
    ledger.note("list-api-keys", None, 200, platform.list_api_keys()).await;
    let target = paths::api_key(&created.id());
    ledger.note("get-api-key", at_most(1, 1, 0.0, 2.0), 200, platform.get(&target)).await;
    let body = json!({ "name": "Renamed" });
    ledger.note("update-api-key", at_most(2, 2, 10.0, 2.0), 200, platform.patch(&target, &body)).await;
    let rotation = paths::api_key_rotation(&created.id());
    ledger.note("rotate-api-key", at_most(2, 2, 12.0, 2.0), 200, platform.post(&rotation, &json!({}))).await;
    ledger.note("revoke-api-key", None, 200, platform.delete(&target)).await;
    ledger.note("health", at_most(0, 0, 0.0, 0.0), 200, platform.get("/v1/healthz")).await;
}

/// Measures deletions of resources with no roles, with as many as the first transaction revokes, and with many.
async fn deletions(ledger: &mut Ledger, platform: &TestClient) {
    let org = platform.create_organization("Deletions").await.id();
    let (mut docks, mut parties) = (Vec::new(), Vec::new());
    for number in 0..40 {
        docks.push(platform.create_dock(&org, &format!("Dock {number}")).await.id());
        parties.push(platform.create_party(&org, &format!("Party {number}")).await.id());
    }
    // Reading takes 3 requests. The first transaction revokes 7 roles and the second one 9; else the sweep revokes all, 9 or
    // 10 in each transaction.
    for (roles, name, ceiling) in [
        (0, String::new(), [at_most(2, 4, 18.0, 3.0), at_most(2, 4, 44.0, 3.0)]),
        (10, ", 10 roles".to_owned(), [at_most(3, 5, 222.0, 8.0), at_most(3, 5, 246.0, 8.0)]),
        (40, ", 40 roles".to_owned(), [at_most(5, 11, 820.0, 30.0), at_most(5, 11, 860.0, 30.0)]),
    ] {
        let party = platform.create_party(&org, "Leaver").await.id();
        for dock in &docks[..roles] {
            platform.assign(&org, &party, dock, "RECIPIENT").await;
        }
        let target = paths::party(&org, &party);
        ledger.note(&format!("delete-party{name}"), ceiling[0], 200, platform.delete(&target)).await;
        let dock = platform.create_dock(&org, "Closed").await.id();
        for party in &parties[..roles] {
            platform.assign(&org, party, &dock, "RECIPIENT").await;
        }
        let tenant = ledger.server.tenant(&org, &["docks:write"]).await;
        ledger.age_keys();
        tenant.delete("/v1/docks/dock_01HQ3K9B2V6R4X8ZT1M5N7P0QS").await.expect(404);
        ledger.note(&format!("delete-dock{name}"), ceiling[1], 200, tenant.delete(&paths::dock(&dock))).await;
    }
    let empty = platform.create_organization("Empty").await.id();
    let target = paths::organization(&empty);
    ledger.note("delete-organization", at_most(2, 3, 34.0, 4.0), 200, platform.delete(&target)).await;
}

/// Returns whether a request reads an API key with eventual consistency, or records its use.
fn authenticates(request: &DynamoDbRequest) -> bool {
    let family = |key: &str| request.body[key]["pk"]["S"].as_str().and_then(Family::of);
    family("Item") == Some(Family::CredentialUses)
        || (family("Key") == Some(Family::ApiKeys) && request.body["ConsistentRead"] != true)
}

#[apply(api_test)]
async fn the_thousandth_organization_of_a_name_costs_the_same_as_the_second() {
    let ledger = Ledger::start().await;
    let client = ledger.server.platform();
    client.create_organization("Many").await;
    let body = json!({ "name": "Many" });
    let (_, second) = ledger.cost_of(client.post_organization(&body)).await;
    let more = stream::iter(2..999).map(|_| client.post_organization(&body)).buffer_unordered(16);
    more.for_each(|response| async { drop(response.expect(201)) }).await;
    let (last, thousandth) = ledger.cost_of(client.post_organization(&body)).await;
    assert_eq!(last.text("slug"), "many-999");
    assert_eq!((thousandth.requests(), thousandth.round_trips()), (second.requests(), second.round_trips()));
    assert_eq!(thousandth.operations(), second.operations());
    assert!(thousandth.write_units() <= second.write_units(), "{thousandth:?}");
}
