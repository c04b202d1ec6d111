//! Verifies API keys: checks the form of a credential, reads the key from the table, and caches it for a short time.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    domain::{
        ApiKey,
        credentials::{Credential, Digest, Environment, MalformedCredential, Principal, Scopes},
        error::Error,
        id::ApiKeyId,
        time::Time,
    },
    store::{
        ApiKeyRecord, Store,
        record::{SecretDigests, SecretMatch},
    },
};

/// Lifetime of a cached key in milliseconds. A revoked key may be accepted for this time.
const CACHE_MILLIS: u64 = 30_000;
/// Maximum number of cached keys. If it is exceeded, the cache is cleared, and each key is read again.
const MAX_CACHED: usize = 1_000;
/// Interval between records of the last use of a key, in milliseconds.
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
    /// The key does not exist, or the secret is wrong.
    #[error("unknown credential")]
    Unknown,
    /// The key was revoked.
    #[error("revoked key")]
    Revoked,
    /// The secret was replaced by a rotation, and its grace period is over.
    #[error("replaced secret")]
    Replaced,
    /// The request does not come from a network from which the key can be used.
    #[error("a network from which the key cannot be used")]
    Network,
    /// The key has expired.
    #[error("expired key")]
    Expired,
    /// The key could not be read.
    #[error("{0}")]
    Store(Error),
}

/// Verifies credentials with the table, and caches keys for 30 seconds.
#[derive(Debug)]
pub struct Verifier {
    environment: Environment,
    cache: Mutex<Cache>,
}

#[derive(Debug, Default)]
struct Cache {
    /// Verified keys by the digest of the whole credential, so that only the credential that was verified finds its key.
    keys: HashMap<Digest, CachedKey>,
    /// Time of the last recorded use by key.
    recorded_uses: HashMap<ApiKeyId, Time>,
}

#[derive(Debug, Clone)]
struct CachedKey {
    key: ApiKey,
    verified_at: Time,
    /// End of the grace period of a replaced secret; `None` for the current one.
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
        let key = match self.cached(&digest, now) {
            Some(key) => key,
            None => self.read_key(store, &credential, &digest, now).await?,
        };
        let ApiKey { id, owner, scopes, expires_at, dock_id: dock, allowed_ips, .. } = key;
        if !allowed_ips.allow(address) {
            return Err(AuthFailure::Network);
        }
        Ok(Principal { key: id, owner, scopes: Scopes::new(scopes), expires_at, dock, allowed_ips })
    }

    /// Removes an API key from the cache, so that the next request with it reads it again.
    pub fn forget(&self, key: ApiKeyId) {
        self.cache().keys.retain(|_, cached| cached.key.id != key);
    }

    /// Records a use of the key, unless this process has recorded one within the last hour. If DynamoDB does not respond, the
    /// next request tries again.
    pub async fn record_use(&self, store: &Store, key: ApiKeyId, now: Time) {
        let last = self.cache().recorded_uses.get(&key).copied();
        if last.is_some_and(|last| last <= now && now < last.plus_millis(USE_INTERVAL_MILLIS)) {
            return;
        }
        if let Err(error) = store.mark_api_key_used(key, now).await {
            tracing::warn!(%error, "the use of an API key was not recorded");
            return;
        }
        let mut cache = self.cache();
        if cache.recorded_uses.len() >= MAX_CACHED {
            cache.recorded_uses.clear();
        }
        cache.recorded_uses.insert(key, now);
    }

    /// Returns the cached key of the credential with this digest, if it is still valid. A clock that was set back ends the
    /// cached verification, too.
    fn cached(&self, digest: &Digest, now: Time) -> Option<ApiKey> {
        let cache = self.cache();
        let CachedKey { key, verified_at, until } = cache.keys.get(digest)?;
        let is_current = *verified_at <= now && now < verified_at.plus_millis(CACHE_MILLIS);
        let is_valid = key.is_valid_at(now) && until.is_none_or(|until| now < until);
        (is_current && is_valid).then(|| key.clone())
    }

    async fn read_key(
        &self,
        store: &Store,
        credential: &Credential,
        digest: &Digest,
        now: Time,
    ) -> Result<ApiKey, AuthFailure> {
        let record = store.api_key_to_verify(credential.key(), now).await.map_err(AuthFailure::Store)?;
        // An unknown key is compared, too, so that the response takes the same time.
        let none = SecretDigests::new(&Digest::NONE);
        let secrets = record.as_ref().map_or(&none, |record| &record.secrets);
        let found = secrets.compare(digest, now).map_err(AuthFailure::Store)?;
        let ApiKeyRecord { key, .. } = record.ok_or(AuthFailure::Unknown)?;
        let until = match found {
            SecretMatch::Current => None,
            SecretMatch::Previous(until) => Some(until),
            SecretMatch::Replaced => return Err(AuthFailure::Replaced),
            SecretMatch::Unknown => return Err(AuthFailure::Unknown),
        };
        if key.revoked_at.is_some() {
            return Err(AuthFailure::Revoked);
        }
        if !key.is_valid_at(now) {
            return Err(AuthFailure::Expired);
        }
        let mut cache = self.cache();
        if cache.keys.len() >= MAX_CACHED {
            cache.keys.clear();
        }
        cache.keys.insert(*digest, CachedKey { key: key.clone(), verified_at: now, until });
        Ok(key)
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the credential in `Bearer <credential>`. The scheme is case-insensitive (RFC 9110, section 11.1).
fn bearer(header: &str) -> Result<&str, AuthFailure> {
    let (scheme, credential) = header.split_once(' ').ok_or(AuthFailure::Missing)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(credential.trim()) } else { Err(AuthFailure::Missing) }
}
