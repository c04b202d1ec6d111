//! `POST /v1/oauth/revoke`

use berth_shared::{
    credentials::Scope,
    http::{Access, Endpoint, Handler, StoreAction},
    oauth::{OAuthHandler, OAuthRequest, OAuthResult},
    store::{Actor, Family},
};
use lambda_http::http::Method;
use serde_json::Value;

use super::target::{AboutToken, Target};

/// The endpoint revoke-token.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::POST,
    "revoke-token",
    "/v1/oauth/revoke",
    Access::OAuth,
    200,
    Handler::Other(&OAuthHandler(|request| Box::pin(handle(request)))),
)
.summary("Revoke an access token")
.description(
    "Revokes an access token (RFC 7009). A machine client can revoke its own tokens, and a token itself. An API key or \
     access token with the scope `machine-clients:write` can revoke the tokens of its organization, a platform key those \
     of every organization. For every other token, and for API keys, the request has no effect, and the status is 200, \
     too. A process that has just verified the token may accept it for up to 30 more seconds.",
)
.store(&[
    StoreAction::BatchGetItem.on(&[Family::MachineClients, Family::TokenIssuances, Family::AccessTokens]),
    StoreAction::DeleteItem.on(&[Family::AccessTokens]),
])
.serde_body::<AboutToken>()
.request_example(r#"{"token": "dyt_live_…"}"#);

async fn handle(request: &OAuthRequest) -> OAuthResult<Option<Value>> {
    let found = Target::of(request, Scope::MachineClientsWrite).await?;
    if let Some((Target { client, token }, caller)) = found {
        // Whether this request deletes the token or another one has done so: it does not exist any more.
        request.store().revoke_token(&client, &token, &request.write(Actor::from(caller))).await?;
        request.service().verifier().forget_token(token.id);
    }
    Ok(None)
}
