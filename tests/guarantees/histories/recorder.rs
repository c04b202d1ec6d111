//! The history of each object: the operations of the clients of a round, with their results.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::linearizability::{Entry, MOST_STEPS, Model, Verdict, explain};

/// A clock that orders what happens: it ticks whenever it is looked at.
#[derive(Debug, Clone, Default)]
pub struct Clock(Arc<AtomicU64>);

impl Clock {
    pub fn tick(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// Splitmix64: what a seed makes of it is the same everywhere.
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// Dice of their own for each of several numbers.
    pub fn of(numbers: &[u64]) -> Self {
        numbers.iter().fold(Self(0), |mut rng, number| {
            rng.0 ^= number.wrapping_mul(0x2545_F491_4F6C_DD1D);
            Self(rng.roll())
        })
    }

    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    /// One of these.
    pub fn one_of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        let at = self.below(things.len().try_into().expect("few things"));
        &things[usize::try_from(at).expect("few things")]
    }
}

/// The history of one object, and the ids that its clients have met.
#[derive(Debug)]
pub struct Recorder<O> {
    pub name: String,
    entries: Mutex<Vec<Entry<O>>>,
    /// What was reported to be created.
    created: Mutex<BTreeSet<String>>,
    /// All that was met, in the order of meeting.
    met: Mutex<Vec<String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<O: std::fmt::Debug> Recorder<O> {
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), entries: Mutex::default(), created: Mutex::default(), met: Mutex::default() }
    }

    /// A request that was answered.
    pub fn completed(&self, begun: u64, clock: &Clock, op: O) {
        lock(&self.entries).push(Entry { op, begun, ended: Some(clock.tick()) });
    }

    /// A request that was not.
    pub fn indeterminate(&self, begun: u64, op: O) {
        lock(&self.entries).push(Entry { op, begun, ended: None });
    }

    /// Notes an id that a response named as created.
    pub fn created(&self, id: &str) {
        lock(&self.created).insert(id.to_owned());
        self.met(id);
    }

    /// Notes an id that a response named.
    pub fn met(&self, id: &str) {
        lock(&self.met).push(id.to_owned());
    }

    /// The id that was met last.
    pub fn latest(&self) -> Option<String> {
        lock(&self.met).last().cloned()
    }

    /// Ids that were met, and that no response named as created.
    pub fn orphans(&self) -> Vec<String> {
        let (created, met) = (lock(&self.created), lock(&self.met));
        met.iter().filter(|id| !created.contains(*id)).cloned().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Whether the model explains the history.
    pub fn explained<M: Model<Op = O>>(&self, model: &M) -> Verdict {
        explain(model, &lock(&self.entries), MOST_STEPS)
    }
}
