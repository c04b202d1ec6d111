//! The end of an invocation's time: Berth answers before it, and where it cannot, nothing is left half done.

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
    link::{Held, Link},
};
use crate::harness::checker::assert_consistent;
use crate::harness::{TestServer, api_test};

/// The time of an invocation, in seconds.
const TIMEOUT: u64 = 2;

/// A function that makes parties, and the way to its store.
struct Deployment {
    server: TestServer,
    link: Link,
    function: Function,
    event: Value,
}

impl Deployment {
    async fn open() -> Self {
        let server = TestServer::start().await;
        let client = server.platform();
        let organization = client.create_organization("Harbour").await.id();
        let link = Link::to(server.running().store_url().expect("a store on this machine"), 0).await;
        let function = Function::start("create-party", &link.url(), TIMEOUT);
        let values = [("BERTH_KEY", client.credential().expect("a key")), ("ORG_ID", &organization)];
        let mut event = event("create-party", &values);
        // Until here the environment has not started, nor has the key been used by it.
        function.invoke(&event).await.expect(201);
        event["headers"]["idempotency-key"] = json!("once");
        Self { server, link, function, event }
    }

    /// What the table holds, by key. The last use of a key is no effect of a request.
    async fn items(&self) -> BTreeMap<(String, String), HashMap<String, AttributeValue>> {
        let text = |item: &HashMap<String, AttributeValue>, name: &str| item[name].as_s().expect("a text").clone();
        let items = self.server.items().await.into_iter();
        let items = items.map(|item| ((text(&item, "pk"), text(&item, "sk")), item));
        items.filter(|((pk, _), _)| Family::of(pk) != Some(Family::ApiKeyUses)).collect()
    }

    /// Invokes the function, and stops its process as soon as `held` is held up: nothing in it goes on, as if it were
    /// lost in a computation. The emulator's answer when the time is over.
    async fn outlast(&self, held: Held) -> String {
        self.link.hold(held);
        let freeze = async {
            self.link.caught().await;
            signal(self.function.program(), "STOP");
        };
        let (response, ()) = join(self.function.invoke_raw(&self.event), freeze).await;
        self.link.hold(Held::Nothing);
        response
    }
}

#[apply(api_test)]
async fn berth_responds_before_the_timeout() {
    let deployment = Deployment::open().await;
    let before = deployment.items().await;
    deployment.link.hold(Held::Requests(""));
    let begun = Instant::now();
    let response = deployment.function.invoke(&deployment.event).await.expect(503);
    assert!(begun.elapsed() < Duration::from_secs(TIMEOUT), "{:?}", begun.elapsed());
    assert_eq!(response.json()["code"], "STORE_UNAVAILABLE");
    assert_eq!(response.headers.get("retry-after").map(String::as_str), Some("1"));
    let log = deployment.function.log();
    assert!(log.contains(r#""status":503"#) && !log.contains("Timeout"), "{log}");
    assert_eq!(deployment.items().await, before);
    // And when the store is back, so is the function.
    deployment.link.hold(Held::Nothing);
    deployment.function.invoke(&deployment.event).await.expect(201);
    assert_consistent(&deployment.server).await;
}

#[apply(api_test)]
async fn a_timeout_before_the_write_leaves_nothing() {
    let deployment = Deployment::open().await;
    let before = deployment.items().await;
    let response = deployment.outlast(Held::Requests("TransactWriteItems")).await;
    assert_eq!(response, "Task timed out after 2.00 seconds");
    assert!(deployment.function.log().contains("Reset initiated: Timeout"), "{}", deployment.function.log());
    assert_eq!(deployment.items().await, before, "nothing is written");
    assert_consistent(&deployment.server).await;
    let response = deployment.function.invoke(&deployment.event).await.expect(201);
    assert!(!response.headers.contains_key("idempotency-replayed"));
    assert_consistent(&deployment.server).await;
}

#[apply(api_test)]
async fn a_timeout_after_the_write_leaves_it_complete_and_once() {
    let deployment = Deployment::open().await;
    let before = deployment.items().await;
    let response = deployment.outlast(Held::Answers("TransactWriteItems")).await;
    assert_eq!(response, "Task timed out after 2.00 seconds");
    let after = deployment.items().await;
    assert!(after.len() > before.len(), "it is written");
    assert_consistent(&deployment.server).await;
    // The client knows nothing of it, repeats the request, and is reported.
    let response = deployment.function.invoke(&deployment.event).await.expect(201);
    assert_eq!(response.headers.get("idempotency-replayed").map(String::as_str), Some("true"));
    assert_eq!(deployment.items().await, after, "nothing is written again");
}
