//! Records of machine clients and their access tokens.

use serde::{Deserialize, Serialize};

use super::{SecretDigests, StoredRecord, stores_all_members, stores_member};
use crate::{
    domain::{
        AccessToken, MachineClient,
        credentials::Digest,
        id::{DockId, MachineClientId, OrganizationId},
        time::Time,
    },
    store::keys::{self, Key},
};

/// Machine client with the digest of its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineClientRecord {
    /// The machine client.
    #[serde(flatten)]
    pub client: MachineClient,
    /// Digests of its secrets.
    #[serde(flatten)]
    pub secrets: SecretDigests,
}

impl MachineClientRecord {
    /// Creates the record of `client`, whose secret has this digest.
    #[must_use]
    pub fn new(client: MachineClient, digest: &Digest) -> Self {
        Self { client, secrets: SecretDigests::new(digest) }
    }
}

impl StoredRecord for MachineClientRecord {
    const ENTITY_TYPE: &'static str = "machine_client";
    stores_all_members!();

    fn key(&self) -> Key {
        keys::machine_client(self.client.id)
    }
}

/// Machine client in the list of its organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MachineClientRow {
    /// Organization that owns the client.
    pub organization_id: OrganizationId,
    /// The machine client.
    pub client: MachineClientSummary,
}

/// Members by which the list of machine clients is filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MachineClientSummary {
    /// Machine client.
    pub id: MachineClientId,
    /// The only dock that its tokens can access.
    pub dock_id: Option<DockId>,
    /// Whether the client is active.
    pub is_active: bool,
}

impl From<&MachineClient> for MachineClientRow {
    fn from(client: &MachineClient) -> Self {
        let summary = MachineClientSummary { id: client.id, dock_id: client.dock_id, is_active: client.is_active() };
        Self { organization_id: client.organization_id, client: summary }
    }
}

impl StoredRecord for MachineClientRow {
    const ENTITY_TYPE: &'static str = "machine_client_row";
    stores_member!(client: MachineClientSummary, MachineClientRow { organization_id });

    fn key(&self) -> Key {
        keys::machine_client_row(self.organization_id, self.client.id)
    }
}

/// Access token with its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTokenRecord {
    /// The token.
    #[serde(flatten)]
    pub token: AccessToken,
    /// Digest of the token. It has no previous one.
    #[serde(flatten)]
    pub secrets: SecretDigests,
    /// Time from which DynamoDB may delete the item, in seconds since the epoch.
    pub ttl: u64,
}

impl AccessTokenRecord {
    /// Creates the record of `token`, whose text has this digest.
    #[must_use]
    pub fn new(token: AccessToken, digest: &Digest) -> Self {
        let ttl = token.expires_at.seconds_since_epoch() + 1;
        Self { token, secrets: SecretDigests::new(digest), ttl }
    }
}

impl StoredRecord for AccessTokenRecord {
    const ENTITY_TYPE: &'static str = "access_token";
    stores_all_members!();

    fn key(&self) -> Key {
        keys::access_token(self.token.id)
    }
}

/// Times at which a machine client obtained its last tokens, for the limit of issuances.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenIssuances {
    /// Machine client.
    pub id: MachineClientId,
    /// Times of the last issuances, oldest first.
    pub times: Vec<Time>,
    /// Version of the record: 1, incremented by every change.
    pub version: u64,
    /// Time from which DynamoDB may delete the item, in seconds since the epoch.
    pub ttl: u64,
}

impl StoredRecord for TokenIssuances {
    const ENTITY_TYPE: &'static str = "token_issuances";
    stores_all_members!();

    fn key(&self) -> Key {
        keys::token_issuances(self.id)
    }
}
