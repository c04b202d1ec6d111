//! Errors of the OAuth dialect: RFC 6749, section 5.2, and RFC 6750, section 3.1.

use lambda_http::http::StatusCode;
use serde_json::{Value, json};

use crate::domain::error::{Code, Error};

/// The result of a request in the OAuth dialect.
pub type OAuthResult<T> = Result<T, OAuthFailure>;

/// Why a request in the OAuth dialect failed.
#[derive(Debug)]
pub enum OAuthFailure {
    /// An error of the protocol.
    OAuth(OAuthError),
    /// An error that is independent of the dialect.
    Berth(Error),
}

/// Error code of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OAuthCode {
    /// A parameter is missing, repeated or malformed.
    InvalidRequest,
    /// The body is too large.
    TooLarge,
    /// The media type of the body is neither that of a form nor JSON.
    UnsupportedMediaType,
    /// The machine client is unknown, its secret is wrong, or it has expired.
    InvalidClient,
    /// The machine client is not active.
    UnauthorizedClient,
    /// The grant type is not `client_credentials`.
    UnsupportedGrantType,
    /// The scope is malformed, or exceeds that of the machine client.
    InvalidScope,
    /// The machine client has obtained too many tokens within a minute.
    SlowDown,
    /// The bearer credential is invalid.
    InvalidToken,
    /// The bearer credential lacks the required scope.
    InsufficientScope,
    /// DynamoDB did not respond in time.
    TemporarilyUnavailable,
    /// A bug or a misconfiguration.
    ServerError,
}

impl OAuthCode {
    /// Every code.
    pub const ALL: [Self; 12] = [
        Self::InvalidRequest,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::InvalidClient,
        Self::UnauthorizedClient,
        Self::UnsupportedGrantType,
        Self::InvalidScope,
        Self::SlowDown,
        Self::InvalidToken,
        Self::InsufficientScope,
        Self::TemporarilyUnavailable,
        Self::ServerError,
    ];

    /// Returns the value of `error`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest | Self::TooLarge | Self::UnsupportedMediaType => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::SlowDown => "slow_down",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::ServerError => "server_error",
        }
    }

    /// Returns the HTTP status.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::InvalidRequest | Self::UnsupportedGrantType | Self::InvalidScope => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::InvalidClient | Self::InvalidToken => StatusCode::UNAUTHORIZED,
            Self::UnauthorizedClient | Self::InsufficientScope => StatusCode::FORBIDDEN,
            Self::SlowDown => StatusCode::TOO_MANY_REQUESTS,
            Self::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// An error of the protocol.
#[derive(Debug)]
pub struct OAuthError {
    /// Error code.
    pub code: OAuthCode,
    /// Description in one sentence. RFC 6749 allows ASCII without quotation marks and backslashes.
    pub description: String,
    /// Value of `WWW-Authenticate`, if the response has one.
    pub challenge: Option<&'static str>,
    /// Value of `Retry-After` in seconds, if the response has one.
    pub retry_after: Option<u64>,
}

impl OAuthError {
    /// Returns an error with this code and description.
    #[must_use]
    pub fn new(code: OAuthCode, description: impl Into<String>) -> Self {
        let challenge = (code == OAuthCode::InvalidToken).then_some("Bearer error=\"invalid_token\"");
        let retry_after = (code == OAuthCode::TemporarilyUnavailable).then_some(1);
        Self { code, description: description.into(), challenge, retry_after }
    }

    /// Returns the error for every failed authentication of a machine client. It is the same for all reasons. `by_header` says
    /// whether the client used `Authorization: Basic`.
    #[must_use]
    pub fn invalid_client(by_header: bool) -> Self {
        let challenge = by_header.then_some("Basic realm=\"berth\"");
        Self { challenge, ..Self::new(OAuthCode::InvalidClient, "Client authentication failed") }
    }

    /// Returns the JSON body.
    #[must_use]
    pub fn body(&self, request_id: &str) -> Value {
        json!({
            "error": self.code.as_str(),
            "error_description": self.description,
            "statusCode": self.code.status().as_u16(),
            "message": self.description,
            "requestId": request_id,
        })
    }
}

/// Returns the error of the protocol for an error that is independent of the dialect. Server errors disclose nothing.
pub(super) fn translated(error: &Error) -> OAuthError {
    match error.code() {
        Some(Code::Unavailable) => OAuthError::new(
            OAuthCode::TemporarilyUnavailable,
            "The service is temporarily unavailable; retry the request",
        ),
        Some(Code::Unauthorized) => OAuthError::new(OAuthCode::InvalidToken, "The bearer credential is invalid"),
        _ => OAuthError::new(OAuthCode::ServerError, "Internal error; the request id identifies it"),
    }
}

impl From<OAuthError> for OAuthFailure {
    fn from(error: OAuthError) -> Self {
        Self::OAuth(error)
    }
}

impl From<Error> for OAuthFailure {
    fn from(error: Error) -> Self {
        Self::Berth(error)
    }
}
