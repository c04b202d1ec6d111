//! Postal addresses.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    patch::{FromJson, Violation, unknown_members},
    text::Text,
};
use crate::domain::json::Json;

/// Postal address of a business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// Street and number, 1 to 200 characters; `null` if unknown.
    pub street: Option<Text<200>>,
    /// City, 1 to 200 characters; `null` if unknown.
    pub city: Option<Text<200>>,
    /// State, province or region, 1 to 200 characters; `null` if unknown.
    pub state: Option<Text<200>>,
    /// Postal code, 1 to 32 characters; `null` if unknown.
    pub postal_code: Option<Text<32>>,
    /// Country, 1 to 100 characters; `null` if unknown.
    pub country: Option<Text<100>>,
}

impl FromJson for Address {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        let Json::Object(members) = json else { return Err(Violation::new("must be an object")) };
        let mut wrong = Vec::new();
        let address = Self {
            street: line(members, "street", &mut wrong),
            city: line(members, "city", &mut wrong),
            state: line(members, "state", &mut wrong),
            postal_code: line(members, "postalCode", &mut wrong),
            country: line(members, "country", &mut wrong),
        };
        if wrong.is_empty() { Ok(address) } else { Err(wrong) }
    }

    fn unknown(json: &Json) -> Vec<Violation> {
        unknown_members(json, &["street", "city", "state", "postalCode", "country"])
    }
}

fn line<const MAX: usize>(members: &[(String, Json)], name: &str, wrong: &mut Vec<Violation>) -> Option<Text<MAX>> {
    let (_, value) = members.iter().find(|(known, value)| known == name && *value != Json::Null)?;
    match Text::from_json(value) {
        Ok(text) => Some(text),
        Err(details) => {
            wrong.extend(details.into_iter().map(|detail| Violation::at(name, detail.detail)));
            None
        }
    }
}
