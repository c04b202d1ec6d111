//! The search, tried on a register: on histories whose explanation is known, and beside one that leaves nothing out.

use macro_rules_attribute::apply;

use super::{
    linearizability::{Entry, MOST_STEPS, Model, Verdict, explain},
    recorder::Rng,
};
use crate::harness::api_test;

/// A register of one number.
struct Register;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Touch {
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

    fn only_looks(op: &Touch) -> bool {
        matches!(op, Touch::Read(_))
    }
}

fn entry(op: Touch, begun: u64, ended: impl Into<Option<u64>>) -> Entry<Touch> {
    Entry { op, begun, ended: ended.into() }
}

fn is_explained(history: &[Entry<Touch>]) -> bool {
    match explain(&Register, history, MOST_STEPS) {
        Verdict::Explained(_) => true,
        Verdict::Refuted(_) => false,
        Verdict::GivenUp => panic!("so short a history is searched to its end"),
    }
}

/// What is older than a write that has ended cannot be read after it.
#[apply(api_test)]
async fn a_history_that_is_not_linearizable_is_detected() {
    let (write, read) = (Touch::Write, Touch::Read);
    let fine = [
        entry(write(1), 0, 3),
        entry(read(0), 1, 2),
        entry(read(1), 1, 2),
        entry(write(2), 4, 9),
        entry(read(2), 5, 6),
        entry(read(2), 7, 8),
    ];
    assert!(is_explained(&fine), "one order does");
    let stale = [entry(write(1), 0, 1), entry(read(0), 2, 3)];
    assert!(!is_explained(&stale), "it was written before");
    let back = [entry(write(1), 0, 9), entry(read(1), 1, 2), entry(read(0), 3, 4)];
    assert!(!is_explained(&back), "what was seen stays");
}

#[apply(api_test)]
async fn indeterminate_operations_may_or_may_not_take_effect() {
    let (write, read) = (Touch::Write, Touch::Read);
    let lost = [entry(write(1), 0, None), entry(read(0), 1, 2), entry(read(1), 3, 4), entry(read(1), 5, 6)];
    assert!(is_explained(&lost), "it took effect late");
    assert!(is_explained(&lost[..2]), "it took no effect");
    let twice = [entry(write(1), 0, None), entry(read(1), 1, 2), entry(write(0), 3, 4), entry(read(1), 5, 6)];
    assert!(!is_explained(&twice), "it takes effect once");
    let in_turn = [
        entry(write(1), 0, None),
        entry(write(1), 1, None),
        entry(read(1), 2, 3),
        entry(write(0), 4, 5),
        entry(read(1), 6, 7),
    ];
    assert!(is_explained(&in_turn), "each takes effect once");
}

#[apply(api_test)]
async fn an_aborted_search_has_no_verdict() {
    let mut history: Vec<_> = (1..9).map(|value| entry(Touch::Write(value), 0, 10)).collect();
    history.push(entry(Touch::Read(9), 1, 2));
    assert_eq!(explain(&Register, &history, 100), Verdict::GivenUp);
    assert!(!is_explained(&history), "nobody wrote what was read");
}

/// Every order, call by call: right by its shortness, and slow.
fn is_explained_by_trying(history: &[Entry<Touch>], done: u32, state: u32) -> bool {
    let left = || history.iter().enumerate().filter(|(at, _)| done >> at & 1 == 0);
    let Some(bound) = left().filter_map(|(_, entry)| entry.ended).min() else { return true };
    left().filter(|(_, entry)| entry.begun <= bound).any(|(at, entry)| {
        let after = Register.apply(&state, &entry.op);
        after.into_iter().any(|after| is_explained_by_trying(history, done | 1 << at, after))
    })
}

#[apply(api_test)]
async fn the_search_agrees_with_exhaustive_search() {
    let mut explained = 0;
    for number in 0..4000 {
        let mut rng = Rng::of(&[number]);
        let mut history = Vec::new();
        for _ in 0..7 {
            let value = u32::try_from(rng.below(3)).expect("small");
            let begun = rng.below(10);
            if rng.below(2) == 0 {
                let ended = Some(begun + 1 + rng.below(6)).filter(|_| rng.below(3) > 0);
                history.push(entry(Touch::Write(value), begun, ended));
            } else {
                history.push(entry(Touch::Read(value), begun, begun + 1 + rng.below(6)));
            }
        }
        let is_so = is_explained_by_trying(&history, 0, 0);
        assert_eq!(is_explained(&history), is_so, "{history:#?}");
        explained += usize::from(is_so);
    }
    assert!((400..3600).contains(&explained), "some are explained and some are not: {explained}");
}
