//! The public keys of tokens: fetched for the first token, cached, and fetched again for an unknown key id.

use std::{sync::Arc, time::Duration};

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;
use tokio::{sync::Mutex, time::Instant};

use super::{
    config::{InvalidTokenConfig, KeyLocation},
    fetch::Fetcher,
};
use crate::domain::error::{Error, Result};

/// Minimum time between two fetches because of unknown key ids.
const AGAIN_AFTER: Duration = Duration::from_mins(1);
/// Minimum time between two fetches while no fetch has succeeded.
const RETRY_AFTER: Duration = Duration::from_secs(5);
/// Maximum age of the cached keys. A key that was removed from the set is invalid after this time.
const MAX_AGE: Duration = Duration::from_hours(1);
/// Maximum number of keys that are read from a set.
const MAX_KEYS: usize = 100;

/// The location of the keys, and the cached keys.
#[derive(Debug)]
pub(super) struct Keys {
    location: KeyLocation,
    fetcher: Fetcher,
    // One request fetches the keys, and concurrent requests wait for it.
    cached: Mutex<Cached>,
}

#[derive(Debug, Default)]
struct Cached {
    set: Option<Arc<KeySet>>,
    read: Option<Instant>,
    attempted: Option<Instant>,
}

/// The usable keys of a set.
#[derive(Debug)]
struct KeySet(Vec<VerifyingKey>);

#[derive(Debug)]
struct VerifyingKey {
    id: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

impl Keys {
    /// Returns the keys at `location`. A file is read now, so that an error is reported at the start.
    ///
    /// # Errors
    /// The file is invalid.
    pub(super) fn of(location: KeyLocation) -> std::result::Result<Self, InvalidTokenConfig> {
        let mut cached = Cached::default();
        let now = Instant::now();
        if let KeyLocation::File(path) = &location {
            let unusable = |reason| InvalidTokenConfig::File { path: path.display().to_string(), reason };
            let bytes = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
            let now = Some(now);
            cached = Cached { set: Some(Arc::new(KeySet::read(&bytes).map_err(unusable)?)), read: now, attempted: now };
        }
        Ok(Self { location, fetcher: Fetcher::default(), cached: Mutex::new(cached) })
    }

    /// Returns the keys that may verify a token with this header: the key with its id, or every key of its algorithm.
    /// Fetches
    /// keys until `deadline` at the latest.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if no fetch has succeeded yet.
    pub(super) async fn fitting(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
        now: Instant,
        deadline: Instant,
    ) -> Result<Vec<DecodingKey>> {
        let mut cached = self.cached.lock().await;
        let set = match cached.set.clone() {
            None if !passed(cached.attempted, RETRY_AFTER, now) => {
                return Err(Error::unavailable("the last fetch of the key set failed"));
            }
            None => self.refresh(&mut cached, now, deadline).await?,
            Some(set) if passed(cached.read, MAX_AGE, now) => self.refreshed(&mut cached, set, now, deadline).await,
            Some(set) => set,
        };
        let fitting = set.fitting(id, algorithm);
        if !fitting.is_empty() || id.is_none() {
            return Ok(fitting);
        }
        Ok(self.refreshed(&mut cached, set, now, deadline).await.fitting(id, algorithm))
    }

    /// Fetches the keys again, unless there was an attempt within the last minute. Returns the previous keys if the
    /// fetch fails.
    async fn refreshed(
        &self,
        cached: &mut Cached,
        before: Arc<KeySet>,
        now: Instant,
        deadline: Instant,
    ) -> Arc<KeySet> {
        if !passed(cached.attempted, AGAIN_AFTER, now) {
            return before;
        }
        self.refresh(cached, now, deadline).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the key set was not refreshed");
            before
        })
    }

    async fn refresh(&self, cached: &mut Cached, now: Instant, deadline: Instant) -> Result<Arc<KeySet>> {
        cached.attempted = Some(now);
        let bytes = match &self.location {
            KeyLocation::File(path) => std::fs::read(path).map_err(|error| error.to_string()),
            KeyLocation::Url(url) => self.fetcher.fetch(url, deadline).await,
        };
        let set = bytes.and_then(|bytes| KeySet::read(&bytes));
        let set = set.map_err(|reason| Error::unavailable(format!("the key set cannot be fetched: {reason}")))?;
        let set = Arc::new(set);
        cached.set = Some(Arc::clone(&set));
        cached.read = cached.attempted;
        Ok(set)
    }
}

/// Returns whether this much time has passed. A request that waited for another's fetch began before it, so for it no
/// time has passed.
fn passed(since: Option<Instant>, time: Duration, now: Instant) -> bool {
    since.is_none_or(|since| now.saturating_duration_since(since) >= time)
}

impl KeySet {
    /// Returns the keys of a JSON Web Key Set that verify RS256 or ES256. Other keys are ignored.
    ///
    /// # Errors
    /// The text is not a key set, or has no such key.
    fn read(bytes: &[u8]) -> std::result::Result<Self, String> {
        #[derive(Deserialize)]
        struct Document {
            keys: Vec<Value>,
        }
        let document: Document = serde_json::from_slice(bytes).map_err(|error| format!("not a key set: {error}"))?;
        let keys = document.keys.into_iter().take(MAX_KEYS).filter_map(VerifyingKey::read);
        let keys: Vec<_> = keys.collect();
        if keys.is_empty() { Err("it has no key for RS256 or ES256".to_owned()) } else { Ok(Self(keys)) }
    }

    fn fitting(&self, id: Option<&str>, algorithm: Algorithm) -> Vec<DecodingKey> {
        let named = |key: &&VerifyingKey| id.is_none() || key.id.as_deref() == id;
        self.0.iter().filter(|key| key.algorithm == algorithm).filter(named).map(|key| key.key.clone()).collect()
    }
}

impl VerifyingKey {
    /// Returns a key that may verify tokens; `None` for another type, algorithm or use.
    fn read(json: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(json).ok()?;
        let algorithm = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => Algorithm::RS256,
            AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => Algorithm::ES256,
            _ => return None,
        };
        let own = if algorithm == Algorithm::RS256 { KeyAlgorithm::RS256 } else { KeyAlgorithm::ES256 };
        let common = &jwk.common;
        let for_signatures = common.public_key_use.as_ref().is_none_or(|of| *of == PublicKeyUse::Signature);
        let for_verifying = common.key_operations.as_ref().is_none_or(|of| of.contains(&KeyOperations::Verify));
        if !for_signatures || !for_verifying || common.key_algorithm.is_some_and(|named| named != own) {
            return None;
        }
        Some(Self { id: common.key_id.clone(), algorithm, key: DecodingKey::from_jwk(&jwk).ok()? })
    }
}

#[cfg(test)]
mod tests;
