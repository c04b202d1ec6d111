//! Proving a credential: its form, then one look-up, kept in memory for a short while.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::{
    domain::{
        ApiKey,
        credentials::{Credential, Digest, Environment, MalformedCredential, Principal, Scopes},
        error::Error,
        id::ApiKeyId,
        time::Time,
    },
    store::Store,
};

/// How long a proof is kept, in milliseconds: as long may a revoked key go on.
const KEPT_MILLIS: u64 = 30_000;
/// The most proofs that are kept; beyond it all are forgotten, which costs each caller one look-up.
const MOST_KEPT: usize = 1_000;
/// How often the use of one key is marked, in milliseconds.
const MARKED_EVERY: u64 = 60 * 60 * 1000;

/// Why a credential is refused. Only the log learns it: callers see one and the same 401.
#[derive(Debug, thiserror::Error)]
pub enum AuthFailure {
    /// No `Authorization` header, or one of another scheme.
    #[error("no bearer credential")]
    Missing,
    /// Not the form of a credential, or a wrong checksum.
    #[error(transparent)]
    Malformed(#[from] MalformedCredential),
    /// Good for the other kind of deployment.
    #[error("a credential of the other environment")]
    OtherEnvironment,
    /// No such key, or another secret.
    #[error("unknown credential")]
    Unknown,
    /// The key was revoked.
    #[error("revoked key")]
    Revoked,
    /// The key has expired.
    #[error("expired key")]
    Expired,
    /// The store could not be asked.
    #[error("{0}")]
    Store(Error),
}

/// Proves credentials against the table, and remembers for 30 seconds.
#[derive(Debug)]
pub struct Verifier {
    environment: Environment,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    proofs: HashMap<Digest, Proof>,
    marked: HashMap<ApiKeyId, Time>,
}

#[derive(Debug, Clone)]
struct Proof {
    key: ApiKey,
    until: Time,
}

impl Verifier {
    /// A verifier of credentials for `environment`.
    #[must_use]
    pub fn new(environment: Environment) -> Self {
        Self { environment, known: Mutex::default() }
    }

    /// The environment whose credentials are good here.
    #[must_use]
    pub const fn environment(&self) -> Environment {
        self.environment
    }

    /// Who sent this `Authorization` header, and whether this use of the key is to be marked.
    ///
    /// # Errors
    /// Why it is refused.
    pub async fn verify(
        &self,
        store: &Store,
        header: Option<&str>,
        now: Time,
    ) -> Result<(Principal, bool), AuthFailure> {
        self.prove(store, bearer(header.ok_or(AuthFailure::Missing)?)?, now).await
    }

    /// Who has this credential, and whether this use of the key is to be marked.
    ///
    /// # Errors
    /// Why it is refused.
    pub async fn prove(&self, store: &Store, credential: &str, now: Time) -> Result<(Principal, bool), AuthFailure> {
        let credential: Credential = credential.parse()?;
        if credential.environment() != self.environment {
            return Err(AuthFailure::OtherEnvironment);
        }
        let digest = credential.digest();
        let key = match self.remembered(&digest, now) {
            Some(key) => key,
            None => self.look_up(store, &credential, &digest, now).await?,
        };
        if key.revoked_at.is_some() {
            return Err(AuthFailure::Revoked);
        }
        if !key.holds_at(now) {
            return Err(AuthFailure::Expired);
        }
        let is_first = self.is_first_use(key.id, now);
        Ok((Principal { key: key.id, owner: key.owner, scopes: Scopes::new(key.scopes) }, is_first))
    }

    fn remembered(&self, digest: &Digest, now: Time) -> Option<ApiKey> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.proofs.get(digest).filter(|proof| now < proof.until).map(|proof| proof.key.clone())
    }

    async fn look_up(
        &self,
        store: &Store,
        credential: &Credential,
        digest: &Digest,
        now: Time,
    ) -> Result<ApiKey, AuthFailure> {
        let record = store.api_key_eventually_consistent(credential.key()).await.map_err(AuthFailure::Store)?;
        let record = record.ok_or(AuthFailure::Unknown)?;
        if !record.digest().map_err(AuthFailure::Store)?.matches(digest) {
            return Err(AuthFailure::Unknown);
        }
        let proof = Proof { key: record.key.clone(), until: now.plus_millis(KEPT_MILLIS) };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.proofs.len() >= MOST_KEPT {
            known.proofs.clear();
        }
        known.proofs.insert(*digest, proof);
        Ok(record.key)
    }

    /// Whether this process has not marked a use of the key within the hour.
    fn is_first_use(&self, key: ApiKeyId, now: Time) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.marked.get(&key).is_some_and(|marked| now < marked.plus_millis(MARKED_EVERY)) {
            return false;
        }
        if known.marked.len() >= MOST_KEPT {
            known.marked.clear();
        }
        known.marked.insert(key, now);
        true
    }
}

/// The credential of `Authorization: Bearer <credential>`; the scheme's name has no case (RFC 9110, section 11.1).
fn bearer(header: &str) -> Result<&str, AuthFailure> {
    let (scheme, credential) = header.split_once(' ').ok_or(AuthFailure::Missing)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(credential.trim()) } else { Err(AuthFailure::Missing) }
}
