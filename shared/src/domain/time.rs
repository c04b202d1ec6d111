//! Points in time: UTC with milliseconds, RFC 3339 in JSON.

use std::{
    borrow::Cow,
    fmt,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use jiff::{
    SignedDuration,
    civil::{Date, DateTime, date},
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time between 1970 and 9999, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(u64);

/// The last millisecond of the year 9999, which is the last that RFC 3339 supports.
const LAST: u64 = 253_402_300_799_999;

/// The epoch as a civil date. `jiff::Timestamp` ends a day before [`LAST`], and its civil types do not.
const EPOCH: DateTime = date(1970, 1, 1).at(0, 0, 0, 0);

impl Time {
    /// Returns the current time. It is read once per request; the domain and the store take time as an argument.
    #[must_use]
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self::from_millis(u64::try_from(since.as_millis()).unwrap_or(LAST))
    }

    /// Returns the time `millis` milliseconds after the epoch, but at most the end of the year 9999.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(if millis > LAST { LAST } else { millis })
    }

    /// Returns the milliseconds since the epoch.
    #[must_use]
    pub const fn millis_since_epoch(self) -> u64 {
        self.0
    }

    /// Returns the whole seconds since the epoch: the unit of DynamoDB's time to live.
    #[must_use]
    pub const fn seconds_since_epoch(self) -> u64 {
        self.0 / 1000
    }

    /// Returns the time `millis` milliseconds later.
    #[must_use]
    pub const fn plus_millis(self, millis: u64) -> Self {
        Self::from_millis(self.0.saturating_add(millis))
    }
}

/// Source of the current time: the clock of the system, which tests can move ahead. Clones are moved together.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead: Arc<AtomicU64>,
}

impl Clock {
    /// Returns the current time.
    #[must_use]
    pub fn now(&self) -> Time {
        Time::now().plus_millis(self.ahead.load(Ordering::Relaxed))
    }

    /// Moves the clock ahead.
    pub fn advance(&self, millis: u64) {
        self.ahead.fetch_add(millis, Ordering::Relaxed);
    }
}

/// The text is not a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedTime {
    /// The format or a number is wrong.
    #[error("must be an RFC 3339 timestamp such as 2026-01-01T00:00:00Z; encode + as %2B in a query")]
    Format,
    /// The time is after the last that RFC 3339 can express in UTC.
    #[error("must be at most 9999-12-31T23:59:59.999Z")]
    TooLate,
}

impl FromStr for Time {
    type Err = MalformedTime;

    /// Parses RFC 3339 with any offset. Digits beyond milliseconds are truncated, a leap second is read as the second before
    /// it, and a time before 1970, from the year 0000, as the beginning of 1970: Berth has no data from before.
    fn from_str(text: &str) -> Result<Self, MalformedTime> {
        let local = parse(text).ok_or(MalformedTime::Format)?;
        match u64::try_from(local) {
            Err(_) => Ok(Self(0)),
            Ok(millis) if millis > LAST => Err(MalformedTime::TooLate),
            Ok(millis) => Ok(Self(millis)),
        }
    }
}

/// Parses RFC 3339. Returns the milliseconds since the epoch.
fn parse(text: &str) -> Option<i64> {
    let (year, rest) = number(text, 4)?;
    let (month, rest) = number(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = number(rest.strip_prefix('-')?, 2)?;
    let (hour, rest) = number(rest.strip_prefix(['T', 't'])?, 2)?;
    let (minute, rest) = number(rest.strip_prefix(':')?, 2)?;
    let (second, rest) = number(rest.strip_prefix(':')?, 2)?;
    let (millis, offset) = match rest.strip_prefix('.') {
        Some(fraction) => {
            let end = fraction.find(|c: char| !c.is_ascii_digit()).filter(|end| *end > 0)?;
            let (digits, offset) = fraction.split_at(end);
            (format!("{digits:0<3}").get(..3)?.parse().ok()?, offset)
        }
        None => (0, rest),
    };
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let days = EPOCH.date().until(date).ok()?.get_days();
    let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second.min(59));
    let seconds = i64::from(days) * 86_400 + seconds - offset_seconds(offset)?;
    Some(seconds * 1000 + millis)
}

