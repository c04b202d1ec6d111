//! The DynamoDB cost of requests does not grow with the directory. Each run of the tests measures small directories,
//! and the large one only on request, because loading it takes minutes:
//!
//!     BERTH_GROWTH=1 cargo test --test api -- growth::       # measures, and compares docs/costs.md with it
//!     BERTH_GROWTH=write cargo test --test api -- growth::   # writes the table into docs/costs.md

pub mod directory;

use std::{fmt::Write, time::Instant};

use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::guarantees::costs::{self, Ledger, cursor};
use crate::harness::{Mode, TestCase, TestResponse, Traffic, api_test};
use crate::harness::{checker, paths};
use directory::Directory;

/// US dollars per million request units, on demand in us-east-1, since November 2024: writes, reads.
const PRICE: (f64, f64) = (0.625, 0.125);
/// Maximum ratio of units between a larger and the smallest directory.
const ALLOWED: f64 = 1.2;
/// Name of the size, number of parties in the organization, and number of each other resource.
const SIZES: [(&str, usize, usize); 4] =
    [("1", 1, 1), ("10²", 100, 100), ("10³", 1000, 1000), ("10⁵, 10⁴", 100_000, 10_000)];
/// Number of sizes in every run.
const SMALL: usize = 3;
/// Size at which the checker reads the whole table.
const CHECKED: usize = 100;
/// Rows of a page.
const PAGE: usize = 20;
/// Maximum offset of a list.
const FURTHEST: usize = 10_000;

/// A request, and its cost at each size; `None` if there is no such page.
type Row = (String, Vec<Option<Traffic>>);

#[apply(api_test)]
async fn no_request_costs_more_in_a_larger_directory() {
    let rows = measured(&SIZES[..SMALL]).await;
    expect_no_growth(&rows);
    for row in &rows {
        let line = line(row);
        assert!(costs::WRITTEN.contains(&format!("\n{line}")), "docs/costs.md lacks: {line}\n{}", table(&rows));
    }
}

inventory::submit! {
    TestCase {
        name: concat!(module_path!(), "::no_call_costs_more_in_a_large_directory"),
        mode: Mode::OptIn("BERTH_GROWTH"),
        run: || Box::pin(no_request_costs_more_in_a_large_directory()),
    }
}

async fn no_request_costs_more_in_a_large_directory() {
    let rows = measured(&SIZES).await;
    let table = table(&rows);
    println!("{table}");
    expect_no_growth(&rows);
    if std::env::var("BERTH_GROWTH").is_ok_and(|value| value == "write") {
        costs::write_growth(&text(&table));
    } else {
        assert!(costs::WRITTEN.contains(&table), "stale: BERTH_GROWTH=write cargo test --test api -- growth::");
    }
}

/// Asserts that no request is more expensive in a larger directory than in the smallest one that it was measured in.
fn expect_no_growth(rows: &[Row]) {
    for (request, sizes) in rows {
        let mut sizes = sizes.iter().flatten();
        let small = sizes.next().expect("a smallest size");
        for large in sizes {
            let requests = |traffic: &Traffic| (traffic.round_trips(), traffic.requests());
            assert_eq!(requests(large), requests(small), "{request}: {large:?}");
            for units in [Traffic::write_units, Traffic::read_units] {
                assert!(
                    units(large) <= units(small) * ALLOWED,
                    "{request}: {} of {}: {large:?}",
                    units(large),
                    units(small)
                );
            }
        }
    }
}

async fn measured(sizes: &[(&str, usize, usize)]) -> Vec<Row> {
    let ledger = Ledger::start().await;
    // One-time DynamoDB requests of a process are not part of the cost.
    ledger.server().platform().list_organizations().await.expect(200);
    ledger.server().platform().list_ledger_parties().await.expect(200);
    let mut directory = Directory::make(ledger.server()).await;
    let mut rows: Vec<Row> = Vec::new();
    for (name, parties, others) in sizes {
        let begun = Instant::now();
        let loaded = directory.grow(*parties, *others).await;
        eprintln!("{name} of each: {loaded} items loaded in {:.1?}", begun.elapsed());
        if *others == CHECKED {
            // The copied items must equal items that requests write.
            checker::assert_consistent(ledger.server()).await;
        }
        let mut measure = Measure { ledger: &ledger, directory: &directory, size: *others, costs: Vec::new() };
        measure.organizations().await;
        measure.parties().await;
        measure.roles().await;
        measure.pages().await;
        for (at, (request, traffic)) in measure.costs.into_iter().enumerate() {
            if rows.len() == at {
                rows.push((request, Vec::new()));
            }
            rows[at].1.push(traffic);
        }
        eprintln!("{name} of each: measured after {:.1?}", begun.elapsed());
    }
    rows
}

