//! `POST /v1/oauth/introspect`

use berth_shared::{
    credentials::{ClientId, Scope},
    http::{Access, Endpoint, Handler, StoreAction},
    id::{DockId, MachineClientId, OrganizationId},
    oauth::{OAuthHandler, OAuthRequest, OAuthResult},
    store::Family,
};
use lambda_http::http::Method;
use schemars::JsonSchema;
use serde_json::{Value, json};

use super::target::{AboutToken, Target, space_separated};

/// The endpoint introspect-token.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::POST,
    "introspect-token",
    "/v1/oauth/introspect",
    Access::OAuth,
    200,
    Handler::Other(&OAuthHandler(|request| Box::pin(handle(request)))),
)
.summary("Introspect an access token")
.description(
    "Returns whether an access token is valid, and what it permits (RFC 7662). A machine client can introspect its own \
     tokens, and a token itself. An API key or access token with the scope `machine-clients:read` can introspect the \
     tokens of its organization, a platform key those of every organization. For every other token, and for API keys, \
     the response is `{\"active\": false}`.",
)
.store(&[StoreAction::BatchGetItem.on(&[Family::MachineClients, Family::TokenIssuances, Family::AccessTokens])])
.serde_body::<AboutToken>()
.returns::<Introspection>()
.request_example(r#"{"token": "dyt_live_…"}"#)
.response_example(r#"{"active": false}"#);

/// State of an access token. If it is not active, the response has no other members.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase", extend("required" = ["active"]))]
#[expect(dead_code, reason = "a schema: the body is written field by field")]
struct Introspection {
    /// Whether the token is valid.
    active: bool,
    /// Space-separated scopes of the token.
    scope: Option<String>,
    /// Client identifier of the machine client.
    #[schemars(rename = "client_id")]
    client_id: Option<String>,
    /// Type of the token: always `Bearer`.
    #[schemars(rename = "token_type")]
    token_type: Option<String>,
    /// Time of expiry in seconds since the epoch.
    exp: Option<u64>,
    /// Time of issuance in seconds since the epoch.
    iat: Option<u64>,
    /// Identifier of the machine client.
    sub: Option<MachineClientId>,
    /// Organization that owns the machine client.
    organization_id: Option<OrganizationId>,
    /// The only dock that the token can access; `null` if it is not bound to a dock.
    dock_id: Option<DockId>,
}

async fn handle(request: &OAuthRequest) -> OAuthResult<Option<Value>> {
    let found = Target::of(request, Scope::MachineClientsRead).await?;
    let Some((Target { client, token }, _)) = found else { return Ok(Some(json!({ "active": false }))) };
    Ok(Some(json!({
        "active": true,
        "scope": space_separated(&client.scopes_of(&token)),
        "client_id": ClientId(client.id).to_string(),
        "token_type": "Bearer",
        "exp": token.expires_at.seconds_since_epoch(),
        "iat": token.issued_at.seconds_since_epoch(),
        "sub": client.id,
        "organizationId": client.organization_id,
        "dockId": client.dock_id,
    })))
}
