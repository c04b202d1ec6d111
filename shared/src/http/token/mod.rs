//! Signed tokens (JWT, RFC 7519): authentication by an external identity provider.
//!
//! A token is valid if it is signed with RS256 or ES256 by a key of the configured key set, this service is its
//! audience, and
//! it is within its validity period. The rights of its subject are configured: a token grants none.

mod claims;
mod config;
mod fetch;
mod keys;
mod ring_provider;

use std::fmt::Display;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey, Header, Validation, decode, decode_header,
    errors::{Error, ErrorKind},
};
use tokio::time::Instant;

use self::{claims::Claims, keys::Keys};
use crate::domain::error::Error as BerthError;

pub use self::config::{InvalidTokenConfig, TokenConfig, TokenSettings, TokenUser};

/// Maximum length of a token, in bytes. The limit of API Gateway for all headers is less than twice that.
const MAX_TOKEN: usize = 8 * 1024;
/// Tolerated clock difference between issuer and service, in seconds.
const LEEWAY: u64 = 5;

/// Why a token is rejected. Only the log contains the reason.
#[derive(Debug, thiserror::Error)]
pub enum TokenFailure {
    /// The token is invalid.
    #[error("{0}")]
    Invalid(String),
    /// The token is valid for another participant.
    #[error("a token for another participant")]
    OtherParticipant,
    /// The token is valid, but its subject is not configured.
    #[error("a token of an unknown user")]
    UnknownUser,
    /// The key set is unavailable.
    #[error("{0}")]
    Keys(BerthError),
}

/// Verifies signed tokens with a key set, which is fetched for the first token and cached.
#[derive(Debug)]
pub struct TokenVerifier {
    config: TokenConfig,
    keys: Keys,
}

/// The user of a verified token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedUser {
    /// Subject of the token.
    pub id: String,
    /// Configuration of the user.
    pub user: TokenUser,
}

impl TokenVerifier {
    /// Returns a verifier for `config`.
    ///
    /// # Errors
    /// The file of the key set is invalid. A key set at a URL is not fetched yet.
    pub fn new(config: TokenConfig) -> Result<Self, InvalidTokenConfig> {
        ring_provider::install();
        let keys = Keys::of(config.location.clone())?;
        Ok(Self { config, keys })
    }

    /// Verifies a token, and returns its user. `participant` is the id of this service in tokens. Keys are fetched
    /// until
    /// `deadline` at the latest.
    ///
    /// # Errors
    /// Why the token is rejected.
    pub async fn verify(
        &self,
        token: &str,
        participant: &str,
        deadline: Instant,
    ) -> Result<VerifiedUser, TokenFailure> {
        let claims = self.verified_claims(token, deadline).await?;
        claims.check_target(&self.config, participant)?;
        let user = self.config.users.get(&claims.sub).ok_or(TokenFailure::UnknownUser)?;
        Ok(VerifiedUser { id: claims.sub, user: *user })
    }

    /// Verifies signature and times of a token, and returns its claims.
    async fn verified_claims(&self, token: &str, deadline: Instant) -> Result<Claims, TokenFailure> {
        if token.len() > MAX_TOKEN {
            return Err(invalid("a token that is too long"));
        }
        if !token.split('.').take(2).all(is_text) {
            return Err(invalid("a token that cannot be read"));
        }
        let header = decode_header(token).map_err(|error| unreadable(&error))?;
        let algorithm = accepted(&header)?;
        let keys = self.keys.fitting(header.kid.as_deref(), algorithm, Instant::now(), deadline).await;
        let keys = keys.map_err(TokenFailure::Keys)?;
        let mut failure = invalid("a token that is signed with an unknown key");
        for key in &keys {
            match check(token, key, algorithm) {
                Ok(claims) => return Ok(claims),
                Err(error) => failure = unreadable(&error),
            }
        }
        Err(failure)
    }
}

/// Returns whether a part of a token is UTF-8 (RFC 7519, section 7.2). The JSON parser does not check members that it
/// skips.
fn is_text(part: &str) -> bool {
    URL_SAFE_NO_PAD.decode(part).is_ok_and(|bytes| std::str::from_utf8(&bytes).is_ok())
}

/// Returns the algorithm of a token if it is accepted. Only algorithms of the key set's keys are accepted.
fn accepted(header: &Header) -> Result<Algorithm, TokenFailure> {
    if header.crit.is_some() {
        // Critical extensions must be supported, and none is (RFC 7515, section 4.1.11).
        return Err(invalid("a token with critical extensions"));
    }
    match header.alg {
        algorithm @ (Algorithm::RS256 | Algorithm::ES256) => Ok(algorithm),
        _ => Err(invalid("a token of an algorithm that is not accepted")),
    }
}

/// Verifies signature and times.
fn check(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Result<Claims, Error> {
    let mut validation = Validation::new(algorithm);
    validation.leeway = LEEWAY;
    validation.validate_nbf = true;
    // `Claims::check_target` checks the audience. A token without an expiry is valid, as on a participant.
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    Ok(decode(token, key, &validation)?.claims)
}

/// Returns the failure without the content of the token, which errors of decoding quote.
fn unreadable(error: &Error) -> TokenFailure {
    match error.kind() {
        ErrorKind::Json(_) | ErrorKind::Utf8(_) | ErrorKind::Base64(_) => invalid("a token that cannot be read"),
        _ => invalid(error),
    }
}

fn invalid(reason: impl Display) -> TokenFailure {
    TokenFailure::Invalid(reason.to_string())
}

#[cfg(test)]
mod tests;
