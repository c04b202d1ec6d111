//! Credentials: their format and their scopes.

mod form;
mod scope;

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ulid::Ulid;

pub use form::{ClientId, Credential, CredentialSubject, Digest, MalformedClientId, MalformedCredential};
pub use scope::{Scope, Scopes};

use crate::domain::{
    AllowedIps,
    id::{AccessTokenId, ApiKeyId, DockId, MachineClientId, MalformedId, OrganizationId},
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

/// The id of a credential: of an API key, or of the machine client of an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CredentialId {
    /// An API key.
    ApiKey(ApiKeyId),
    /// A machine client.
    MachineClient(MachineClientId),
}

impl CredentialId {
    /// Returns the 128 bits of the id. No two credentials have the same.
    #[must_use]
    pub const fn ulid(self) -> Ulid {
        match self {
            Self::ApiKey(id) => id.ulid(),
            Self::MachineClient(id) => id.ulid(),
        }
    }

    /// Returns the type of the actor in audit entries.
    #[must_use]
    pub const fn actor_type(self) -> &'static str {
        match self {
            Self::ApiKey(_) => "api_key",
            Self::MachineClient(_) => "machine_client",
        }
    }
}

impl fmt::Display for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ApiKey(id) => id.fmt(f),
            Self::MachineClient(id) => id.fmt(f),
        }
    }
}

impl FromStr for CredentialId {
    type Err = MalformedId;

    fn from_str(text: &str) -> Result<Self, MalformedId> {
        text.parse().map(Self::MachineClient).or_else(|_: MalformedId| text.parse().map(Self::ApiKey))
    }
}

impl Serialize for CredentialId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CredentialId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl From<ApiKeyId> for CredentialId {
    fn from(id: ApiKeyId) -> Self {
        Self::ApiKey(id)
    }
}

impl From<MachineClientId> for CredentialId {
    fn from(id: MachineClientId) -> Self {
        Self::MachineClient(id)
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
    /// API key of the request, or machine client of its access token.
    pub id: CredentialId,
    /// Access token of the request; `None` for an API key.
    pub token: Option<AccessTokenId>,
    /// Owner of the credential.
    pub owner: Owner,
    /// Scopes of the credential.
    pub scopes: Scopes,
    /// Time from which the API key or the machine client is rejected; `None` if it does not expire.
    pub expires_at: Option<Time>,
    /// The only dock that the credential can access; `None` if it is not bound to a dock.
    pub dock: Option<DockId>,
    /// Networks from which the credential can be used.
    pub allowed_ips: AllowedIps,
}
