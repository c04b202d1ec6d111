//! Every endpoint that writes, with every fault: once, twice and permanently, at its first DynamoDB request and at its
//! write, with and without an `Idempotency-Key`.
//!
//! The response always reports the outcome. The audit trail shows how often a request took effect: its entries are
//! written in the transaction of the change, and name the request. The checker compares them with the rest of the
//! table.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use berth::Options;
use berth_functions::ENDPOINTS;
use berth_shared::{
    http::{Access, Endpoint},
    store::Record,
};
use futures::{StreamExt, stream};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::json;

use crate::harness::checker::assert_consistent;
use crate::harness::samples::{SampleRequest, Tenant};
use crate::harness::{
    Fault, RequestBuilder, TestClient, TestResponse, TestServer, Wire, api_test, patient, serial_test,
};
use crate::ledger::annotations_patch;

/// Number of concurrent cases: enough to keep the machine busy while some wait for their deadline.
const AT_ONCE: usize = 24;
/// Maximum number of attempts for a case.
const ATTEMPTS: usize = 50;
/// Timeout of requests with a permanent fault. An endpoint retries DynamoDB requests until half a second before it.
const SHORT_TIMEOUT: Duration = Duration::from_millis(1200);
/// DynamoDB operations that write.
const WRITES: [&str; 2] = ["TransactWriteItems", "UpdateItem"];

/// The consequence of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// A retry succeeds as soon as the fault is over.
    Passes,
    /// DynamoDB cannot be used with the current settings: 503 without a retry.
    Unavailable,
    /// A bug in Berth: 500.
    Internal,
}

#[derive(Debug, Clone)]
struct Kind {
    fault: Fault,
    outcome: Outcome,
    /// Whether the fault applies only to transactions.
    of_transactions: bool,
}

fn kinds() -> Vec<Kind> {
    let kind = |outcome, of_transactions| move |fault| Kind { fault, outcome, of_transactions };
    let anywhere = [
        Fault::ConnectionRefused,
        Fault::ResetBefore,
        Fault::ResetAfter,
        Fault::ResponseLost,
        Fault::Truncated,
        Fault::Torn,
        Fault::error(500, "InternalServerError"),
        Fault::error(503, "ServiceUnavailable"),
        Fault::throttled(),
        Fault::error(400, "ProvisionedThroughputExceededException"),
    ];
    let transactions = [
        Fault::canceled(&["TransactionConflict", "None"]),
        // The condition may have failed because of the conflicting transaction, which may belong to the same request.
        Fault::canceled(&["ConditionalCheckFailed", "TransactionConflict"]),
        Fault::canceled(&["None", "ThrottlingError"]),
        Fault::error(400, "TransactionInProgressException"),
    ];
    let final_ones = ["ExpiredTokenException", "UnrecognizedClientException", "ResourceNotFoundException"];
    let final_ones = final_ones.map(|kind| Fault::error(400, kind));
    let mistaken = [Fault::error(400, "IdempotentParameterMismatchException")];
    let mut all: Vec<Kind> = anywhere.into_iter().map(kind(Outcome::Passes, false)).collect();
    all.extend(transactions.into_iter().map(kind(Outcome::Passes, true)));
    all.extend(final_ones.into_iter().map(kind(Outcome::Unavailable, false)));
    all.extend(mistaken.into_iter().map(kind(Outcome::Internal, true)));
    all
}

/// Returns every endpoint that may change the table. Those of the OAuth dialect have tests of their own, because a machine client
/// obtains only ten tokens per minute.
fn writing() -> impl Iterator<Item = &'static Endpoint> {
    let has_cases = |access| matches!(access, Access::Scope(_) | Access::Ledger(_));
    let writes = |endpoint: &&Endpoint| endpoint.store.iter().any(|grant| grant.action.writes());
    ENDPOINTS.iter().filter(writes).filter(move |endpoint| has_cases(endpoint.access))
}

/// Returns whether to send an `Idempotency-Key`: both if the endpoint accepts one.
fn with_and_without_key(endpoint: &Endpoint) -> &'static [bool] {
    let takes_one = endpoint.method == Method::POST && matches!(endpoint.access, Access::Scope(_));
    if takes_one { &[false, true] } else { &[false] }
}

