//! Configuration of signed tokens.

use std::{collections::HashMap, path::PathBuf};

use lambda_http::http::Uri;

use crate::domain::{credentials::Owner, id::OrganizationId, is_user_id};

/// The operator's settings, as strings. An empty string means that the setting is absent.
#[derive(Debug, Clone, Default)]
pub struct TokenSettings {
    /// `BERTH_JWKS`: path or `https` URL of a JSON Web Key Set (RFC 7517). Without it, no token is accepted.
    pub jwks: Option<String>,
    /// `BERTH_JWT_AUDIENCE`: required audience of a token.
    pub audience: Option<String>,
    /// `BERTH_JWT_SCOPE`: required scope of a token.
    pub scope: Option<String>,
    /// `BERTH_JWT_ADMINS`: comma-separated subjects of admins. `<subject>=<organization id>` is an admin of one
    /// organization's
    /// identity provider.
    pub admins: Option<String>,
    /// `BERTH_JWT_USERS`: subjects of other users, in the same format.
    pub users: Option<String>,
}

/// The validated configuration of signed tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenConfig {
    pub(super) location: KeyLocation,
    pub(super) audience: Option<String>,
    pub(super) scope: Option<String>,
    pub(super) users: HashMap<String, TokenUser>,
}

/// The location of the key set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KeyLocation {
    File(PathBuf),
    Url(Uri),
}

/// A configured subject of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenUser {
    /// Owner of the user's identity provider.
    pub owner: Owner,
    /// Whether the user is an admin.
    pub is_admin: bool,
}

/// An error in the configuration of tokens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTokenConfig {
    /// A setting of tokens is present, but not the key set.
    #[error("{0} is set, but not BERTH_JWKS, without which no token is accepted")]
    NoKeys(&'static str),
    /// The location of the key set is invalid.
    #[error("BERTH_JWKS must be a path or an https URL (http only on this machine), not {0:?}")]
    Location(String),
    /// The file of the key set is invalid.
    #[error("the key set {path} cannot be used: {reason}")]
    File {
        /// Path of the file.
        path: String,
        /// Reason.
        reason: String,
    },
    /// A subject is invalid.
    #[error("{setting}: {entry:?} is not <subject> or <subject>=<organization id>: {reason}")]
    Subject {
        /// Name of the setting.
        setting: &'static str,
        /// The invalid entry.
        entry: String,
        /// Reason.
        reason: String,
    },
    /// There are no subjects.
    #[error("BERTH_JWKS is set, but neither BERTH_JWT_ADMINS nor BERTH_JWT_USERS has a subject")]
    NoUsers,
}

impl TokenSettings {
    /// Reads the settings with `variable`, which looks up an environment variable.
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
    /// Validates the settings. Returns `None` if there are none; then no token is accepted.
    ///
    /// # Errors
    /// The first invalid setting.
    pub fn read(settings: TokenSettings) -> Result<Option<Self>, InvalidTokenConfig> {
        let TokenSettings { jwks, audience, scope, admins, users } = settings;
        let [jwks, audience, scope, admins, users] = [jwks, audience, scope, admins, users].map(non_empty);
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
                    return Err(wrong("the subject is listed twice".to_owned()));
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
            // Whoever can change the key set can impersonate every user, so http is for this machine only.
            Some("http") if ["127.0.0.1", "localhost", "[::1]"].contains(&host) => Ok(Self::Url(url)),
            _ => Err(wrong()),
        }
    }
}

fn non_empty(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Parses a subject and the owner of its identity provider. User ids contain no `=`.
fn subject(entry: &str) -> Result<(&str, Owner), String> {
    let (subject, owner) = match entry.split_once('=') {
        Some((subject, organization)) => {
            let id: OrganizationId = organization.parse().map_err(|_| "the organization id is invalid".to_owned())?;
            (subject, Owner::Organization(id))
        }
        None => (entry, Owner::Platform),
    };
    if subject.is_empty() || !is_user_id(subject) {
        return Err("the subject is not a valid user id".to_owned());
    }
    if subject.starts_with("key_") {
        return Err("ids that begin with key_ belong to API keys".to_owned());
    }
    Ok((subject, owner))
}
