//! Whether a history can be explained: whether its calls have an order, each between its beginning and its end, in
//! which a plain model gives every response that was given.
//!
//! The search is that of Wing and Gong in the form of Lowe's just-in-time linearization: the history is gone through as
//! time goes, with all that may be so by then, and a request is only put into the order when a response has to be explained.
//! What it holds is therefore bounded by what is in progress at once, not by the length of the history, and it is known
//! at the very answer that cannot be explained that there is no order. Three things keep it small: of what may be so,
//! only that is kept which has used the fewest of the requests that were not answered; what only looks is put into the order
//! as soon as it fits; and of unanswered calls that are alike the first is taken first.

use std::{collections::HashMap, fmt::Debug, hash::Hash};

/// What an object is: its states, and what calls make of them.
pub trait Model {
    type State: Clone + Eq + Hash + Debug;
    type Op: Debug + PartialEq;

    /// The state before every request.
    fn first(&self) -> Self::State;

    /// The states that the request, answered as it was, may leave behind; none where it cannot have been answered so.
    fn apply(&self, state: &Self::State, op: &Self::Op) -> Vec<Self::State>;

    /// Whether the request, answered as it was, changes nothing in whatever state.
    fn only_looks(op: &Self::Op) -> bool;
}

/// A request of a history.
#[derive(Debug)]
pub struct Entry<O> {
    pub op: O,
    /// When it began.
    pub begun: u64,
    /// When its response was there; `None` where none came: it may take effect at any time since, or never.
    pub ended: Option<u64>,
}

/// What came of a search.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There is an order. It was found in this many steps.
    Explained(usize),
    /// There is none: which answer cannot be explained, in words.
    Refuted(String),
    /// It took too long: nothing is known.
    GivenUp,
}

/// How many steps are tried before the search is given up: far more than histories of this size need.
pub const MOST_STEPS: usize = 300_000;

/// A set of requests that are in progress, by their places in a list.
type Places = u128;

/// What may be so at some time.
#[derive(Debug, Clone)]
struct Possible<S> {
    state: S,
    /// Calls that are in progress, will be answered, and are in the order already.
    taken: Places,
    /// Unanswered calls that are in the order.
    spent: Places,
    /// The last call of the order, in [`Search::orders`].
    last: Option<usize>,
}

struct Search<'a, M: Model> {
    model: &'a M,
    history: &'a [Entry<M::Op>],
    /// Calls that are in progress and will be answered, each at a place of its own.
    answered: Vec<Option<usize>>,
    /// Calls that have begun and never are.
    unanswered: Vec<usize>,
    /// Every order that was tried: a request, and what came before it.
    orders: Vec<(usize, Option<usize>)>,
    steps: usize,
    most_steps: usize,
}

/// Possibilities by what they have in common, each with what it has spent: of two, one that has spent less can do all that
/// the other can.
struct Kept<S>(HashMap<(Places, S), Vec<Places>>);

impl<S: Clone + Eq + Hash> Kept<S> {
    /// Keeps the possibility, unless there is one that is as good.
    fn insert(&mut self, possible: &Possible<S>) -> bool {
        let kept = self.0.entry((possible.taken, possible.state.clone())).or_default();
        if kept.iter().any(|spent| spent & possible.spent == *spent) {
            return false;
        }
        kept.retain(|spent| spent & possible.spent != possible.spent);
        kept.push(possible.spent);
        true
    }

    fn is_best(&self, possible: &Possible<S>) -> bool {
        let kept = self.0.get(&(possible.taken, possible.state.clone()));
        kept.is_some_and(|kept| kept.contains(&possible.spent))
    }
}

/// Looks for an order of a history, in as many steps at most.
pub fn explain<M: Model>(model: &M, history: &[Entry<M::Op>], most_steps: usize) -> Verdict {
    let (answered, unanswered, orders) = (Vec::new(), Vec::new(), Vec::new());
    let mut search = Search { model, history, answered, unanswered, orders, steps: 0, most_steps };
    // Of what happens at one time, beginnings come first.
    let begin = history.iter().enumerate().map(|(at, entry)| (entry.begun, false, at));
    let end = history.iter().enumerate().filter_map(|(at, entry)| Some((entry.ended?, true, at)));
    let mut events: Vec<_> = begin.chain(end).collect();
    events.sort_unstable();
    let mut possible = vec![Possible { state: model.first(), taken: 0, spent: 0, last: None }];
    for (_, is_end, at) in events {
        if !is_end {
            search.begin(at);
            continue;
        }
        let Some(next) = search.end(at, possible.clone()) else { return Verdict::GivenUp };
        if next.is_empty() {
            return Verdict::Refuted(search.found(at, &possible));
        }
        possible = next;
    }
    Verdict::Explained(search.steps)
}

