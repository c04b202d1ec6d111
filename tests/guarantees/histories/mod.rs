//! Many clients, two processes on one table, and injected faults: whether all responses, and the final state, are
//! linearizable.
//!
//! `BERTH_HISTORY_SEED` and `BERTH_HISTORY_REQUESTS` select the run. A seed determines the requests and the fault plans
//! of each client. It does not determine the interleaving of the requests, and so not the ids.

mod fault_plan;
mod linearizability;
mod linearizability_tests;
mod models;
mod mortal;
mod mutants;
mod recorder;
mod setup;
mod verify;
mod workload;

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use berth::Options;
use macro_rules_attribute::apply;

use self::{
    fault_plan::FaultRate,
    setup::{Figures, Round},
    workload::CLIENTS,
};
use crate::harness::checker::assert_consistent;
use crate::harness::{Conflicts, TestClient, TestServer, Wire, patient, serial_test};

/// Default number of requests.
const REQUESTS: u64 = 2400;
/// Number of requests of each client in a round.
const REQUESTS_EACH: u64 = 30;
/// Number of rounds per table. The checker reads the whole table after them.
const ROUNDS_OF_A_STORE: u64 = 8;
/// Maximum time for which a revoked API key may be accepted.
const MAX_CACHE_AGE: Duration = Duration::from_secs(30);

/// Two processes on one table, whose clients have faults; a process without faults for setup and verification; and the
/// fault injection, with transaction conflicts.
struct World {
    patient: TestServer,
    processes: [TestServer; 2],
    wire: Wire,
}

impl World {
    async fn new() -> Self {
        let wire = Wire::new();
        wire.with_conflicts(Conflicts::default());
        let options = || Options { http_client: Some(wire.layer()), ..patient() };
        let patient = TestServer::start_with(options()).await;
        let store = patient.shared_store();
        // The retries of a request end half a second before its timeout.
        let impatient = || Options { store: store.clone(), request_timeout: Duration::from_millis(1500), ..options() };
        let processes = [TestServer::start_with(impatient()).await, TestServer::start_with(impatient()).await];
        Self { patient, processes, wire }
    }

    /// Runs a round with this many requests of each client. Returns clients with the keys that were revoked in it.
    async fn round(
        &self,
        rng: (u64, u64),
        requests_each: u64,
        rate: FaultRate,
        figures: &Figures,
    ) -> Result<Vec<TestClient>, String> {
        let (seed, round) = rng;
        let label = format!("{seed:x}-{round}");
        let setup = Round::new(&self.patient, &self.processes, &self.wire, figures, &label).await;
        setup.run(rng, requests_each, rate).await;
        let verified = setup.verify().await;
        // The recorded requests of this round are no longer needed.
        drop(self.wire.take());
        verified.map_err(|reason| format!("seed {seed}, round {round}: {reason}"))?;
        let mut revoked = Vec::new();
        for credential in &setup.credentials {
            setup.admin.revoke_api_key(&credential.id).await.expect(200);
            revoked.extend(credential.clients.clone());
        }
        Ok(revoked)
    }
}

fn number_from(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} must be a number, not {value}")))
}

#[apply(serial_test)]
async fn every_history_is_linearizable() {
    let seed = number_from("BERTH_HISTORY_SEED").unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        u64::from(now.subsec_nanos())
    });
    let requests = number_from("BERTH_HISTORY_REQUESTS").unwrap_or(REQUESTS);
    eprintln!("history: BERTH_HISTORY_SEED={seed} BERTH_HISTORY_REQUESTS={requests}");
    let (figures, begun) = (Figures::default(), Instant::now());
    let rounds = requests.div_ceil(CLIENTS * REQUESTS_EACH);
    let mut world = World::new().await;
    let mut revoked = Vec::new();
    for round in 0..rounds {
        if round > 0 && round % ROUNDS_OF_A_STORE == 0 {
            assert_consistent(&world.patient).await;
            assert_keys_are_rejected(&mut revoked).await;
            world = World::new().await;
        }
        let done = world.round((seed, round), REQUESTS_EACH, FaultRate::High, &figures).await;
        revoked.push((Instant::now(), done.unwrap_or_else(|reason| panic!("{reason}"))));
    }
    assert_consistent(&world.patient).await;
    assert_keys_are_rejected(&mut revoked).await;
    let took = begun.elapsed().as_secs_f64();
    let [requests, indeterminate, longest, aborted] =
        [&figures.requests, &figures.indeterminate, &figures.longest, &figures.aborted]
            .map(|figure| figure.load(Ordering::Relaxed));
    let kinds = figures.faults.lock().expect("the clients have ended").clone();
    let faults: usize = kinds.values().sum();
    eprintln!(
        "history: {requests} requests in {rounds} rounds, {faults} faults {kinds:?}, {indeterminate} indeterminate, \
         longest search {longest} steps, {aborted} aborted searches, {took:.1} s"
    );
    assert!(
        faults > requests / 20 && indeterminate > requests / 100,
        "enough faults and indeterminate outcomes: {figures:?}"
    );
    // An aborted search has no verdict.
    assert_eq!(aborted, 0, "aborted searches");
}

/// Asserts that every process rejects the keys that were revoked long enough ago.
async fn assert_keys_are_rejected(revoked: &mut Vec<(Instant, Vec<TestClient>)>) {
    for (since, clients) in revoked.drain(..) {
        if since.elapsed() > MAX_CACHE_AGE {
            for client in clients {
                let mut response = client.list_docks().await;
                // The machine is busy.
                while response.status == 503 {
                    response = client.list_docks().await;
                }
                response.expect_error(401, "UNAUTHORIZED");
            }
        }
    }
}
