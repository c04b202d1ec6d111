//! The log: one line per request, with its DynamoDB usage, and without any input of clients.
//!
//! At the end of the run, the harness checks the log of all tests for input: see `harness/logs.rs`.

use std::time::Duration;

use berth::Options;
use berth_shared::{Environment, credentials::Credential, id::ApiKeyId};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Fault, SensitiveValues, TestResponse, TestServer, Wire, api_test, emf, logs, paths};

/// Returns the log line of the request with this response.
fn line(response: &TestResponse) -> Value {
    logs::line_of_request(response.header("x-request-id").expect("an id"))
}

async fn berth_on_a_wire() -> (TestServer, Wire) {
    let wire = Wire::new();
    // Retries of an unreadable response end half a second before the timeout.
    let request_timeout = Duration::from_secs(5);
    let options = Options { http_client: Some(wire.layer()), request_timeout, ..Options::default() };
    (TestServer::start_with(options).await, wire)
}

#[apply(api_test)]
async fn a_request_has_one_line_with_its_dynamodb_usage() {
    let (server, wire) = berth_on_a_wire().await;
    let platform = server.platform();
    let mut first = true;
    let organization = platform.create_organization("Logged Holdings").await.id();
    wire.take();
    let party = json!({ "type": "INDIVIDUAL", "name": "Ada Countess", "email": "ada@logged.example" });
    let parties = paths::parties(&organization);
    platform.create_organization("Logged Holdings").await;
    wire.take();
    for request in 0..5 {
        let (endpoint, response) = match request {
            0 => ("create-party", platform.post(&parties, &party).await.expect(201)),
            1 => ("list-parties", platform.get(&parties).await.expect(200)),
            2 => ("list-api-keys", platform.list_api_keys().await.expect(200)),
            3 => ("list-ledger-parties", platform.list_ledger_parties().await.expect(200)),
            _ => ("create-organization", platform.create_organization("Logged Holdings").await),
        };
        let (line, used) = (line(&response), wire.take());
        assert!(used.requests() > 0, "{endpoint}");
        assert_eq!(line["endpoint"], endpoint);
        assert_eq!((&line["level"], &line["message"]), (&json!("INFO"), &json!("completed")));
        assert_eq!((&line["status"], &line["environment"]), (&json!(response.status), &json!("test")));
        assert_eq!(line["dynamoDbRequests"], used.requests(), "{endpoint}");
        assert_eq!(line["readUnits"].as_f64(), Some(used.read_units()), "{endpoint}");
        assert_eq!(line["writeUnits"].as_f64(), Some(used.write_units()), "{endpoint}");
        assert_eq!((&line["conflicts"], &line["coldStart"]), (&json!(0), &json!(false)));
        assert!(line["duration"].as_f64().is_some_and(|millis| millis > 0.0));
        assert!(emf::violations(&line).is_empty(), "{:?}", emf::violations(&line));
        first &= used.write_units() > 0.0;
    }
    assert!(!first, "the cases contain reads and writes");
    // Only the first request of a process is a cold start.
    let another = TestServer::start().await;
    let cold = |response: &TestResponse| line(response)["coldStart"].clone();
    assert_eq!(cold(&another.anonymous().get("/v1/healthz").await), true);
    assert_eq!(cold(&another.anonymous().get("/livez").await), false);
}

#[apply(api_test)]
async fn a_line_names_the_api_key_its_organization_and_the_request_of_the_gateway() {
    let server = TestServer::start().await;
    let platform = server.platform();
    let organization = platform.create_organization("Logged Holdings").await.id();
    let key = platform.create_api_key(Some(&organization), &["docks:read", "ledger:read"]).await;
    let client = server.client(&key.text("key"));
    let unscoped = client.list_organizations().await.expect(403);
    let user = client.get("/v2/authenticated-user").await.expect(200);
    for response in [client.list_docks().await.expect(200), user, unscoped] {
        let line = line(&response);
        assert_eq!((&line["keyId"], &line["organizationId"]), (&json!(key.id()), &json!(organization)));
    }
    let first = platform.list_api_keys().await.json()["data"][1]["id"].clone();
    let line_of_platform = line(&platform.list_docks().await);
    assert_eq!(line_of_platform["keyId"], first);
    assert!(line_of_platform.get("organizationId").is_none(), "{line_of_platform}");
    // The sender of an invalid credential is unknown, even if its key exists.
    let id: ApiKeyId = key.id().parse().expect("an id");
    let forged = Credential::new(Environment::Test, id, [7; 32]);
    for anonymous in [server.anonymous(), server.client(forged.reveal())] {
        let line = line(&anonymous.list_docks().await.expect(401));
        assert!(line.get("keyId").is_none() && line.get("organizationId").is_none(), "{line}");
        assert!(line["gatewayRequestId"].as_str().is_some_and(|id| !id.is_empty()), "{line}");
    }
    // The client can choose one id, and not the other.
    let request = platform.request(Method::GET, paths::DOCKS).header("x-request-id", "chosen-by-client-1");
    let line = line(&request.send().await.expect(200));
    assert_eq!(line["requestId"], "chosen-by-client-1");
    assert_ne!(line["gatewayRequestId"], line["requestId"]);
}

