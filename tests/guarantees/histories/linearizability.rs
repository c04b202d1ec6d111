//! Linearizability: a history is linearizable if its operations have an order in which each takes effect between its
//! start and its end, and a sequential model returns every recorded response.
//!
//! The search is the algorithm of Wing and Gong with Lowe's just-in-time linearization. It processes the starts and
//! ends of operations in time order, with all configurations that are possible by then. An operation is added to an
//! order only when its response must be explained. So memory depends on the number of concurrent operations, not on the
//! length of the history, and the search ends at the first response without an explanation.
//!
//! Three rules limit the configurations:
//!
//! - Of two configurations that differ only in the indeterminate operations that took effect, the search keeps the one
//!   with fewer of them.
//! - A read-only operation is added to the order as soon as its response is correct.
//! - Of equal indeterminate operations, the first one takes effect first.

use std::{collections::HashMap, fmt::Debug, hash::Hash};

/// A sequential model of an object: its states, and the effects of operations.
pub trait Model {
    type State: Clone + Eq + Hash + Debug;
    type Op: Debug + PartialEq;

    /// Returns the initial state.
    fn first(&self) -> Self::State;

    /// Returns the possible states after an operation with its recorded response; none if it is impossible.
    fn apply(&self, state: &Self::State, op: &Self::Op) -> Vec<Self::State>;

    /// Returns whether an operation with its recorded response never changes the state.
    fn is_read_only(op: &Self::Op) -> bool;
}

/// An operation of a history.
#[derive(Debug)]
pub struct Entry<O> {
    pub op: O,
    /// Time of its start.
    pub begun: u64,
    /// Time of its response; `None` if the outcome is indeterminate. Then it takes effect at any later time, or never.
    pub ended: Option<u64>,
}

/// The result of a search.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There is an order. The search took this many steps.
    Linearizable(usize),
    /// There is no order. The text describes the first response without an explanation.
    NotLinearizable(String),
    /// The search exceeded its limit of steps.
    Aborted,
}

/// Maximum number of steps of a search: far more than histories of this size need.
pub const MAX_STEPS: usize = 300_000;

/// A set of operations in progress, by their indices in a list.
type Operations = u128;

/// A possible state at some time, with the operations that led to it.
#[derive(Debug, Clone)]
struct Configuration<S> {
    state: S,
    /// Operations in progress that will complete and already took effect.
    linearized: Operations,
    /// Indeterminate operations that took effect.
    applied: Operations,
    /// Last operation of the order, as an index into [`Search::orders`].
    last: Option<usize>,
}

struct Search<'a, M: Model> {
    model: &'a M,
    history: &'a [Entry<M::Op>],
    /// Operations in progress that will complete, each in its own slot.
    completing: Vec<Option<usize>>,
    /// Indeterminate operations that have started.
    indeterminate: Vec<usize>,
    /// Every order that was tried: an operation, and the index of its predecessor.
    orders: Vec<(usize, Option<usize>)>,
    steps: usize,
    max_steps: usize,
}

/// Configurations without redundant ones. Of two that are otherwise equal, the one with fewer indeterminate operations
/// has all continuations of the other.
struct Configurations<S>(HashMap<(Operations, S), Vec<Operations>>);

impl<S: Clone + Eq + Hash> Configurations<S> {
    /// Adds the configuration unless it is redundant. Returns whether it was added.
    fn insert(&mut self, possible: &Configuration<S>) -> bool {
        let best = self.0.entry((possible.linearized, possible.state.clone())).or_default();
        if best.iter().any(|applied| applied & possible.applied == *applied) {
            return false;
        }
        best.retain(|applied| applied & possible.applied != possible.applied);
        best.push(possible.applied);
        true
    }

    fn is_best(&self, possible: &Configuration<S>) -> bool {
        let best = self.0.get(&(possible.linearized, possible.state.clone()));
        best.is_some_and(|best| best.contains(&possible.applied))
    }
}

/// Searches for an order of a history, in at most `max_steps` steps.
pub fn search<M: Model>(model: &M, history: &[Entry<M::Op>], max_steps: usize) -> Verdict {
    let (completing, indeterminate, orders) = (Vec::new(), Vec::new(), Vec::new());
    let mut search = Search { model, history, completing, indeterminate, orders, steps: 0, max_steps };
    // At the same time, starts precede ends.
    let begin = history.iter().enumerate().map(|(at, entry)| (entry.begun, false, at));
    let end = history.iter().enumerate().filter_map(|(at, entry)| Some((entry.ended?, true, at)));
    let mut events: Vec<_> = begin.chain(end).collect();
    events.sort_unstable();
    let mut possible = vec![Configuration { state: model.first(), linearized: 0, applied: 0, last: None }];
    for (_, is_end, at) in events {
        if !is_end {
            search.begin(at);
            continue;
        }
        let Some(next) = search.end(at, possible.clone()) else { return Verdict::Aborted };
        if next.is_empty() {
            return Verdict::NotLinearizable(search.found(at, &possible));
        }
        possible = next;
    }
    Verdict::Linearizable(search.steps)
}

