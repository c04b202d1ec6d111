//! Writes: one transaction each, with the conditions that make it safe.
//!
//! A transaction carries a token, so that a second try after a lost answer does not act twice, and asks for the item
//! behind every condition that fails, so that telling refusals apart costs no second call.

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::transact_write_items::{TransactWriteItemsError, builders::TransactWriteItemsFluentBuilder},
    types::{
        self, CancellationReason, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
        error::TransactionCanceledException,
    },
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use serde::Serialize;
use ulid::Ulid;

use super::{
    Item, Store,
    audit::{self, Origin},
    expression::{Condition, Rendered, Update, item, key_attributes},
    idempotency::{self, Idempotency},
    keys::Key,
    random,
    retry::Attempt,
};
use crate::domain::error::{Error, Result};

/// The reason of an action that would not have failed.
const NONE: &str = "None";
/// The reason of an action whose condition does not hold: final.
const CONDITION: &str = "ConditionalCheckFailed";
/// The reason of an action on an item that another transaction is writing: it passes by itself.
const CONFLICT: &str = "TransactionConflict";
/// Other reasons that pass by themselves.
const PASSING: [&str; 2] = ["ThrottlingError", "ProvisionedThroughputExceeded"];

/// What every write of one call has in common: who asked, and which `Idempotency-Key` came with it.
#[derive(Debug, Clone)]
pub struct Write {
    /// Whom the audit trail names.
    pub origin: Origin,
    /// The record of the answer, where the call carries an `Idempotency-Key`.
    pub idempotency: Option<Idempotency>,
}

/// How a transaction ended.
#[derive(Debug)]
pub(super) enum Outcome<S> {
    /// Everything is written.
    Committed,
    /// Nothing is written: these steps' conditions did not hold, in the order of the steps, with the items found there.
    ConditionsFailed(Vec<(S, Option<Item>)>),
}

/// A step of a transaction: the call's own, or one that the transaction brings.
#[derive(Debug, Clone, Copy)]
enum Step<S> {
    Idempotency,
    Of(S),
    Audit,
}

/// A transaction in the making. `S` names the steps whose conditions may fail; their order is the order of refusals.
#[derive(Debug)]
pub(super) struct Transaction<S> {
    steps: Vec<Step<S>>,
    actions: Vec<TransactWriteItem>,
    table: String,
}

impl<S: Copy> Transaction<S> {
    /// A transaction that so far writes the idempotency record of `write`, if there is one.
    pub(super) fn new(store: &Store, write: &Write) -> Result<Self> {
        let mut transaction = Self { steps: Vec::new(), actions: Vec::new(), table: store.table().to_owned() };
        if let Some(idempotency) = &write.idempotency {
            let (key, record, condition) = idempotency::record(idempotency, write.origin.now);
            let put = transaction.put(&key, &record, condition)?;
            transaction.push(Step::Idempotency, TransactWriteItem::builder().put(put).build());
        }
        Ok(transaction)
    }

    /// Puts an item whose key no item has yet.
    pub(super) fn create(&mut self, step: S, key: &Key, value: &impl Serialize) -> Result<()> {
        self.replace(step, key, Condition::Absent, value)
    }

    /// Puts an item in place of one for which `condition` holds.
    pub(super) fn replace(&mut self, step: S, key: &Key, condition: Condition, value: &impl Serialize) -> Result<()> {
        let put = self.put(key, value, condition)?;
        self.push(Step::Of(step), TransactWriteItem::builder().put(put).build());
        Ok(())
    }

    /// Updates an item for which `condition` holds.
    pub(super) fn update(&mut self, step: S, key: &Key, condition: Condition, update: Update) -> Result<()> {
        self.push_update(step, key, update.render(Some(condition)))
    }

    /// Updates an item, or creates it with what the update sets.
    pub(super) fn upsert(&mut self, step: S, key: &Key, update: Update) -> Result<()> {
        self.push_update(step, key, update.render(None))
    }

    fn push_update(&mut self, step: S, key: &Key, rendered: Rendered) -> Result<()> {
        let update = types::Update::builder()
            .table_name(&self.table)
            .set_key(Some(key_attributes(key)))
            .update_expression(rendered.update)
            .set_condition_expression(rendered.condition)
            .set_expression_attribute_names(rendered.names)
            .set_expression_attribute_values(rendered.values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(Error::internal)?;
        self.push(Step::Of(step), TransactWriteItem::builder().update(update).build());
        Ok(())
    }

    /// Deletes an item for which `condition` holds.
    pub(super) fn delete(&mut self, step: S, key: &Key, condition: Condition) -> Result<()> {
        let rendered = Rendered::from(condition);
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key_attributes(key)))
            .set_condition_expression(rendered.condition)
            .set_expression_attribute_names(rendered.names)
            .set_expression_attribute_values(rendered.values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(Error::internal)?;
        self.push(Step::Of(step), TransactWriteItem::builder().delete(delete).build());
        Ok(())
    }

