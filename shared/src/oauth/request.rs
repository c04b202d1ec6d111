//! A request in the OAuth dialect.

use std::net::IpAddr;

use lambda_http::{Body, RequestExt, http::HeaderMap};

use super::{Caller, OAuthCode, OAuthError, OAuthResult, authenticate, parameters::Parameters};
use crate::{
    domain::{error::Result, time::Time},
    http::{Endpoint, MAX_BODY, Service, boundary},
    store::{self, Actor, Origin, Store, Write},
};

/// A request to an endpoint of the OAuth dialect.
#[derive(Debug)]
pub struct OAuthRequest {
    pub(super) endpoint: &'static Endpoint,
    pub(super) service: Service,
    pub(super) store: Store,
    pub(super) raw: lambda_http::Request,
    pub(super) request_id: String,
    pub(super) now: Time,
    pub(super) parameters: Parameters,
}

impl OAuthRequest {
    /// Returns the endpoint.
    #[must_use]
    pub const fn endpoint(&self) -> &'static Endpoint {
        self.endpoint
    }

    /// Returns the service.
    #[must_use]
    pub const fn service(&self) -> &Service {
        &self.service
    }

    /// Returns the table, with the deadline of this request.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Returns the time of this request.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// Returns 128 random bits.
    ///
    /// # Errors
    /// [`Error::Internal`](crate::domain::error::Error::Internal) if the system has no randomness.
    pub fn random(&self) -> Result<u128> {
        store::random()
    }

    /// Returns a parameter of the body; `None` if it is absent or empty.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name)
    }

    /// Returns a parameter that must be present.
    ///
    /// # Errors
    /// `invalid_request`
    pub fn required(&self, name: &str) -> OAuthResult<&str> {
        let missing = || OAuthError::new(OAuthCode::InvalidRequest, format!("The parameter {name} is required"));
        Ok(self.parameter(name).ok_or_else(missing)?)
    }

    /// Authenticates the machine client of the request by its secret.
    ///
    /// # Errors
    /// `invalid_client` for all reasons, `unauthorized_client` if the client is not active.
    pub async fn client(&self) -> OAuthResult<authenticate::Client> {
        authenticate::client(self).await
    }

    /// Authenticates the sender of the request: a machine client by its secret, or any caller by a bearer credential.
    ///
    /// # Errors
    /// As [`OAuthRequest::client`]; `invalid_token` for a bearer credential.
    pub async fn caller(&self) -> OAuthResult<Caller> {
        authenticate::caller(self).await
    }

    /// Returns the metadata of a write by this actor.
    #[must_use]
    pub fn write(&self, actor: Actor) -> Write {
        let http = self.raw.request_context_ref().and_then(|context| match context {
            lambda_http::request::RequestContext::ApiGatewayV2(context) => Some(&context.http),
            _ => None,
        });
        let origin = Origin {
            actor,
            dialect: store::Dialect::Rest,
            request_id: self.request_id.clone(),
            ip_address: http.and_then(|http| http.source_ip.clone()),
            user_agent: http.and_then(|http| http.user_agent.clone()),
            now: self.now,
        };
        Write { origin, idempotency: None }
    }

    /// Returns the URL at which clients reach the service, without a path: the issuer identifier of RFC 8414.
    #[must_use]
    pub fn issuer(&self) -> String {
        let text = |name| self.headers().get(name).and_then(|value| value.to_str().ok());
        // API Gateway sets both. A client cannot reach the service by another name.
        let (scheme, host) = (text("x-forwarded-proto").unwrap_or("https"), text("host").unwrap_or("localhost"));
        format!("{scheme}://{host}")
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        self.raw.headers()
    }

    pub(super) fn address(&self) -> Option<IpAddr> {
        boundary::source_address(&self.raw)
    }
}

/// Reads the parameters in the body of a request.
///
/// # Errors
/// `invalid_request` if the body cannot be read.
pub(super) fn parameters(request: &lambda_http::Request) -> OAuthResult<Parameters> {
    let body = match request.body() {
        Body::Text(text) => text.as_bytes(),
        Body::Binary(bytes) => bytes,
        _ => &[],
    };
    if body.len() > MAX_BODY {
        let description = format!("The body must be at most {MAX_BODY} bytes long");
        return Err(OAuthError::new(OAuthCode::TooLarge, description).into());
    }
    if !body.is_empty() && boundary::is_encoded(request.headers()) {
        let description = "The body must not be compressed: send it without Content-Encoding";
        return Err(OAuthError::new(OAuthCode::UnsupportedMediaType, description).into());
    }
    let media_type = request.headers().get("content-type").map(|value| value.to_str().unwrap_or_default());
    Ok(Parameters::read(media_type, body)?)
}
