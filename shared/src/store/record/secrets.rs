//! Stored digests of a credential whose secret can be rotated.

use serde::{Deserialize, Serialize};

use crate::domain::{
    credentials::Digest,
    error::{Error, Result},
    hex,
    time::Time,
};

/// Digests of the current secret of a credential, and of the one before it during its grace period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretDigests {
    /// SHA-256 of the current credential, in hexadecimal.
    digest: String,
    /// SHA-256 of the previous credential, in hexadecimal; `None` without a grace period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous_digest: Option<String>,
    /// End of the grace period: the time from which the previous credential is rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous_until: Option<Time>,
}

/// Result of the comparison of a credential with the stored digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretMatch {
    /// The current secret.
    Current,
    /// The previous secret, which is valid until this time.
    Previous(Time),
    /// The previous secret, after its grace period.
    Replaced,
    /// Another secret.
    Unknown,
}

impl SecretDigests {
    /// Creates the digests of a credential that has not been rotated.
    #[must_use]
    pub fn new(digest: &Digest) -> Self {
        Self { digest: hex::encode(digest.as_bytes()), previous_digest: None, previous_until: None }
    }

    /// Returns the digests after a rotation to the credential with this digest. The current credential stays valid until
    /// `until`, or ends at once without a time. The one before it ends in any case.
    #[must_use]
    pub fn rotated(&self, digest: &Digest, until: Option<Time>) -> Self {
        let previous_digest = until.map(|_| self.digest.clone());
        Self { previous_digest, previous_until: until, ..Self::new(digest) }
    }

    /// Returns the digest of the current credential, in hexadecimal.
    #[must_use]
    pub fn current(&self) -> &str {
        &self.digest
    }

    /// Returns the digest of the previous credential, in hexadecimal, and the end of its grace period.
    #[must_use]
    pub const fn previous(&self) -> (Option<&String>, Option<Time>) {
        (self.previous_digest.as_ref(), self.previous_until)
    }

    /// Compares the stored digests with that of a credential, in constant time.
    ///
    /// # Errors
    /// [`Error::Internal`] if a stored value is not a SHA-256.
    pub fn compare(&self, digest: &Digest, now: Time) -> Result<SecretMatch> {
        let current = read(&self.digest)?.matches(digest);
        let previous = self.previous_digest.as_deref().map_or(Ok(Digest::NONE), read)?.matches(digest);
        Ok(match (current, previous, self.previous_until) {
            (true, ..) => SecretMatch::Current,
            (false, true, Some(until)) if now < until => SecretMatch::Previous(until),
            (false, true, _) => SecretMatch::Replaced,
            (false, false, _) => SecretMatch::Unknown,
        })
    }
}

fn read(text: &str) -> Result<Digest> {
    let digest = hex::decode(text).and_then(|bytes| Digest::from_slice(&bytes));
    digest.ok_or_else(|| Error::internal("the stored digest of a credential is not a SHA-256"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(byte: u8) -> Digest {
        Digest::from_slice(&[byte; 32]).unwrap()
    }

    #[test]
    fn the_previous_secret_is_valid_strictly_before_the_end_of_its_grace_period() {
        let time = Time::from_millis;
        let once = SecretDigests::new(&digest(1)).rotated(&digest(2), Some(time(100)));
        let compare = |digests: &SecretDigests, byte: u8, now: u64| digests.compare(&digest(byte), time(now)).unwrap();
        assert_eq!(compare(&once, 2, 500), SecretMatch::Current);
        assert_eq!(compare(&once, 1, 99), SecretMatch::Previous(time(100)));
        assert_eq!(compare(&once, 1, 100), SecretMatch::Replaced);
        assert_eq!(compare(&once, 3, 99), SecretMatch::Unknown);
        // A second rotation ends the first secret, and one without a grace period also the second.
        let twice = once.rotated(&digest(3), Some(time(100)));
        assert_eq!(
            [1, 2, 3].map(|byte| compare(&twice, byte, 99)),
            [SecretMatch::Unknown, SecretMatch::Previous(time(100)), SecretMatch::Current,]
        );
        let at_once = once.rotated(&digest(3), None);
        assert_eq!(
            [1, 2, 3].map(|byte| compare(&at_once, byte, 99)),
            [SecretMatch::Unknown, SecretMatch::Unknown, SecretMatch::Current,]
        );
    }

    #[test]
    fn the_digest_of_no_credential_matches_nothing() {
        let digests = SecretDigests::new(&digest(1));
        // A stored record without a previous secret is compared with `Digest::NONE`, which no text has.
        assert_eq!(digests.compare(&digest(9), Time::from_millis(0)).unwrap(), SecretMatch::Unknown);
        let damaged = SecretDigests { digest: "zz".to_owned(), ..digests };
        assert!(damaged.compare(&digest(1), Time::from_millis(0)).is_err());
    }
}
