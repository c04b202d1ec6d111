//! Groups of recipients.

mod add_recipients;
mod create;
mod delete;
mod get;
mod list;
mod list_recipients;
mod remove_recipient;
mod remove_recipients;
mod update;

use futures::{StreamExt, stream};
use serde_json::{Value, json};

use crate::harness::{PartyWorld, TestClient, TestResponse, paths};

impl PartyWorld {
    /// Creates recipients, and returns their ids, newest first.
    async fn new_recipients(&self, count: usize) -> Vec<String> {
        let create = |at| async move {
            self.platform.create_recipient(&self.dock, &format!("member-{at}@example.com")).await.id()
        };
        let mut ids: Vec<String> = stream::iter(0..count).map(create).buffer_unordered(8).collect().await;
        ids.sort_by(|one, other| other.cmp(one));
        ids
    }

    fn groups_path(&self) -> String {
        paths::groups(&self.dock)
    }

    /// Creates a group of these recipients, and returns its id.
    async fn new_group(&self, name: &str, recipients: &[&str]) -> String {
        self.platform.create_group(&self.dock, name, recipients).await.id()
    }

    async fn group(&self, group: &str) -> TestResponse {
        self.get(&paths::group(&self.dock, group)).await
    }

    async fn add(&self, group: &str, recipients: &[&str]) -> TestResponse {
        let target = paths::group_recipients(&self.dock, group);
        self.platform.post(&target, &json!({ "recipientIds": recipients })).await
    }

    async fn remove(&self, group: &str, recipients: &[&str]) -> TestResponse {
        let target = paths::group_recipients(&self.dock, group);
        delete(&self.platform, &target, &json!({ "recipientIds": recipients })).await
    }
}

async fn delete(client: &TestClient, target: &str, body: &Value) -> TestResponse {
    client.request(reqwest::Method::DELETE, target).json(body).send().await
}

/// Returns the ids of the members that a group shows.
fn members(group: &TestResponse) -> Vec<&str> {
    let rows = group.json()["recipients"].as_array().expect("recipients");
    rows.iter().map(|row| row["id"].as_str().expect("an id")).collect()
}

/// Returns references to the ids.
fn refs(ids: &[String]) -> Vec<&str> {
    ids.iter().map(String::as_str).collect()
}
