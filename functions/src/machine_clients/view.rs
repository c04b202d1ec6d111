//! Representation of machine clients in responses.

use berth_shared::{
    credentials::{ClientId, Scope},
    domain::{AllowedIps, MachineClient},
    http::EntityTag,
    id::{DockId, MachineClientId, OrganizationId, PartyId},
    time::Time,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::api_keys::GrantedScope;

/// Machine client without its secret.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "MachineClient")]
pub(super) struct MachineClientView {
    /// Identifier of the machine client.
    id: MachineClientId,
    /// Organization that owns the client.
    organization_id: OrganizationId,
    /// Client identifier for OAuth 2.0: `dyc_` and 22 characters.
    client_id: String,
    /// Display name, 1 to 200 characters.
    name: String,
    /// Scopes that tokens of the client can have.
    #[schemars(with = "Vec<GrantedScope>")]
    scopes: Vec<Scope>,
    /// The only dock that tokens of the client can access; `null` if it is not bound to a dock.
    dock_id: Option<DockId>,
    /// Party on whose behalf the client acts; `null` if there is none.
    party_id: Option<PartyId>,
    /// Networks from which the client and its tokens can be used, in CIDR notation; empty if from every address.
    allowed_ips: AllowedIps,
    /// Time from which the client and its tokens are rejected; `null` if it does not expire.
    expires_at: Option<Time>,
    /// Lifetime of the tokens in seconds.
    token_lifetime_seconds: u32,
    /// Whether the client can obtain tokens.
    is_active: bool,
    /// Time of the last use of the client or one of its tokens, accurate to the hour; `null` if there is none.
    last_used_at: Option<Time>,
    /// Time of creation.
    created_at: Time,
    /// Identifier of the API key or machine client that created the client.
    created_by: String,
    /// Time of the last change.
    updated_at: Time,
}

/// Machine client with its new secret.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CreatedMachineClient")]
pub(super) struct CreatedMachineClientView {
    #[serde(flatten)]
    client: MachineClientView,
    /// Secret for `POST /v1/oauth/token`. It is shown only once; `null` in the response to a repetition.
    client_secret: Option<String>,
}

impl MachineClientView {
    pub(super) fn new(client: &MachineClient, last_used_at: Option<Time>) -> Self {
        Self {
            id: client.id,
            organization_id: client.organization_id,
            client_id: ClientId(client.id).to_string(),
            name: client.name.as_str().to_owned(),
            scopes: client.scopes.clone(),
            dock_id: client.dock_id,
            party_id: client.party_id,
            allowed_ips: client.allowed_ips.clone(),
            expires_at: client.expires_at,
            token_lifetime_seconds: client.token_lifetime_seconds,
            is_active: client.is_active(),
            last_used_at,
            created_at: client.created_at,
            created_by: client.created_by.to_string(),
            updated_at: client.updated_at,
        }
    }
}

impl CreatedMachineClientView {
    pub(super) const fn new(client: MachineClientView, client_secret: Option<String>) -> Self {
        Self { client, client_secret }
    }
}

/// Returns the `ETag` of a machine client: its version, and its last use, which changes without a new version.
///
/// `If-Match` compares only the version.
pub(super) fn tag(client: &MachineClient, last_used_at: Option<Time>) -> EntityTag {
    match last_used_at {
        None => EntityTag::version(client.version),
        Some(used_at) => EntityTag::version_and(client.version, &format!("{:x}", used_at.millis_since_epoch())),
    }
}

/// Example of a machine client for the OpenAPI document.
pub(super) const EXAMPLE: &str = r#"{
    "id": "mc_01HQ3P2F4Z6W8C0EY9V3X5Y8Z1",
    "organizationId": "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
    "clientId": "dyc_02Xk9aBcDeFgHiJkLmNoPq",
    "name": "Settlement service",
    "scopes": ["artifacts:read", "artifacts:write"],
    "dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV",
    "partyId": null,
    "allowedIps": [],
    "expiresAt": null,
    "tokenLifetimeSeconds": 3600,
    "isActive": true,
    "lastUsedAt": null,
    "createdAt": "2024-03-01T12:00:00.000Z",
    "createdBy": "key_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
    "updatedAt": "2024-03-01T12:00:00.000Z"
}"#;

/// Example of a machine client with its secret for the OpenAPI document.
pub(super) const CREATED: &str = r#"{
    "id": "mc_01HQ3P2F4Z6W8C0EY9V3X5Y8Z1",
    "organizationId": "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
    "clientId": "dyc_02Xk9aBcDeFgHiJkLmNoPq",
    "name": "Settlement service",
    "scopes": ["artifacts:read", "artifacts:write"],
    "dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV",
    "partyId": null,
    "allowedIps": [],
    "expiresAt": null,
    "tokenLifetimeSeconds": 3600,
    "isActive": true,
    "lastUsedAt": null,
    "createdAt": "2024-03-01T12:00:00.000Z",
    "createdBy": "key_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
    "updatedAt": "2024-03-01T12:00:00.000Z",
    "clientSecret": null
}"#;
