//! Limits of values: the limit is accepted, one above is rejected.

mod metadata;
mod names;

use serde_json::{Value, json};

use crate::harness::World;

impl World {
    /// Returns the body of every creation with a name, without the name.
    fn named(&self) -> [(String, Value); 4] {
        [
            ("/v1/organizations".to_owned(), json!({})),
            ("/v1/docks".to_owned(), json!({ "organizationId": self.organization })),
            (self.parties_path(), json!({ "type": "INDIVIDUAL" })),
            ("/v1/api-keys".to_owned(), json!({ "scopes": ["docks:read"] })),
        ]
    }
}
