//! Records of API keys.

use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::{SecretDigests, StoredRecord, stores_all_members, stores_member};
use crate::{
    domain::{
        ApiKey,
        credentials::{CredentialId, Digest, Owner},
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

/// API key or machine client in the list of its creator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialRow {
    /// The credential.
    pub id: CredentialId,
}

/// Credential in the list of those that another one created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialChild {
    /// Id of the creator, without its kind.
    pub parent: Ulid,
    /// The credential.
    pub child: CredentialRow,
}

impl StoredRecord for CredentialChild {
    const ENTITY_TYPE: &'static str = "credential_child";
    stores_member!(child: CredentialRow, CredentialChild { parent });

    fn key(&self) -> Key {
        keys::credential_child(self.parent, self.child.id.ulid())
    }
}

/// Revoked credential whose children remain to be revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingRevocation {
    /// Id, without its kind, of the credential whose descendants a request revokes.
    pub root: Ulid,
    /// The revoked credential: the root or one of its descendants.
    pub revoked: RevokedParent,
}

/// Revoked credential and the progress of the revocation of its children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedParent {
    /// The revoked credential.
    pub id: CredentialId,
    /// The child after which the revocation continues, newest first; `None` at the first one.
    pub after: Option<CredentialId>,
}

impl StoredRecord for PendingRevocation {
    const ENTITY_TYPE: &'static str = "pending_revocation";
    stores_member!(revoked: RevokedParent, PendingRevocation { root });

    fn key(&self) -> Key {
        keys::pending_revocation(self.root, self.revoked.id.ulid())
    }
}

/// Last use of an API key or a machine client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CredentialUse {
    /// The credential.
    pub id: CredentialId,
    /// Time of the last use, truncated to the hour.
    pub used_at: Time,
}

impl StoredRecord for CredentialUse {
    const ENTITY_TYPE: &'static str = "credential_use";
    stores_all_members!();

    fn key(&self) -> Key {
        keys::credential_use(self.id.ulid())
    }
}
