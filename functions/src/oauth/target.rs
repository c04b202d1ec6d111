//! The token that a request to introspect or revoke names.

use berth_shared::{
    credentials::{CredentialId, CredentialSubject, Principal, Scope, Scopes},
    domain::{AccessToken, MachineClient},
    error::Result,
    oauth::{Caller, OAuthCode, OAuthError, OAuthRequest, OAuthResult},
    store::record::SecretMatch,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Request about a token.
#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "a schema: the dialect reads the parameters")]
pub(super) struct AboutToken {
    /// Access token.
    token: String,
    /// Type of the token. It is ignored, because there are only access tokens.
    #[serde(default)]
    token_type_hint: Option<String>,
    /// Client identifier, unless the request has an `Authorization` header.
    #[serde(default)]
    client_id: Option<String>,
    /// Client secret, unless the request has an `Authorization` header.
    #[serde(default)]
    client_secret: Option<String>,
}

/// A valid token, and its machine client.
pub(super) struct Target {
    pub(super) client: MachineClient,
    pub(super) token: AccessToken,
}

impl Target {
    /// Returns the token that the request names, if it is valid and the caller has access to it: a machine client to its own
    /// tokens, a token to itself, and a bearer credential with `scope` to the tokens of its organization.
    ///
    /// # Errors
    /// `invalid_request` without a token; the errors of [`OAuthRequest::caller`]; `insufficient_scope`.
    pub(super) async fn of(request: &OAuthRequest, scope: Scope) -> OAuthResult<Option<(Self, CredentialId)>> {
        let text = request.required("token")?;
        let caller = request.caller().await?;
        if let Caller::Bearer(principal) = &caller
            && principal.token.is_none()
            && !principal.scopes.contains(scope)
        {
            let description = format!("The API key does not have the scope {scope}");
            return Err(OAuthError::new(OAuthCode::InsufficientScope, description).into());
        }
        let found = Self::find(request, text).await?.filter(|found| found.is_visible(&caller, scope));
        let id = match &caller {
            Caller::Client(client) => CredentialId::MachineClient(client.id),
            Caller::Bearer(principal) => principal.id,
        };
        Ok(found.map(|found| (found, id)))
    }

    /// Reads a token; `None` if it is not valid.
    async fn find(request: &OAuthRequest, text: &str) -> Result<Option<Self>> {
        let Ok(credential) = text.parse::<berth_shared::credentials::Credential>() else { return Ok(None) };
        let CredentialSubject::AccessToken(client, token) = credential.subject() else { return Ok(None) };
        if credential.environment() != request.service().verifier().environment() {
            return Ok(None);
        }
        let found = request.store().token_to_verify(client, token, request.now()).await?;
        let Some((client, record)) = found else { return Ok(None) };
        let is_same = record.secrets.compare(&credential.digest(), request.now())? == SecretMatch::Current;
        let is_valid = is_same && record.token.is_valid_at(&client.client, request.now());
        Ok(is_valid.then_some(Self { client: client.client, token: record.token }))
    }

    fn is_visible(&self, caller: &Caller, scope: Scope) -> bool {
        match caller {
            Caller::Client(client) => client.id == self.client.id,
            Caller::Bearer(principal) => principal.token == Some(self.token.id) || self.is_managed_by(principal, scope),
        }
    }

    fn is_managed_by(&self, principal: &Principal, scope: Scope) -> bool {
        principal.scopes.contains(scope)
            && principal.owner.sees(self.client.organization_id)
            && principal.dock.is_none_or(|dock| self.client.dock_id == Some(dock))
    }
}

/// Returns scopes as in `scope`.
pub(super) fn space_separated(scopes: &Scopes) -> String {
    scopes.as_slice().iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
}
