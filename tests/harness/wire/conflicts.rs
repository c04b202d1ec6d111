//! A minimal model of DynamoDB's transaction conflicts, which the embedded DynamoDB does not have: of two transactions in
//! progress that have a common item, the later one is canceled with `TransactionConflict`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::Value;

use super::Fault;

/// Primary key of an item: partition key and sort key.
pub type ItemKey = (String, String);

/// The transactions in progress, and their conflicts so far. Clones share their state.
#[derive(Clone, Default)]
pub struct Conflicts(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Time for which a transaction stays in progress.
    lasts: Duration,
    under_way: BTreeSet<ItemKey>,
    /// Number of conflicts on each item.
    found: BTreeMap<ItemKey, usize>,
}

/// A transaction in progress.
pub(super) struct Holding {
    conflicts: Conflicts,
    keys: BTreeSet<ItemKey>,
    pub(super) lasts: Duration,
}

impl Conflicts {
    /// Creates a model in which each transaction is in progress for at least this time.
    pub fn new(lasts: Duration) -> Self {
        Self(Arc::new(Mutex::new(State { lasts, ..State::default() })))
    }

    /// Returns the number of conflicts on each item.
    pub fn found(&self) -> BTreeMap<ItemKey, usize> {
        self.state().found.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a transaction.
    ///
    /// # Errors
    /// The cancellation if an item of the transaction is in another one in progress.
    pub(super) fn begin(&self, request: &Value) -> Result<Holding, Fault> {
        let keys = keys(request);
        let mut state = self.state();
        let common: Vec<_> = keys.iter().filter(|key| state.under_way.contains(*key)).cloned().collect();
        for key in &common {
            *state.found.entry(key.clone()).or_default() += 1;
        }
        if common.is_empty() {
            state.under_way.extend(keys.iter().cloned());
            let lasts = state.lasts;
            return Ok(Holding { conflicts: self.clone(), keys: keys.into_iter().collect(), lasts });
        }
        let code = |key: &ItemKey| if common.contains(key) { "TransactionConflict" } else { "None" };
        Err(Fault::canceled(&keys.iter().map(code).collect::<Vec<_>>()))
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.conflicts.state().under_way.retain(|key| !self.keys.contains(key));
    }
}

/// Returns the keys of the items that a write of any operation changes or checks, in the order of its actions.
pub fn keys(request: &Value) -> Vec<ItemKey> {
    let actions = request["TransactItems"].as_array().into_iter().flatten();
    let actions = actions.filter_map(|action| action.as_object()?.values().next());
    let key = |action: &Value| {
        let key = if action["Key"].is_object() { &action["Key"] } else { &action["Item"] };
        Some((key["pk"]["S"].as_str()?.to_owned(), key["sk"]["S"].as_str()?.to_owned()))
    };
    key(request).into_iter().chain(actions.filter_map(key)).collect()
}
