//! Recorded responses to `Idempotency-Key`s. Each is written in the same transaction as the effect of its request.

use std::collections::HashMap;

use super::{
    Item, Store,
    expression::Condition,
    keys,
    reads::decode,
    record::{FirstResponse, IdempotencyRecord},
};
use crate::domain::{
    credentials::{CredentialId, Owner, Principal},
    error::{Code, Error, RecordedResponse, Result},
    time::Time,
};

/// Time for which a response is recorded, in milliseconds.
const RETENTION_MILLIS: u64 = 24 * 60 * 60 * 1000;

/// Response to record for a request with an `Idempotency-Key`.
#[derive(Debug, Clone)]
pub struct Idempotency {
    /// Owner of the credential.
    pub owner: Owner,
    /// Credential that sends the request. Each has its own `Idempotency-Key`s.
    pub credential: CredentialId,
    /// SHA-256 of the `Idempotency-Key`, in hexadecimal.
    pub key: String,
    /// SHA-256 of method, path and body of the request, in hexadecimal.
    pub fingerprint: String,
    /// Response, without secrets.
    pub response: RecordedResponse,
}

/// Returns the record of a response and the condition on which it is put: no record exists, or one that has expired by `now`.
pub(super) fn record(idempotency: &Idempotency, now: Time) -> (IdempotencyRecord, Condition) {
    let end = now.plus_millis(RETENTION_MILLIS);
    let response = idempotency.response.clone();
    let first = FirstResponse {
        fingerprint: idempotency.fingerprint.clone(),
        status: response.status,
        location: response.location,
        etag: response.etag,
        body: response.body,
        expires_at: end.millis_since_epoch(),
        ttl: end.seconds_since_epoch() + 1,
    };
    let record = IdempotencyRecord {
        owner: idempotency.owner,
        credential: idempotency.credential.ulid(),
        digest: idempotency.key.clone(),
        first,
    };
    (record, Condition::AbsentOrAtMost("expiresAt", now.millis_since_epoch()))
}

/// Returns the error for a request whose `Idempotency-Key` was used before. `found` is the existing record.
pub(super) fn replay(idempotency: &Idempotency, found: Option<Item>) -> Error {
    match found.map(decode).transpose() {
        Ok(Some(first)) => replay_of(first, &idempotency.fingerprint),
        Ok(None) => Error::internal("an idempotency record conflicted but was not returned"),
        Err(error) => error,
    }
}

/// Returns the error for a request with this fingerprint.
fn replay_of(first: FirstResponse, fingerprint: &str) -> Error {
    if first.fingerprint != fingerprint {
        let detail = "This Idempotency-Key was used for another request";
        return Error::new(Code::IdempotencyKeyReused, detail);
    }
    let FirstResponse { status, location, etag, body, .. } = first;
    Error::Replay(Box::new(RecordedResponse { status, location, etag, body }))
}

impl Store {
    /// Checks that the caller has not used the `Idempotency-Key` with this digest, or that the record has expired by `now`.
    ///
    /// # Errors
    /// As a write with this key: [`Error::Replay`], `IDEMPOTENCY_KEY_REUSED`; [`Error::Unavailable`].
    pub async fn require_unused(&self, caller: &Principal, key: &str, fingerprint: &str, now: Time) -> Result<()> {
        let found: Option<FirstResponse> = self.get(&keys::idempotency(caller.owner, caller.id.ulid(), key)).await?;
        match found.filter(|first| now.millis_since_epoch() < first.expires_at) {
            Some(first) => Err(replay_of(first, fingerprint)),
            None => Ok(()),
        }
    }

    /// Returns the responses that are recorded under the caller's `Idempotency-Key`s with these digests for the request with
    /// this fingerprint, by their digests.
    ///
    /// # Errors
    /// `IDEMPOTENCY_KEY_REUSED` if one was recorded for another request; [`Error::Unavailable`].
    pub async fn recorded(
        &self,
        caller: &Principal,
        digests: &[String],
        fingerprint: &str,
        now: Time,
    ) -> Result<HashMap<String, RecordedResponse>> {
        let key = |digest: &String| keys::idempotency(caller.owner, caller.id.ulid(), digest);
        let mut found = self.get_batch(digests.iter().map(key)).await?;
        let mut recorded = HashMap::new();
        for digest in digests {
            let first: Option<FirstResponse> = found.remove(&key(digest)).map(decode).transpose()?;
            let Some(first) = first.filter(|first| now.millis_since_epoch() < first.expires_at) else { continue };
            match replay_of(first, fingerprint) {
                Error::Replay(response) => drop(recorded.insert(digest.clone(), *response)),
                error => return Err(error),
            }
        }
        Ok(recorded)
    }
}
