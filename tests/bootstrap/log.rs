//! The output of `bootstrap`: JSON lines with metrics, and at no log level any input of clients or stored data.

use std::{
    io::BufReader,
    net::TcpListener,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use berth_shared::{Environment, credentials::Credential, id::ApiKeyId};
use serde_json::{Value, json};

use crate::{FAR, emf, event, invoke_with, leaks::SensitiveValues, request, respond};

/// Starts a DynamoDB endpoint that returns this response to every request. Returns its URL.
fn store(status: &'static str, body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    // It runs until the test program ends.
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let body = body.clone();
            thread::spawn(move || {
                let mut reader = BufReader::new(connection);
                while request(&mut reader).is_some() {
                    respond(reader.get_mut(), status, "", &body);
                }
            });
        }
    });
    url
}

fn lines(log: &str) -> Vec<Value> {
    log.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

/// Returns the log line of the only request.
fn line_of_request(lines: &[Value]) -> &Value {
    let mut found = lines.iter().filter(|line| line["target"] == "berth::request");
    let line = found.next().expect("the request has a log line");
    assert!(found.next().is_none(), "one log line per request");
    line
}

#[test]
fn failed_writes_are_logged_without_their_data() {
    let key: ApiKeyId = "key_01HQ3K9B2V6R4X8ZT1M5N7P0QS".parse().expect("an id");
    let secret = std::array::from_fn(|at| u8::try_from(at * 7).unwrap_or(3));
    let credential = Credential::new(Environment::Live, key, secret);
    let garbled = json!([{ "Item": { "email": { "S": "someone@of-the-store.example" } } }]).to_string();
    let broken = json!({ "__type": "com.amazonaws.dynamodb.v20120810#InternalServerError", "message": "try again" });
    let writes = [
        ("create-organization", "/v1/organizations", json!({ "name": "Whispering Pines" })),
        (
            "create-party",
            "/v1/organizations/org_01HQ3K9B2V6R4X8ZT1M5N7P0QS/parties",
            json!({ "type": "INDIVIDUAL", "name": "Ada Lovelace", "email": "ada@engine.example", "externalRef": "SSN:481516" }),
        ),
        ("allocate-ledger-party", "/v2/parties", json!({ "partyIdHint": "charles-babbage" })),
    ];
    for (at, (handler, path, body)) in writes.into_iter().enumerate() {
        let is_garbled = at % 2 == 0;
        let url = if is_garbled {
            store("200 OK", garbled.clone())
        } else {
            store("500 Internal Server Error", broken.to_string())
        };
        let mut given = SensitiveValues::default();
        given.note_json("body", &body);
        given.note("credential", credential.reveal());
        given.note("header idempotency-key", "order-of-ada-1");
        given.note("stored", "someone@of-the-store.example");
        let mut event = event("POST", path);
        event["body"] = json!(body.to_string());
        event["headers"]["authorization"] = json!(format!("Bearer {}", credential.reveal()));
        event["headers"]["content-type"] = json!("application/json");
        event["headers"]["idempotency-key"] = json!("order-of-ada-1");
        event["headers"]["x-request-id"] = json!("request-to-be-found");
        let variables = [("AWS_ENDPOINT_URL_DYNAMODB", url.as_str()), ("BERTH_LOG", "trace")];
        let soon = SystemTime::now() + Duration::from_secs(3);
        let soon = soon.duration_since(UNIX_EPOCH).expect("after the epoch").as_millis();
        let (response, log) = invoke_with(handler, &event, &variables, u64::try_from(soon).expect("a time"));
        assert_eq!(response["statusCode"], 503, "{response}");

        let leaks = given.leaks(log.lines());
        assert!(leaks.is_empty(), "{leaks:?}");
        let lines = lines(&log);
        let line = line_of_request(&lines);
        assert!(emf::violations(line).is_empty(), "{:?}", emf::violations(line));
        let field = |name: &str| line[name].clone();
        assert_eq!(
            (field("level"), field("message"), field("status")),
            (json!("ERROR"), json!("server error"), json!(503))
        );
        assert_eq!((field("endpoint"), field("environment")), (json!(handler), json!("live")));
        assert_eq!((field("requestId"), field("coldStart")), (json!("request-to-be-found"), json!(true)));
        assert_eq!(field("gatewayRequestId"), json!("request"));
        assert!(line["dynamoDbRequests"].as_u64() > Some(0) && line["error"].is_string(), "{line}");
        assert!(line["retries"].as_u64() > Some(0), "a failed or unreadable DynamoDB response is retried: {line}");
        assert_eq!((field("serverErrors"), field("clientErrors")), (json!(1), json!(0)));
        // DynamoDB did not respond during initialization either.
        assert!(lines.iter().any(|line| line["level"] == "WARN" && line["target"] == "bootstrap"), "{log}");
    }
}

#[test]
fn only_berth_logs_and_at_every_level() {
    for level in ["trace", "error", "aws_smithy_runtime=trace,hyper=trace"] {
        let variables = [("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9"), ("BERTH_LOG", level)];
        let (_, log) = invoke_with("health", &event("GET", "/v1/healthz"), &variables, FAR);
        let lines = lines(&log);
        assert_eq!(line_of_request(&lines)["status"], 200);
        for line in &lines {
            let target = line["target"].as_str().expect("a target");
            assert!(["berth", "bootstrap"].iter().any(|own| target.starts_with(own)), "{level}: {line}");
        }
        let is_reported = log.contains("BERTH_LOG must be");
        assert_eq!(is_reported, level.contains('='), "an invalid level is reported: {log}");
    }
}
