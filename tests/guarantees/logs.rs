//! The log: one line for each request, with what it used of the store, and with nothing of what callers send.
//!
//! That last is checked once more of the whole run, at its end: see `harness/logs.rs`.

use std::time::Duration;

use berth::Options;
use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::{Answer, Berth, Fault, Given, Wire, api_test, emf, logs, paths};

/// The line of the request that was answered so.
fn line(answer: &Answer) -> Value {
    logs::of_request(answer.header("x-request-id").expect("an id"))
}

async fn berth_on_a_wire() -> (Berth, Wire) {
    let wire = Wire::new();
    // A store that cannot be understood is given up after half a second less.
    let request_timeout = Duration::from_secs(2);
    let options = Options { http_client: Some(wire.client()), request_timeout, ..Options::default() };
    (Berth::start_with(options).await, wire)
}

#[apply(api_test)]
async fn a_request_has_one_line_which_tells_what_it_used() {
    let (berth, wire) = berth_on_a_wire().await;
    let platform = berth.platform();
    let mut first = true;
    let organization = platform.create_organization("Logged Holdings").await.id();
    wire.take();
    let party = json!({ "type": "INDIVIDUAL", "name": "Ada Countess", "email": "ada@logged.example" });
    let parties = paths::parties(&organization);
    platform.create_organization("Logged Holdings").await;
    wire.take();
    for call in 0..5 {
        let (endpoint, answer) = match call {
            0 => ("create-party", platform.post(&parties, &party).await.expect(201)),
            1 => ("list-parties", platform.get(&parties).await.expect(200)),
            2 => ("list-api-keys", platform.list_api_keys().await.expect(200)),
            3 => ("list-ledger-parties", platform.list_ledger_parties().await.expect(200)),
            _ => ("create-organization", platform.create_organization("Logged Holdings").await),
        };
        let (line, used) = (line(&answer), wire.take());
        assert!(used.calls() > 0, "{endpoint}");
        assert_eq!(line["endpoint"], endpoint);
        assert_eq!((&line["level"], &line["message"]), (&json!("INFO"), &json!("answered")));
        assert_eq!((&line["status"], &line["environment"]), (&json!(answer.status), &json!("test")));
        assert_eq!(line["storeCalls"], used.calls(), "{endpoint}");
        assert_eq!(line["readUnits"].as_f64(), Some(used.read_units()), "{endpoint}");
        assert_eq!(line["writeUnits"].as_f64(), Some(used.write_units()), "{endpoint}");
        assert_eq!((&line["conflicts"], &line["coldStart"]), (&json!(0), &json!(false)));
        assert!(line["duration"].as_f64().is_some_and(|millis| millis > 0.0));
        assert!(emf::failures(&line).is_empty(), "{:?}", emf::failures(&line));
        first &= used.write_units() > 0.0;
    }
    assert!(!first, "reads and writes are among them");
    // The first request of a process, and no other.
    let another = Berth::start().await;
    let cold = |answer: &Answer| line(answer)["coldStart"].clone();
    assert_eq!(cold(&another.nobody().get("/v1/healthz").await), true);
    assert_eq!(cold(&another.nobody().get("/livez").await), false);
}

#[apply(api_test)]
async fn a_refusal_is_told_by_its_code() {
    let berth = Berth::start().await;
    let platform = berth.platform();
    for (answer, code) in [
        (platform.get("/v1/docks/dock_01HQ3K9B2V6R4X8ZT1M5N7P0QS").await, "DOCK_NOT_FOUND"),
        (berth.nobody().list_docks().await, "UNAUTHORIZED"),
        (platform.post_organization(&json!({ "name": "" })).await, "VALIDATION_FAILED"),
        (platform.get("/v2/parties?pageSize=many").await, "UNDECODABLE"),
    ] {
        let line = line(&answer);
        assert_eq!((&line["level"], &line["message"]), (&json!("INFO"), &json!("refused")));
        assert_eq!((&line["code"], &line["status"]), (&json!(code), &json!(answer.status)));
        assert_eq!((&line["refusals"], &line["errors"], &line["requests"]), (&json!(1), &json!(0), &json!(1)));
    }
}