/// The measured requests at one size.
struct Measure<'a> {
    ledger: &'a Ledger,
    directory: &'a Directory,
    size: usize,
    costs: Vec<(String, Option<Traffic>)>,
}

impl Measure<'_> {
    async fn note(&mut self, name: &str, status: u16, request: impl Future<Output = TestResponse>) -> TestResponse {
        let (response, traffic) = self.ledger.cost_of(request).await;
        self.costs.push((name.to_owned(), Some(traffic)));
        response.expect(status)
    }

    async fn organizations(&mut self) {
        let Directory { client, org, dock, common_slug, .. } = self.directory;
        let body = json!({ "name": format!("Free {}", self.size) });
        self.note("create-organization, free slug", 201, client.post_organization(&body)).await;
        let body = json!({ "name": "Many" });
        self.note("create-organization, taken slug", 201, client.post_organization(&body)).await;
        self.note("get-organization", 200, client.get_organization(org)).await;
        let by_slug = format!("/v1/organizations?slug={common_slug}");
        self.note("list-organizations by slug", 200, client.get(&by_slug)).await;
        let body = json!({ "organizationId": org, "name": "New" });
        self.note("create-dock", 201, client.post_dock(&body)).await;
        self.note("get-dock", 200, client.get_dock(dock)).await;
        let body = json!({ "name": "Key", "organizationId": org, "scopes": ["parties:read"] });
        let created = self.note("create-api-key", 201, client.post_api_key(&body)).await;
        let target = paths::api_key(&created.id());
        self.note("revoke-api-key", 200, client.delete(&target)).await;
    }

    async fn parties(&mut self) {
        let Directory { client, org, party, .. } = self.directory;
        let all = paths::parties(org);
        let body = json!({ "type": "ORGANIZATION", "name": "Company" });
        self.note("create-party", 201, client.post(&all, &body)).await;
        let reference = format!("ref-{}", self.size);
        let body = json!({ "type": "INDIVIDUAL", "name": "Ann", "externalRef": reference });
        let keyed = client.request(Method::POST, &all).header("idempotency-key", &reference).json(&body).send();
        self.note("create-party, externalRef and Idempotency-Key", 201, keyed).await;
        let one = format!("{all}/{party}");
        self.note("get-party", 200, client.get(&one)).await;
        let body = json!({ "email": format!("{}@example.com", self.size) });
        self.note("update-party", 200, client.patch(&one, &body)).await;
        let by_ref = format!("{all}?externalRef={reference}");
        self.note("list-parties by externalRef", 200, client.get(&by_ref)).await;
        let hint = format!("hint-{}", self.size);
        let body = json!({ "partyIdHint": hint, "identityProviderId": org });
        let created = self.note("allocate-ledger-party", 200, client.allocate_ledger_party(&body)).await;
        let id = created.json()["partyDetails"]["party"].as_str().expect("an id").to_owned();
        let target = format!("{}?identity-provider-id={org}", paths::ledger_party(&id));
        self.note("get-ledger-party", 200, client.get(&target)).await;
    }

    async fn roles(&mut self) {
        let Directory { client, org, dock, party, .. } = self.directory;
        let new_dock = client.create_dock(org, "New").await.id();
        let new_party = client.create_party(org, "New").await.id();
        let held = paths::roles(org, party);
        let assign = client.try_assign(org, party, &new_dock, "RECIPIENT");
        self.note("assign-role, to the party of many roles", 201, assign).await;
        let assign = client.try_assign(org, &new_party, dock, "RECIPIENT");
        let role = self.note("assign-role, in the dock of many parties", 201, assign).await.id();
        let again = client.try_assign(org, &new_party, dock, "RECIPIENT");
        self.note("assign-role rejected: duplicate", 409, again).await;
        let by_dock = format!("{held}?dockId={new_dock}");
        self.note("list-roles by dockId, of the party of many roles", 200, client.get(&by_dock)).await;
        let check = |dock: &str, party: &str| json!({ "dockId": dock, "partyId": party, "role": "RECIPIENT" });
        let checks: Vec<Value> = vec![check(&new_dock, party), check(dock, &new_party), check(&new_dock, &new_party)];
        let body = json!({ "checks": checks });
        let target = paths::role_checks(org);
        self.note("check-roles, 3", 200, client.post(&target, &body)).await;
        let target = paths::role(org, &new_party, &role);
        self.note("revoke-role, in the dock of many parties", 200, client.delete(&target)).await;
    }

    /// Measures a page by cursor of every list, from its middle or at the maximum offset.
    async fn pages(&mut self) {
        let Directory { client, org, dock, party, .. } = self.directory;
        let ahead = (self.size / 2).min(FURTHEST);
        for (name, list) in [
            ("list-organizations", "/v1/organizations?".to_owned()),
            ("list-docks", "/v1/docks?".to_owned()),
            ("list-docks of an organization", format!("/v1/docks?organizationId={org}&")),
            ("list-parties", format!("{}?", paths::parties(org))),
            ("list-roles", format!("{}?", paths::roles(org, party))),
            ("list-organization-roles", format!("/v1/organizations/{org}/roles?")),
            ("list-dock-parties", format!("{}?", paths::dock_parties(dock))),
            ("list-api-keys", "/v1/api-keys?".to_owned()),
            ("list-api-keys of an organization", format!("/v1/api-keys?organizationId={org}&")),
        ] {
            let name = format!("{name}, a page of {PAGE} by cursor");
            if ahead < PAGE {
                self.costs.push((name, None));
                continue;
            }
            let before = client.get(&format!("{list}limit={PAGE}&offset={}", ahead - PAGE)).await.expect(200);
            let next = format!("{list}limit={PAGE}&cursor={}", cursor(&before));
            let page = self.note(&name, 200, client.get(&next)).await;
            assert_eq!(page.json()["data"].as_array().map(Vec::len), Some(PAGE), "{name}");
        }
        let name = format!("list-ledger-parties, a page of {PAGE} by page token");
        if ahead < PAGE {
            self.costs.push((name, None));
            return;
        }
        let list = format!("/v2/parties?identity-provider-id={org}&pageSize=");
        let before = client.get(&format!("{list}{PAGE}")).await.expect(200).text("nextPageToken");
        let page = self.note(&name, 200, client.get(&format!("{list}{PAGE}&pageToken={before}"))).await;
        assert_eq!(page.json()["partyDetails"].as_array().map(Vec::len), Some(PAGE), "{name}");
    }
}

