//! Tests of the search with a register: histories with a known verdict, and comparison with exhaustive search.

use macro_rules_attribute::apply;

use super::{
    linearizability::{Entry, MAX_STEPS, Model, Verdict, search},
    recorder::Rng,
};
use crate::harness::api_test;

/// A register with one number.
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

    fn is_read_only(op: &Touch) -> bool {
        matches!(op, Touch::Read(_))
    }
}

fn entry(op: Touch, begun: u64, ended: impl Into<Option<u64>>) -> Entry<Touch> {
    Entry { op, begun, ended: ended.into() }
}

fn is_linearizable(history: &[Entry<Touch>]) -> bool {
    match search(&Register, history, MAX_STEPS) {
        Verdict::Linearizable(_) => true,
        Verdict::NotLinearizable(_) => false,
        Verdict::Aborted => panic!("a short history is searched to the end"),
    }
}

/// A value that is older than a completed write cannot be read after it.
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
    assert!(is_linearizable(&fine), "there is an order");
    let stale = [entry(write(1), 0, 1), entry(read(0), 2, 3)];
    assert!(!is_linearizable(&stale), "the read is stale");
    let back = [entry(write(1), 0, 9), entry(read(1), 1, 2), entry(read(0), 3, 4)];
    assert!(!is_linearizable(&back), "a read value cannot revert");
}

#[apply(api_test)]
async fn indeterminate_operations_may_or_may_not_take_effect() {
    let (write, read) = (Touch::Write, Touch::Read);
    let lost = [entry(write(1), 0, None), entry(read(0), 1, 2), entry(read(1), 3, 4), entry(read(1), 5, 6)];
    assert!(is_linearizable(&lost), "it takes effect late");
    assert!(is_linearizable(&lost[..2]), "it takes no effect");
    let twice = [entry(write(1), 0, None), entry(read(1), 1, 2), entry(write(0), 3, 4), entry(read(1), 5, 6)];
    assert!(!is_linearizable(&twice), "it takes effect once");
    let in_turn = [
        entry(write(1), 0, None),
        entry(write(1), 1, None),
        entry(read(1), 2, 3),
        entry(write(0), 4, 5),
        entry(read(1), 6, 7),
    ];
    assert!(is_linearizable(&in_turn), "each takes effect once");
}

#[apply(api_test)]
async fn an_aborted_search_has_no_verdict() {
    let mut history: Vec<_> = (1..9).map(|value| entry(Touch::Write(value), 0, 10)).collect();
    history.push(entry(Touch::Read(9), 1, 2));
    assert_eq!(search(&Register, &history, 100), Verdict::Aborted);
    assert!(!is_linearizable(&history), "the read value was never written");
}

/// Tries every order, one operation at a time: simple and slow.
fn is_linearizable_by_exhaustive_search(history: &[Entry<Touch>], done: u32, state: u32) -> bool {
    let left = || history.iter().enumerate().filter(|(at, _)| done >> at & 1 == 0);
    let Some(bound) = left().filter_map(|(_, entry)| entry.ended).min() else { return true };
    left().filter(|(_, entry)| entry.begun <= bound).any(|(at, entry)| {
        let after = Register.apply(&state, &entry.op);
        after.into_iter().any(|after| is_linearizable_by_exhaustive_search(history, done | 1 << at, after))
    })
}

#[apply(api_test)]
async fn the_search_agrees_with_exhaustive_search() {
    let mut linearizable = 0;
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
        let is_so = is_linearizable_by_exhaustive_search(&history, 0, 0);
        assert_eq!(is_linearizable(&history), is_so, "{history:#?}");
        linearizable += usize::from(is_so);
    }
    assert!((400..3600).contains(&linearizable), "both verdicts occur: {linearizable}");
}
