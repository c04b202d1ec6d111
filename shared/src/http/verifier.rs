//! Verifies API keys and access tokens: checks the form of a credential, reads it from the table, and caches it for a short time.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    domain::{
        ApiKey,
        credentials::{
            Credential, CredentialId, CredentialSubject, Digest, Environment, MalformedCredential, Owner, Principal,
            Scopes,
        },
        error::Error,
        id::{AccessTokenId, ApiKeyId, MachineClientId},
        time::Time,
    },
    store::{
        AccessTokenRecord, ApiKeyRecord, MachineClientRecord, Store,
        record::{SecretDigests, SecretMatch},
    },
};

/// Lifetime of a cached credential in milliseconds. A revoked one may be accepted for this time.
const CACHE_MILLIS: u64 = 30_000;
/// Maximum number of cached credentials. If it is exceeded, the cache is cleared, and each one is read again.
const MAX_CACHED: usize = 1_000;
/// Interval between records of the last use of a credential, in milliseconds.
const USE_INTERVAL_MILLIS: u64 = 60 * 60 * 1000;

/// Reason why a credential is rejected. It is only logged: clients get the same 401 for all reasons.
#[derive(Debug, thiserror::Error)]
pub enum AuthFailure {
    /// The request has no `Authorization` header with the scheme `Bearer`.
    #[error("no bearer credential")]
    Missing,
    /// The credential is malformed, or its checksum is wrong.
    #[error(transparent)]
    Malformed(#[from] MalformedCredential),
    /// The credential belongs to the other environment.
    #[error("a credential of the other environment")]
    OtherEnvironment,
    /// The credential is a secret that only `POST /v1/oauth/token` accepts.
    #[error("a client secret")]
    ClientSecret,
    /// The credential does not exist, or the secret is wrong.
    #[error("unknown credential")]
    Unknown,
    /// The key was revoked, or the machine client deactivated.
    #[error("revoked credential")]
    Revoked,
    /// The secret was replaced by a rotation, and its grace period is over.
    #[error("replaced secret")]
    Replaced,
    /// The request does not come from a network from which the credential can be used.
    #[error("a network from which the credential cannot be used")]
    Network,
    /// The credential has expired.
    #[error("expired credential")]
    Expired,
    /// The credential could not be read.
    #[error("{0}")]
    Store(Error),
}

/// Verifies credentials with the table, and caches them for 30 seconds.
#[derive(Debug)]
pub struct Verifier {
    environment: Environment,
    cache: Mutex<Cache>,
}

#[derive(Debug, Default)]
struct Cache {
    /// Verified principals by the digest of the whole credential, so that only the credential that was verified finds its
    /// principal.
    verified: HashMap<Digest, CachedPrincipal>,
    /// Time of the last recorded use by credential.
    recorded_uses: HashMap<CredentialId, Time>,
}

#[derive(Debug, Clone)]
struct CachedPrincipal {
    principal: Principal,
    verified_at: Time,
    /// Time from which the credential is invalid: its expiry, or the end of the grace period of a replaced secret.
    until: Option<Time>,
}

impl Verifier {
    /// Creates a verifier of API keys of `environment`.
    #[must_use]
    pub fn new(environment: Environment) -> Self {
        Self { environment, cache: Mutex::default() }
    }

    /// Returns the environment whose API keys are accepted.
    #[must_use]
    pub const fn environment(&self) -> Environment {
        self.environment
    }

    /// Verifies the `Authorization` header of a request from `address`.
    ///
    /// # Errors
    /// Returns the reason for the rejection.
    pub async fn verify(
        &self,
        store: &Store,
        header: Option<&str>,
        address: Option<IpAddr>,
        now: Time,
    ) -> Result<Principal, AuthFailure> {
        self.verify_credential(store, bearer(header.ok_or(AuthFailure::Missing)?)?, address, now).await
    }

    /// Verifies the credential of a request from `address`. All credentials of the right form that are rejected take the same work: one DynamoDB request
    /// and one comparison of digests.
    ///
    /// # Errors
    /// Returns the reason for the rejection.
    pub async fn verify_credential(
        &self,
        store: &Store,
        credential: &str,
        address: Option<IpAddr>,
        now: Time,
    ) -> Result<Principal, AuthFailure> {
        let credential: Credential = credential.parse()?;
        if credential.environment() != self.environment {
            return Err(AuthFailure::OtherEnvironment);
        }
        let digest = credential.digest();
        let principal = match self.cached(&digest, now) {
            Some(principal) => principal,
            None => self.read(store, &credential, &digest, now).await?,
        };
        if !principal.allowed_ips.allow(address) {
            return Err(AuthFailure::Network);
        }
        Ok(principal)
    }

    /// Removes a credential from the cache, so that the next request with it, or with a token of it, reads it again.
    pub fn forget(&self, id: CredentialId) {
        self.cache().verified.retain(|_, cached| cached.principal.id != id);
    }

    /// Removes an access token from the cache.
    pub fn forget_token(&self, id: AccessTokenId) {
        self.cache().verified.retain(|_, cached| cached.principal.token != Some(id));
    }

