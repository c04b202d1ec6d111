//! Machine clients, and the access tokens that they obtain.

use serde::{Deserialize, Serialize};

use super::{
    AllowedIps, Creator, Integer, Name,
    object::{Defaulted, NonNullable, Optional, OptionalExpiry, Patched, Required},
    patch::Patch,
};
use crate::domain::{
    credentials::{Environment, Scope, Scopes},
    id::{AccessTokenId, DockId, MachineClientId, OrganizationId, PartyId},
    time::Time,
};

/// Lifetime of the tokens of a machine client, if none is named, in seconds.
const DEFAULT_LIFETIME: u32 = 3600;

/// Lifetime of a token in seconds.
pub type TokenLifetime = Integer<300, 86_400>;

/// A machine client: an OAuth 2.0 client of an organization. It exchanges its secret for access tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MachineClient {
    /// Id of the client.
    pub id: MachineClientId,
    /// Organization that owns the client.
    pub organization_id: OrganizationId,
    /// Display name.
    pub name: Name,
    /// Scopes that its tokens can have.
    pub scopes: Vec<Scope>,
    /// The only dock that its tokens can access; `None` if it is not bound to a dock.
    pub dock_id: Option<DockId>,
    /// Party on whose behalf the client acts.
    pub party_id: Option<PartyId>,
    /// Networks from which the client and its tokens can be used.
    #[serde(default, skip_serializing_if = "AllowedIps::is_empty")]
    pub allowed_ips: AllowedIps,
    /// Kind of deployment in which the client is valid.
    pub environment: Environment,
    /// Lifetime of its tokens in seconds.
    pub token_lifetime_seconds: u32,
    /// Time from which the client and its tokens are rejected; `None` if it does not expire.
    pub expires_at: Option<Time>,
    /// Time of deactivation; `None` if the client is active.
    pub deactivated_at: Option<Time>,
    /// Number of deactivations. A token is valid only in the generation in which it was issued.
    pub generation: u64,
    /// Time of creation.
    pub created_at: Time,
    /// Creator of the client.
    pub created_by: Creator,
    /// Time of the last change.
    pub updated_at: Time,
    /// Version of the record: 1, incremented by every change.
    pub version: u64,
}

/// An access token without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessToken {
    /// Id of the token.
    pub id: AccessTokenId,
    /// Machine client that obtained the token.
    pub machine_client_id: MachineClientId,
    /// Organization that owns the client.
    pub organization_id: OrganizationId,
    /// Scopes that were granted.
    pub scopes: Vec<Scope>,
    /// Generation of the client in which the token was issued.
    pub generation: u64,
    /// Time of issuance.
    pub issued_at: Time,
    /// Time from which the token is rejected.
    pub expires_at: Time,
}

crate::object! {
    /// Machine client to create.
    pub struct MachineClientDraft {
        /// Display name, 1 to 200 characters.
        pub name: Required<Name>,
        /// Scopes that tokens of the client can have, at least one. The credential that sends the request must hold each of them.
        /// The default, also for `null`, is `artifacts:read`, `artifacts:write`, `policies:read`, `recipients:read` and
        /// `audit:read`, as far as that credential holds them.
        pub scopes: Optional<Scopes>,
        /// Dock of the organization that is the only one that tokens of the client can access. The default, also for `null`, is no
        /// such restriction. It cannot change.
        pub dock_id: Optional<DockId>,
        /// Party of the organization on whose behalf the client acts. `null` means none.
        pub party_id: Optional<PartyId>,
        /// Networks from which the client and its tokens can be used, in CIDR notation: at most 20, without bits after the prefix.
        /// They must be within those of the credential that sends the request. The default, also for `null` and `[]`, is its
        /// restriction.
        pub allowed_ips: Defaulted<AllowedIps>,
        /// Time from which the client and its tokens are rejected: RFC 3339 with any offset, in the future, and no later than the
        /// expiry of the credential that sends the request. The default, also for `null`, is the expiry of that credential.
        pub expires_at: OptionalExpiry,
        /// Lifetime of the tokens in seconds: 300 to 86400. The default, also for `null`, is 3600.
        pub token_lifetime_seconds: Optional<TokenLifetime>,
    }
}

crate::object! {
    /// Changes to a machine client, as a JSON merge patch.
    pub struct MachineClientPatch {
        /// New display name, 1 to 200 characters.
        pub name: NonNullable<Name>,
        /// New scopes, at least one. The credential that sends the request must hold each of them. Tokens lose the scopes that the
        /// client loses, and gain none.
        pub scopes: NonNullable<Scopes>,
        /// Whether the client can obtain tokens. `false` also ends its tokens, for good.
        pub is_active: NonNullable<bool>,
        /// Party of the organization on whose behalf the client acts. `null` removes it.
        pub party_id: Patched<PartyId>,
        /// Lifetime of later tokens in seconds: 300 to 86400.
        pub token_lifetime_seconds: NonNullable<TokenLifetime>,
    }
}

