//! Trying again, within the time that is left.

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

/// The longest first pause; each later one may be twice as long, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(20);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// Refusals that DynamoDB takes back by itself.
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
/// Refusals that say something of the request, and so of Berth's code; everything else says something of the store.
const OURS: [&str; 3] = ["ValidationException", "SerializationException", "IdempotentParameterMismatchException"];

/// Those of them that tell of a transaction under way on the same items.
const CONFLICTS: [&str; 2] = ["TransactionConflictException", "TransactionInProgressException"];

/// How one attempt ended.
pub(super) enum Attempt<T> {
    /// With an answer.
    Done(T),
    /// With nothing that can be relied on; another may do better.
    Retry(Error),
    /// Like [`Attempt::Retry`], as a transaction is under way on the same items.
    Conflict(Error),
    /// For good.
    Failed(Error),
}

impl<T> Attempt<T> {
    /// The same ending with another answer.
    pub(super) fn map<U>(self, answer: impl FnOnce(T) -> U) -> Attempt<U> {
        match self {
            Self::Done(done) => Attempt::Done(answer(done)),
            Self::Retry(error) => Attempt::Retry(error),
            Self::Conflict(error) => Attempt::Conflict(error),
            Self::Failed(error) => Attempt::Failed(error),
        }
    }

    /// What an SDK call's result means.
    pub(super) fn of<E>(result: std::result::Result<T, SdkError<E, HttpResponse>>) -> Self
    where
        E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
    {
        match result {
            Ok(answer) => Self::Done(answer),
            Err(error) if CONFLICTS.contains(&error.code().unwrap_or_default()) => {
                Self::Conflict(Error::unavailable(describe(&error)))
            }
            Err(error) if is_transient(&error) => Self::Retry(Error::unavailable(describe(&error))),
            Err(error) => Self::Failed(refusal(&error)),
        }
    }
}

/// Whether the same request may be answered differently in a moment.
pub fn is_transient<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    match error {
        SdkError::ConstructionFailure(_) => false,
        SdkError::ServiceError(refused) => match refused.err().code() {
            Some(code) => refused.raw().status().as_u16() >= 500 || TRANSIENT.contains(&code),
            // Half an answer, or one that is not DynamoDB's, be it a success: to the SDK that is a refusal without a
            // code. Asking again is as safe as after an answer that was lost: transactions carry a token.
            None => true,
        },
        // No answer.
        _ => true,
    }
}

/// What a refusal that is not taken back means: Berth's mistake, or a store that cannot be used as it is set up.
fn refusal<E>(error: &SdkError<E, HttpResponse>) -> Error
where
    E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
{
    match error {
        SdkError::ServiceError(refused) if OURS.contains(&refused.err().code().unwrap_or_default()) => {
            Error::internal(describe(error))
        }
        _ => Error::unavailable(describe(error)),
    }
}

/// What the log is told of an SDK error: what each error of the chain says, and nothing of the bodies that they hold,
/// as the SDK's own `DisplayErrorContext` would.
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
    format!("{text} (store request {request})")
}

impl Store {
    /// Calls `once` until it is done, fails for good, or no time is left.
    ///
    /// # Errors
    /// Where it failed for good, that failure; else [`Error::Unavailable`].
    pub(super) async fn retrying<T, F>(&self, mut once: impl FnMut() -> F) -> Result<T>
    where
        F: Future<Output = Attempt<T>>,
    {
        let mut longest = FIRST_PAUSE;
        loop {
            // Boxed: the SDK's futures are large and deep, and all that waits for them would be so, too.
            let attempt = Box::pin(self.meter.measured(once()));
            let failure = match timeout_at(self.deadline, attempt).await {
                Ok(Attempt::Done(answer)) => return Ok(answer),
                Ok(Attempt::Failed(error)) => return Err(error),
                Ok(Attempt::Retry(error)) => error,
                Ok(Attempt::Conflict(error)) => {
                    self.meter.add(|usage| usage.conflicts += 1);
                    error
                }
                Err(elapsed) => return Err(Error::unavailable(elapsed)),
            };
            let resume = Instant::now() + longest.mul_f64(fraction());
            if resume >= self.deadline {
                return Err(failure);
            }
            tracing::debug!(%failure, "trying again");
            sleep_until(resume).await;
            self.meter.add(|usage| usage.retries += 1);
            longest = (longest * 2).min(LONGEST_PAUSE);
        }
    }
}

/// A number in 0..1: full jitter, so that callers that collided once do not collide again.
fn fraction() -> f64 {
    let mut bytes = [0; 4];
    if getrandom::fill(&mut bytes).is_err() {
        // Spreading load is no secret: the clock will do.
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        bytes = since.subsec_nanos().wrapping_mul(2_654_435_761).to_le_bytes();
    }
    f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
}
