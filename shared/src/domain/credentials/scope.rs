//! Scopes: permissions of a credential.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::domain::{FromJson, Violation, json::Json};

macro_rules! scopes {
    ($($scope:ident = $text:literal $doc:literal;)*) => {
        /// Permission of a credential. `write` does not include `read`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        pub enum Scope {
            $(#[doc = $doc] #[serde(rename = $text)] $scope,)*
        }

        impl Scope {
            /// Every scope.
            pub const ALL: &[Self] = &[$(Self::$scope),*];

            /// Returns the name as in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$scope => $text,)* }
            }
        }
    };
}

scopes! {
    OrganizationsRead = "organizations:read" "Read organizations.";
    OrganizationsWrite = "organizations:write" "Create and update organizations.";
    DocksRead = "docks:read" "Read docks.";
    DocksWrite = "docks:write" "Create and update docks.";
    PartiesRead = "parties:read" "Read parties.";
    PartiesWrite = "parties:write" "Create and update parties.";
    RolesRead = "roles:read" "Read and check roles.";
    RolesWrite = "roles:write" "Assign and revoke roles.";
    RecipientsRead = "recipients:read" "Read recipients.";
    RecipientsWrite = "recipients:write" "Create and update recipients.";
    MachineClientsRead = "machine-clients:read" "Read machine clients.";
    MachineClientsWrite = "machine-clients:write" "Create and update machine clients.";
    ApiKeysRead = "api-keys:read" "Read API keys.";
    ApiKeysWrite = "api-keys:write" "Create and revoke API keys.";
    AuditRead = "audit:read" "Read the audit trail.";
    AuditWrite = "audit:write" "Append entries of other services to the audit trail.";
    LedgerRead = "ledger:read" "Read parties through the ledger API.";
    LedgerAdmin = "ledger:admin" "Allocate and update parties through the ledger API.";
    ArtifactsRead = "artifacts:read" "Read artifacts, in services that delegate authorization to Berth.";
    ArtifactsWrite = "artifacts:write" "Create artifacts, in services that delegate authorization to Berth.";
    PoliciesRead = "policies:read" "Read policies, in services that delegate authorization to Berth.";
}

/// The text is not a scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a known scope")]
pub struct UnknownScope;

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL.iter().copied().find(|scope| scope.as_str() == text).ok_or(UnknownScope)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of scopes in the order of [`Scope::ALL`]. A set from a request is not empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Returns the set of `scopes`, without duplicates.
    #[must_use]
    pub fn new(mut scopes: Vec<Scope>) -> Self {
        scopes.sort_unstable();
        scopes.dedup();
        Self(scopes)
    }

    /// Returns whether the set contains `scope`.
    #[must_use]
    pub fn contains(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Returns the scopes of `others` that this set lacks.
    #[must_use]
    pub fn lacking(&self, others: &Self) -> Vec<Scope> {
        others.0.iter().copied().filter(|scope| !self.contains(*scope)).collect()
    }

    /// Returns the scopes in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Scope] {
        &self.0
    }
}

impl JsonSchema for Scopes {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Scopes".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "items": generator.subschema_for::<Scope>(), "minItems": 1 })
    }
}

impl FromJson for Scopes {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        let Json::Array(elements) = json else { return Err(Violation::new("must be an array of scopes")) };
        if elements.is_empty() {
            return Err(Violation::new("must not be empty"));
        }
        let mut wrong = Vec::new();
        let mut scopes = Vec::new();
        for (index, element) in elements.iter().enumerate() {
            match element {
                Json::String(text) if text.parse::<Scope>().is_ok() => scopes.extend(text.parse::<Scope>()),
                Json::String(_) => wrong.push(Violation::at(index.to_string(), "must be a known scope")),
                _ => wrong.push(Violation::at(index.to_string(), "must be a string")),
            }
        }
        if wrong.is_empty() { Ok(Self::new(scopes)) } else { Err(wrong) }
    }
}
