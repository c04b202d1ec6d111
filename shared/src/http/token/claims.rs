//! The claims of a token, and whether this service is its audience.

use serde::{Deserialize, Deserializer, de::Error as _};

use super::{TokenConfig, TokenFailure, invalid};

/// Prefix of an audience that names a participant.
const PARTICIPANT_AUDIENCE: &str = "https://daml.com/jwt/aud/participant/";
/// Scope of tokens that are valid for every participant.
const LEDGER_SCOPE: &str = "daml_ledger_api";

/// The claims that Berth reads. A claim of the wrong type invalidates the token.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    /// Subject: a user id.
    pub(super) sub: String,
    /// Audience.
    #[serde(default, deserialize_with = "one_or_many")]
    aud: Vec<String>,
    /// Space-separated scopes.
    scope: Option<String>,
    /// Scopes as a list.
    #[serde(default, deserialize_with = "one_or_many")]
    scp: Vec<String>,
}

/// Deserializes a string or a list of strings; empty for null.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Texts {
        One(String),
        Many(Vec<String>),
    }
    let texts = Option::<Texts>::deserialize(deserializer);
    match texts.map_err(|_| D::Error::custom("neither a string nor a list of strings"))? {
        Some(Texts::One(text)) => Ok(vec![text]),
        Some(Texts::Many(texts)) => Ok(texts),
        None => Ok(Vec::new()),
    }
}

impl Claims {
    /// Checks that the token is valid for this service, by the configured audience and scope. Without a configuration,
    /// the rules
    /// of a participant apply: an audience that names it, or the scope of the ledger.
    pub(super) fn check_target(&self, config: &TokenConfig, participant: &str) -> Result<(), TokenFailure> {
        if config.audience.is_none() && config.scope.is_none() {
            return self.check_participant(participant);
        }
        if config.audience.as_ref().is_some_and(|audience| !self.aud.contains(audience)) {
            return Err(invalid("a token for another audience"));
        }
        if config.scope.as_ref().is_some_and(|scope| !self.has_scope(scope)) {
            return Err(invalid("a token without the scope"));
        }
        Ok(())
    }

    fn check_participant(&self, participant: &str) -> Result<(), TokenFailure> {
        let mut named = self.aud.iter().filter_map(|aud| aud.strip_prefix(PARTICIPANT_AUDIENCE));
        match (named.next(), named.next()) {
            (Some(one), None) if one == participant => Ok(()),
            (Some(_), Some(_)) => Err(invalid("a token for several participants")),
            (None, _) if !self.has_scope(LEDGER_SCOPE) => Err(invalid("a token without the scope")),
            (None, _) if self.aud.is_empty() || self.aud.iter().any(|aud| aud == participant) => Ok(()),
            (Some(_) | None, _) => Err(TokenFailure::OtherParticipant),
        }
    }

    fn has_scope(&self, scope: &str) -> bool {
        let listed = self.scope.iter().flat_map(|scopes| scopes.split_ascii_whitespace());
        listed.chain(self.scp.iter().map(String::as_str)).any(|held| held == scope)
    }
}
