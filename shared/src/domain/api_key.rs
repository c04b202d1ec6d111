//! API keys without their secrets.

use serde::{Deserialize, Serialize};

use super::Name;
use crate::domain::{
    credentials::{Environment, Owner, Scope},
    id::ApiKeyId,
    time::Time,
};

/// An API key without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// Id of the key.
    pub id: ApiKeyId,
    /// Owner of the key.
    pub owner: Owner,
    /// Display name.
    pub name: Name,
    /// Scopes that the key holds.
    pub scopes: Vec<Scope>,
    /// Kind of deployment in which the key is valid.
    pub environment: Environment,
    /// The first characters of the credential, which are shown in lists.
    pub start: String,
    /// Time from which the key is rejected; `None` if it does not expire.
    pub expires_at: Option<Time>,
    /// Time of creation.
    pub created_at: Time,
    /// Time of revocation; `None` if the key is not revoked.
    pub revoked_at: Option<Time>,
    /// Version of the record: 1, incremented by every change.
    pub version: u64,
}

impl ApiKey {
    /// Returns whether the key is neither revoked nor expired at `now`.
    #[must_use]
    pub fn is_valid_at(&self, now: Time) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}
