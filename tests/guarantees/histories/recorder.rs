//! The history of each object: the operations of the clients of a round, with their results.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::linearizability::{Entry, MAX_STEPS, Model, Verdict, search};

/// A logical clock: it ticks whenever it is read.
#[derive(Debug, Clone, Default)]
pub struct Clock(Arc<AtomicU64>);

impl Clock {
    pub fn tick(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// SplitMix64: a seed gives the same numbers on every platform.
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// Returns a generator that is seeded with several numbers.
    pub fn of(numbers: &[u64]) -> Self {
        numbers.iter().fold(Self(0), |mut rng, number| {
            rng.0 ^= number.wrapping_mul(0x2545_F491_4F6C_DD1D);
            Self(rng.next())
        })
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Returns one of these values.
    pub fn one_of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        let at = self.below(things.len().try_into().expect("few things"));
        &things[usize::try_from(at).expect("few things")]
    }
}

/// The history of one object, and the ids that its clients have received.
#[derive(Debug)]
pub struct Recorder<O> {
    pub name: String,
    entries: Mutex<Vec<Entry<O>>>,
    /// Ids of responses that report a creation.
    created: Mutex<BTreeSet<String>>,
    /// Ids of all responses, in order.
    observed: Mutex<Vec<String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<O: std::fmt::Debug> Recorder<O> {
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), entries: Mutex::default(), created: Mutex::default(), observed: Mutex::default() }
    }

    /// Records a request with a known outcome.
    pub fn completed(&self, begun: u64, clock: &Clock, op: O) {
        lock(&self.entries).push(Entry { op, begun, ended: Some(clock.tick()) });
    }

    /// Records a request with an indeterminate outcome.
    pub fn indeterminate(&self, begun: u64, op: O) {
        lock(&self.entries).push(Entry { op, begun, ended: None });
    }

    /// Records the id of a created resource.
    pub fn created(&self, id: &str) {
        lock(&self.created).insert(id.to_owned());
        self.observed(id);
    }

    /// Records an id of a response.
    pub fn observed(&self, id: &str) {
        lock(&self.observed).push(id.to_owned());
    }

    /// Returns the id that was recorded last.
    pub fn latest(&self) -> Option<String> {
        lock(&self.observed).last().cloned()
    }

    /// Returns the ids that no response reported as created.
    pub fn orphans(&self) -> Vec<String> {
        let (created, observed) = (lock(&self.created), lock(&self.observed));
        observed.iter().filter(|id| !created.contains(*id)).cloned().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Returns whether the history is linearizable for the model.
    pub fn check<M: Model<Op = O>>(&self, model: &M) -> Verdict {
        search(model, &lock(&self.entries), MAX_STEPS)
    }
}
