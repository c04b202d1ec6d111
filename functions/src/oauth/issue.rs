//! `POST /v1/oauth/token`

use berth_shared::{
    credentials::{CredentialId, CredentialSubject, Scope, Scopes},
    domain::{AccessToken, MachineClient},
    http::{Access, Endpoint, Handler, StoreAction},
    id::AccessTokenId,
    oauth::{OAuthCode, OAuthError, OAuthHandler, OAuthRequest, OAuthResult},
    operator,
    store::{AccessTokenRecord, Actor, Family, TokenIssuances, TooManyIssuances},
};
use lambda_http::http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// The only grant type.
pub(super) const GRANT_TYPE: &str = "client_credentials";

/// The endpoint issue-token.
pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    Method::POST,
    "issue-token",
    "/v1/oauth/token",
    Access::MachineClient,
    200,
    Handler::Other(&OAuthHandler(|request| Box::pin(handle(request)))),
)
.summary("Issue an access token")
.description(
    "Issues an access token to a machine client: the client credentials grant of OAuth 2.0 (RFC 6749, section 4.4). The \
     parameters are a form or a JSON object. The client authenticates by `Authorization: Basic`, or by `client_id` and \
     `client_secret` in the body.\n\nThe token is opaque. It is sent like an API key, in `Authorization: Bearer`. A \
     client can obtain 10 tokens in any minute; beyond that, the status is 429 with `Retry-After`.",
)
.store(&[
    StoreAction::BatchGetItem.on(&[Family::MachineClients, Family::TokenIssuances]),
    StoreAction::ConditionCheckItem.on(&[Family::MachineClients]),
    StoreAction::PutItem.on(&[Family::AccessTokens, Family::TokenIssuances]),
])
.serde_body::<TokenRequest>()
.returns::<TokenResponse>()
.request_example(
    r#"{"grant_type": "client_credentials", "client_id": "dyc_02Xk9aBcDeFgHiJkLmNoPq",
        "client_secret": "dys_live_…", "scope": "artifacts:write"}"#,
)
.response_example(
    r#"{"access_token": "dyt_live_…", "token_type": "Bearer", "expires_in": 3600, "scope": "artifacts:write"}"#,
);

/// Request for an access token.
#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "a schema: the dialect reads the parameters")]
struct TokenRequest {
    /// Grant type: always `client_credentials`.
    grant_type: String,
    /// Client identifier, unless the client authenticates by `Authorization: Basic`.
    #[serde(default)]
    client_id: Option<String>,
    /// Client secret, unless the client authenticates by `Authorization: Basic`.
    #[serde(default)]
    client_secret: Option<String>,
    /// Space-separated scopes of the token. The default is all scopes of the client.
    #[serde(default)]
    scope: Option<String>,
}

/// New access token.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "a schema: the body is written field by field")]
struct TokenResponse {
    /// Access token, to be sent as `Authorization: Bearer`. It is shown only once.
    access_token: String,
    /// Type of the token: always `Bearer`.
    token_type: String,
    /// Lifetime of the token in seconds.
    expires_in: u64,
    /// Space-separated scopes of the token.
    scope: String,
}

async fn handle(request: &OAuthRequest) -> OAuthResult<Option<Value>> {
    if request.required("grant_type")? != GRANT_TYPE {
        let description = format!("The grant type must be {GRANT_TYPE}");
        return Err(OAuthError::new(OAuthCode::UnsupportedGrantType, description).into());
    }
    loop {
        let authenticated = request.client().await?;
        let (client, before) = (&authenticated.client, authenticated.issuances.as_ref());
        let scopes = granted(client, request.parameter("scope"))?;
        let issuances =
            TokenIssuances::after(before, client.id, request.now()).map_err(|limit| slow_down(limit, request))?;
        let id = AccessTokenId::new(request.now(), request.random()?);
        let subject = CredentialSubject::AccessToken(client.id, id);
        let credential = operator::credential(client.environment, subject)?;
        let token = AccessToken {
            id,
            machine_client_id: client.id,
            organization_id: client.organization_id,
            scopes: scopes.as_slice().to_vec(),
            generation: client.generation,
            issued_at: request.now(),
            expires_at: client.token_expiry(request.now()),
        };
        let lifetime = token.expires_at.millis_since_epoch() - request.now().millis_since_epoch();
        let record = AccessTokenRecord::new(token, &credential.digest());
        let write = request.write(Actor::from(CredentialId::MachineClient(client.id)));
        // If the client changed or obtained another token in between, authenticate it again.
        if request.store().issue_token(client, &record, (before, &issuances), &write).await? {
            return Ok(Some(json!({
                "access_token": credential.reveal(),
                "token_type": "Bearer",
                "expires_in": lifetime / 1000,
                "scope": super::target::space_separated(&scopes),
            })));
        }
    }
}

/// Returns the scopes of a token: the requested ones, or all of the client.
fn granted(client: &MachineClient, requested: Option<&str>) -> OAuthResult<Scopes> {
    let held = Scopes::new(client.scopes.clone());
    let Some(requested) = requested else { return Ok(held) };
    let invalid = |description: &str| OAuthError::new(OAuthCode::InvalidScope, description);
    let parsed = requested.split(' ').filter(|scope| !scope.is_empty()).map(str::parse::<Scope>);
    let scopes: Vec<Scope> =
        parsed.collect::<Result<_, _>>().map_err(|_| invalid("The scope must consist of known scopes"))?;
    let scopes = Scopes::new(scopes);
    if scopes.as_slice().is_empty() {
        return Err(invalid("The scope must not be empty").into());
    }
    match held.lacking(&scopes).as_slice() {
        [] => Ok(scopes),
        [first, ..] => Err(invalid(&format!("The machine client does not have the scope {first}")).into()),
    }
}

/// Returns the error for a client that has obtained too many tokens.
fn slow_down(TooManyIssuances(until): TooManyIssuances, request: &OAuthRequest) -> OAuthError {
    let wait = until.millis_since_epoch().saturating_sub(request.now().millis_since_epoch());
    let description = "The machine client has obtained too many tokens within a minute";
    OAuthError { retry_after: Some(wait.div_ceil(1000)), ..OAuthError::new(OAuthCode::SlowDown, description) }
}
