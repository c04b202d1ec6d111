//! Many clients, two processes on one table, and injected faults: whether all responses, and the final state, are
//! linearizable.
//!
//! `BERTH_HISTORY_SEED` and `BERTH_HISTORY_CALLS` choose what is run. A seed fixes what each client draws: which requests
//! it sends, with which fault plans. How the requests of several clients interleave, and so the ids that they name, it does not.

mod fault_plan;
mod linearizability;
mod linearizability_tests;
mod models;
mod mutants;
mod recorder;
mod setup;
mod verify;
mod workload;

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use berth::{Options, StoreChoice};
use macro_rules_attribute::apply;

use self::{
    fault_plan::FaultRate,
    setup::{Figures, Round},
    workload::CALLERS,
};
use crate::harness::checker::assert_consistent;
use crate::harness::{TestClient, TestServer, Wire, patient, serial_test};

/// How many requests are made unless more are asked for.
const CALLS: u64 = 2400;
/// How many requests each client of a round makes.
const CALLS_EACH: u64 = 30;
/// After how many rounds there is a new store: the table is then checked as a whole.
const ROUNDS_OF_A_STORE: u64 = 8;
/// How long a revoked API key may still be taken.
const KEPT: Duration = Duration::from_secs(30);

/// Two processes on one store, whose clients meet faults; a patient one, for what comes before and after; and the
/// wire of all.
struct World {
    patient: TestServer,
    processes: [TestServer; 2],
    wire: Wire,
}

impl World {
    async fn new() -> Self {
        let wire = Wire::new();
        let options = || Options { http_client: Some(wire.client()), ..patient() };
        let patient = TestServer::start_with(options()).await;
        let store = StoreChoice::Endpoint(patient.running().store_url().expect("a store on this machine").to_owned());
        // A store that stays away is given up after half a second less.
        let impatient = || Options { store: store.clone(), request_timeout: Duration::from_millis(1500), ..options() };
        let processes = [TestServer::start_with(impatient()).await, TestServer::start_with(impatient()).await];
        Self { patient, processes, wire }
    }

    /// A round of so many requests of each client; and clients with the keys that were revoked in it.
    async fn round(
        &self,
        rng: (u64, u64),
        calls_each: u64,
        rate: FaultRate,
        figures: &Figures,
    ) -> Result<Vec<TestClient>, String> {
        let (seed, round) = rng;
        let label = format!("{seed:x}-{round}");
        let setup = Round::new(&self.patient, &self.processes, &self.wire, figures, &label).await;
        setup.run(rng, calls_each, rate).await;
        let explained = setup.verify().await;
        // What went over the wire is of no use any more.
        drop(self.wire.take());
        explained.map_err(|reason| format!("seed {seed}, round {round}: {reason}"))?;
        let mut revoked = Vec::new();
        for credential in &setup.credentials {
            setup.keeper.revoke_api_key(&credential.id).await.expect(200);
            revoked.extend(credential.clients.clone());
        }
        Ok(revoked)
    }
}

fn number_from(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} is a number, and {value} is none")))
}

#[apply(serial_test)]
async fn every_history_is_linearizable() {
    let seed = number_from("BERTH_HISTORY_SEED").unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        u64::from(now.subsec_nanos())
    });
    let requests = number_from("BERTH_HISTORY_CALLS").unwrap_or(CALLS);
    eprintln!("history: BERTH_HISTORY_SEED={seed} BERTH_HISTORY_CALLS={requests}");
    let (figures, begun) = (Figures::default(), Instant::now());
    let rounds = requests.div_ceil(CALLERS * CALLS_EACH);
    let mut world = World::new().await;
    let mut revoked = Vec::new();
    for round in 0..rounds {
        if round > 0 && round % ROUNDS_OF_A_STORE == 0 {
            assert_consistent(&world.patient).await;
            refused_at_last(&mut revoked).await;
            world = World::new().await;
        }
        let done = world.round((seed, round), CALLS_EACH, FaultRate::High, &figures).await;
        revoked.push((Instant::now(), done.unwrap_or_else(|reason| panic!("{reason}"))));
    }
    assert_consistent(&world.patient).await;
    refused_at_last(&mut revoked).await;
    let took = begun.elapsed().as_secs_f64();
    let [requests, open, longest, given_up] = [&figures.requests, &figures.open, &figures.longest, &figures.given_up]
        .map(|figure| figure.load(Ordering::Relaxed));
    let kinds = figures.faults.lock().expect("the callers have ended").clone();
    let faults: usize = kinds.values().sum();
    eprintln!(
        "history: {requests} calls in {rounds} rounds, {faults} faults {kinds:?}, {open} calls without a clear answer, \
         longest search {longest} steps, {given_up} searches given up, {took:.1} s"
    );
    assert!(faults > requests / 20 && open > requests / 100, "the wire was broken: {figures:?}");
    // Nothing is known of what was not searched to the end, and so not all is explained.
    assert_eq!(given_up, 0, "searches were given up");
}

/// The keys of this store that were revoked long enough ago are rejected by every process.
async fn refused_at_last(revoked: &mut Vec<(Instant, Vec<TestClient>)>) {
    for (since, clients) in revoked.drain(..) {
        if since.elapsed() > KEPT {
            for client in clients {
                let mut response = client.list_docks().await;
                // A busy machine.
                while response.status == 503 {
                    response = client.list_docks().await;
                }
                response.expect_error(401, "UNAUTHORIZED");
            }
        }
    }
}
