//! Retries of DynamoDB requests until the deadline.

use std::{
    error::Error as StdError,
    future::Future,
    time::{Duration, SystemTime},
};

use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::Store;
use crate::domain::error::{Error, Result};

/// Maximum pause before the first retry. Each further maximum is twice the one before, up to [`MAX_PAUSE`].
const FIRST_MAX_PAUSE: Duration = Duration::from_millis(20);
/// Maximum pause between two attempts.
const MAX_PAUSE: Duration = Duration::from_secs(1);
/// Codes of transient errors.
const TRANSIENT: [&str; 9] = [
    "InternalServerError",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
    "RequestTimeout",
];
/// Codes of errors that the request causes, and so a defect in Berth. All others are problems of DynamoDB or its setup.
const DEFECTS: [&str; 3] = ["ValidationException", "SerializationException", "IdempotentParameterMismatchException"];

/// Codes of transient errors that a concurrent transaction on the same items causes.
const CONFLICTS: [&str; 2] = ["TransactionConflictException", "TransactionInProgressException"];

/// Outcome of one attempt.
pub(super) enum Attempt<T> {
    /// The response.
    Done(T),
    /// A transient error.
    Retry(Error),
    /// A transient error that a concurrent transaction on the same items causes.
    Conflict(Error),
    /// A final error.
    Failed(Error),
}

impl<T> Attempt<T> {
    /// Converts the response.
    pub(super) fn map<U>(self, convert: impl FnOnce(T) -> U) -> Attempt<U> {
        match self {
            Self::Done(done) => Attempt::Done(convert(done)),
            Self::Retry(error) => Attempt::Retry(error),
            Self::Conflict(error) => Attempt::Conflict(error),
            Self::Failed(error) => Attempt::Failed(error),
        }
    }

    /// Classifies the result of an SDK operation.
    pub(super) fn of<E>(result: std::result::Result<T, SdkError<E, HttpResponse>>) -> Self
    where
        E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
    {
        match result {
            Ok(response) => Self::Done(response),
            Err(error) if CONFLICTS.contains(&error.code().unwrap_or_default()) => {
                Self::Conflict(Error::unavailable(describe(&error)))
            }
            Err(error) if is_transient(&error) => Self::Retry(Error::unavailable(describe(&error))),
            Err(error) => Self::Failed(final_error(&error)),
        }
    }
}

/// Returns whether an error is transient, so that a retry may succeed.
pub fn is_transient<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    match error {
        SdkError::ConstructionFailure(_) => false,
        SdkError::ServiceError(error) => match error.err().code() {
            Some(code) => error.raw().status().as_u16() >= 500 || TRANSIENT.contains(&code),
            // The response was truncated or did not come from DynamoDB, whatever its status. A retry is as safe as after a
            // lost response, because transactions have a client request token.
            None => true,
        },
        // No response.
        _ => true,
    }
}

/// Converts a final error: a defect in Berth, or a table that cannot be used with its current setup.
fn final_error<E>(error: &SdkError<E, HttpResponse>) -> Error
where
    E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
{
    match error {
        SdkError::ServiceError(service) if DEFECTS.contains(&service.err().code().unwrap_or_default()) => {
            Error::internal(describe(error))
        }
        _ => Error::unavailable(describe(error)),
    }
}

/// Describes an SDK error for the log: the message of each error in the chain. Unlike the SDK's `DisplayErrorContext`, the
/// description contains no body.
fn describe<E>(error: &SdkError<E, HttpResponse>) -> String
where
    E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
{
    let request = error.raw_response().and_then(RequestId::request_id).unwrap_or("none");
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    if let (Some(code), Some(message)) = (error.code(), error.message())
        && !text.contains(message)
    {
        text.extend([": ", code, ": ", message]);
    }
    format!("{text} (DynamoDB request {request})")
}

impl Store {
    /// Runs `once` until it returns a response or a final error, or until the deadline.
    ///
    /// # Errors
    /// The final error, or [`Error::Unavailable`] at the deadline.
    pub(super) async fn retrying<T, F>(&self, mut once: impl FnMut() -> F) -> Result<T>
    where
        F: Future<Output = Attempt<T>>,
    {
        let mut max_pause = FIRST_MAX_PAUSE;
        loop {
            // Boxed, because the SDK's futures are large, and so would be every future that awaits them.
            let attempt = Box::pin(self.meter.measured(once()));
            let failure = match timeout_at(self.deadline, attempt).await {
                Ok(Attempt::Done(response)) => return Ok(response),
                Ok(Attempt::Failed(error)) => return Err(error),
                Ok(Attempt::Retry(error)) => error,
                Ok(Attempt::Conflict(error)) => {
                    self.meter.add(|usage| usage.conflicts += 1);
                    error
                }
                Err(elapsed) => return Err(Error::unavailable(elapsed)),
            };
            let resume = Instant::now() + max_pause.mul_f64(fraction());
            if resume >= self.deadline {
                return Err(failure);
            }
            tracing::debug!(%failure, "retrying");
            sleep_until(resume).await;
            self.meter.add(|usage| usage.retries += 1);
            max_pause = (max_pause * 2).min(MAX_PAUSE);
        }
    }
}

/// Returns a random number from 0 to 1 for full jitter, so that requests which conflicted once do not conflict again.
fn fraction() -> f64 {
    let mut bytes = [0; 4];
    if getrandom::fill(&mut bytes).is_err() {
        // Jitter needs no secrecy, so the clock is good enough.
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        bytes = since.subsec_nanos().wrapping_mul(2_654_435_761).to_le_bytes();
    }
    f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
}
