//! Records of API keys.

use serde::{Deserialize, Serialize};

use super::{SecretDigests, StoredRecord, stores_all_members, stores_member};
use crate::{
    domain::{
        ApiKey,
        credentials::{Digest, Owner},
        id::ApiKeyId,
        time::Time,
    },
    store::keys::{self, Key},
};

/// API key with the digest of its credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyRecord {
    /// The API key.
    #[serde(flatten)]
    pub key: ApiKey,
    /// Digests of its credentials.
    #[serde(flatten)]
    pub secrets: SecretDigests,
}

impl ApiKeyRecord {
    /// Creates the record of `key`, whose credential has this digest.
    #[must_use]
    pub fn new(key: ApiKey, digest: &Digest) -> Self {
        Self { key, secrets: SecretDigests::new(digest) }
    }
}

impl StoredRecord for ApiKeyRecord {
    const ENTITY_TYPE: &'static str = "api_key";
    stores_all_members!();

    fn key(&self) -> Key {
        keys::api_key(self.key.id)
    }
}

/// API key in the list of all API keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyRow {
    /// API key.
    pub id: ApiKeyId,
}

impl StoredRecord for ApiKeyRow {
    const ENTITY_TYPE: &'static str = "api_key_row";
    stores_all_members!();

    fn key(&self) -> Key {
        keys::any_api_key_row(self.id)
    }
}

/// API key in the list of its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnerApiKeyRow {
    /// Owner of the API key.
    pub owner: Owner,
    /// The API key.
    pub key: ApiKeyRow,
}

impl StoredRecord for OwnerApiKeyRow {
    const ENTITY_TYPE: &'static str = "owner_api_key_row";
    stores_member!(key: ApiKeyRow, OwnerApiKeyRow { owner });

    fn key(&self) -> Key {
        keys::api_key_row(self.owner, self.key.id)
    }
}

/// API key in the list of the keys that another key created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiKeyChild {
    /// Creator of the API key.
    pub parent: ApiKeyId,
    /// The API key.
    pub child: ApiKeyRow,
}

impl StoredRecord for ApiKeyChild {
    const ENTITY_TYPE: &'static str = "api_key_child";
    stores_member!(child: ApiKeyRow, ApiKeyChild { parent });

    fn key(&self) -> Key {
        keys::api_key_child(self.parent, self.child.id)
    }
}

/// Revoked API key whose children remain to be revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingRevocation {
    /// API key whose descendants a request revokes.
    pub root: ApiKeyId,
    /// The revoked key: the root or one of its descendants.
    pub revoked: RevokedParent,
}

/// Revoked API key and the progress of the revocation of its children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedParent {
    /// The revoked key.
    pub id: ApiKeyId,
    /// The child after which the revocation continues, newest first; `None` at the first one.
    pub after: Option<ApiKeyId>,
}

impl StoredRecord for PendingRevocation {
    const ENTITY_TYPE: &'static str = "pending_revocation";
    stores_member!(revoked: RevokedParent, PendingRevocation { root });

    fn key(&self) -> Key {
        keys::pending_revocation(self.root, self.revoked.id)
    }
}

/// Last use of an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyUse {
    /// API key.
    pub id: ApiKeyId,
    /// Time of the last use, truncated to the hour.
    pub used_at: Time,
}

impl StoredRecord for ApiKeyUse {
    const ENTITY_TYPE: &'static str = "api_key_use";
    stores_all_members!();

    fn key(&self) -> Key {
        keys::api_key_use(self.id)
    }
}
