//! API keys: what may be known of a credential after it was shown.

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
    /// Its id.
    pub id: ApiKeyId,
    /// Whose it is: the platform's or one organization's.
    pub owner: Owner,
    /// What people call it.
    pub name: Name,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The deployment it is good for.
    pub environment: Environment,
    /// The first characters of the credential, by which people recognize it.
    pub start: String,
    /// From then on it is refused; `None`: never.
    pub expires_at: Option<Time>,
    /// When it was made.
    pub created_at: Time,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
    /// 1, and one more with every change.
    pub version: u64,
}

impl ApiKey {
    /// Whether the key is good at `now`.
    #[must_use]
    pub fn holds_at(&self, now: Time) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}
