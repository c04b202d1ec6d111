//! Recipients of docks.

mod create;
mod create_batch;
mod delete;
mod get;
mod list;
mod next_steps;
mod update;

use serde_json::{Value, json};

use crate::harness::{PartyWorld, TestResponse, paths, world::each};

/// Returns the body of a recipient with this e-mail address.
fn body(email: &str) -> Value {
    json!({ "name": "Jane Doe", "email": email })
}

/// Returns the body of a recipient with this e-mail address that belongs to a party.
fn body_of(email: &str, party: &str) -> Value {
    json!({ "name": "Jane Doe", "email": email, "partyId": party })
}

impl PartyWorld {
    fn recipients_path(&self) -> String {
        paths::recipients(&self.dock)
    }

    async fn post_recipient(&self, body: &Value) -> TestResponse {
        self.platform.post(&self.recipients_path(), body).await
    }

    /// Creates a recipient, and returns its path.
    async fn new_recipient(&self, body: &Value) -> String {
        paths::recipient(&self.dock, &self.post_recipient(body).await.expect(201).id())
    }

    /// Returns the ids of the roles of the party.
    async fn held(&self) -> Vec<String> {
        each(&self.of_party("").await, "id").into_iter().map(ToOwned::to_owned).collect()
    }
}