#[derive(Clone)]
struct Case {
    endpoint: &'static Endpoint,
    kind: Kind,
    /// Number of DynamoDB requests with the fault.
    times: usize,
    /// Whether only writes have the fault.
    at_writes: bool,
    keyed: bool,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { endpoint, kind, times, at_writes, keyed } = self;
        write!(f, "{}, {:?}, times {times}, at writes {at_writes}, keyed {keyed}", endpoint.name, kind.fault)
    }
}

/// The result of a case.
#[derive(Debug)]
struct CaseResult {
    case: Case,
    /// Request ids of the request and of its repetition.
    requests: [String; 2],
    first: TestResponse,
    /// Response to the repeated request after the fault is over; `None` if the first request succeeded.
    repeated: Option<TestResponse>,
}

/// A table, a server with a long timeout and one with a short timeout, and their fault injection.
struct Setup {
    patient: TestServer,
    impatient: TestServer,
    wire: Wire,
    tenant: Tenant,
    /// Number of repeated attempts, because a request ended before its fault.
    repeated: AtomicUsize,
}

impl Setup {
    async fn new() -> Self {
        let wire = Wire::new();
        let options = || Options { http_client: Some(wire.layer()), ..patient() };
        let patient = TestServer::start_with(options()).await;
        let store = patient.shared_store();
        let impatient = TestServer::start_with(Options { store, request_timeout: SHORT_TIMEOUT, ..options() }).await;
        let mut tenant = Tenant::new(&patient, "Storm").await;
        tenant.client = patient.platform();
        let setup = Self { patient, impatient, wire, tenant, repeated: AtomicUsize::new(0) };
        // The process has read everything that is read once per process.
        setup.impatient_client().list_docks().await.expect(200);
        setup
    }

    fn impatient_client(&self) -> TestClient {
        let key = self.tenant.client.credential().expect("the first key").to_owned();
        self.impatient.client(&key)
    }

    /// Creates a resource for this case alone, and returns the request.
    async fn prepared(&self, case: &Case, name: &str) -> Target {
        let (tenant, ledger_party) = self.tenant.with_fresh_resource(case.endpoint, name).await;
        if let Access::Ledger(_) = case.endpoint.access {
            let (path, body) = match case.endpoint.name {
                "allocate-ledger-party" => (case.endpoint.path.to_owned(), json!({ "partyIdHint": name })),
                "update-ledger-party" => {
                    let mut body = annotations_patch(&ledger_party, &json!({ "case": name }));
                    body["partyDetails"]["identityProviderId"] = json!(tenant.organization);
                    (case.endpoint.path.replace("{party}", &ledger_party), body)
                }
                other => panic!("{other} has no sample: add it to tests/guarantees/faults/matrix.rs"),
            };
            return Target::Ledger(path, body);
        }
        let mut sample = SampleRequest::of(case.endpoint, &tenant);
        if let Some(member) = sample.body.as_mut().and_then(|body| body.get_mut("name")) {
            *member = json!(name);
        }
        Target::Rest(Box::new(sample))
    }

    /// Runs a case until its fault is injected: on a busy machine, a request may reach its deadline before.
    async fn run(&self, number: usize, case: Case) -> CaseResult {
        for attempt in 0..ATTEMPTS {
            if let Some(result) = self.try_run(&format!("{number}-{attempt}"), &case).await {
                return result;
            }
            self.repeated.fetch_add(1, Ordering::Relaxed);
        }
        panic!("{case:?} had no fault in {ATTEMPTS} attempts");
    }

    /// Runs a case; `None` if the request ended before its fault.
    async fn try_run(&self, id: &str, case: &Case) -> Option<CaseResult> {
        let name = format!("Case {id}");
        let requests = [format!("case-{id}-first"), format!("case-{id}-second")];
        let target = self.prepared(case, &name).await;
        let request = |client: &TestClient, request_id: &str| {
            let request = target.request(case.endpoint, client).header("x-request-id", request_id);
            if case.keyed { request.header("idempotency-key", &name.replace(' ', "-")) } else { request }
        };
        let for_ever = case.times == usize::MAX && case.kind.outcome == Outcome::Passes;
        let client = if for_ever { self.impatient_client() } else { self.tenant.client.clone() };
        let (fault, at_writes, mut left) = (case.kind.fault.clone(), case.at_writes, case.times);
        self.wire.plan(&requests[0], move |operation| {
            let due = left > 0 && (!at_writes || WRITES.contains(&operation));
            left -= usize::from(due);
            due.then(|| fault.clone())
        });
        let first = request(&client, &requests[0]).send().await;
        if self.wire.end_plan(&requests[0]) == 0 {
            assert!(for_ever && first.status == 503, "{case:?} had no fault");
            return None;
        }
        let repeated = if first.status == case.endpoint.success {
            None
        } else {
            Some(request(&self.tenant.client, &requests[1]).send().await)
        };
        Some(CaseResult { case: case.clone(), requests, first, repeated })
    }

