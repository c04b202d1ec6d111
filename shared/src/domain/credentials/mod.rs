//! Credentials: their form, what they allow, and how one is proved.

mod form;
mod scope;

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use form::{Credential, Digest, MalformedCredential};
pub use scope::{Scope, Scopes};

use crate::domain::id::{ApiKeyId, OrganizationId};

/// Kind of a deployment. Credentials of the other kind are rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Production. Credentials begin with `dk_live_`.
    Live,
    /// Sandbox. Credentials begin with `dk_test_`.
    Test,
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Live => "live",
            Self::Test => "test",
        })
    }
}

/// The text names no environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be live or test")]
pub struct UnknownEnvironment;

impl FromStr for Environment {
    type Err = UnknownEnvironment;

    fn from_str(text: &str) -> Result<Self, UnknownEnvironment> {
        match text {
            "live" => Ok(Self::Live),
            "test" => Ok(Self::Test),
            _ => Err(UnknownEnvironment),
        }
    }
}

/// Whose a key is, and with it what it can see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// The platform's: every organization.
    Platform,
    /// One organization's: only that one.
    Organization(OrganizationId),
}

impl Owner {
    /// The organization, where it is one's.
    #[must_use]
    pub const fn organization(self) -> Option<OrganizationId> {
        match self {
            Self::Platform => None,
            Self::Organization(id) => Some(id),
        }
    }

    /// Whether this owner may see what belongs to `organization`.
    #[must_use]
    pub fn sees(self, organization: OrganizationId) -> bool {
        self.organization().is_none_or(|own| own == organization)
    }
}

impl Serialize for Owner {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Platform => serializer.serialize_str("PLATFORM"),
            Self::Organization(id) => id.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Owner {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        if text == "PLATFORM" {
            return Ok(Self::Platform);
        }
        text.parse().map(Self::Organization).map_err(serde::de::Error::custom)
    }
}

/// Who calls, as far as the credential proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The key that was shown.
    pub key: ApiKeyId,
    /// What it can see.
    pub owner: Owner,
    /// What it may do.
    pub scopes: Scopes,
}