/// Returns the row of a request for its measured sizes.
fn line((request, sizes): &Row) -> String {
    let mut line = format!("| {request} |");
    for traffic in sizes {
        match traffic {
            None => line.push_str(" - |"),
            Some(traffic) => {
                let (trips, requests) = (traffic.round_trips(), traffic.requests());
                let (written, read) = (traffic.write_units(), traffic.read_units());
                write!(line, " {trips} / {requests} / {written} / {read} |").expect("a string is writable");
            }
        }
    }
    line
}

fn table(rows: &[Row]) -> String {
    let mut text = String::from("| operation |");
    let sizes = rows.first().map_or(0, |(_, sizes)| sizes.len());
    SIZES.iter().take(sizes).for_each(|(name, ..)| write!(text, " {name} |").expect("a string is writable"));
    writeln!(text, " $ per million requests |\n|---|{}---|", "---|".repeat(sizes)).expect("a string is writable");
    for row in rows {
        let last = row.1.last().and_then(Option::as_ref).expect("a largest size");
        let cost_of = last.write_units() * PRICE.0 + last.read_units() * PRICE.1;
        writeln!(text, "{} {cost_of:.2} |", line(row)).expect("a string is writable");
    }
    text
}

/// Returns the text with the table.
fn text(table: &str) -> String {
    let (written, read) = PRICE;
    [
        "The same operations in directories of four sizes. The size is the number of parties in one",
        "organization. It is also the number of roles of one party, docks of the organization, parties in",
        "one dock, API keys, ledger parties, and organizations with one name, which are nearly all. The largest",
        "directory has 10⁴ of each of these. A cell is round trips / requests / write units / read units. Every",
        "page is reached by cursor, after half of the rows. The ledger list has no offset: its page is the",
        "second. The price covers the units at the largest size, on demand in us-east-1. Since November 2024 it",
        &format!("is ${written} per million write units and ${read} per million read units. Lambda and API Gateway"),
        "are not included.",
        "",
        "A test fails if an operation makes other DynamoDB requests or round trips than at the smallest size.",
        &format!("It also fails if an operation uses more than {ALLOWED} times the units. Requests create one of each"),
        "resource. The others are copies of the resulting items with their own ids, counted in the counters and",
        "loaded by BatchWriteItem. At a hundred of each, the consistency checker of the tests accepts the table.",
        "Every test run measures sizes up to 10³ and compares them with this page. A command measures all",
        "sizes, which takes minutes:",
        "",
        "    BERTH_GROWTH=1 cargo test --test api -- growth::       # measures, and compares",
        "    BERTH_GROWTH=write cargo test --test api -- growth::   # measures, and writes this",
        "",
        "One cost does grow, and is not in the table. If a list has a filter without a counter (`search`, `type`,",
        "`role`, `asOf`), its total counts the matching rows. A page of 20 roles with `asOf` costs 37 read",
        "units at 10² and 119 at 10³. See [access-patterns.md](access-patterns.md).",
        "",
        table,
    ]
    .join("\n")
}