impl<M: Model> Search<'_, M> {
    fn begin(&mut self, at: usize) {
        if self.history[at].ended.is_none() {
            self.unanswered.push(at);
        } else if let Some(free) = self.answered.iter_mut().find(|place| place.is_none()) {
            *free = Some(at);
        } else {
            self.answered.push(Some(at));
        }
        let id_locations = self.unanswered.len().max(self.answered.len());
        assert!(id_locations <= Places::BITS as usize, "a history with so many calls at once is not searched");
    }

    /// All that may be so when this call is answered, which has to be in the order by then; `None` where the search takes
    /// too long.
    fn end(&mut self, at: usize, mut open: Vec<Possible<M::State>>) -> Option<Vec<Possible<M::State>>> {
        let place = self.answered.iter().position(|other| *other == Some(at)).expect("it has begun");
        let (mut seen, mut kept, mut next) = (Kept(HashMap::new()), Kept(HashMap::new()), Vec::new());
        while let Some(mut possible) = open.pop() {
            self.steps += 1;
            if self.steps > self.most_steps {
                return None;
            }
            self.take_what_only_looks(&mut possible);
            if possible.taken >> place & 1 == 1 {
                possible.taken &= !(1 << place);
                if kept.insert(&possible) {
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
        next.retain(|possible| kept.is_best(possible));
        self.answered[place] = None;
        Some(next)
    }

    /// Whatever follows can follow then, too.
    fn take_what_only_looks(&mut self, possible: &mut Possible<M::State>) {
        for place in 0..self.answered.len() {
            let Some(at) = self.answered[place].filter(|_| possible.taken >> place & 1 == 0) else { continue };
            let op = &self.history[at].op;
            if M::only_looks(op) && !self.model.apply(&possible.state, op).is_empty() {
                possible.taken |= 1 << place;
                possible.last = Some(self.order(at, possible.last));
            }
        }
    }

    /// What may be so after one more call.
    fn after(&mut self, possible: &Possible<M::State>) -> Vec<Possible<M::State>> {
        let mut after = Vec::new();
        for place in 0..self.answered.len() {
            let Some(at) = self.answered[place].filter(|_| possible.taken >> place & 1 == 0) else { continue };
            let taken = possible.taken | 1 << place;
            for state in self.model.apply(&possible.state, &self.history[at].op) {
                let last = Some(self.order(at, possible.last));
                after.push(Possible { state, taken, spent: possible.spent, last });
            }
        }
        for place in 0..self.unanswered.len() {
            let op = |place: usize| &self.history[self.unanswered[place]].op;
            let is_spent = |place: usize| possible.spent >> place & 1 == 1;
            let alike = |other: &usize| !is_spent(*other) && op(*other) == op(place);
            if is_spent(place) || (0..place).any(|other| alike(&other)) {
                continue;
            }
            let spent = possible.spent | 1 << place;
            for state in self.model.apply(&possible.state, op(place)) {
                // What changes nothing need not have happened.
                if state != possible.state {
                    let last = Some(self.order(self.unanswered[place], possible.last));
                    after.push(Possible { state, taken: possible.taken, spent, last });
                }
            }
        }
        after
    }

    fn order(&mut self, at: usize, before: Option<usize>) -> usize {
        self.orders.push((at, before));
        self.orders.len() - 1
    }

    /// Why this answer cannot be explained by any of what may have been so before it.
    fn found(&self, at: usize, possible: &[Possible<M::State>]) -> String {
        let request = |at: usize| {
            let Entry { op, begun, ended } = &self.history[at];
            let ended = ended.map_or("never".to_owned(), |ended| ended.to_string());
            format!("{begun:>6}..{ended:<6} {op:?}\n")
        };
        let mut order = Vec::new();
        let mut last = possible.iter().min_by_key(|possible| possible.spent.count_ones()).and_then(|best| best.last);
        while let Some((at, before)) = last.map(|last| self.orders[last]) {
            order.push(at);
            last = before;
        }
        let explained: String = order.iter().rev().map(|at| request(*at)).collect();
        let under_way = self.answered.iter().flatten().chain(&self.unanswered).filter(|other| **other != at);
        let under_way: String = under_way.map(|at| request(*at)).collect();
        let mut states: Vec<String> = possible.iter().map(|possible| format!("{:?}\n", possible.state)).collect();
        states.sort_unstable();
        states.dedup();
        let count = states.len();
        states.truncate(8);
        format!(
            "no order explains\n{}An order of all that was answered before:\n{explained}What may have been so by then, {count} \
             in all:\n{}Under way or unanswered:\n{under_way}",
            request(at),
            states.concat()
        )
    }
}
