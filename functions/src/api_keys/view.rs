//! Representation of API keys in responses.

use std::borrow::Cow;

use berth_shared::{
    credentials::{Environment, Scope},
    domain::ApiKey,
    id::{ApiKeyId, OrganizationId},
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
    /// Identifier of the API key that created the key, or `operator` if a command created it.
    created_by: String,
    /// Time of the revocation; `null` if the key is not revoked.
    revoked_at: Option<Time>,
}

/// Schema of a scope in responses. It is an open enumeration, because later versions may add scopes.
struct GrantedScope;

impl JsonSchema for GrantedScope {
    fn schema_name() -> Cow<'static, str> {
        "GrantedScope".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Scope::json_schema(generator);
        schema.insert("description".to_owned(), "Scope that an API key holds. `write` does not include `read`.".into());
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
