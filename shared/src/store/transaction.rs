//! Writes: one transaction each, with the conditions on which it depends.
//!
//! All attempts of a transaction share one client request token, so a retry after a lost response has no second effect.
//! Every action requests the item of a failed condition, so errors can be distinguished without another request.

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::transact_write_items::{TransactWriteItemsError, builders::TransactWriteItemsFluentBuilder},
    types::{
        self, CancellationReason, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
        error::TransactionCanceledException,
    },
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use ulid::Ulid;

use super::{
    Item, Store,
    audit::{self, AuditRetention, Origin},
    expression::{Condition, Rendered, Update, key_attributes},
    idempotency::{self, Idempotency},
    keys::Key,
    random,
    record::StoredRecord,
    retry::Attempt,
};
use crate::domain::error::{Error, Result};

/// Cancellation reason of an action that did not fail.
const NONE: &str = "None";
/// Cancellation reason of an action whose condition failed. It is final.
const CONDITION: &str = "ConditionalCheckFailed";
/// Cancellation reason of an action on an item that another transaction is writing. It is transient.
const CONFLICT: &str = "TransactionConflict";
/// Other transient cancellation reasons.
const TRANSIENT: [&str; 2] = ["ThrottlingError", "ProvisionedThroughputExceeded"];

/// Maximum number of actions of a transaction.
pub(super) const MAX_ACTIONS: usize = 100;
/// Maximum number of actions of [`Transaction::audit`]: the entry, and its rows by resource, dock, actor and action.
pub(super) const AUDIT_ACTIONS: usize = 5;

/// Context of a write: origin and `Idempotency-Key` of the request.
#[derive(Debug, Clone)]
pub struct Write {
    /// Origin of the request, for the audit entry.
    pub origin: Origin,
    /// Response to record; `None` if the request has no `Idempotency-Key`.
    pub idempotency: Option<Idempotency>,
}

/// Outcome of a transaction.
#[derive(Debug)]
pub(super) enum Outcome<S> {
    /// All actions were applied.
    Committed,
    /// No action was applied, because the conditions of these steps failed. In the order of the steps, each with the item
    /// that was found.
    ConditionsFailed(Vec<(S, Option<Item>)>),
}

/// Step of a transaction: one of the caller's, or one that every transaction may have.
#[derive(Debug, Clone, Copy)]
enum Step<S> {
    Idempotency,
    Of(S),
    Audit,
}

/// Transaction to commit. `S` names the steps whose conditions may fail. Errors of earlier steps take precedence.
#[derive(Debug)]
pub(super) struct Transaction<S> {
    steps: Vec<Step<S>>,
    actions: Vec<TransactWriteItem>,
    table: String,
    audit_retention: AuditRetention,
}

impl<S: Copy> Transaction<S> {
    /// Creates a transaction. Its first step writes the idempotency record, if the request has an `Idempotency-Key`.
    pub(super) fn new(store: &Store, write: &Write) -> Result<Self> {
        let (table, audit_retention) = (store.table().to_owned(), store.audit_retention);
        let mut transaction = Self { steps: Vec::new(), actions: Vec::new(), table, audit_retention };
        if let Some(idempotency) = &write.idempotency {
            let (record, condition) = idempotency::record(idempotency, write.origin.now);
            let put = transaction.put(&record, condition)?;
            transaction.push(Step::Idempotency, TransactWriteItem::builder().put(put).build());
        }
        Ok(transaction)
    }

    /// Adds a step that puts a record. It fails if an item has its key.
    pub(super) fn create(&mut self, step: S, record: &impl StoredRecord) -> Result<()> {
        self.replace(step, record, Condition::Absent)
    }

    /// Adds a step that puts a record in place of the item with its key, if any. It fails if `condition` does not hold.
    pub(super) fn replace(&mut self, step: S, record: &impl StoredRecord, condition: Condition) -> Result<()> {
        let put = self.put(record, condition)?;
        self.push(Step::Of(step), TransactWriteItem::builder().put(put).build());
        Ok(())
    }

    /// Adds a step that updates an existing item. It fails if `condition` does not hold.
    pub(super) fn update(&mut self, step: S, key: &Key, condition: Condition, update: Update) -> Result<()> {
        self.push_update(step, key, update.render(Some(condition)))
    }

