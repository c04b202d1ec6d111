//! Many callers, two processes on one store, and a wire that breaks: whether some order of the calls explains all that
//! the callers were told, and what is there in the end.
//!
//! `BERTH_HISTORY_SEED` and `BERTH_HISTORY_CALLS` choose what is run. A seed fixes what each caller draws: which calls
//! it makes, in what weather. How the calls of several callers interleave, and so the ids that they name, it does not.

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
    fault_plan::Climate,
    setup::{Figures, Round},
    workload::CALLERS,
};
use crate::harness::checker::expect_whole;
use crate::harness::{Berth, Caller, Wire, serial_test};

/// How many calls are made unless more are asked for.
const CALLS: u64 = 2400;
/// How many calls each caller of a round makes.
const CALLS_EACH: u64 = 30;
/// After how many rounds there is a new store: the table is then checked as a whole.
const ROUNDS_OF_A_STORE: u64 = 8;
/// How long a revoked API key may still be taken.
const KEPT: Duration = Duration::from_secs(30);

/// Two processes on one store, whose callers meet the weather; a patient one, for what comes before and after; and the
/// wire of all.
struct World {
    patient: Berth,
    processes: [Berth; 2],
    wire: Wire,
}

impl World {
    async fn new() -> Self {
        let wire = Wire::new();
        let options = || Options { http_client: Some(wire.client()), ..Options::default() };
        let patient = Berth::start_with(options()).await;
        let store = StoreChoice::Endpoint(patient.running().store_url().expect("a store on this machine").to_owned());
        // A store that stays away is given up after half a second less.
        let hasty = || Options { store: store.clone(), request_timeout: Duration::from_millis(1500), ..options() };
        let processes = [Berth::start_with(hasty()).await, Berth::start_with(hasty()).await];
        Self { patient, processes, wire }
    }

    /// A round of so many calls of each caller; and callers with the keys that were revoked in it.
    async fn round(
        &self,
        dice: (u64, u64),
        calls_each: u64,
        climate: Climate,
        figures: &Figures,
    ) -> Result<Vec<Caller>, String> {
        let (seed, round) = dice;
        let label = format!("{seed:x}-{round}");
        let ground = Round::new(&self.patient, &self.processes, &self.wire, figures, &label).await;
        ground.run(dice, calls_each, climate).await;
        let explained = ground.settled().await;
        // What went over the wire is of no use any more.
        drop(self.wire.take());
        explained.map_err(|reason| format!("seed {seed}, round {round}: {reason}"))?;
        let mut revoked = Vec::new();
        for credential in &ground.credentials {
            ground.keeper.revoke_api_key(&credential.id).await.expect(200);
            revoked.extend(credential.callers.clone());
        }
        Ok(revoked)
    }
}

fn number_from(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} is a number, and {value} is none")))
}

#[apply(serial_test)]
async fn every_answer_is_explained_by_some_order() {
    let seed = number_from("BERTH_HISTORY_SEED").unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        u64::from(now.subsec_nanos())
    });
    let calls = number_from("BERTH_HISTORY_CALLS").unwrap_or(CALLS);
    eprintln!("history: BERTH_HISTORY_SEED={seed} BERTH_HISTORY_CALLS={calls}");
    let (figures, begun) = (Figures::default(), Instant::now());
    let rounds = calls.div_ceil(CALLERS * CALLS_EACH);
    let mut world = World::new().await;
    let mut revoked = Vec::new();
    for round in 0..rounds {
        if round > 0 && round % ROUNDS_OF_A_STORE == 0 {
            expect_whole(&world.patient).await;
            refused_at_last(&mut revoked).await;
            world = World::new().await;
        }
        let done = world.round((seed, round), CALLS_EACH, Climate::Rough, &figures).await;
        revoked.push((Instant::now(), done.unwrap_or_else(|reason| panic!("{reason}"))));
    }
    expect_whole(&world.patient).await;
    refused_at_last(&mut revoked).await;
    let took = begun.elapsed().as_secs_f64();
    let [calls, open, longest, given_up] = [&figures.calls, &figures.open, &figures.longest, &figures.given_up]
        .map(|figure| figure.load(Ordering::Relaxed));
    let kinds = figures.faults.lock().expect("the callers have ended").clone();
    let faults: usize = kinds.values().sum();
    eprintln!(
        "history: {calls} calls in {rounds} rounds, {faults} faults {kinds:?}, {open} calls without a clear answer, \
         longest search {longest} steps, {given_up} searches given up, {took:.1} s"
    );
    assert!(faults > calls / 20 && open > calls / 100, "the wire was broken: {figures:?}");
    // Nothing is known of what was not searched to the end, and so not all is explained.
    assert_eq!(given_up, 0, "searches were given up");
}

/// The keys of this store that were revoked long enough ago are refused by every process.
async fn refused_at_last(revoked: &mut Vec<(Instant, Vec<Caller>)>) {
    for (since, callers) in revoked.drain(..) {
        if since.elapsed() > KEPT {
            for caller in callers {
                let mut answer = caller.list_docks().await;
                // A busy machine.
                while answer.status == 503 {
                    answer = caller.list_docks().await;
                }
                answer.refused(401, "UNAUTHORIZED");
            }
        }
    }
}
