//! The end of an invocation's time: Berth answers before it, and where it cannot, nothing is left half done.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::types::AttributeValue;
use futures::future::join;
use macro_rules_attribute::apply;
use serde_json::{Value, json};

use super::{
    function::{Function, event, signal},
    link::{Held, Link},
};
use crate::harness::checker::expect_whole;
use crate::harness::{Berth, api_test};

/// The time of an invocation, in seconds.
const TIMEOUT: u64 = 2;

/// A function that makes parties, and the way to its store.
struct Place {
    berth: Berth,
    link: Link,
    function: Function,
    event: Value,
}

impl Place {
    async fn open() -> Self {
        let berth = Berth::start().await;
        let caller = berth.platform();
        let organization = caller.create_organization("Harbour").await.id();
        let link = Link::to(berth.running().store_url().expect("a store on this machine"), 0).await;
        let function = Function::start("create-party", &link.url(), TIMEOUT);
        let values = [("BERTH_KEY", caller.credential().expect("a key")), ("ORG_ID", &organization)];
        let mut event = event("create-party", &values);
        // Until here the environment has not started, nor has the key been used by it.
        function.invoke(&event).await.expect(201);
        event["headers"]["idempotency-key"] = json!("once");
        Self { berth, link, function, event }
    }

    /// What the table holds, by key. The last use of a key is no effect of a call.
    async fn items(&self) -> BTreeMap<(String, String), HashMap<String, AttributeValue>> {
        let text = |item: &HashMap<String, AttributeValue>, name: &str| item[name].as_s().expect("a text").clone();
        let items = self.berth.items().await.into_iter();
        let items = items.map(|item| ((text(&item, "pk"), text(&item, "sk")), item));
        items.filter(|((pk, _), _)| !pk.starts_with("USED#")).collect()
    }

    /// Invokes the function, and stops its process as soon as `held` is held up: nothing in it goes on, as if it were
    /// lost in a computation. The emulator's answer when the time is over.
    async fn outlast(&self, held: Held) -> String {
        self.link.hold(held);
        let freeze = async {
            self.link.caught().await;
            signal(self.function.program(), "STOP");
        };
        let (answer, ()) = join(self.function.invoke_raw(&self.event), freeze).await;
        self.link.hold(Held::Nothing);
        answer
    }
}

#[apply(api_test)]
async fn berth_answers_before_its_time_is_over() {
    let place = Place::open().await;
    let before = place.items().await;
    place.link.hold(Held::Requests(""));
    let begun = Instant::now();
    let answer = place.function.invoke(&place.event).await.expect(503);
    assert!(begun.elapsed() < Duration::from_secs(TIMEOUT), "{:?}", begun.elapsed());
    assert_eq!(answer.json()["code"], "STORE_UNAVAILABLE");
    assert_eq!(answer.headers.get("retry-after").map(String::as_str), Some("1"));
    let log = place.function.log();
    assert!(log.contains(r#""status":503"#) && !log.contains("Timeout"), "{log}");
    assert_eq!(place.items().await, before);
    // And when the store is back, so is the function.
    place.link.hold(Held::Nothing);
    place.function.invoke(&place.event).await.expect(201);
    expect_whole(&place.berth).await;
}

#[apply(api_test)]
async fn what_is_not_written_when_the_time_is_over_is_not_written() {
    let place = Place::open().await;
    let before = place.items().await;
    let answer = place.outlast(Held::Requests("TransactWriteItems")).await;
    assert_eq!(answer, "Task timed out after 2.00 seconds");
    assert!(place.function.log().contains("Reset initiated: Timeout"), "{}", place.function.log());
    assert_eq!(place.items().await, before, "nothing is written");
    expect_whole(&place.berth).await;
    let answer = place.function.invoke(&place.event).await.expect(201);
    assert!(!answer.headers.contains_key("idempotency-replayed"));
    expect_whole(&place.berth).await;
}

#[apply(api_test)]
async fn what_is_written_when_the_time_is_over_is_written_wholly_and_once() {
    let place = Place::open().await;
    let before = place.items().await;
    let answer = place.outlast(Held::Answers("TransactWriteItems")).await;
    assert_eq!(answer, "Task timed out after 2.00 seconds");
    let after = place.items().await;
    assert!(after.len() > before.len(), "it is written");
    expect_whole(&place.berth).await;
    // The caller knows nothing of it, repeats the call, and is told.
    let answer = place.function.invoke(&place.event).await.expect(201);
    assert_eq!(answer.headers.get("idempotency-replayed").map(String::as_str), Some("true"));
    assert_eq!(place.items().await, after, "nothing is written again");
}