/// Properties of a machine client that do not come from the request body.
#[derive(Debug, Clone, Copy)]
pub struct MachineClientOrigin {
    /// Id of the client.
    pub id: MachineClientId,
    /// Organization that owns the client.
    pub organization_id: OrganizationId,
    /// Kind of deployment.
    pub environment: Environment,
    /// Creator of the client.
    pub created_by: Creator,
    /// Time of creation.
    pub now: Time,
}

impl MachineClient {
    /// Scopes of a client that names none, as far as its creator holds them.
    pub const DEFAULT_SCOPES: [Scope; 5] =
        [Scope::ArtifactsRead, Scope::ArtifactsWrite, Scope::PoliciesRead, Scope::RecipientsRead, Scope::AuditRead];

    /// Returns a new client. `draft` has the values that apply: `scopes` are those to grant.
    #[must_use]
    pub fn new(origin: MachineClientOrigin, draft: MachineClientDraft, scopes: &Scopes) -> Self {
        let MachineClientOrigin { id, organization_id, environment, created_by, now } = origin;
        Self {
            id,
            organization_id,
            name: draft.name,
            scopes: scopes.as_slice().to_vec(),
            dock_id: draft.dock_id,
            party_id: draft.party_id,
            allowed_ips: draft.allowed_ips,
            environment,
            token_lifetime_seconds: draft.token_lifetime_seconds.map_or(DEFAULT_LIFETIME, |Integer(seconds)| seconds),
            expires_at: draft.expires_at,
            deactivated_at: None,
            generation: 0,
            created_at: now,
            created_by,
            updated_at: now,
            version: 1,
        }
    }

    /// Returns whether the client can obtain tokens, unless it has expired.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        self.deactivated_at.is_none()
    }

    /// Returns whether the client is active and has not expired at `now`.
    #[must_use]
    pub fn is_valid_at(&self, now: Time) -> bool {
        self.is_active() && self.expires_at.is_none_or(|end| now < end)
    }

    /// Returns the client after `patch`, changed at `now`. If the patch changes nothing, the client is unchanged.
    #[must_use]
    pub fn patched(&self, patch: MachineClientPatch, now: Time) -> Self {
        let mut new = self.clone();
        new.name = patch.name.unwrap_or(new.name);
        if let Some(scopes) = patch.scopes {
            new.scopes = scopes.as_slice().to_vec();
        }
        match patch.is_active {
            Some(true) => new.deactivated_at = None,
            Some(false) if self.is_active() => new = new.deactivated(now),
            _ => {}
        }
        match patch.party_id {
            Patch::Keep => {}
            Patch::Clear => new.party_id = None,
            Patch::Set(party) => new.party_id = Some(party),
        }
        if let Some(Integer(seconds)) = patch.token_lifetime_seconds {
            new.token_lifetime_seconds = seconds;
        }
        new.changed_from(self, now)
    }

    /// Returns the client after a deactivation at `now`, which ends all its tokens.
    fn deactivated(mut self, now: Time) -> Self {
        self.deactivated_at = Some(now);
        self.generation += 1;
        self
    }

    /// Returns the client in its next version, deactivated at `now`.
    #[must_use]
    pub fn deactivated_at(&self, now: Time) -> Self {
        if self.is_active() { self.clone().deactivated(now).changed_from(self, now) } else { self.clone() }
    }

    fn changed_from(mut self, before: &Self, now: Time) -> Self {
        if self != *before {
            self.version += 1;
            self.updated_at = now;
        }
        self
    }

    /// Returns the scopes of a token with these scopes: those that the client still has.
    #[must_use]
    pub fn scopes_of(&self, token: &AccessToken) -> Scopes {
        Scopes::new(token.scopes.iter().copied().filter(|scope| self.scopes.contains(scope)).collect())
    }

    /// Returns the time at which a token that is issued at `now` expires: at the end of its lifetime, or with the client.
    #[must_use]
    pub fn token_expiry(&self, now: Time) -> Time {
        let end = now.plus_millis(u64::from(self.token_lifetime_seconds) * 1000);
        self.expires_at.map_or(end, |client| client.min(end))
    }
}

impl AccessToken {
    /// Returns whether the token of `client` is valid at `now`.
    #[must_use]
    pub fn is_valid_at(&self, client: &MachineClient, now: Time) -> bool {
        client.is_valid_at(now) && self.generation == client.generation && now < self.expires_at
    }
}