impl<M: Model> Search<'_, M> {
    fn begin(&mut self, at: usize) {
        if self.history[at].ended.is_none() {
            self.indeterminate.push(at);
        } else if let Some(free) = self.completing.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(at);
        } else {
            self.completing.push(Some(at));
        }
        let slots = self.indeterminate.len().max(self.completing.len());
        assert!(slots <= Operations::BITS as usize, "too many concurrent operations");
    }

    /// Returns the possible configurations at the end of an operation, which must have taken effect by then. Returns
    /// `None` if the search exceeds its limit.
    fn end(&mut self, at: usize, mut open: Vec<Configuration<M::State>>) -> Option<Vec<Configuration<M::State>>> {
        let slot = self.completing.iter().position(|other| *other == Some(at)).expect("the operation has started");
        let (mut seen, mut best, mut next) =
            (Configurations(HashMap::new()), Configurations(HashMap::new()), Vec::new());
        while let Some(mut possible) = open.pop() {
            self.steps += 1;
            if self.steps > self.max_steps {
                return None;
            }
            self.linearize_reads(&mut possible);
            if possible.linearized >> slot & 1 == 1 {
                possible.linearized &= !(1 << slot);
                if best.insert(&possible) {
                    next.push(possible);
                }
                continue;
            }
            for after in self.after(&possible) {
                if seen.insert(&after) {
                    open.push(after);
                }
            }
        }
        next.retain(|possible| best.is_best(possible));
        self.completing[slot] = None;
        Some(next)
    }

    /// Adds every read-only operation whose response is correct: all continuations stay possible.
    fn linearize_reads(&mut self, possible: &mut Configuration<M::State>) {
        for slot in 0..self.completing.len() {
            let Some(at) = self.completing[slot].filter(|_| possible.linearized >> slot & 1 == 0) else { continue };
            let op = &self.history[at].op;
            if M::is_read_only(op) && !self.model.apply(&possible.state, op).is_empty() {
                possible.linearized |= 1 << slot;
                possible.last = Some(self.order(at, possible.last));
            }
        }
    }

    /// Returns the possible configurations after one more operation.
    fn after(&mut self, possible: &Configuration<M::State>) -> Vec<Configuration<M::State>> {
        let mut after = Vec::new();
        for slot in 0..self.completing.len() {
            let Some(at) = self.completing[slot].filter(|_| possible.linearized >> slot & 1 == 0) else { continue };
            let linearized = possible.linearized | 1 << slot;
            for state in self.model.apply(&possible.state, &self.history[at].op) {
                let last = Some(self.order(at, possible.last));
                after.push(Configuration { state, linearized, applied: possible.applied, last });
            }
        }
        for slot in 0..self.indeterminate.len() {
            let op = |slot: usize| &self.history[self.indeterminate[slot]].op;
            let is_spent = |slot: usize| possible.applied >> slot & 1 == 1;
            let alike = |other: &usize| !is_spent(*other) && op(*other) == op(slot);
            if is_spent(slot) || (0..slot).any(|other| alike(&other)) {
                continue;
            }
            let applied = possible.applied | 1 << slot;
            for state in self.model.apply(&possible.state, op(slot)) {
                // An operation without effect can be omitted.
                if state != possible.state {
                    let last = Some(self.order(self.indeterminate[slot], possible.last));
                    after.push(Configuration { state, linearized: possible.linearized, applied, last });
                }
            }
        }
        after
    }

    fn order(&mut self, at: usize, before: Option<usize>) -> usize {
        self.orders.push((at, before));
        self.orders.len() - 1
    }

    /// Describes why no configuration explains the response of an operation.
    fn found(&self, at: usize, possible: &[Configuration<M::State>]) -> String {
        let request = |at: usize| {
            let Entry { op, begun, ended } = &self.history[at];
            let ended = ended.map_or("never".to_owned(), |ended| ended.to_string());
            format!("{begun:>6}..{ended:<6} {op:?}\n")
        };
        let mut order = Vec::new();
        let mut last = possible.iter().min_by_key(|possible| possible.applied.count_ones()).and_then(|best| best.last);
        while let Some((at, before)) = last.map(|last| self.orders[last]) {
            order.push(at);
            last = before;
        }
        let explained: String = order.iter().rev().map(|at| request(*at)).collect();
        let in_progress = self.completing.iter().flatten().chain(&self.indeterminate).filter(|other| **other != at);
        let in_progress: String = in_progress.map(|at| request(*at)).collect();
        let mut states: Vec<String> = possible.iter().map(|possible| format!("{:?}\n", possible.state)).collect();
        states.sort_unstable();
        states.dedup();
        let count = states.len();
        states.truncate(8);
        format!(
            "no order explains\n{}An order of all operations that completed before:\n{explained}Possible states by then, \
             {count} in all:\n{}In progress or indeterminate:\n{in_progress}",
            request(at),
            states.concat()
        )
    }
}
