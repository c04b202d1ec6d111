//! Request bodies of every endpoint with a body.

mod ids;
mod json;
mod validation;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{PartyWorld, TestResponse, paths};

impl PartyWorld {
    /// Returns every endpoint with a body, and a valid body.
    fn bodies(&self) -> [(Method, String, Value); 9] {
        let check = json!({ "dockId": self.dock, "partyId": self.party, "role": "RECIPIENT" });
        [
            (Method::POST, "/v1/organizations".to_owned(), json!({ "name": "Acme" })),
            (Method::PATCH, self.organization_path(), json!({ "name": "Acme 2" })),
            (Method::POST, "/v1/docks".to_owned(), json!({ "organizationId": self.organization, "name": "Desk" })),
            (Method::PATCH, paths::dock(&self.dock), json!({ "name": "Desk 2" })),
            (Method::POST, self.parties_path(), json!({ "type": "INDIVIDUAL", "name": "Bob" })),
            (Method::PATCH, self.party_path(), json!({ "name": "Ann 2" })),
            (Method::POST, self.roles_path(&self.party), json!({ "dockId": self.dock, "role": "RECIPIENT" })),
            (Method::POST, paths::role_checks(&self.organization), json!({ "checks": [check] })),
            (Method::POST, "/v1/api-keys".to_owned(), json!({ "name": "K", "scopes": ["docks:read"] })),
        ]
    }

    async fn send(&self, method: &Method, target: &str, body: impl Into<Vec<u8>>) -> TestResponse {
        self.platform.request(method.clone(), target).body("application/json", body).send().await
    }

    /// Asserts that the endpoint rejects the bytes as malformed JSON, with one message.
    async fn assert_rejects(&self, method: &Method, target: &str, body: impl Into<Vec<u8>>) {
        let error = self.send(method, target, body).await.expect_error(400, "MALFORMED_BODY");
        assert!(error.json()["message"].is_string() && error.json().get("errors").is_none(), "{}", error.json());
    }
}
