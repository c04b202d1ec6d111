//! Authentication in the OAuth dialect: the secret of a machine client, or a bearer credential.

use base64::{Engine, engine::general_purpose::STANDARD};
use lambda_http::http::header;

use super::{OAuthCode, OAuthError, OAuthFailure, OAuthRequest, OAuthResult, parameters::decode};
use crate::{
    domain::{
        MachineClient,
        credentials::{ClientId, Credential, CredentialId, CredentialSubject, Digest, Owner, Principal},
        id::MachineClientId,
    },
    http::{AuthFailure, log_caller},
    store::record::{SecretDigests, SecretMatch, TokenIssuances},
};

/// A machine client that has authenticated with its secret.
#[derive(Debug)]
pub struct Client {
    /// The machine client. It is active.
    pub client: MachineClient,
    /// Its last issuances.
    pub issuances: Option<TokenIssuances>,
}

/// The sender of a request that accepts both kinds of credentials.
#[derive(Debug)]
pub enum Caller {
    /// A machine client, by its secret.
    Client(Box<MachineClient>),
    /// The principal of a bearer credential.
    Bearer(Box<Principal>),
}

/// Authenticates the machine client of a request by its secret.
pub(super) async fn client(request: &OAuthRequest) -> OAuthResult<Client> {
    let credentials = Credentials::of(request)?;
    let rejected = |reason: AuthFailure| {
        tracing::info!(%reason, "credential rejected");
        OAuthFailure::from(OAuthError::invalid_client(credentials.by_header))
    };
    let environment = request.service.verifier().environment();
    let (id, secret) = credentials.parse().map_err(&rejected)?;
    if secret.environment() != environment {
        return Err(rejected(AuthFailure::OtherEnvironment));
    }
    let (record, issuances) = request.store.machine_client_to_authenticate(id).await?;
    // An unknown client is compared, too, so that the response takes the same time.
    let none = SecretDigests::new(&Digest::NONE);
    let secrets = record.as_ref().map_or(&none, |record| &record.secrets);
    match secrets.compare(&secret.digest(), request.now)? {
        SecretMatch::Current | SecretMatch::Previous(_) => {}
        SecretMatch::Replaced => return Err(rejected(AuthFailure::Replaced)),
        SecretMatch::Unknown => return Err(rejected(AuthFailure::Unknown)),
    }
    let client = record.ok_or_else(|| rejected(AuthFailure::Unknown))?.client;
    if client.expires_at.is_some_and(|end| end <= request.now) {
        return Err(rejected(AuthFailure::Expired));
    }
    if !client.allowed_ips.allow(request.address()) {
        return Err(rejected(AuthFailure::Network));
    }
    let id = CredentialId::MachineClient(client.id);
    log_caller(Some(id), Owner::Organization(client.organization_id));
    if !client.is_active() {
        let description = "The machine client is deactivated";
        return Err(OAuthError::new(OAuthCode::UnauthorizedClient, description).into());
    }
    request.service.verifier().record_use(&request.store, id, request.now).await;
    Ok(Client { client, issuances })
}

/// Authenticates the sender of a request.
pub(super) async fn caller(request: &OAuthRequest) -> OAuthResult<Caller> {
    let authorization = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if !authorization.is_some_and(|value| scheme(value).eq_ignore_ascii_case("bearer")) {
        return Ok(Caller::Client(Box::new(client(request).await?.client)));
    }
    let verifier = request.service.verifier();
    let outcome = verifier.verify(&request.store, authorization, request.address(), request.now).await;
    let principal = outcome.map_err(|failure| match failure {
        AuthFailure::Store(error) => OAuthFailure::Berth(error),
        reason => {
            tracing::info!(%reason, "credential rejected");
            OAuthError::new(OAuthCode::InvalidToken, "The bearer credential is invalid").into()
        }
    })?;
    log_caller(Some(principal.id), principal.owner);
    verifier.record_use(&request.store, principal.id, request.now).await;
    Ok(Caller::Bearer(Box::new(principal)))
}

/// Identifier and secret of a machine client, as sent.
struct Credentials {
    id: String,
    secret: String,
    by_header: bool,
}

impl Credentials {
    /// Reads the credentials from `Authorization: Basic` or from the body (RFC 6749, section 2.3.1).
    fn of(request: &OAuthRequest) -> OAuthResult<Self> {
        let (id, secret) = (request.parameter("client_id"), request.parameter("client_secret"));
        let authorization =
            request.headers().get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
        // Another scheme does not authenticate a client.
        let authorization = authorization.filter(|value| scheme(value).eq_ignore_ascii_case("basic"));
        let Some(authorization) = authorization else {
            let (Some(id), Some(secret)) = (id, secret) else { return Err(OAuthError::invalid_client(false).into()) };
            return Ok(Self { id: id.to_owned(), secret: secret.to_owned(), by_header: false });
        };
        if secret.is_some() {
            let description = "The client must authenticate either by the Authorization header or in the body";
            return Err(OAuthError::new(OAuthCode::InvalidRequest, description).into());
        }
        let found = basic(authorization).filter(|(found, _)| id.is_none_or(|id| id == found));
        let (id, secret) = found.ok_or_else(|| OAuthError::invalid_client(true))?;
        Ok(Self { id, secret, by_header: true })
    }

    /// Returns the id of the client and its secret, which must name the same client.
    fn parse(&self) -> Result<(MachineClientId, Credential), AuthFailure> {
        let secret: Credential = self.secret.parse()?;
        let ClientId(id) = self.id.parse().map_err(|_| AuthFailure::Unknown)?;
        if secret.subject() != CredentialSubject::ClientSecret(id) {
            return Err(AuthFailure::Unknown);
        }
        Ok((id, secret))
    }
}

/// Returns the scheme of an `Authorization` header.
fn scheme(authorization: &str) -> &str {
    authorization.split(' ').next().unwrap_or_default()
}

/// Decodes `Basic <credentials>`: base64 of two form-encoded values with a colon between them.
fn basic(authorization: &str) -> Option<(String, String)> {
    let (scheme, credentials) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((decode(id)?, decode(secret)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_decoded_twice() {
        let header = |text: &str| format!("Basic {}", STANDARD.encode(text));
        let pair = |id: &str, secret: &str| Some((id.to_owned(), secret.to_owned()));
        assert_eq!(basic(&header("dyc_1:dys_test_2")), pair("dyc_1", "dys_test_2"));
        assert_eq!(basic(&header("a%3Ab:c+d")), pair("a:b", "c d"));
        assert_eq!(basic(&header("a:b:c")), pair("a", "b:c"));
        for wrong in [header("a"), "Basic !".to_owned(), "Basic".to_owned(), header("a:%ff"), "Bearer YTpi".to_owned()]
        {
            assert_eq!(basic(&wrong), None, "{wrong}");
        }
    }
}
