//! Arrays of objects.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::schema_of;
use crate::domain::{
    json::Json,
    patch::{FromJson, Violation},
};

/// An array of `MIN` to `MAX` values.
#[derive(Debug, Clone)]
pub struct Items<T, const MIN: usize, const MAX: usize>(pub Vec<T>);

impl<T: FromJson, const MIN: usize, const MAX: usize> FromJson for Items<T, MIN, MAX> {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        let Json::Array(elements) = json else { return Err(Violation::new("must be an array")) };
        if !(MIN..=MAX).contains(&elements.len()) {
            return Err(Violation::new(format!("must have {MIN} to {MAX} elements")));
        }
        let mut violations = Vec::new();
        let mut items = Vec::with_capacity(elements.len());
        for (index, element) in elements.iter().enumerate() {
            match T::from_json(element) {
                Ok(item) => items.push(item),
                Err(found) => {
                    violations.extend(found.into_iter().map(|violation| violation.under(index.to_string())));
                }
            }
        }
        if violations.is_empty() { Ok(Self(items)) } else { Err(violations) }
    }

    fn unknown(json: &Json) -> Vec<Violation> {
        let Json::Array(elements) = json else { return Vec::new() };
        let unknown = |(index, element): (usize, &Json)| {
            T::unknown(element).into_iter().map(move |violation| violation.under(index.to_string()))
        };
        elements.iter().enumerate().flat_map(unknown).collect()
    }
}

impl<T: JsonSchema, const MIN: usize, const MAX: usize> JsonSchema for Items<T, MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("{}Items", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "items": schema_of::<T>(generator), "minItems": MIN, "maxItems": MAX })
    }
}