    /// Records a use of the credential, unless this process has recorded one within the last hour. If DynamoDB does not respond, the
    /// next request tries again.
    pub async fn record_use(&self, store: &Store, id: CredentialId, now: Time) {
        let last = self.cache().recorded_uses.get(&id).copied();
        if last.is_some_and(|last| last <= now && now < last.plus_millis(USE_INTERVAL_MILLIS)) {
            return;
        }
        if let Err(error) = store.mark_credential_used(id, now).await {
            tracing::warn!(%error, "the use of a credential was not recorded");
            return;
        }
        let mut cache = self.cache();
        if cache.recorded_uses.len() >= MAX_CACHED {
            cache.recorded_uses.clear();
        }
        cache.recorded_uses.insert(id, now);
    }

    /// Returns the cached principal of the credential with this digest, if it is still valid. A clock that was set back ends
    /// the cached verification, too.
    fn cached(&self, digest: &Digest, now: Time) -> Option<Principal> {
        let cache = self.cache();
        let CachedPrincipal { principal, verified_at, until } = cache.verified.get(digest)?;
        let is_current = *verified_at <= now && now < verified_at.plus_millis(CACHE_MILLIS);
        let is_valid = until.is_none_or(|until| now < until);
        (is_current && is_valid).then(|| principal.clone())
    }

    async fn read(
        &self,
        store: &Store,
        credential: &Credential,
        digest: &Digest,
        now: Time,
    ) -> Result<Principal, AuthFailure> {
        let (principal, until) = match credential.subject() {
            CredentialSubject::ApiKey(id) => read_key(store, id, digest, now).await?,
            CredentialSubject::AccessToken(client, token) => read_token(store, (client, token), digest, now).await?,
            CredentialSubject::ClientSecret(_) => return Err(AuthFailure::ClientSecret),
        };
        let mut cache = self.cache();
        if cache.verified.len() >= MAX_CACHED {
            cache.verified.clear();
        }
        let verified = CachedPrincipal { principal: principal.clone(), verified_at: now, until };
        cache.verified.insert(*digest, verified);
        Ok(principal)
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads and verifies an API key. Also returns the time from which the credential is invalid.
async fn read_key(
    store: &Store,
    id: ApiKeyId,
    digest: &Digest,
    now: Time,
) -> Result<(Principal, Option<Time>), AuthFailure> {
    let record = store.api_key_to_verify(id, now).await.map_err(AuthFailure::Store)?;
    let grace = compare(record.as_ref().map(|record| &record.secrets), digest, now)?;
    let ApiKeyRecord { key, .. } = record.ok_or(AuthFailure::Unknown)?;
    if key.revoked_at.is_some() {
        return Err(AuthFailure::Revoked);
    }
    if !key.is_valid_at(now) {
        return Err(AuthFailure::Expired);
    }
    let ApiKey { id, owner, scopes, expires_at, dock_id: dock, allowed_ips, .. } = key;
    let (id, scopes) = (CredentialId::ApiKey(id), Scopes::new(scopes));
    let until = earliest(expires_at, grace);
    Ok((Principal { id, token: None, owner, scopes, expires_at, dock, allowed_ips }, until))
}

/// Reads and verifies an access token and its machine client. Also returns the time from which the token is invalid.
async fn read_token(
    store: &Store,
    (client, token): (MachineClientId, AccessTokenId),
    digest: &Digest,
    now: Time,
) -> Result<(Principal, Option<Time>), AuthFailure> {
    let found = store.token_to_verify(client, token, now).await.map_err(AuthFailure::Store)?;
    compare(found.as_ref().map(|(_, record)| &record.secrets), digest, now)?;
    let (MachineClientRecord { client, .. }, AccessTokenRecord { token, .. }) = found.ok_or(AuthFailure::Unknown)?;
    if !client.is_active() || token.generation != client.generation {
        return Err(AuthFailure::Revoked);
    }
    if !token.is_valid_at(&client, now) {
        return Err(AuthFailure::Expired);
    }
    let scopes = client.scopes_of(&token);
    let until = earliest(client.expires_at, Some(token.expires_at));
    let principal = Principal {
        id: CredentialId::MachineClient(client.id),
        token: Some(token.id),
        owner: Owner::Organization(client.organization_id),
        scopes,
        expires_at: client.expires_at,
        dock: client.dock_id,
        allowed_ips: client.allowed_ips,
    };
    Ok((principal, until))
}

/// Compares a credential with the stored digests. An unknown credential is compared, too, so that the response takes the same
/// time. Returns the end of the grace period of a replaced secret.
fn compare(secrets: Option<&SecretDigests>, digest: &Digest, now: Time) -> Result<Option<Time>, AuthFailure> {
    let none = SecretDigests::new(&Digest::NONE);
    match secrets.unwrap_or(&none).compare(digest, now).map_err(AuthFailure::Store)? {
        SecretMatch::Current => Ok(None),
        SecretMatch::Previous(until) => Ok(Some(until)),
        SecretMatch::Replaced => Err(AuthFailure::Replaced),
        SecretMatch::Unknown => Err(AuthFailure::Unknown),
    }
}

/// Returns the earlier of two times that may be absent.
fn earliest(one: Option<Time>, other: Option<Time>) -> Option<Time> {
    one.into_iter().chain(other).min()
}

/// Returns the credential in `Bearer <credential>`. The scheme is case-insensitive (RFC 9110, section 11.1).
fn bearer(header: &str) -> Result<&str, AuthFailure> {
    let (scheme, credential) = header.split_once(' ').ok_or(AuthFailure::Missing)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(credential.trim()) } else { Err(AuthFailure::Missing) }
}