    /// Adds a step that updates a record of type `R`, or creates it with the values of the update. It fails if `condition`
    /// does not hold.
    pub(super) fn upsert<R: StoredRecord>(
        &mut self,
        step: S,
        key: &Key,
        condition: Option<Condition>,
        update: Update,
    ) -> Result<()> {
        self.push_update(step, key, update.set_entity_type(R::ENTITY_TYPE).render(condition))
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

    /// Adds a step that deletes an item. It fails if `condition` does not hold.
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

    /// Adds a step that writes nothing. It fails if `condition` does not hold.
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

    /// Adds the steps that put the audit entry of `change` and its rows: at most [`AUDIT_ACTIONS`].
    pub(super) fn audit(&mut self, write: &Write, change: &audit::Change) -> Result<()> {
        let expires_at = self.audit_retention.end(write.origin.now);
        let (entry, rows) = audit::entry(&write.origin, change, expires_at)?;
        self.audit_step(&entry)?;
        rows.iter().try_for_each(|row| self.audit_step(row))
    }

    /// Adds a step that puts a record of the audit trail.
    pub(super) fn audit_step(&mut self, record: &impl StoredRecord) -> Result<()> {
        let put = self.put(record, Condition::Absent)?;
        self.push(Step::Audit, TransactWriteItem::builder().put(put).build());
        Ok(())
    }

    fn put(&self, record: &impl StoredRecord, condition: Condition) -> Result<Put> {
        let rendered = Rendered::from(condition);
        Put::builder()
            .table_name(&self.table)
            .set_item(Some(record.to_item()?))
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

    /// Applies all actions or none.
    ///
    /// # Errors
    /// [`Error::Replay`] and `IDEMPOTENCY_KEY_REUSED` if the `Idempotency-Key` was used before; [`Error::Unavailable`] if
    /// DynamoDB does not respond in time.
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
        let mut failed = Vec::new();
        for (step, reason) in self.steps.into_iter().zip(reasons) {
            if reason.code() != Some(CONDITION) {
                continue;
            }
            match (step, &write.idempotency) {
                (Step::Idempotency, Some(idempotency)) => return Err(idempotency::replay(idempotency, reason.item)),
                (Step::Of(step), _) => failed.push((step, reason.item)),
                _ => return Err(Error::internal("an audit entry with this id exists")),
            }
        }
        Ok(Outcome::ConditionsFailed(failed))
    }
}

enum Sent {
    Committed,
    Canceled(Vec<CancellationReason>),
}

async fn send(request: TransactWriteItemsFluentBuilder) -> Attempt<Sent> {
    let Err(error) = request.send().await else { return Attempt::Done(Sent::Committed) };
    match canceled(&error) {
        Some(canceled) => classify(canceled),
        None => Attempt::of(Err(error)).map(|()| Sent::Committed),
    }
}

fn canceled(error: &SdkError<TransactWriteItemsError, HttpResponse>) -> Option<&TransactionCanceledException> {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => Some(canceled),
        _ => None,
    }
}

/// Classifies a canceled transaction. A condition that failed together with a conflict is not final, because the
/// conflicting transaction may be writing the idempotency record of the same request.
fn classify(canceled: &TransactionCanceledException) -> Attempt<Sent> {
    let reasons = canceled.cancellation_reasons();
    let codes = || reasons.iter().filter_map(CancellationReason::code);
    if codes().any(|code| code == CONFLICT) {
        return Attempt::Conflict(Error::unavailable(CONFLICT));
    }
    if let Some(code) = codes().find(|code| TRANSIENT.contains(code)) {
        return Attempt::Retry(Error::unavailable(code.to_owned()));
    }
    match codes().find(|code| ![NONE, CONDITION].contains(code)) {
        Some(code) => Attempt::Failed(Error::internal(format!("transaction canceled: {code}"))),
        None if reasons.is_empty() => Attempt::Failed(Error::internal("transaction canceled without reasons")),
        None => Attempt::Done(Sent::Canceled(reasons.to_vec())),
    }
}

/// Returns the error for conditions that fail only because of a defect in Berth.
pub(super) fn unexpected<S: std::fmt::Debug>(failed: &[(S, Option<Item>)]) -> Error {
    let steps: Vec<_> = failed.iter().map(|(step, _)| step).collect();
    Error::internal(format!("failed conditions that should always hold: {steps:?}"))
}
