//! How signed tokens are accepted, as the operator configures it.

use std::{collections::HashMap, path::PathBuf};

use lambda_http::http::Uri;

use crate::domain::{credentials::Owner, id::OrganizationId, is_user_id};

/// What the operator set, as texts. An empty text is none.
#[derive(Debug, Clone, Default)]
pub struct TokenSettings {
    /// `BERTH_JWKS`: the path of a JSON Web Key Set (RFC 7517), or an `https` URL of one. Without it no token is taken.
    pub jwks: Option<String>,
    /// `BERTH_JWT_AUDIENCE`: what the audience of a token must name.
    pub audience: Option<String>,
    /// `BERTH_JWT_SCOPE`: what the scopes of a token must hold.
    pub scope: Option<String>,
    /// `BERTH_JWT_ADMINS`: subjects that administer, divided by commas; `<subject>=<organization id>` administers one
    /// organization's identity provider.
    pub admins: Option<String>,
    /// `BERTH_JWT_USERS`: subjects that are plain users, written likewise.
    pub users: Option<String>,
}

/// How signed tokens are accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenConfig {
    pub(super) location: KeyLocation,
    pub(super) audience: Option<String>,
    pub(super) scope: Option<String>,
    pub(super) users: HashMap<String, TokenUser>,
}

/// Where the key set is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KeyLocation {
    File(PathBuf),
    Url(Uri),
}

/// A subject of tokens, as it is configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenUser {
    /// Whose identity provider it belongs to.
    pub owner: Owner,
    /// Whether it administers.
    pub is_admin: bool,
}

/// Why tokens cannot be accepted as it is configured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTokenConfig {
    /// Something is said of tokens, but not what signs them.
    #[error("{0} is set, but not BERTH_JWKS, without which no token is accepted")]
    NoKeys(&'static str),
    /// Where the key set is.
    #[error("BERTH_JWKS must be a path or an https URL (http only on this machine), not {0:?}")]
    Location(String),
    /// The file of the key set.
    #[error("the key set {path} cannot be used: {reason}")]
    File {
        /// Its path.
        path: String,
        /// Why.
        reason: String,
    },
    /// A subject.
    #[error("{setting}: {entry:?} is not <subject> or <subject>=<organization id>: {reason}")]
    Subject {
        /// Where it stands.
        setting: &'static str,
        /// The entry.
        entry: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Nobody could call.
    #[error("BERTH_JWKS is set, but neither BERTH_JWT_ADMINS nor BERTH_JWT_USERS names anybody")]
    NoUsers,
}

impl TokenSettings {
    /// What `variable` has, a look-up of environment variables.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            jwks: variable("BERTH_JWKS"),
            audience: variable("BERTH_JWT_AUDIENCE"),
            scope: variable("BERTH_JWT_SCOPE"),
            admins: variable("BERTH_JWT_ADMINS"),
            users: variable("BERTH_JWT_USERS"),
        }
    }
}

impl TokenConfig {
    /// What the settings say; `None` where they say nothing, and no token is accepted.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn read(settings: TokenSettings) -> Result<Option<Self>, InvalidTokenConfig> {
        let TokenSettings { jwks, audience, scope, admins, users } = settings;
        let [jwks, audience, scope, admins, users] = [jwks, audience, scope, admins, users].map(given);
        let Some(jwks) = jwks else {
            let others = [
                ("BERTH_JWT_AUDIENCE", audience),
                ("BERTH_JWT_SCOPE", scope),
                ("BERTH_JWT_ADMINS", admins),
                ("BERTH_JWT_USERS", users),
            ];
            let lonely = others.into_iter().find_map(|(name, value)| value.map(|_| name));
            return lonely.map_or(Ok(None), |name| Err(InvalidTokenConfig::NoKeys(name)));
        };
        let location = KeyLocation::read(&jwks)?;
        let mut known = HashMap::new();
        for (setting, list, is_admin) in [("BERTH_JWT_ADMINS", admins, true), ("BERTH_JWT_USERS", users, false)] {
            for entry in list.iter().flat_map(|list| list.split(',')).map(str::trim).filter(|entry| !entry.is_empty()) {
                let wrong = |reason: String| InvalidTokenConfig::Subject { setting, entry: entry.to_owned(), reason };
                let (subject, owner) = subject(entry).map_err(wrong)?;
                if known.insert(subject.to_owned(), TokenUser { owner, is_admin }).is_some() {
                    return Err(wrong("it is named twice".to_owned()));
                }
            }
        }
        if known.is_empty() {
            return Err(InvalidTokenConfig::NoUsers);
        }
        Ok(Some(Self { location, audience, scope, users: known }))
    }
}

impl KeyLocation {
    fn read(text: &str) -> Result<Self, InvalidTokenConfig> {
        if !text.contains("://") {
            return Ok(Self::File(text.into()));
        }
        let wrong = || InvalidTokenConfig::Location(text.to_owned());
        let url: Uri = text.parse().map_err(|_| wrong())?;
        let host = url.host().ok_or_else(wrong)?;
        match url.scheme_str() {
            Some("https") => Ok(Self::Url(url)),
            // Whoever can change what is read there can be anybody here.
            Some("http") if ["127.0.0.1", "localhost", "[::1]"].contains(&host) => Ok(Self::Url(url)),
            _ => Err(wrong()),
        }
    }
}

fn given(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A subject, and whose identity provider it belongs to. User ids have no `=`.
fn subject(entry: &str) -> Result<(&str, Owner), String> {
    let (subject, owner) = match entry.split_once('=') {
        Some((subject, organization)) => {
            let id: OrganizationId = organization.parse().map_err(|_| "no organization id".to_owned())?;
            (subject, Owner::Organization(id))
        }
        None => (entry, Owner::Platform),
    };
    if subject.is_empty() || !is_user_id(subject) {
        return Err("the subject is no user id".to_owned());
    }
    if subject.starts_with("key_") {
        return Err("users of that kind are API keys".to_owned());
    }
    Ok((subject, owner))
}
