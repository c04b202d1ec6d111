//! Whether a history can be explained: whether its calls have an order, each between its beginning and its end, in
//! which a plain model gives every answer that was given. The search is that of Wing and Gong, with Lowe's memory of
//! what was tried.

use std::{collections::HashSet, fmt::Debug, hash::Hash};

/// What an object is: its states, and what calls make of them.
pub trait Model {
    type State: Clone + Eq + Hash + Debug;
    type Op: Debug;

    /// The state before every call.
    fn first(&self) -> Self::State;

    /// The states that the call, answered as it was, may leave behind; none where it cannot have been answered so.
    fn apply(&self, state: &Self::State, op: &Self::Op) -> Vec<Self::State>;
}

/// A call of a history.
#[derive(Debug)]
pub struct Entry<O> {
    pub op: O,
    /// When it began.
    pub begun: u64,
    /// When its answer was there; `None` where none came: it may take effect at any time since, or never.
    pub ended: Option<u64>,
}

/// How many steps are tried before the search is given up: far more than histories of this size need.
const MOST_STEPS: usize = 200_000;

/// Explains a history.
///
/// # Errors
/// The longest explanation that was found, and what could not follow it, in words.
pub fn explain<M: Model>(model: &M, history: &[Entry<M::Op>]) -> Result<(), String> {
    let size = history.len().div_ceil(64);
    let mut seen = HashSet::new();
    let mut open: Vec<(Vec<u64>, M::State, Vec<usize>)> = vec![(vec![0; size], model.first(), Vec::new())];
    let mut best = (Vec::new(), model.first());
    let mut steps = 0_usize;
    while let Some((done, state, order)) = open.pop() {
        steps += 1;
        if steps > MOST_STEPS {
            break;
        }
        let is_done = |at: usize| (done[at / 64] >> (at % 64)) & 1 == 1;
        let left = || history.iter().enumerate().filter(|(at, _)| !is_done(*at));
        // What has ended before another call begins comes before it.
        let Some(bound) = left().filter_map(|(_, entry)| entry.ended).min() else { return Ok(()) };
        if order.len() > best.0.len() {
            best = (order.clone(), state.clone());
        }
        let mut next: Vec<(usize, &Entry<M::Op>)> = left().filter(|(_, entry)| entry.begun < bound).collect();
        // The last is tried first: what ends first; what has no answer only where it must.
        next.sort_by_key(|(_, entry)| std::cmp::Reverse(entry.ended.unwrap_or(u64::MAX)));
        for (at, entry) in next {
            for after in model.apply(&state, &entry.op) {
                let mut done = done.clone();
                done[at / 64] |= 1 << (at % 64);
                if seen.insert((done.clone(), after.clone())) {
                    open.push((done, after, [&order[..], &[at]].concat()));
                }
            }
        }
    }
    let (order, state) = best;
    let told = |at: usize| format!("{:>6}..{:<8?} {:?}\n", history[at].begun, history[at].ended, history[at].op);
    let explained: String = order.iter().map(|at| told(*at)).collect();
    let rest: String = (0..history.len()).filter(|at| !order.contains(at)).map(told).collect();
    Err(format!(
        "no order explains these calls. The longest that goes well:\n{explained}then, in {state:?}, none of:\n{rest}"
    ))
}

/// A register of one number, to try the search on.
pub struct Register;

#[derive(Debug, Clone, Copy)]
pub enum Touch {
    Write(u32),
    Read(u32),
}

impl Model for Register {
    type State = u32;
    type Op = Touch;

    fn first(&self) -> u32 {
        0
    }

    fn apply(&self, state: &u32, op: &Touch) -> Vec<u32> {
        match op {
            Touch::Write(value) => vec![*value],
            Touch::Read(value) if value == state => vec![*state],
            Touch::Read(_) => Vec::new(),
        }
    }
}