    /// Requires `condition` of an item, and writes nothing.
    pub(super) fn check(&mut self, step: S, key: &Key, condition: Condition) -> Result<()> {
        let rendered = Rendered::from(condition);
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(key_attributes(key)))
            .set_condition_expression(rendered.condition)
            .set_expression_attribute_names(rendered.names)
            .set_expression_attribute_values(rendered.values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(Error::internal)?;
        self.push(Step::Of(step), TransactWriteItem::builder().condition_check(check).build());
        Ok(())
    }

    /// Puts an audit entry that tells of `change`.
    pub(super) fn audit(&mut self, write: &Write, change: &audit::Change) -> Result<()> {
        let (key, entry) = audit::entry(&write.origin, change)?;
        let put = self.put(&key, &entry, Condition::Absent)?;
        self.push(Step::Audit, TransactWriteItem::builder().put(put).build());
        Ok(())
    }

    fn put(&self, key: &Key, value: &impl Serialize, condition: Condition) -> Result<Put> {
        let rendered = Rendered::from(condition);
        Put::builder()
            .table_name(&self.table)
            .set_item(Some(item(key, value)?))
            .set_condition_expression(rendered.condition)
            .set_expression_attribute_names(rendered.names)
            .set_expression_attribute_values(rendered.values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(Error::internal)
    }

    fn push(&mut self, step: Step<S>, action: TransactWriteItem) {
        self.steps.push(step);
        self.actions.push(action);
    }

    /// Writes everything or nothing.
    ///
    /// # Errors
    /// [`Error::Replay`] and `IDEMPOTENCY_KEY_REUSED` where the call's `Idempotency-Key` was used before;
    /// [`Error::Unavailable`] where the store did not answer in time.
    pub(super) async fn commit(self, store: &Store, write: &Write) -> Result<Outcome<S>> {
        let request = store
            .client
            .transact_write_items()
            .set_transact_items(Some(self.actions))
            .client_request_token(Ulid(random()?).to_string());
        let reasons = match store.retrying(|| send(request.clone())).await? {
            Sent::Committed => return Ok(Outcome::Committed),
            Sent::Canceled(reasons) => reasons,
        };
        let mut refused = Vec::new();
        for (step, reason) in self.steps.into_iter().zip(reasons) {
            if reason.code() != Some(CONDITION) {
                continue;
            }
            match (step, &write.idempotency) {
                (Step::Idempotency, Some(idempotency)) => return Err(idempotency::met(idempotency, reason.item)),
                (Step::Of(step), _) => refused.push((step, reason.item)),
                _ => return Err(Error::internal("an audit entry was there before it was written")),
            }
        }
        Ok(Outcome::ConditionsFailed(refused))
    }
}

enum Sent {
    Committed,
    Canceled(Vec<CancellationReason>),
}

async fn send(request: TransactWriteItemsFluentBuilder) -> Attempt<Sent> {
    let Err(error) = request.send().await else { return Attempt::Done(Sent::Committed) };
    match canceled(&error) {
        Some(canceled) => judge(canceled),
        None => Attempt::of(Err(error)).map(|()| Sent::Committed),
    }
}

fn canceled(error: &SdkError<TransactWriteItemsError, HttpResponse>) -> Option<&TransactionCanceledException> {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => Some(canceled),
        _ => None,
    }
}

/// A condition that failed beside a conflict is not final: the transaction in conflict may be writing this call's own
/// idempotency record.
fn judge(canceled: &TransactionCanceledException) -> Attempt<Sent> {
    let reasons = canceled.cancellation_reasons();
    let codes = || reasons.iter().filter_map(CancellationReason::code);
    if codes().any(|code| code == CONFLICT) {
        return Attempt::Conflict(Error::unavailable(CONFLICT));
    }
    if let Some(code) = codes().find(|code| PASSING.contains(code)) {
        return Attempt::Retry(Error::unavailable(code.to_owned()));
    }
    match codes().find(|code| ![NONE, CONDITION].contains(code)) {
        Some(code) => Attempt::Failed(Error::internal(format!("transaction canceled: {code}"))),
        None if reasons.is_empty() => Attempt::Failed(Error::internal("transaction canceled without reasons")),
        None => Attempt::Done(Sent::Canceled(reasons.to_vec())),
    }
}

/// The steps of a transaction whose conditions can fail only by Berth's own mistake.
pub(super) fn unexpected<S: std::fmt::Debug>(refused: &[(S, Option<Item>)]) -> Error {
    let steps: Vec<_> = refused.iter().map(|(step, _)| step).collect();
    Error::internal(format!("conditions failed that always hold: {steps:?}"))
}
