//! The first answer to an `Idempotency-Key`, written in the same transaction as its effect.

use serde::{Deserialize, Serialize};

use super::{
    Item, Store, Write,
    expression::Condition,
    keys::{self, Key},
    reads::decode,
    transaction::{Outcome, Transaction, unexpected},
};
use crate::domain::{
    credentials::Owner,
    error::{Code, Error, RecordedResponse, Result},
    time::Time,
};

/// How long an answer is kept.
const KEPT_MILLIS: u64 = 24 * 60 * 60 * 1000;

/// What a call with an `Idempotency-Key` leaves behind.
#[derive(Debug, Clone)]
pub struct Idempotency {
    /// Whose key it is: two tenants may use one.
    pub owner: Owner,
    /// Hexadecimal SHA-256 of the key.
    pub key: String,
    /// Hexadecimal SHA-256 of method, path and body.
    pub fingerprint: String,
    /// The answer, without secrets.
    pub response: RecordedResponse,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record {
    fingerprint: String,
    status: u16,
    location: Option<String>,
    etag: Option<String>,
    body: String,
    /// Milliseconds since the epoch: removal lags behind `ttl` by up to days.
    expires_at: u64,
    ttl: u64,
}

/// The record, its key, and the condition of putting it: no record is there, or only one that has expired by `now`.
pub(super) fn record(idempotency: &Idempotency, now: Time) -> (Key, Record, Condition) {
    let end = now.plus_millis(KEPT_MILLIS);
    let response = idempotency.response.clone();
    let record = Record {
        fingerprint: idempotency.fingerprint.clone(),
        status: response.status,
        location: response.location,
        etag: response.etag,
        body: response.body,
        expires_at: end.millis_since_epoch(),
        ttl: end.seconds_since_epoch() + 1,
    };
    let key = keys::idempotency(idempotency.owner, &idempotency.key);
    (key, record, Condition::AbsentOrAtMost("expiresAt", now.millis_since_epoch()))
}

/// What it means that a record is there already.
pub(super) fn met(idempotency: &Idempotency, found: Option<Item>) -> Error {
    let record: Record = match found.map(decode).transpose() {
        Ok(Some(record)) => record,
        Ok(None) => return Error::internal("an idempotency record was in the way and not there"),
        Err(error) => return error,
    };
    record.error_for(&idempotency.fingerprint)
}

impl Record {
    /// What a call is told that comes with the record's key.
    fn error_for(self, fingerprint: &str) -> Error {
        if self.fingerprint != fingerprint {
            let detail = "This Idempotency-Key was used for another request";
            return Error::new(Code::IdempotencyKeyReused, detail);
        }
        let Self { status, location, etag, body, .. } = self;
        Error::Replay(Box::new(RecordedResponse { status, location, etag, body }))
    }
}

impl Store {
    /// That `owner` has not used an `Idempotency-Key` with this digest, as far as `now` remembers.
    ///
    /// # Errors
    /// As a write with this key: [`Error::Replay`], `IDEMPOTENCY_KEY_REUSED`; [`Error::Unavailable`].
    pub async fn require_unused(&self, owner: Owner, key: &str, fingerprint: &str, now: Time) -> Result<()> {
        let found: Option<Record> = self.get(&keys::idempotency(owner, key)).await?;
        match found.filter(|record| now.millis_since_epoch() < record.expires_at) {
            Some(record) => Err(record.error_for(fingerprint)),
            None => Ok(()),
        }
    }

    /// Writes the record of a call that has no other effect. Without an `Idempotency-Key` it does nothing.
    ///
    /// # Errors
    /// As every write: [`Error::Replay`], `IDEMPOTENCY_KEY_REUSED`, [`Error::Unavailable`].
    pub async fn record_response(&self, write: &Write) -> Result<()> {
        if write.idempotency.is_none() {
            return Ok(());
        }
        match Transaction::<()>::new(self, write)?.commit(self, write).await? {
            Outcome::Committed => Ok(()),
            Outcome::ConditionsFailed(refused) => Err(unexpected(&refused)),
        }
    }
}
