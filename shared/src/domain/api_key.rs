//! API keys without their secrets.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Name;
use crate::domain::{
    credentials::{Environment, Owner, Scope},
    id::ApiKeyId,
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

impl ApiKey {
    /// Returns whether the key is neither revoked nor expired at `now`.
    #[must_use]
    pub fn is_valid_at(&self, now: Time) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// Creator of an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Creator {
    /// The operator, with a command.
    Operator,
    /// The API key that sent the request. The new key descends from it.
    ApiKey(ApiKeyId),
}

/// [`Creator::Operator`] as text.
const OPERATOR: &str = "operator";

impl Creator {
    /// Returns the key from which the new key descends; `None` for the operator.
    #[must_use]
    pub const fn parent(self) -> Option<ApiKeyId> {
        match self {
            Self::Operator => None,
            Self::ApiKey(id) => Some(id),
        }
    }
}

impl fmt::Display for Creator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator => f.write_str(OPERATOR),
            Self::ApiKey(id) => id.fmt(f),
        }
    }
}

impl FromStr for Creator {
    type Err = <ApiKeyId as FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == OPERATOR { Ok(Self::Operator) } else { text.parse().map(Self::ApiKey) }
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

    #[test]
    fn a_creator_is_an_api_key_or_the_operator() {
        let id = ApiKeyId::new(Time::from_millis(1), 2);
        for creator in [Creator::Operator, Creator::ApiKey(id)] {
            let json = serde_json::to_string(&creator).unwrap();
            assert_eq!(serde_json::from_str::<Creator>(&json).ok(), Some(creator), "{json}");
        }
        assert_eq!(Creator::Operator.parent(), None);
        assert_eq!(Creator::ApiKey(id).parent(), Some(id));
        assert!("Operator".parse::<Creator>().is_err() && "".parse::<Creator>().is_err());
    }
}
