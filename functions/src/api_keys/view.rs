//! Representation of API keys in responses.

use std::borrow::Cow;

use berth_shared::{
    credentials::{Environment, Scope},
    domain::{AllowedIps, ApiKey},
    http::EntityTag,
    id::{ApiKeyId, DockId, OrganizationId},
    time::Time,
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

/// API key without its credential.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ApiKey")]
pub(super) struct ApiKeyView {
    /// Identifier of the API key.
    id: ApiKeyId,
    /// Organization that owns the key; `null` for a platform key.
    organization_id: Option<OrganizationId>,
    /// Display name, 1 to 200 characters.
    name: String,
    /// Scopes that the key holds.
    #[schemars(with = "Vec<GrantedScope>")]
    scopes: Vec<Scope>,
    /// The only dock that the key can access; `null` if it is not bound to a dock.
    dock_id: Option<DockId>,
    /// Networks from which the key can be used, in CIDR notation; empty if it can be used from every address.
    allowed_ips: AllowedIps,
    /// Kind of deployment that accepts the key.
    environment: Environment,
    /// First characters of the credential, for recognition: the prefix and 6 characters that are not secret.
    start: String,
    /// Time of expiry; `null` if the key does not expire.
    expires_at: Option<Time>,
    /// Time of the last use, accurate to the hour; `null` if the key has not been used.
    last_used_at: Option<Time>,
    /// Time of creation.
    created_at: Time,
    /// Identifier of the API key or machine client that created the key, or `operator` if a command created it.
    created_by: String,
    /// Time of the revocation; `null` if the key is not revoked.
    revoked_at: Option<Time>,
}

/// Schema of a scope in responses. It is an open enumeration, because later versions may add scopes.
pub(crate) struct GrantedScope;

impl JsonSchema for GrantedScope {
    fn schema_name() -> Cow<'static, str> {
        "GrantedScope".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Scope::json_schema(generator);
        schema
            .insert("description".to_owned(), "Scope that a credential holds. `write` does not include `read`.".into());
        schema.insert("x-extensible-enum".to_owned(), true.into());
        schema
    }
}

impl ApiKeyView {
    pub(super) fn new(key: &ApiKey, last_used_at: Option<Time>) -> Self {
        Self {
            id: key.id,
            organization_id: key.owner.organization(),
            name: key.name.as_str().to_owned(),
            scopes: key.scopes.clone(),
            dock_id: key.dock_id,
            allowed_ips: key.allowed_ips.clone(),
            environment: key.environment,
            start: key.start.clone(),
            expires_at: key.expires_at,
            last_used_at,
            created_at: key.created_at,
            created_by: key.created_by.to_string(),
            revoked_at: key.revoked_at,
        }
    }
}

/// API key with its new credential.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CreatedApiKey")]
pub(super) struct CreatedApiKeyView {
    #[serde(flatten)]
    api_key: ApiKeyView,
    /// Credential to send as `Authorization: Bearer`. It is shown only once; `null` in the response to a repetition.
    key: Option<String>,
}

impl CreatedApiKeyView {
    pub(super) const fn new(api_key: ApiKeyView, key: Option<String>) -> Self {
        Self { api_key, key }
    }
}

/// Returns the `ETag` of an API key: its version, and its last use, which changes without a new version.
///
/// `If-Match` compares only the version.
pub(super) fn tag(key: &ApiKey, last_used_at: Option<Time>) -> EntityTag {
    match last_used_at {
        None => EntityTag::version(key.version),
        Some(used_at) => EntityTag::version_and(key.version, &format!("{:x}", used_at.millis_since_epoch())),
    }
}

/// Example of an API key for the OpenAPI document.
pub(super) const EXAMPLE: &str = r#"{
    "id": "key_01HQ3P2F4Z6W8C0EY9V3X5Y8Z1",
    "organizationId": "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
    "name": "Onboarding",
    "scopes": ["parties:read", "parties:write"],
    "dockId": null,
    "allowedIps": ["192.0.2.0/24"],
    "environment": "live",
    "start": "dk_live_02Xk9a",
    "expiresAt": null,
    "lastUsedAt": "2024-03-02T09:00:00.000Z",
    "createdAt": "2024-03-01T12:00:00.000Z",
    "createdBy": "key_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
    "revokedAt": null
}"#;
