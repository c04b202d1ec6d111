//! Record of the response to an `Idempotency-Key`.

use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::{StoredRecord, stores_member};
use crate::{
    domain::credentials::Owner,
    store::keys::{self, Key},
};

/// Recorded response to an `Idempotency-Key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// Owner of the credential.
    pub owner: Owner,
    /// Id, without its kind, of the credential that sent the request. Each has its own `Idempotency-Key`s.
    pub credential: Ulid,
    /// SHA-256 of the `Idempotency-Key`, in hexadecimal.
    pub digest: String,
    /// First request with the key, and its response.
    pub first: FirstResponse,
}

/// First request with an `Idempotency-Key`, and its response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FirstResponse {
    /// SHA-256 of method, path and body of the request, in hexadecimal.
    pub fingerprint: String,
    /// HTTP status of the response.
    pub status: u16,
    /// Header `Location` of the response.
    pub location: Option<String>,
    /// Header `ETag` of the response.
    pub etag: Option<String>,
    /// Body of the response, without secrets.
    pub body: String,
    /// Time of expiry, in milliseconds since the epoch. DynamoDB may delete the item days after `ttl`.
    pub expires_at: u64,
    /// Time from which DynamoDB may delete the item, in seconds since the epoch.
    pub ttl: u64,
}

impl StoredRecord for IdempotencyRecord {
    const ENTITY_TYPE: &'static str = "idempotency";
    stores_member!(first: FirstResponse, Idempotency { owner, credential, digest });

    fn key(&self) -> Key {
        keys::idempotency(self.owner, self.credential, &self.digest)
    }
}