#[apply(api_test)]
async fn an_error_response_is_logged_with_its_code() {
    let server = TestServer::start().await;
    let platform = server.platform();
    for (response, code) in [
        (platform.get("/v1/docks/dock_01HQ3K9B2V6R4X8ZT1M5N7P0QS").await, "DOCK_NOT_FOUND"),
        (server.anonymous().list_docks().await, "UNAUTHORIZED"),
        (platform.post_organization(&json!({ "name": "" })).await, "VALIDATION_FAILED"),
        (platform.get("/v2/parties?pageSize=many").await, "UNDECODABLE"),
    ] {
        let line = line(&response);
        assert_eq!((&line["level"], &line["message"]), (&json!("INFO"), &json!("client error")));
        assert_eq!((&line["code"], &line["status"]), (&json!(code), &json!(response.status)));
        assert_eq!(
            (&line["clientErrors"], &line["serverErrors"], &line["requests"]),
            (&json!(1), &json!(0), &json!(1))
        );
    }
}

#[apply(api_test)]
async fn retries_and_conflicts_are_counted() {
    let (server, wire) = berth_on_a_wire().await;
    let platform = server.platform();
    platform.create_organization("First of all").await;
    for (faults, retries, conflicts) in [
        (vec![Fault::throttled()], 1, 0),
        (vec![Fault::canceled(&["TransactionConflict"])], 1, 1),
        (vec![Fault::error(400, "TransactionInProgressException"), Fault::ConnectionRefused], 2, 1),
    ] {
        wire.take();
        for fault in faults {
            wire.once("TransactWriteItems", fault);
        }
        let line = line(&platform.create_organization(&format!("Number {retries} {conflicts}")).await);
        // On a busy machine, the embedded DynamoDB may respond too late once more.
        let (counted, requests) = (line["retries"].as_u64().expect("a number"), wire.take().requests());
        assert!(counted >= retries, "{line}");
        assert_eq!((&line["conflicts"], &line["dynamoDbRequests"]), (&json!(conflicts), &json!(requests)));
    }
}

#[apply(api_test)]
async fn a_failure_is_logged_with_its_cause_and_without_stored_data() {
    let (server, wire) = berth_on_a_wire().await;
    let platform = server.platform();
    let organization = platform.create_organization("Silent Partners").await.id();
    let target = paths::organization(&organization);
    // An unreadable response that contains stored data.
    let item = json!({ "S": "Grace of the store" });
    logs::note_json(&item);
    wire.always(Fault::Status(200, json!([{ "Item": { "name": item } }])));
    let found = line(&platform.get(&target).await.expect(503));
    wire.always(Fault::error(400, "AccessDeniedException"));
    let denied = line(&platform.get(&target).await.expect(503));
    wire.clear_faults();
    for line in [&found, &denied] {
        assert_eq!((&line["level"], &line["message"]), (&json!("ERROR"), &json!("server error")));
        assert_eq!((&line["code"], &line["serverErrors"]), (&json!("STORE_UNAVAILABLE"), &json!(1)));
    }
    let error = |line: &Value| line["error"].as_str().expect("a cause").to_owned();
    assert!(!error(&found).contains("Grace"), "{}", error(&found));
    assert!(error(&denied).contains("AccessDeniedException"), "{}", error(&denied));
}

#[apply(api_test)]
async fn a_leaked_value_is_detected() {
    let mut given = SensitiveValues::default();
    given.note_json("body", &json!({ "name": "Zoë \"Z\" Zimmer", "metadata": { "tax": "481516" }, "type": "INDIV" }));
    given.note("header idempotency-key", "order-7781");
    let found = |line: Value| logs::violations(&line.to_string(), &given);
    let leak = |kind: &str| vec![format!("{kind} in the line \"planted\"")];
    assert_eq!(found(json!({ "message": "planted", "error": "no Zoë \"Z\" Zimmer here" })), leak("name"));
    assert_eq!(found(json!({ "message": "planted", "error": "name: \"Zoë \\\"Z\\\" Zimmer\"" })), leak("name"));
    assert_eq!(found(json!({ "message": "planted", "deep": [{ "order-7781": 1 }] })), leak("header idempotency-key"));
    assert_eq!(found(json!({ "message": "planted", "number": 481_516 })), leak("tax"));
    // A longer number, a short word, and an unrelated value.
    assert!(found(json!({ "message": "INDIV", "number": 9_481_516, "error": "order-7782" })).is_empty());
}

#[apply(api_test)]
async fn an_invalid_metric_is_detected() {
    let server = TestServer::start().await;
    let good = line(&server.anonymous().get("/v1/healthz").await);
    assert!(emf::violations(&good).is_empty(), "{:?}", emf::violations(&good));
    let breaches: [fn(&mut Value); 6] = [
        |line| line["_aws"]["Timestamp"] = json!("now"),
        |line| line["environment"] = json!(1),
        |line| line["duration"] = json!("3 ms"),
        |line| line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Unit"] = json!("Pieces"),
        |line| line["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0] = json!(vec!["environment"; 31]),
        |line| line["_aws"]["CloudWatchMetrics"][0]["Metrics"] = json!(vec![json!({ "Name": "requests" }); 101]),
    ];
    for breach in breaches {
        let mut line = good.clone();
        breach(&mut line);
        assert!(!logs::violations(&line.to_string(), &SensitiveValues::default()).is_empty(), "{line}");
    }
}
