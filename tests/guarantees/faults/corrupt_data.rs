//! Responses and items that Berth cannot read.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use berth::Options;
use berth_functions::ENDPOINTS;
use berth_shared::{http::Access, store::keys};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::json;

use super::FaultWorld;
use crate::harness::checker::assert_consistent;
use crate::harness::{Fault, PATIENCE, TestServer, Wire, api_test, logs, paths, patient};

/// A truncated 200 is not a response, for reads and for writes.
#[apply(api_test)]
async fn an_unreadable_success_is_retried() {
    let wire = Wire::new();
    let server = TestServer::start_with(Options { http_client: Some(wire.layer()), ..patient() }).await;
    let client = server.platform();
    let organization = client.create_organization("Half").await.id();
    let party = client.create_party(&organization, "Whole").await.id();
    let target = paths::party(&organization, &party);
    for fault in [Fault::Truncated, Fault::Status(200, json!("<html>")), Fault::Status(400, json!("<html>"))] {
        for operation in ["GetItem", "TransactWriteItems"] {
            wire.once(operation, fault.clone());
            let name = format!("{fault:?} at {operation}");
            let changed = client.patch(&target, &json!({ "name": name })).await.expect(200);
            assert_eq!(wire.clear_faults(), 1, "{name}");
            assert_eq!(changed.text("name"), name);
        }
    }
    assert_eq!(client.get(&target).await.header("etag"), Some("\"7\""), "six changes, each once");
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn a_server_that_is_not_dynamodb_returns_503() {
    let wire = Wire::new();
    let request_timeout = Duration::from_secs(2);
    let options = Options { http_client: Some(wire.layer()), request_timeout, ..Options::default() };
    let server = TestServer::start_with(options).await;
    let client = server.platform();
    let before = server.items().await.len();
    for status in [200, 403] {
        wire.always(Fault::Status(status, json!("<html>")));
        let response = client.post_organization(&json!({ "name": "Lost" })).await;
        assert_eq!(response.expect_error(503, "STORE_UNAVAILABLE").header("retry-after"), Some("1"));
        assert!(wire.clear_faults() > 1, "the request is retried");
    }
    // The platform's counters are created by whichever request needs them first.
    assert_eq!(server.items().await.len(), before);
}

#[apply(api_test)]
async fn an_unreadable_item_is_not_logged() {
    let server = TestServer::start().await;
    let client = server.platform();
    let organization = client.create_organization("Vault").await.id();
    let party = client.create_party(&organization, "Keeper").await.id();
    let target = paths::party(&organization, &party);
    let key = keys::party(organization.parse().expect("an id"), party.parse().expect("an id"));
    let secret = "4111-1111-1111-1111 of Jane Doe";
    logs::note("stored value", secret);
    for attribute in ["type", "version", "createdAt", "id"] {
        let change = server.running().client().update_item().table_name(server.running().table());
        let [pk, sk] = [&key.pk, &key.sk].map(|value| AttributeValue::S(value.clone()));
        let change = change.key(keys::PK, pk).key(keys::SK, sk);
        let change = change.update_expression("SET #name = :value").expression_attribute_names("#name", attribute);
        let change = change.return_values("UPDATED_OLD".into());
        let set = |value| change.clone().expression_attribute_values(":value", value).send();
        let old = set(AttributeValue::S(secret.to_owned())).await.expect("changed").attributes.expect("an old value");
        let response = client.request(Method::GET, &target).send().await.expect_error(500, "INTERNAL_ERROR");
        let line = logs::line_of_request(response.header("x-request-id").expect("an id"));
        assert!(line["error"].as_str().is_some_and(|error| error.contains("Party")), "{line}");
        assert!(!line.to_string().contains(secret), "{attribute}: {line}");
        set(old[attribute].clone()).await.expect("restored");
    }
    client.get(&target).await.expect(200);
}

/// Every endpoint that reads records returns 500 if they are unreadable, whatever it reads first.
#[apply(api_test)]
async fn every_reading_endpoint_returns_500_for_unreadable_items() {
    let world = FaultWorld::open(PATIENCE).await;
    let (client, table) = (world.server.running().client(), world.server.running().table());
    let (_, own) = world.user.split_once('_').expect("the id of the client's API key");
    for item in world.server.items().await {
        // Without its API key, the client would be unauthenticated.
        if item[keys::PK].as_s().is_ok_and(|pk| *pk == format!("KEY#{own}")) {
            continue;
        }
        let mut damaged = item;
        for (name, value) in &mut damaged {
            if ![keys::PK, keys::SK].contains(&name.as_str()) {
                *value = AttributeValue::L(Vec::new());
            }
        }
        client.put_item().table_name(table).set_item(Some(damaged)).send().await.expect("written");
    }
    // These endpoints read no record, or have read it when the process started.
    let cached = [
        "get-participant-id",
        "authenticated-user",
        "get-ledger-user",
        "list-ledger-user-rights",
        "connected-synchronizers",
    ];
    let reading = ENDPOINTS.iter().filter(|endpoint| {
        (endpoint.method == Method::GET || endpoint.name == "check-roles")
            && endpoint.access != Access::Public
            && !cached.contains(&endpoint.name)
    });
    for endpoint in reading {
        let body = world.body(endpoint.name, 0);
        let response = world.request(&endpoint.method, endpoint.path, body.as_ref()).await;
        assert_eq!(response.status, 500, "{}: {}", endpoint.name, response.body_text());
    }
}
