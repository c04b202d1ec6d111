//! Credentials: their format and their scopes.

mod form;
mod scope;

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use form::{Credential, Digest, MalformedCredential};
pub use scope::{Scope, Scopes};

use crate::domain::{
    AllowedIps,
    id::{ApiKeyId, DockId, OrganizationId},
    time::Time,
};

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

/// The text is not an environment.
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

/// The owner of a key, which determines the organizations that it can access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// The platform, with access to every organization.
    Platform,
    /// One organization, with access to itself only.
    Organization(OrganizationId),
}

impl Owner {
    /// Returns the organization, or `None` for the platform.
    #[must_use]
    pub const fn organization(self) -> Option<OrganizationId> {
        match self {
            Self::Platform => None,
            Self::Organization(id) => Some(id),
        }
    }

    /// Returns whether this owner has access to resources of `organization`.
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

impl Principal {
    /// Returns whether the credential has access to `dock`, as far as its binding to a dock decides.
    #[must_use]
    pub fn reaches(&self, dock: DockId) -> bool {
        self.dock.is_none_or(|bound| bound == dock)
    }
}

/// The authenticated sender of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// API key of the request.
    pub key: ApiKeyId,
    /// Owner of the key.
    pub owner: Owner,
    /// Scopes of the key.
    pub scopes: Scopes,
    /// Time from which the key is rejected; `None` if it does not expire.
    pub expires_at: Option<Time>,
    /// The only dock that the key can access; `None` if it is not bound to a dock.
    pub dock: Option<DockId>,
    /// Networks from which the key can be used.
    pub allowed_ips: AllowedIps,
}