/// Parses the offset of a time: `Z` or `+01:00`. Returns its seconds.
fn offset_seconds(text: &str) -> Option<i64> {
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, rest) = number(text.strip_prefix(['+', '-'])?, 2)?;
    let (minutes, rest) = number(rest.strip_prefix(':')?, 2)?;
    (hours <= 23 && minutes <= 59 && rest.is_empty())
        .then(|| sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60))
}

/// Parses the first `digits` characters as a number. Returns it with the rest of the text.
fn number(text: &str, digits: usize) -> Option<(i16, &str)> {
    let (number, rest) = text.split_at_checked(digits)?;
    number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse().ok())?.map(|number| (number, rest))
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Within bounds by construction, so the defaults are never used.
        let since = SignedDuration::from_millis(i64::try_from(self.0).unwrap_or_default());
        write!(f, "{:.3}Z", EPOCH.checked_add(since).unwrap_or(EPOCH))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Time {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Time")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "date-time",
            "description": "Point in time (RFC 3339). Responses use UTC with milliseconds; requests may use any offset.",
            "examples": ["2024-03-01T12:00:00.000Z"],
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn offsets_are_read_and_utc_is_written() {
        for (text, written) in [
            ("2024-03-01T12:00:00Z", "2024-03-01T12:00:00.000Z"),
            ("2024-03-01T14:00:00.5+02:00", "2024-03-01T12:00:00.500Z"),
            ("2024-03-01t12:00:00.123999z", "2024-03-01T12:00:00.123Z"),
            ("1970-01-01T00:00:00-00:00", "1970-01-01T00:00:00.000Z"),
            ("2024-02-29T23:59:59.9+23:59", "2024-02-29T00:00:59.900Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000Z"),
            ("2024-03-01T12:00:00.1234567890123456789Z", "2024-03-01T12:00:00.123Z"),
            ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
            ("9999-12-31T00:00:00-23:59", "9999-12-31T23:59:00.000Z"),
        ] {
            assert_eq!(text.parse::<Time>().map(|time| time.to_string()), Ok(written.to_owned()), "{text}");
        }
    }

    #[test]
    fn other_formats_are_rejected() {
        for text in [
            "",
            "2024-03-01",
            "2024-03-01 12:00:00Z",
            "2024-03-01T12:00:00",
            "2024-03-01T12:00:00+02",
            "2024-03-01T12:00:00Z[Europe/Berlin]",
            "2024-02-30T12:00:00Z",
            "2023-02-29T12:00:00Z",
            "2024-13-01T12:00:00Z",
            "2024-00-01T12:00:00Z",
            "2024-03-01T24:00:00Z",
            "2024-03-01T12:60:00Z",
            "2024-03-01T12:00:61Z",
            "2024-03-01T12:00:00.Z",
            "2024-03-01T12:00:00+24:00",
            "2024-03-01T12:00:00+02:60",
            "2024-03-01T12:00:00+0200",
            "2024-03-01T12:00:00Zz",
            "+024-03-01T12:00:00Z",
            "-001-03-01T12:00:00Z",
            "10000-01-01T00:00:00Z",
            "1709294400000",
        ] {
            assert_eq!(text.parse::<Time>(), Err(MalformedTime::Format), "{text}");
        }
    }

    #[test]
    fn a_time_before_1970_is_the_beginning_of_1970() {
        for text in ["0000-01-01T00:00:00Z", "0000-01-01T00:00:00+23:59", "1969-12-31T23:59:59.999Z"] {
            assert_eq!(text.parse(), Ok(Time::from_millis(0)), "{text}");
        }
    }

    #[test]
    fn a_time_after_9999_in_utc_is_too_late() {
        let text = "9999-12-31T23:59:59-00:01";
        assert_eq!(text.parse::<Time>(), Err(MalformedTime::TooLate));
    }

    proptest! {
        #[test]
        fn times_round_trip(millis in 0..=LAST) {
            let time = Time::from_millis(millis);
            prop_assert_eq!(time.to_string().parse::<Time>(), Ok(time));
            prop_assert_eq!(time.to_string().len(), 24);
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = text.parse::<Time>();
        }
    }
}
