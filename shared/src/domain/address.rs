//! Postal addresses.

use super::{object::Optional, text::Text};

crate::object! {
    /// Postal address of a business.
    #[derive(PartialEq, Eq, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub struct Address {
        /// Street and number, 1 to 200 characters; `null` if unknown.
        pub street: Optional<Text<200>>,
        /// City, 1 to 200 characters; `null` if unknown.
        pub city: Optional<Text<200>>,
        /// State, province or region, 1 to 200 characters; `null` if unknown.
        pub state: Optional<Text<200>>,
        /// Postal code, 1 to 32 characters; `null` if unknown.
        pub postal_code: Optional<Text<32>>,
        /// Country, 1 to 100 characters; `null` if unknown.
        pub country: Optional<Text<100>>,
    }
}
