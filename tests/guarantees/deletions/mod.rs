//! Deletions with more roles than one transaction revokes: every response is the same during the sweep as after it, and any
//! request continues it.

mod large;
mod sweep;

use std::time::Duration;

use berth::Options;
use berth_shared::store::Record;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::world::ULID;
use crate::harness::{Fault, TestClient, TestResponse, TestServer, Wire, paths, patient};

/// Number of parties with both roles in the first dock.
const PARTIES: usize = 18;
/// Number of docks in which the first party is a recipient.
const DOCKS: usize = 20;

/// A request, and the status and the body of its response.
type View = (String, u16, Value);

/// A directory with a dock and a party that have too many roles for one transaction, and a process with faults.
struct Crowd {
    server: TestServer,
    /// A process on the same table whose requests end soon.
    hasty: TestServer,
    wire: Wire,
    client: TestClient,
    organization: String,
    docks: Vec<String>,
    parties: Vec<String>,
    /// Ids of the roles of the first party, each with its party.
    roles: Vec<(String, String)>,
}

impl Crowd {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let wire = Wire::new();
        let store = server.shared_store();
        let request_timeout = Duration::from_millis(1500);
        let options = Options { store, http_client: Some(wire.layer()), request_timeout, ..Options::default() };
        let hasty = TestServer::start_with(options).await;
        let client = server.platform();
        let organization = client.create_organization("Crowd").await.id();
        let (mut docks, mut parties, mut roles) = (Vec::new(), Vec::new(), Vec::new());
        for number in 0..DOCKS {
            docks.push(client.create_dock(&organization, &format!("Dock {number}")).await.id());
        }
        for number in 0..PARTIES {
            let party = client.create_party(&organization, &format!("Party {number}")).await.id();
            for role in ["DISTRIBUTOR", "RECIPIENT"] {
                roles.push((party.clone(), client.assign(&organization, &party, &docks[0], role).await.id()));
            }
            parties.push(party);
        }
        for dock in &docks[1..] {
            let role = client.assign(&organization, &parties[0], dock, "RECIPIENT").await.id();
            roles.push((parties[0].clone(), role));
        }
        // The process has read everything that is read once per process.
        let crowd = Self { server, hasty, wire, client, organization, docks, parties, roles };
        crowd.hasty_client().list_docks().await.expect(200);
        crowd
    }

    fn hasty_client(&self) -> TestClient {
        self.hasty.client(self.client.credential().expect("the first key"))
    }

    /// Sends a deletion of which only the first `transactions` transactions succeed. Returns its response.
    async fn interrupted(&self, target: &str, transactions: usize) -> TestResponse {
        let mut left = transactions;
        self.wire.plan("interrupted", move |operation| {
            if operation != "TransactWriteItems" {
                return None;
            }
            let fault = (left == 0).then(Fault::throttled);
            left = left.saturating_sub(1);
            fault
        });
        let request = self.hasty_client().request(Method::DELETE, target).header("x-request-id", "interrupted");
        let response = request.send().await;
        self.wire.end_plan("interrupted");
        response
    }

    /// Returns the number of items of current roles.
    async fn current(&self) -> usize {
        let records = self.server.records().await;
        records.iter().filter(|record| matches!(record, Record::Role(_) | Record::DockRole(_))).count()
    }

    /// Returns the responses of every read that shows roles, with their names. `as_of` are times of lists.
    async fn views(&self, as_of: &[&str]) -> Vec<View> {
        let (some_docks, some_parties) = (self.docks[..2].join(","), self.parties.join(","));
        let roles = paths::organization_roles(&self.organization);
        let mut lists = vec![
            roles.clone(),
            format!("{roles}?dockId={some_docks}"),
            format!("{roles}?partyId={some_parties}"),
            format!("{roles}?partyId={some_parties}&dockId={some_docks}"),
        ];
        lists.extend(self.docks[..2].iter().map(|dock| paths::dock_parties(dock)));
        lists.extend(self.parties[..2].iter().map(|party| paths::roles(&self.organization, party)));
        let of_party = paths::roles(&self.organization, &self.parties[1]);
        lists.push(format!("{of_party}?dockId={}", self.docks[0]));
        let mut seen = Vec::new();
        for list in lists {
            let with = |query: &str| format!("{list}{}{query}", if list.contains('?') { '&' } else { '?' });
            let mut targets = vec![with("limit=100"), with("limit=100&role=RECIPIENT"), with("limit=7&offset=5")];
            targets.extend(as_of.iter().map(|time| with(&format!("limit=100&asOf={time}"))));
            for target in targets {
                let response = self.client.get(&target).await;
                let body = response.json();
                let shown = json!({ "data": body["data"], "total": body["meta"]["total"], "code": body["code"] });
                seen.push((target, response.status, shown));
            }
        }
        let checks = |party: &str| {
            let check = |dock: &String| json!({ "dockId": dock, "partyId": party, "role": "RECIPIENT" });
            let checks: Vec<Value> = self.docks.iter().map(check).collect();
            json!({ "checks": checks })
        };
        for party in &self.parties[..2] {
            let target = paths::role_checks(&self.organization);
            let response = self.client.post(&target, &checks(party)).await;
            seen.push((format!("{target} of {party}"), response.status, response.json()["results"].clone()));
        }
        for (party, role) in self.roles.iter().step_by(9) {
            let target = paths::role(&self.organization, party, role);
            let response = self.client.get(&target).await;
            let shown = json!([response.json()["id"], response.json()["code"]]);
            seen.push((target, response.status, shown));
        }
        for target in [
            paths::organization(&self.organization),
            format!("{}?organizationId={}", paths::DOCKS, self.organization),
            paths::DOCKS.to_owned(),
            paths::parties(&self.organization),
            format!("/v2/parties?identity-provider-id={}", self.organization),
            paths::dock(&format!("dock_{ULID}")),
        ] {
            let response = self.client.get(&target).await;
            let mut body = response.json().clone();
            body["requestId"] = Value::Null;
            seen.push((target, response.status, body));
        }
        seen
    }
}

/// Returns what a list showed, without what the revocation of its roles changes.
fn without_ends(views: Vec<View>, times: &[&str]) -> Vec<View> {
    let of_past = |(target, ..): &View| times.iter().any(|time| target.contains(&format!("asOf={time}")));
    let mut views: Vec<_> = views.into_iter().filter(of_past).collect();
    for (_, _, body) in &mut views {
        for row in body["data"].as_array_mut().into_iter().flatten() {
            row["revokedAt"] = Value::Null;
            row["revokedBy"] = Value::Null;
        }
    }
    views
}

/// Asserts that two series of responses are the same.
fn assert_same(one: &[View], other: &[View], when: &str) {
    assert_eq!(one.len(), other.len());
    for (one, other) in one.iter().zip(other) {
        assert_eq!(one, other, "{when}");
    }
}

/// Returns options for a process that has enough time.
fn unhurried(wire: &Wire) -> Options {
    Options { http_client: Some(wire.layer()), ..patient() }
}
