//! Retention of audit entries.

use std::{num::NonZeroU32, str::FromStr};

use crate::domain::time::Time;

/// Maximum number of days: a hundred years.
const MAX_DAYS: u32 = 36_500;
/// Milliseconds of a day.
const DAY: u64 = 24 * 60 * 60 * 1000;

/// Number of days for which audit entries are kept. 0 keeps them for ever.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditRetention(Option<NonZeroU32>);

/// The text is not a retention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a number of days from 0 to {MAX_DAYS}; 0 keeps audit entries for ever")]
pub struct MalformedRetention;

impl AuditRetention {
    /// Returns the time at which an entry of the time `now` is deleted; `None` if it is kept.
    #[must_use]
    pub fn end(self, now: Time) -> Option<Time> {
        self.0.map(|days| now.plus_millis(u64::from(days.get()) * DAY))
    }
}

impl FromStr for AuditRetention {
    type Err = MalformedRetention;

    fn from_str(text: &str) -> Result<Self, MalformedRetention> {
        let days = text.parse().ok().filter(|days| *days <= MAX_DAYS);
        days.map(|days| Self(NonZeroU32::new(days))).ok_or(MalformedRetention)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_kept_for_days_or_for_ever() {
        let end = |text: &str| text.parse::<AuditRetention>().unwrap().end(Time::from_millis(1));
        assert_eq!((end("0"), end("1")), (None, Some(Time::from_millis(DAY + 1))));
        assert_eq!(end("36500"), Some(Time::from_millis(36_500 * DAY + 1)));
        for wrong in ["", "-1", "1.5", "36501", "ever"] {
            assert_eq!(wrong.parse::<AuditRetention>(), Err(MalformedRetention), "{wrong}");
        }
    }
}
