//! API keys without their secrets.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{AllowedIps, Name, object::NonNullable, patch::Violation};
use crate::domain::{
    credentials::{CredentialId, Environment, Owner, Scope, Scopes},
    id::{ApiKeyId, DockId, MalformedId},
    time::Time,
};

/// An API key without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// Id of the key.
    pub id: ApiKeyId,
    /// Owner of the key.
    pub owner: Owner,
    /// Display name.
    pub name: Name,
    /// Scopes that the key holds.
    pub scopes: Vec<Scope>,
    /// The only dock that the key can access; `None` if it is not bound to a dock.
    pub dock_id: Option<DockId>,
    /// Networks from which the key can be used.
    #[serde(default, skip_serializing_if = "AllowedIps::is_empty")]
    pub allowed_ips: AllowedIps,
    /// Kind of deployment in which the key is valid.
    pub environment: Environment,
    /// The first characters of the credential, which are shown in lists.
    pub start: String,
    /// Time from which the key is rejected; `None` if it does not expire.
    pub expires_at: Option<Time>,
    /// Time of creation.
    pub created_at: Time,
    /// Creator of the key.
    pub created_by: Creator,
    /// Time of revocation; `None` if the key is not revoked.
    pub revoked_at: Option<Time>,
    /// Version of the record: 1, incremented by every change.
    pub version: u64,
}

crate::object! {
    /// Changes to an API key, as a JSON merge patch.
    pub struct ApiKeyPatch {
        /// New display name, 1 to 200 characters.
        pub name: NonNullable<Name>,
        /// Scopes that the key keeps, at least one. The key must hold each of them already.
        pub scopes: NonNullable<Scopes>,
        /// New time of expiry: RFC 3339 with any offset, in the future, and no later than the current expiry.
        pub expires_at: NonNullable<Time>,
    }
}

impl ApiKey {
    /// Returns the key after `patch`, which can only reduce what the key permits.
    ///
    /// # Errors
    /// A violation for scopes that the key does not hold, and for an expiry in the past or later than the current one.
    pub fn patched(&self, patch: ApiKeyPatch, now: Time) -> Result<Self, Vec<Violation>> {
        let (mut new, mut violations) = (self.clone(), Vec::new());
        new.name = patch.name.unwrap_or(new.name);
        if let Some(scopes) = patch.scopes {
            if let [first, ..] = Scopes::new(self.scopes.clone()).lacking(&scopes).as_slice() {
                violations.push(Violation::at("scopes", format!("must not contain {first}, which the API key lacks")));
            }
            new.scopes = scopes.as_slice().to_vec();
        }
        if let Some(end) = patch.expires_at.filter(|end| self.expires_at != Some(*end)) {
            if end <= now {
                violations.push(Violation::at("expiresAt", "must be in the future"));
            } else if let Some(current) = self.expires_at.filter(|current| *current < end) {
                violations.push(Violation::at("expiresAt", format!("must be at most {current}, the current expiry")));
            }
            new.expires_at = Some(end);
        }
        if !violations.is_empty() {
            return Err(violations);
        }
        if new != *self {
            new.version += 1;
        }
        Ok(new)
    }

    /// Returns whether the key is neither revoked nor expired at `now`.
    #[must_use]
    pub fn is_valid_at(&self, now: Time) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// Creator of an API key or a machine client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Creator {
    /// The operator, with a command.
    Operator,
    /// The credential that sent the request. The new one descends from it.
    Credential(CredentialId),
}

/// [`Creator::Operator`] as text.
const OPERATOR: &str = "operator";

impl Creator {
    /// Returns the credential from which the new one descends; `None` for the operator.
    #[must_use]
    pub const fn parent(self) -> Option<CredentialId> {
        match self {
            Self::Operator => None,
            Self::Credential(id) => Some(id),
        }
    }
}

impl fmt::Display for Creator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator => f.write_str(OPERATOR),
            Self::Credential(id) => id.fmt(f),
        }
    }
}

impl FromStr for Creator {
    type Err = MalformedId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == OPERATOR { Ok(Self::Operator) } else { text.parse().map(Self::Credential) }
    }
}

impl Serialize for Creator {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Creator {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::MachineClientId;

    #[test]
    fn a_creator_is_a_credential_or_the_operator() {
        let (key, client) = (ApiKeyId::new(Time::from_millis(1), 2), MachineClientId::new(Time::from_millis(1), 2));
        for creator in [Creator::Operator, Creator::Credential(key.into()), Creator::Credential(client.into())] {
            let json = serde_json::to_string(&creator).unwrap();
            assert_eq!(serde_json::from_str::<Creator>(&json).ok(), Some(creator), "{json}");
        }
        assert_eq!(Creator::Operator.parent(), None);
        assert_eq!(Creator::Credential(key.into()).parent(), Some(CredentialId::ApiKey(key)));
        assert!("Operator".parse::<Creator>().is_err() && "".parse::<Creator>().is_err());
    }
}
