//! What a token says, and whether it is meant for this service.

use serde::{Deserialize, Deserializer, de::Error as _};

use super::{TokenConfig, TokenFailure, invalid};

/// What the audience of a token begins with that names a participant.
const PARTICIPANT_AUDIENCE: &str = "https://daml.com/jwt/aud/participant/";
/// The scope of tokens that are good for every participant.
const LEDGER_SCOPE: &str = "daml_ledger_api";

/// The claims that are read. A claim of the wrong type is a token that cannot be read.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    /// The subject: a user id.
    pub(super) sub: String,
    /// Whom it is meant for.
    #[serde(default, deserialize_with = "one_or_many")]
    aud: Vec<String>,
    /// Scopes, divided by spaces.
    scope: Option<String>,
    /// Scopes, as a list.
    #[serde(default, deserialize_with = "one_or_many")]
    scp: Vec<String>,
}

/// A text, or a list of texts; none where it is null.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Texts {
        One(String),
        Many(Vec<String>),
    }
    let texts = Option::<Texts>::deserialize(deserializer);
    match texts.map_err(|_| D::Error::custom("neither a text nor a list of texts"))? {
        Some(Texts::One(text)) => Ok(vec![text]),
        Some(Texts::Many(texts)) => Ok(texts),
        None => Ok(Vec::new()),
    }
}

impl Claims {
    /// That the token is meant for this service, as it is configured; where nothing is, as on a participant: by an
    /// audience that names it, or else by the scope of the ledger.
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
