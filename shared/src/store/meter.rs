//! What a request uses of the store: counted where all of its calls pass, and told in its log line.
//!
//! [`Store::retrying`] counts the calls and names the meter they run under; [`CapacityInterceptor`], which sits in the SDK, asks
//! the price of each and adds it there. So no call has to be told to count itself.

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
    /// The meter of the request whose call is under way.
    static METER: CapacityMeter;
}

/// What a request has used of the store.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    /// DynamoDB requests, including retries.
    pub requests: u32,
    /// DynamoDB requests that were retries.
    pub retries: u32,
    /// DynamoDB requests that conflicted with a transaction on the same items.
    pub conflicts: u32,
    /// Read units, as far as the store told: a call that it refuses has a price, too, and no word of it.
    pub read_units: f64,
    /// Write units, as far as the store told.
    pub write_units: f64,
}

/// Counts one request's usage. Cloning shares it.
#[derive(Debug, Clone, Default)]
pub(super) struct CapacityMeter(Arc<Mutex<Usage>>);

impl CapacityMeter {
    /// What was used until now.
    pub(super) fn usage(&self) -> Usage {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds to what was used.
    pub(super) fn add(&self, add: impl FnOnce(&mut Usage)) {
        add(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Runs one call of the store, whose price is added here.
    pub(super) fn measured<F: Future>(&self, call: F) -> TaskLocalFuture<Self, F> {
        self.add(|usage| usage.requests += 1);
        METER.scope(self.clone(), call)
    }
}

/// Asks the price of every call that Berth makes of its table, and reads it from the answer.
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
        ask(context.input_mut());
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Ok(output) = context.output_or_error() {
            // The operator's commands use the same client, and have no meter.
            let _ = METER.try_with(|meter| meter.add(|usage| charge(usage, output)));
        }
        Ok(())
    }
}

/// Has the store tell what a call consumes: it does so only where it is asked to.
fn ask(input: &mut Input) {
    macro_rules! ask {
        ($($kind:ty),*) => {
            $(if let Some(input) = input.downcast_mut::<$kind>() {
                input.return_consumed_capacity = Some(ReturnConsumedCapacity::Total);
                return;
            })*
        };
    }
    ask!(GetItemInput, QueryInput, TransactWriteItemsInput, BatchGetItemInput, PutItemInput, UpdateItemInput);
}

/// Adds what an answer says of its price.
fn charge(usage: &mut Usage, output: &Output) {
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

/// The read and the write units of a price. Only transactions tell them apart: one that is sent again once it has
/// succeeded reads.
fn units(price: &ConsumedCapacity, of_writes: bool) -> (f64, f64) {
    let total = price.capacity_units.unwrap_or_default();
    match (price.read_capacity_units, price.write_capacity_units) {
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
        charge(&mut usage, output);
        (usage.read_units, usage.write_units)
    }

    #[test]
    fn reads_and_writes_are_told_apart() {
        let price = || ConsumedCapacity::builder().capacity_units(1.5);
        let read = GetItemOutput::builder().consumed_capacity(price().build()).build();
        assert_eq!(usage_of(&Output::erase(read)), (1.5, 0.0));
        let batch = BatchGetItemOutput::builder().consumed_capacity(price().build()).consumed_capacity(price().build());
        assert_eq!(usage_of(&Output::erase(batch.build())), (3.0, 0.0));
        let write = UpdateItemOutput::builder().consumed_capacity(price().build()).build();
        assert_eq!(usage_of(&Output::erase(write)), (0.0, 1.5));
        let transaction = TransactWriteItemsOutput::builder().consumed_capacity(price().build()).build();
        assert_eq!(usage_of(&Output::erase(transaction)), (0.0, 1.5));
        let again = TransactWriteItemsOutput::builder().consumed_capacity(price().read_capacity_units(1.5).build());
        assert_eq!(usage_of(&Output::erase(again.build())), (1.5, 0.0));
    }

    #[tokio::test]
    async fn only_the_calls_of_a_request_are_counted_on_its_meter() {
        let (one, other) = (CapacityMeter::default(), CapacityMeter::default());
        let price = ConsumedCapacity::builder().capacity_units(2.0).build();
        let output = Output::erase(PutItemOutput::builder().consumed_capacity(price).build());
        let call = async || METER.with(|meter| meter.add(|usage| charge(usage, &output)));
        futures::future::join3(one.measured(call()), other.measured(async {}), one.measured(call())).await;
        assert_eq!(one.usage(), Usage { requests: 2, write_units: 4.0, ..Usage::default() });
        assert_eq!(other.usage(), Usage { requests: 1, ..Usage::default() });
    }
}
