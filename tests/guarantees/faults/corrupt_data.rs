//! What the store answers and Berth cannot read: an answer that is damaged, an item that is none of Berth's.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use berth::Options;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::json;

use crate::harness::checker::expect_whole;
use crate::harness::{Berth, Fault, Wire, api_test, logs, paths};

/// A 200 that breaks off is no answer, to a read as to a write.
#[apply(api_test)]
async fn a_success_that_cannot_be_read_is_asked_for_again() {
    let wire = Wire::new();
    let berth = Berth::start_with(Options { http_client: Some(wire.client()), ..Options::default() }).await;
    let caller = berth.platform();
    let organization = caller.create_organization("Half").await.id();
    let party = caller.create_party(&organization, "Whole").await.id();
    let target = paths::party(&organization, &party);
    for fault in [Fault::Cut, Fault::Status(200, json!("<html>")), Fault::Status(400, json!("<html>"))] {
        for operation in ["GetItem", "TransactWriteItems"] {
            wire.once(operation, fault.clone());
            let name = format!("{fault:?} at {operation}");
            let changed = caller.patch(&target, &json!({ "name": name })).await.expect(200);
            assert_eq!(wire.heal(), 1, "{name}");
            assert_eq!(changed.text("name"), name);
        }
    }
    assert_eq!(caller.get(&target).await.header("etag"), Some("\"7\""), "six changes, each once");
    expect_whole(&berth).await;
}

#[apply(api_test)]
async fn a_store_that_is_another_program_is_told_as_503() {
    let wire = Wire::new();
    let request_timeout = Duration::from_millis(1100);
    let options = Options { http_client: Some(wire.client()), request_timeout, ..Options::default() };
    let berth = Berth::start_with(options).await;
    let caller = berth.platform();
    let before = berth.items().await.len();
    for status in [200, 403] {
        wire.always(Fault::Status(status, json!("<html>")));
        let answer = caller.post_organization(&json!({ "name": "Lost" })).await;
        assert_eq!(answer.refused(503, "STORE_UNAVAILABLE").header("retry-after"), Some("1"));
        assert!(wire.heal() > 1, "it was asked again");
    }
    // The counters of the platform may be made by anybody.
    assert_eq!(berth.items().await.len(), before);
}

#[apply(api_test)]
async fn an_item_that_cannot_be_read_is_not_quoted_in_the_log() {
    let berth = Berth::start().await;
    let caller = berth.platform();
    let organization = caller.create_organization("Vault").await.id();
    let party = caller.create_party(&organization, "Keeper").await.id();
    let target = paths::party(&organization, &party);
    let bare = |id: &str| id.split_once('_').expect("an id").1.to_owned();
    let (pk, sk) = (format!("ORG#{}", bare(&organization)), format!("PTY#{}", bare(&party)));
    let secret = "4111-1111-1111-1111 of Jane Doe";
    logs::note("stored value", secret);
    for attribute in ["type", "version", "createdAt", "id"] {
        let change = berth.running().client().update_item().table_name(berth.running().table());
        let change = change.key("pk", AttributeValue::S(pk.clone())).key("sk", AttributeValue::S(sk.clone()));
        let change = change.update_expression("SET #name = :value").expression_attribute_names("#name", attribute);
        let change = change.return_values("UPDATED_OLD".into());
        let set = |value| change.clone().expression_attribute_values(":value", value).send();
        let old = set(AttributeValue::S(secret.to_owned())).await.expect("changed").attributes.expect("it was there");
        let answer = caller.call(Method::GET, &target).send().await.refused(500, "INTERNAL_ERROR");
        let line = logs::of_request(answer.header("x-request-id").expect("an id"));
        assert!(line["error"].as_str().is_some_and(|error| error.contains("Party")), "{line}");
        assert!(!line.to_string().contains(secret), "{attribute}: {line}");
        set(old[attribute].clone()).await.expect("restored");
    }
    caller.get(&target).await.expect(200);
}
