//! Points in time: UTC with milliseconds, RFC 3339 in JSON.

use std::{borrow::Cow, fmt, str::FromStr, time::SystemTime};

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time between 1970 and 9999, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(u64);

/// The last millisecond of the year 9999, which is the last that RFC 3339 supports.
const LAST: u64 = 253_402_300_799_999;

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

/// The text is not a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a time as in RFC 3339, for example 2024-03-01T12:00:00.000Z")]
pub struct MalformedTime;

impl FromStr for Time {
    type Err = MalformedTime;

    /// Parses RFC 3339 with any offset. Digits beyond milliseconds are truncated.
    fn from_str(text: &str) -> Result<Self, MalformedTime> {
        // jiff also accepts formats beyond RFC 3339: spaces, time zone names in brackets, hours without minutes.
        let plain = text.len() >= 20
            && text.is_ascii()
            && matches!(text.as_bytes()[10], b'T' | b't')
            && text.bytes().all(|b| b.is_ascii_digit() || b"-+:.TtZz".contains(&b));
        let offset = &text.as_bytes().get(19..).ok_or(MalformedTime)?;
        let offset = offset.iter().position(|b| b"+-Zz".contains(b)).map(|at| &offset[at..]);
        let whole = matches!(offset, Some([b'Z' | b'z'] | [b'+' | b'-', _, _, b':', _, _]));
        if !plain || !whole {
            return Err(MalformedTime);
        }
        let time: Timestamp = text.parse().map_err(|_| MalformedTime)?;
        let millis = u64::try_from(time.as_millisecond()).map_err(|_| MalformedTime)?;
        if millis > LAST { Err(MalformedTime) } else { Ok(Self(millis)) }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Within bounds by construction, so the default is never used.
        let time = i64::try_from(self.0).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok());
        write!(f, "{:.3}", time.unwrap_or_default())
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
            "1969-12-31T23:59:59Z",
            "1709294400000",
        ] {
            assert!(text.parse::<Time>().is_err(), "{text}");
        }
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
