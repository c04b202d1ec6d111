//! Meter of the DynamoDB capacity that a request consumes, for its log line.
//!
//! [`Store::retrying`] counts the attempts and sets the current meter. [`CapacityInterceptor`], an interceptor of the SDK,
//! requests the consumed capacity of each attempt and adds it to that meter. So no access pattern has to count.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use aws_sdk_dynamodb::{
    config::Intercept,
    operation::{
        batch_get_item::{BatchGetItemInput, BatchGetItemOutput},
        get_item::{GetItemInput, GetItemOutput},
        put_item::{PutItemInput, PutItemOutput},
        query::{QueryInput, QueryOutput},
        transact_write_items::{TransactWriteItemsInput, TransactWriteItemsOutput},
        update_item::{UpdateItemInput, UpdateItemOutput},
    },
    types::{ConsumedCapacity, ReturnConsumedCapacity},
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::context::{
            AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut, Input, Output,
        },
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use tokio::task::futures::TaskLocalFuture;

#[cfg(doc)]
use super::Store;

tokio::task_local! {
    /// Meter of the current request.
    static METER: CapacityMeter;
}

/// DynamoDB capacity that a request consumed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    /// DynamoDB requests, including retries.
    pub requests: u32,
    /// DynamoDB requests that were retries.
    pub retries: u32,
    /// DynamoDB requests that conflicted with a transaction on the same items.
    pub conflicts: u32,
    /// Read units that DynamoDB reported. It does not report those of failed attempts.
    pub read_units: f64,
    /// Write units that DynamoDB reported.
    pub write_units: f64,
}

/// Meter of one request. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct CapacityMeter(Arc<Mutex<Usage>>);

impl CapacityMeter {
    /// Returns the consumption so far.
    pub(super) fn usage(&self) -> Usage {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds to the consumption.
    pub(super) fn add(&self, add: impl FnOnce(&mut Usage)) {
        add(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Runs one attempt. Its consumption is added to this meter.
    pub(super) fn measured<F: Future>(&self, attempt: F) -> TaskLocalFuture<Self, F> {
        self.add(|usage| usage.requests += 1);
        METER.scope(self.clone(), attempt)
    }
}

/// Requests the consumed capacity of every DynamoDB request, and reads it from the response.
#[derive(Debug)]
pub(super) struct CapacityInterceptor;

impl Intercept for CapacityInterceptor {
    fn name(&self) -> &'static str {
        "CapacityInterceptor"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        request_capacity(context.input_mut());
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Ok(output) = context.output_or_error() {
            // The operator's commands use the same client without a meter.
            let _ = METER.try_with(|meter| meter.add(|usage| add_consumed(usage, output)));
        }
        Ok(())
    }
}

/// Requests the consumed capacity. DynamoDB does not report it by default.
fn request_capacity(input: &mut Input) {
    macro_rules! set {
        ($($kind:ty),*) => {
            $(if let Some(input) = input.downcast_mut::<$kind>() {
                input.return_consumed_capacity = Some(ReturnConsumedCapacity::Total);
                return;
            })*
        };
    }
    set!(GetItemInput, QueryInput, TransactWriteItemsInput, BatchGetItemInput, PutItemInput, UpdateItemInput);
}

/// Adds the consumed capacity that a response reports.
fn add_consumed(usage: &mut Usage, output: &Output) {
    let (of_writes, tables) = if let Some(output) = output.downcast_ref::<GetItemOutput>() {
        (false, output.consumed_capacity.as_slice())
    } else if let Some(output) = output.downcast_ref::<QueryOutput>() {
        (false, output.consumed_capacity.as_slice())
    } else if let Some(output) = output.downcast_ref::<TransactWriteItemsOutput>() {
        (true, output.consumed_capacity())
    } else if let Some(output) = output.downcast_ref::<BatchGetItemOutput>() {
        (false, output.consumed_capacity())
    } else if let Some(output) = output.downcast_ref::<PutItemOutput>() {
        (true, output.consumed_capacity.as_slice())
    } else if let Some(output) = output.downcast_ref::<UpdateItemOutput>() {
        (true, output.consumed_capacity.as_slice())
    } else {
        return;
    };
    for table in tables {
        let (read, write) = units(table, of_writes);
        usage.read_units += read;
        usage.write_units += write;
    }
}

/// Returns the read units and the write units. Only transactions report both: a retry after a success consumes read units.
fn units(consumed: &ConsumedCapacity, of_writes: bool) -> (f64, f64) {
    let total = consumed.capacity_units.unwrap_or_default();
    match (consumed.read_capacity_units, consumed.write_capacity_units) {
        (None, None) if of_writes => (0.0, total),
        (None, None) => (total, 0.0),
        (read, write) => (read.unwrap_or_default(), write.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage_of(output: &Output) -> (f64, f64) {
        let mut usage = Usage::default();
        add_consumed(&mut usage, output);
        (usage.read_units, usage.write_units)
    }

    #[test]
    fn read_units_and_write_units_are_distinguished() {
        let consumed = || ConsumedCapacity::builder().capacity_units(1.5);
        let read = GetItemOutput::builder().consumed_capacity(consumed().build()).build();
        assert_eq!(usage_of(&Output::erase(read)), (1.5, 0.0));
        let batch =
            BatchGetItemOutput::builder().consumed_capacity(consumed().build()).consumed_capacity(consumed().build());
        assert_eq!(usage_of(&Output::erase(batch.build())), (3.0, 0.0));
        let write = UpdateItemOutput::builder().consumed_capacity(consumed().build()).build();
        assert_eq!(usage_of(&Output::erase(write)), (0.0, 1.5));
        let transaction = TransactWriteItemsOutput::builder().consumed_capacity(consumed().build()).build();
        assert_eq!(usage_of(&Output::erase(transaction)), (0.0, 1.5));
        let again = TransactWriteItemsOutput::builder().consumed_capacity(consumed().read_capacity_units(1.5).build());
        assert_eq!(usage_of(&Output::erase(again.build())), (1.5, 0.0));
    }

    #[tokio::test]
    async fn a_meter_counts_the_attempts_of_its_request_only() {
        let (one, other) = (CapacityMeter::default(), CapacityMeter::default());
        let consumed = ConsumedCapacity::builder().capacity_units(2.0).build();
        let output = Output::erase(PutItemOutput::builder().consumed_capacity(consumed).build());
        let attempt = async || METER.with(|meter| meter.add(|usage| add_consumed(usage, &output)));
        futures::future::join3(one.measured(attempt()), other.measured(async {}), one.measured(attempt())).await;
        assert_eq!(one.usage(), Usage { requests: 2, write_units: 4.0, ..Usage::default() });
        assert_eq!(other.usage(), Usage { requests: 1, ..Usage::default() });
    }
}
