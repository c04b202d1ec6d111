//! The keys that tokens are signed with: read at the first token, kept, and read again when a token names a new one.

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

/// How often keys are read again at most, because a token names one that is not known.
const AGAIN_AFTER: Duration = Duration::from_mins(1);
/// How soon keys are asked for again that could never be read.
const RETRY_AFTER: Duration = Duration::from_secs(5);
/// After which time keys are read again in any case, so that one that was taken out of the set ends to be good.
const KEPT: Duration = Duration::from_hours(1);
/// The most keys of a set that are looked at.
const MOST_KEYS: usize = 100;

/// Where keys come from, and those that came.
#[derive(Debug)]
pub(super) struct Keys {
    location: KeyLocation,
    fetcher: Fetcher,
    // Whoever has to wait for the keys waits for the one who fetches them.
    cached: Mutex<Cached>,
}

#[derive(Debug, Default)]
struct Cached {
    set: Option<Arc<KeySet>>,
    read: Option<Instant>,
    asked: Option<Instant>,
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
    /// The keys at `location`. A file is read now, so that a mistake shows at the start.
    ///
    /// # Errors
    /// The file cannot be used.
    pub(super) fn of(location: KeyLocation) -> std::result::Result<Self, InvalidTokenConfig> {
        let mut cached = Cached::default();
        let now = Instant::now();
        if let KeyLocation::File(path) = &location {
            let unusable = |reason| InvalidTokenConfig::File { path: path.display().to_string(), reason };
            let bytes = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
            let now = Some(now);
            cached = Cached { set: Some(Arc::new(KeySet::read(&bytes).map_err(unusable)?)), read: now, asked: now };
        }
        Ok(Self { location, fetcher: Fetcher::default(), cached: Mutex::new(cached) })
    }

    /// The keys that a token of this header may be signed with: the one it names, or every one of its algorithm. Keys are
    /// fetched until `deadline` at the latest.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where no keys could be read yet.
    pub(super) async fn fitting(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
        now: Instant,
        deadline: Instant,
    ) -> Result<Vec<DecodingKey>> {
        let mut cached = self.cached.lock().await;
        let set = match cached.set.clone() {
            None if !passed(cached.asked, RETRY_AFTER, now) => {
                return Err(Error::unavailable("the keys of tokens could not be read a moment ago"));
            }
            None => self.refresh(&mut cached, now, deadline).await?,
            Some(set) if passed(cached.read, KEPT, now) => self.refreshed(&mut cached, set, now, deadline).await,
            Some(set) => set,
        };
        let fitting = set.fitting(id, algorithm);
        if !fitting.is_empty() || id.is_none() {
            return Ok(fitting);
        }
        Ok(self.refreshed(&mut cached, set, now, deadline).await.fitting(id, algorithm))
    }

    /// The keys as they are now, if they were not asked for within the minute and can be read; else those of before.
    async fn refreshed(
        &self,
        cached: &mut Cached,
        before: Arc<KeySet>,
        now: Instant,
        deadline: Instant,
    ) -> Arc<KeySet> {
        if !passed(cached.asked, AGAIN_AFTER, now) {
            return before;
        }
        self.refresh(cached, now, deadline).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the keys of tokens were not read again");
            before
        })
    }

    async fn refresh(&self, cached: &mut Cached, now: Instant, deadline: Instant) -> Result<Arc<KeySet>> {
        cached.asked = Some(now);
        let bytes = match &self.location {
            KeyLocation::File(path) => std::fs::read(path).map_err(|error| error.to_string()),
            KeyLocation::Url(url) => self.fetcher.fetch(url, deadline).await,
        };
        let set = bytes.and_then(|bytes| KeySet::read(&bytes));
        let set = set.map_err(|reason| Error::unavailable(format!("the keys of tokens cannot be read: {reason}")))?;
        let set = Arc::new(set);
        cached.set = Some(Arc::clone(&set));
        cached.read = cached.asked;
        Ok(set)
    }
}

/// Whether so much time has passed. Those who waited for another's answer began before it: for them none has.
fn passed(since: Option<Instant>, time: Duration, now: Instant) -> bool {
    since.is_none_or(|since| now.saturating_duration_since(since) >= time)
}

impl KeySet {
    /// The keys of a JSON Web Key Set that verify RS256 or ES256; those for other ends are left out.
    ///
    /// # Errors
    /// Why the text is no key set, or that it has no such key.
    fn read(bytes: &[u8]) -> std::result::Result<Self, String> {
        #[derive(Deserialize)]
        struct Document {
            keys: Vec<Value>,
        }
        let document: Document = serde_json::from_slice(bytes).map_err(|error| format!("no key set: {error}"))?;
        let keys = document.keys.into_iter().take(MOST_KEYS).filter_map(VerifyingKey::read);
        let keys: Vec<_> = keys.collect();
        if keys.is_empty() { Err("it has no key for RS256 or ES256".to_owned()) } else { Ok(Self(keys)) }
    }

    fn fitting(&self, id: Option<&str>, algorithm: Algorithm) -> Vec<DecodingKey> {
        let named = |key: &&VerifyingKey| id.is_none() || key.id.as_deref() == id;
        self.0.iter().filter(|key| key.algorithm == algorithm).filter(named).map(|key| key.key.clone()).collect()
    }
}

impl VerifyingKey {
    /// A key that may verify tokens: of a known kind, and not meant for something else.
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