    /// Runs all cases, and compares their responses with the table.
    async fn run_all(&self, cases: Vec<Case>) {
        let begun = Instant::now();
        let runs = cases.into_iter().enumerate().map(|(number, case)| self.run(number, case));
        let found: Vec<CaseResult> = stream::iter(runs).buffer_unordered(AT_ONCE).collect().await;
        let (cases, repeated) = (found.len(), self.repeated.load(Ordering::Relaxed));
        self.wire.quiet("case-").await;
        let effects = self.effects().await;
        for found in &found {
            found.check(&effects);
        }
        assert_consistent(&self.patient).await;
        let took = begun.elapsed().as_secs_f64();
        eprintln!("matrix: {cases} cases, {repeated} repeated, {took:.1} s");
    }

    /// Returns the ids of the changed resources by request id. Asserts that the audit trail has every change.
    async fn effects(&self) -> HashMap<String, Vec<String>> {
        let mut effects: HashMap<String, Vec<String>> = HashMap::new();
        let (mut versions, mut changes) = (BTreeMap::<String, u64>::new(), BTreeMap::<String, u64>::new());
        for record in self.patient.records().await {
            let (id, version) = match record {
                Record::AuditEntry(entry) => {
                    *changes.entry(entry.entity_id.clone()).or_default() += 1;
                    // The entry of another service is itself the resource that the request creates.
                    let id = if entry.entity_type.is_other() { entry.id.to_string() } else { entry.entity_id };
                    effects.entry(entry.request_id).or_default().push(id);
                    continue;
                }
                Record::Organization(organization) => (organization.id.to_string(), organization.version),
                Record::Dock(record) => (record.id.to_string(), record.version),
                Record::Party(record) => (record.party.id.to_string(), record.party.version),
                Record::Recipient(record) => (record.recipient.id.to_string(), record.recipient.version),
                Record::ApiKey(record) => (record.key.id.to_string(), record.key.version),
                Record::MachineClient(record) => (record.client.id.to_string(), record.client.version),
                _ => continue,
            };
            versions.insert(id, version);
        }
        for (id, version) in versions {
            // The deployment's own organization and first key are created by the operator.
            if let Some(changes) = changes.get(&id) {
                assert_eq!(version, *changes, "{id} has one audit entry per version");
            }
        }
        effects
    }
}

/// A request.
enum Target {
    Rest(Box<SampleRequest>),
    Ledger(String, serde_json::Value),
}

impl Target {
    fn request(&self, endpoint: &Endpoint, client: &TestClient) -> RequestBuilder {
        match self {
            Self::Rest(sample) => sample.request(client),
            Self::Ledger(path, body) => client.request(endpoint.method.clone(), path).json(body),
        }
    }
}

