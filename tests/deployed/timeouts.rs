//! Timeouts of an invocation: Berth responds before them, and if it cannot, no write is partial.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::types::AttributeValue;
use berth_shared::store::Family;
use futures::future::join;
use macro_rules_attribute::apply;
use serde_json::{Value, json};

use super::{
    function::{Function, event, signal},
    link::{Blocked, Link},
    store::{port_of, server_with_port},
};
use crate::harness::checker::assert_consistent;
use crate::harness::{TestServer, api_test};

/// Timeout of an invocation, in seconds.
const TIMEOUT: u64 = 2;

/// A function that creates parties, and the relay to its DynamoDB.
struct Deployment {
    server: TestServer,
    link: Link,
    function: Function,
    event: Value,
}

impl Deployment {
    async fn open() -> Self {
        let server = server_with_port().await;
        let client = server.platform();
        let organization = client.create_organization("Harbour").await.id();
        let link = Link::to(&port_of(&server), 0).await;
        let function = Function::start("create-party", link.store(), TIMEOUT);
        let values = [("BERTH_KEY", client.credential().expect("a key")), ("ORG_ID", &organization)];
        let mut event = event("create-party", &values);
        // So far, the environment has not started and has not used the key.
        function.invoke(&event).await.expect(201);
        event["headers"]["idempotency-key"] = json!("once");
        Self { server, link, function, event }
    }

    /// Returns the items of the table by key, without the last use of API keys.
    async fn items(&self) -> BTreeMap<(String, String), HashMap<String, AttributeValue>> {
        let text = |item: &HashMap<String, AttributeValue>, name: &str| item[name].as_s().expect("a text").clone();
        let items = self.server.items().await.into_iter();
        let items = items.map(|item| ((text(&item, "pk"), text(&item, "sk")), item));
        items.filter(|((pk, _), _)| Family::of(pk) != Some(Family::CredentialUses)).collect()
    }

    /// Invokes the function, and stops its process as soon as the relay blocks, as if it were busy with a computation.
    /// Returns the emulator's response after the timeout.
    async fn outlast(&self, blocked: Blocked) -> String {
        self.link.block(blocked);
        let freeze = async {
            self.link.wait_until_blocked().await;
            signal(self.function.program(), "STOP");
        };
        let (response, ()) = join(self.function.invoke_raw(&self.event), freeze).await;
        self.link.block(Blocked::Nothing);
        response
    }
}

#[apply(api_test)]
async fn berth_responds_before_the_timeout() {
    let deployment = Deployment::open().await;
    let before = deployment.items().await;
    deployment.link.block(Blocked::Requests(""));
    let begun = Instant::now();
    let response = deployment.function.invoke(&deployment.event).await.expect(503);
    assert!(begun.elapsed() < Duration::from_secs(TIMEOUT), "{:?}", begun.elapsed());
    assert_eq!(response.json()["code"], "STORE_UNAVAILABLE");
    assert_eq!(response.headers.get("retry-after").map(String::as_str), Some("1"));
    let log = deployment.function.log();
    assert!(log.contains(r#""status":503"#) && !log.contains("Timeout"), "{log}");
    assert_eq!(deployment.items().await, before);
    // When DynamoDB is available again, so is the function.
    deployment.link.block(Blocked::Nothing);
    deployment.function.invoke(&deployment.event).await.expect(201);
    assert_consistent(&deployment.server).await;
}

#[apply(api_test)]
async fn a_timeout_before_the_write_leaves_nothing() {
    let deployment = Deployment::open().await;
    let before = deployment.items().await;
    let response = deployment.outlast(Blocked::Requests("TransactWriteItems")).await;
    assert_eq!(response, "Task timed out after 2.00 seconds");
    assert!(deployment.function.log().contains("Reset initiated: Timeout"), "{}", deployment.function.log());
    assert_eq!(deployment.items().await, before, "no item is written");
    assert_consistent(&deployment.server).await;
    let response = deployment.function.invoke(&deployment.event).await.expect(201);
    assert!(!response.headers.contains_key("idempotency-replayed"));
    assert_consistent(&deployment.server).await;
}

#[apply(api_test)]
async fn a_timeout_after_the_write_leaves_it_complete_and_once() {
    let deployment = Deployment::open().await;
    let before = deployment.items().await;
    let response = deployment.outlast(Blocked::Responses("TransactWriteItems")).await;
    assert_eq!(response, "Task timed out after 2.00 seconds");
    let after = deployment.items().await;
    assert!(after.len() > before.len(), "the party is written");
    assert_consistent(&deployment.server).await;
    // The client does not know the outcome and repeats the request, which is replayed.
    let response = deployment.function.invoke(&deployment.event).await.expect(201);
    assert_eq!(response.headers.get("idempotency-replayed").map(String::as_str), Some("true"));
    assert_eq!(deployment.items().await, after, "no item is written twice");
}