#[apply(api_test)]
async fn retries_and_conflicts_are_counted() {
    let (berth, wire) = berth_on_a_wire().await;
    let platform = berth.platform();
    platform.create_organization("First of all").await;
    for (faults, retries, conflicts) in [
        (vec![Fault::throttled()], 1, 0),
        (vec![Fault::canceled(&["TransactionConflict"])], 1, 1),
        (vec![Fault::refusal(400, "TransactionInProgressException"), Fault::Refused], 2, 1),
    ] {
        wire.take();
        for fault in faults {
            wire.once("TransactWriteItems", fault);
        }
        let line = line(&platform.create_organization(&format!("Number {retries} {conflicts}")).await);
        // On a machine that has much to do, the embedded store may be late once more.
        let (counted, calls) = (line["retries"].as_u64().expect("a number"), wire.take().calls());
        assert!(counted >= retries, "{line}");
        assert_eq!((&line["conflicts"], &line["storeCalls"]), (&json!(conflicts), &json!(calls)));
    }
}

#[apply(api_test)]
async fn a_failure_is_told_with_its_cause_and_without_what_the_store_holds() {
    let (berth, wire) = berth_on_a_wire().await;
    let platform = berth.platform();
    let organization = platform.create_organization("Silent Partners").await.id();
    let target = paths::organization(&organization);
    // An answer that cannot be read, with somebody in it.
    let item = json!({ "S": "Grace of the store" });
    logs::note_json(&item);
    wire.always(Fault::Status(200, json!([{ "Item": { "name": item } }])));
    let told = line(&platform.get(&target).await.expect(503));
    wire.always(Fault::refusal(400, "AccessDeniedException"));
    let denied = line(&platform.get(&target).await.expect(503));
    wire.heal();
    for line in [&told, &denied] {
        assert_eq!((&line["level"], &line["message"]), (&json!("ERROR"), &json!("failed")));
        assert_eq!((&line["code"], &line["errors"]), (&json!("STORE_UNAVAILABLE"), &json!(1)));
    }
    let error = |line: &Value| line["error"].as_str().expect("a cause").to_owned();
    assert!(!error(&told).contains("Grace"), "{}", error(&told));
    assert!(error(&denied).contains("AccessDeniedException"), "{}", error(&denied));
}

#[apply(api_test)]
async fn a_value_that_leaks_is_found() {
    let mut given = Given::default();
    given.note_json("body", &json!({ "name": "Zoë \"Z\" Zimmer", "metadata": { "tax": "481516" }, "type": "INDIV" }));
    given.note("header idempotency-key", "order-7781");
    let found = |line: Value| logs::leaks_and_breaches(&line.to_string(), &given);
    let leak = |kind: &str| vec![format!("{kind} in the line \"planted\"")];
    assert_eq!(found(json!({ "message": "planted", "error": "no Zoë \"Z\" Zimmer here" })), leak("name"));
    assert_eq!(found(json!({ "message": "planted", "error": "name: \"Zoë \\\"Z\\\" Zimmer\"" })), leak("name"));
    assert_eq!(found(json!({ "message": "planted", "deep": [{ "order-7781": 1 }] })), leak("header idempotency-key"));
    assert_eq!(found(json!({ "message": "planted", "number": 481_516 })), leak("tax"));
    // A number that only looks like it, a short word, and what was never given.
    assert!(found(json!({ "message": "INDIV", "number": 9_481_516, "error": "order-7782" })).is_empty());
}

#[apply(api_test)]
async fn a_line_that_is_no_metric_is_found() {
    let berth = Berth::start().await;
    let good = line(&berth.nobody().get("/v1/healthz").await);
    assert!(emf::failures(&good).is_empty(), "{:?}", emf::failures(&good));
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
        assert!(!logs::leaks_and_breaches(&line.to_string(), &Given::default()).is_empty(), "{line}");
    }
}
