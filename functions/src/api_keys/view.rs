//! How API keys are shown.

use berth_shared::{
    credentials::{Environment, Scope},
    domain::ApiKey,
    id::{ApiKeyId, OrganizationId},
    time::Time,
};
use schemars::JsonSchema;
use serde::Serialize;

/// An API key, without the credential.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ApiKey")]
pub(super) struct ApiKeyView {
    /// Its id.
    id: ApiKeyId,
    /// Whose it is; `null`: the platform's.
    organization_id: Option<OrganizationId>,
    /// Display name, 1 to 200 characters.
    name: String,
    /// What it may do.
    scopes: Vec<Scope>,
    /// The kind of deployment it is good for.
    environment: Environment,
    /// The first characters of the credential, by which people recognize it.
    start: String,
    /// From then on it is refused; `null`: never.
    expires_at: Option<Time>,
    /// When it was last used, to the hour; `null`: not yet.
    last_used_at: Option<Time>,
    /// When it was made.
    created_at: Time,
    /// When it was revoked; `null`: it is not.
    revoked_at: Option<Time>,
}

impl ApiKeyView {
    pub(super) fn new(key: &ApiKey, last_used_at: Option<Time>) -> Self {
        Self {
            id: key.id,
            organization_id: key.owner.organization(),
            name: key.name.as_str().to_owned(),
            scopes: key.scopes.clone(),
            environment: key.environment,
            start: key.start.clone(),
            expires_at: key.expires_at,
            last_used_at,
            created_at: key.created_at,
            revoked_at: key.revoked_at,
        }
    }
}
