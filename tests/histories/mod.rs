//! Many callers, two processes on one store, and a wire that breaks: whether some order of the calls explains all that
//! the callers were told, and what is there in the end.
//!
//! `BERTH_HISTORY_SEED` and `BERTH_HISTORY_CALLS` choose what is run. A seed fixes what each caller draws: which calls
//! it makes, in what weather. How the calls of several callers interleave, and so the ids that they name, it does not.

mod ground;
mod models;
mod mutants;
mod recorded;
mod search;
mod settled;
mod weather;
mod workload;

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use berth::{Options, StoreChoice};
use libtest_mimic::Trial;

use self::{
    ground::{Figures, Round},
    search::{Entry, Register, Touch, explain},
    workload::{CALLERS, CALLS_EACH},
};
use crate::{
    checker::expect_whole,
    harness::{Berth, Caller, Wire, tests},
};

pub fn tests() -> Vec<Trial> {
    let own = tests![
        every_answer_is_explained_by_some_order,
        a_history_that_no_order_explains_is_found,
        a_history_is_explained_across_what_was_not_answered,
    ];
    own.into_iter().chain(mutants::tests()).collect()
}

/// How many calls are made unless more are asked for.
const CALLS: u64 = 2400;
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

    /// A round, and callers with the keys that were revoked in it.
    async fn round(&self, seed: u64, round: u64, figures: &Figures) -> Result<Vec<Caller>, String> {
        let label = format!("{seed:x}-{round}");
        let ground = Round::new(&self.patient, &self.processes, &self.wire, figures, &label).await;
        ground.run(seed, round).await;
        let explained = ground.settled().await;
        // What went over the wire is of no use any more.
        drop(self.wire.take());
        explained.map_err(|reason| format!("seed {seed}, round {round}: {reason}"))?;
        let mut revoked = Vec::new();
        for credential in &ground.credentials {
            ground.keeper.delete(&format!("/v1/api-keys/{}", credential.id)).await.expect(200);
            revoked.extend(credential.callers.clone());
        }
        Ok(revoked)
    }
}

fn number_from(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} is a number, and {value} is none")))
}

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
        let done = world.round(seed, round, &figures).await.unwrap_or_else(|reason| panic!("{reason}"));
        revoked.push((Instant::now(), done));
    }
    expect_whole(&world.patient).await;
    refused_at_last(&mut revoked).await;
    let [calls, faults, open] = [&figures.calls, &figures.faults, &figures.open].map(|n| n.load(Ordering::Relaxed));
    assert!(faults > calls / 20 && open > calls / 100, "the wire was broken: {figures:?}");
    let took = begun.elapsed().as_secs_f64();
    eprintln!(
        "history: {calls} calls, {faults} faults, {open} calls without a clear answer, all explained, {took:.1} s"
    );
}

/// The keys of this store that were revoked long enough ago are refused by every process.
async fn refused_at_last(revoked: &mut Vec<(Instant, Vec<Caller>)>) {
    for (since, callers) in revoked.drain(..) {
        if since.elapsed() > KEPT {
            for caller in callers {
                let mut answer = caller.get("/v1/docks").await;
                // A busy machine.
                while answer.status == 503 {
                    answer = caller.get("/v1/docks").await;
                }
                answer.refused(401, "UNAUTHORIZED");
            }
        }
    }
}

fn entry(op: Touch, begun: u64, ended: impl Into<Option<u64>>) -> Entry<Touch> {
    Entry { op, begun, ended: ended.into() }
}

/// The search itself, on a register: what is older than a write that has ended cannot be read after it.
async fn a_history_that_no_order_explains_is_found() {
    let (write, read) = (Touch::Write, Touch::Read);
    let fine = [
        entry(write(1), 0, 3),
        entry(read(0), 1, 2),
        entry(read(1), 1, 2),
        entry(write(2), 4, 9),
        entry(read(2), 5, 6),
        entry(read(2), 7, 8),
    ];
    explain(&Register, &fine).expect("one order does");
    let stale = [entry(write(1), 0, 1), entry(read(0), 2, 3)];
    explain(&Register, &stale).expect_err("it was written before");
    let back = [entry(write(1), 0, 9), entry(read(1), 1, 2), entry(read(0), 3, 4)];
    explain(&Register, &back).expect_err("what was seen stays");
}

async fn a_history_is_explained_across_what_was_not_answered() {
    let (write, read) = (Touch::Write, Touch::Read);
    let lost = [entry(write(1), 0, None), entry(read(0), 1, 2), entry(read(1), 3, 4), entry(read(1), 5, 6)];
    explain(&Register, &lost).expect("it took effect late");
    explain(&Register, &lost[..2]).expect("it took no effect");
    let twice = [entry(write(1), 0, None), entry(read(1), 1, 2), entry(write(0), 3, 4), entry(read(1), 5, 6)];
    explain(&Register, &twice).expect_err("it takes effect once");
}
