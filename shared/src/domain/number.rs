//! Numbers with limits.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::patch::{FromJson, Violation};
use crate::domain::json::Json;

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Integer<const MIN: u32, const MAX: u32>(pub u32);

impl<const MIN: u32, const MAX: u32> FromJson for Integer<MIN, MAX> {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        let requirement = || Violation::new(format!("must be a whole number from {MIN} to {MAX}"));
        let Json::Number(text) = json else { return Err(requirement()) };
        // JSON has several texts for one number: 60, 60.0 and 6e1.
        let number: f64 = text.parse().map_err(|_| requirement())?;
        let in_range = (f64::from(MIN)..=f64::from(MAX)).contains(&number) && number.fract() == 0.0;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number from MIN to MAX fits"
        )]
        if in_range { Ok(Self(number as u32)) } else { Err(requirement()) }
    }
}

impl<const MIN: u32, const MAX: u32> JsonSchema for Integer<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Integer{MIN}To{MAX}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_numbers_within_the_limits_are_accepted() {
        let read = |text: &str| Integer::<2, 300>::from_json(&Json::Number(text.to_owned())).ok().map(|found| found.0);
        assert_eq!(
            ["2", "300", "60.0", "6e1", "2.00e2"].map(read),
            [Some(2), Some(300), Some(60), Some(60), Some(200)]
        );
        assert_eq!(["1", "301", "2.5", "-2", "1e400", "0"].map(read), [None; 6]);
        assert!(Integer::<2, 300>::from_json(&Json::String("60".to_owned())).is_err());
    }
}