impl CaseResult {
    fn check(&self, effects: &HashMap<String, Vec<String>>) {
        let Self { case, requests, first, repeated } = self;
        let [created, repeated_effects] = requests.each_ref().map(|id| effects.get(id).map_or(&[][..], Vec::as_slice));
        let success = case.endpoint.success;
        let passed = case.kind.outcome == Outcome::Passes && case.times < usize::MAX;
        let expected = match case.kind.outcome {
            Outcome::Passes if passed => success,
            Outcome::Passes | Outcome::Unavailable => 503,
            Outcome::Internal => 500,
        };
        assert_eq!(first.status, expected, "{self:#?}");
        let Some(repeated) = repeated else {
            assert_eq!(created.len(), 1, "a successful request takes effect once: {self:#?}");
            return expect_named(first, created);
        };
        if expected == 503 {
            assert_eq!(first.header("retry-after"), Some("1"), "{self:#?}");
        }
        let leaks = ["SECRET", "Exception", "dynamodb", "Throttl"];
        let text = String::from_utf8_lossy(&first.body);
        assert!(!leaks.iter().any(|word| text.contains(word)), "{self:#?}");
        assert!(created.len() <= 1 && repeated_effects.len() <= 1, "{created:?} {repeated_effects:?} {self:#?}");
        if !case.kind.fault.may_act() {
            assert_eq!((created.len(), repeated.status), (0, success), "the request has no effect: {self:#?}");
        }
        if case.endpoint.name == "create-recipients-batch" && repeated.json()["failed"] == 1 {
            // The first request took effect, and the second one reports the used address.
            let error = &repeated.json()["errors"][0]["code"];
            assert!(!case.keyed && *error == "EMAIL_ALREADY_USED", "{self:#?}");
            assert_eq!((created.len(), repeated_effects.len()), (1, 0), "{self:#?}");
            return;
        }
        if repeated.status != success {
            // The first request took effect, and the second one reports that.
            let code = repeated.json()["code"].as_str().unwrap_or_default();
            let found = match (case.endpoint.name, repeated.status, code) {
                ("assign-role", 409, "ROLE_ALREADY_ASSIGNED")
                | ("create-recipient", 409, "EMAIL_ALREADY_USED")
                | ("create-group", 409, "GROUP_NAME_ALREADY_USED") => {
                    repeated.json()["conflictId"] == json!(created.first())
                }
                ("revoke-role", 404, "ROLE_NOT_FOUND")
                | ("delete-recipient", 404, "RECIPIENT_NOT_FOUND")
                | ("delete-organization", 404, "ORGANIZATION_NOT_FOUND")
                | ("delete-dock", 404, "DOCK_NOT_FOUND")
                | ("delete-party", 404, "PARTY_NOT_FOUND")
                | ("delete-machine-client", 404, "MACHINE_CLIENT_NOT_FOUND")
                | ("delete-group", 404, "GROUP_NOT_FOUND")
                | ("allocate-ledger-party", 400, "INVALID_ARGUMENT") => true,
                _ => false,
            };
            assert!(
                found && !case.keyed && (created.len(), repeated_effects.len()) == (1, 0),
                "{created:?} {repeated_effects:?} {self:#?}"
            );
            return;
        }
        // A recipient that is in the group is not added again.
        let is_new_only = case.endpoint.name != "add-group-recipients";
        // A repeated POST creates another resource. In the ledger dialect, every accepted update is a new version.
        let is_new = (case.endpoint.method == Method::POST && !case.keyed && is_new_only)
            || case.endpoint.name == "update-ledger-party";
        let count = if is_new { repeated_effects.len() } else { created.len() + repeated_effects.len() };
        assert_eq!(count, 1, "{created:?} {repeated_effects:?} {self:#?}");
        let replayed = repeated.header("idempotency-replayed") == Some("true");
        assert!(!replayed || created.len() == 1, "a replayed request took effect: {self:#?}");
        expect_named(repeated, if repeated_effects.is_empty() { created } else { repeated_effects });
    }
}

/// Asserts that the id in a response is that of the changed resource.
fn expect_named(response: &TestResponse, changed: &[String]) {
    if let Some(id) = response.json().get("id") {
        assert_eq!(*id, json!(changed[0]), "{response:?}");
    }
}

#[apply(serial_test)]
async fn every_writing_endpoint_reports_the_outcome_of_every_fault() {
    let setup = Setup::new().await;
    let mut cases = Vec::new();
    for endpoint in writing() {
        for kind in kinds() {
            for times in [1, 2, usize::MAX] {
                for keyed in with_and_without_key(endpoint) {
                    for at_writes in [false, true] {
                        if !kind.of_transactions || at_writes {
                            cases.push(Case { endpoint, kind: kind.clone(), times, at_writes, keyed: *keyed });
                        }
                    }
                }
            }
        }
    }
    assert!(cases.len() > 1000, "{}", cases.len());
    setup.run_all(cases).await;
}

/// DynamoDB receives the request after its client got a response, from another attempt or a 503.
#[apply(api_test)]
async fn a_delayed_dynamodb_request_takes_effect_once() {
    let setup = Setup::new().await;
    let fault = Fault::Delayed(Duration::from_secs(3));
    let kind = Kind { fault, outcome: Outcome::Passes, of_transactions: true };
    let mut cases = Vec::new();
    for endpoint in writing() {
        for keyed in with_and_without_key(endpoint) {
            for times in [1, 2, usize::MAX] {
                cases.push(Case { endpoint, kind: kind.clone(), times, at_writes: true, keyed: *keyed });
            }
        }
    }
    setup.run_all(cases).await;
}
