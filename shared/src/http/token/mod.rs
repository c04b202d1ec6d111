//! Signed tokens (JWT, RFC 7519): who calls, as an identity provider outside of Berth proves it.
//!
//! A token is good if it is signed by RS256 or ES256 with a key of the configured key set, is meant for this service, and
//! its time is now. Who its subject is, and what they may do, is configured: a token says nothing of rights.

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

/// The longest token that is looked at, in bytes: what API Gateway takes in all headers together is less than two.
const MAX_TOKEN: usize = 8 * 1024;
/// How far the clocks of issuer and service may be apart, in seconds.
const LEEWAY: u64 = 5;

/// Why a token is refused. Only the log learns it.
#[derive(Debug, thiserror::Error)]
pub enum TokenFailure {
    /// It proves nothing.
    #[error("{0}")]
    Invalid(String),
    /// It is good, and meant for another participant.
    #[error("a token for another participant")]
    OtherParticipant,
    /// It is good, and its subject is nobody who is known here.
    #[error("a token of an unknown user")]
    UnknownUser,
    /// The keys could not be had.
    #[error("{0}")]
    Keys(BerthError),
}

/// Proves signed tokens against a key set, which is read at the first token and kept.
#[derive(Debug)]
pub struct TokenVerifier {
    config: TokenConfig,
    keys: Keys,
}

/// A user whose token was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedUser {
    /// The token's subject.
    pub id: String,
    /// What is configured of them.
    pub user: TokenUser,
}

impl TokenVerifier {
    /// A verifier of what `config` accepts.
    ///
    /// # Errors
    /// The file of the key set cannot be used. A key set at a URL is not asked for yet.
    pub fn new(config: TokenConfig) -> Result<Self, InvalidTokenConfig> {
        ring_provider::install();
        let keys = Keys::of(config.location.clone())?;
        Ok(Self { config, keys })
    }

    /// Whose token this is. `participant` is the id that tokens call this service by; keys are fetched until `deadline`
    /// at the latest.
    ///
    /// # Errors
    /// Why it is refused.
    pub async fn verify(
        &self,
        token: &str,
        participant: &str,
        deadline: Instant,
    ) -> Result<VerifiedUser, TokenFailure> {
        let claims = self.proved(token, deadline).await?;
        claims.check_target(&self.config, participant)?;
        let user = self.config.users.get(&claims.sub).ok_or(TokenFailure::UnknownUser)?;
        Ok(VerifiedUser { id: claims.sub, user: *user })
    }

    /// What a token says whose signature and times are good.
    async fn proved(&self, token: &str, deadline: Instant) -> Result<Claims, TokenFailure> {
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
        let mut refusal = invalid("a token that is signed with an unknown key");
        for key in &keys {
            match check(token, key, algorithm) {
                Ok(claims) => return Ok(claims),
                Err(error) => refusal = unreadable(&error),
            }
        }
        Err(refusal)
    }
}

/// Whether a part of a token is UTF-8, all of it (RFC 7519, section 7.2): of members that are not read, the reading of JSON
/// looks at the form only.
fn is_text(part: &str) -> bool {
    URL_SAFE_NO_PAD.decode(part).is_ok_and(|bytes| std::str::from_utf8(&bytes).is_ok())
}

/// The algorithm of a token, if it is one that is accepted: never one that the key set did not name by its keys.
fn accepted(header: &Header) -> Result<Algorithm, TokenFailure> {
    if header.crit.is_some() {
        // Extensions that must be understood, and are not (RFC 7515, section 4.1.11).
        return Err(invalid("a token with critical extensions"));
    }
    match header.alg {
        algorithm @ (Algorithm::RS256 | Algorithm::ES256) => Ok(algorithm),
        _ => Err(invalid("a token of an algorithm that is not accepted")),
    }
}

/// Signature and times.
fn check(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Result<Claims, Error> {
    let mut validation = Validation::new(algorithm);
    validation.leeway = LEEWAY;
    validation.validate_nbf = true;
    // Whom it is meant for is a rule of its own. A token without an end is one, as on a participant.
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    Ok(decode(token, key, &validation)?.claims)
}

/// What is wrong with a token, without what it says: errors of decoding quote that.
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
