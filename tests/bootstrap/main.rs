//! `bootstrap` as a process: it serves the endpoint that `_HANDLER` names, and reports why it cannot start.
#![expect(clippy::expect_used, reason = "a failed test panics with its reason")]

#[path = "../harness/emf.rs"]
mod emf;
#[path = "../harness/leaks.rs"]
mod leaks;
mod log;

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Output, Stdio},
};

use serde_json::{Value, json};

/// A deadline in the far future, in milliseconds since the epoch.
const FAR: u64 = 4_102_444_800_000;

fn bootstrap(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bootstrap"));
    command.env_clear().envs(variables.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn fails(variables: &[(&str, &str)]) -> String {
    let Output { status, stdout, .. } = bootstrap(variables).output().expect("it starts");
    assert!(!status.success());
    String::from_utf8(stdout).expect("the log is text")
}

#[test]
fn an_unknown_handler_is_reported_with_the_known_ones() {
    let log = fails(&[("_HANDLER", "create-parties"), ("BERTH_ENVIRONMENT", "live"), ("BERTH_TABLE", "berth")]);
    assert!(log.contains("create-parties") && log.contains("create-party, "), "{log}");
}

#[test]
fn missing_and_invalid_settings_are_reported() {
    assert!(fails(&[]).contains("_HANDLER"));
    assert!(fails(&[("_HANDLER", "health")]).contains("BERTH_ENVIRONMENT"));
    let log = fails(&[("_HANDLER", "health"), ("BERTH_ENVIRONMENT", "staging"), ("BERTH_TABLE", "berth")]);
    assert!(log.contains("BERTH_ENVIRONMENT must be live or test"), "{log}");
    assert!(fails(&[("_HANDLER", "health"), ("BERTH_ENVIRONMENT", "live")]).contains("BERTH_TABLE"));
}

#[test]
fn the_handler_selects_the_endpoint() {
    let response = invoke("health", &event("GET", "/v1/healthz"));
    assert_eq!(response["statusCode"], 200);
    let body: Value = serde_json::from_str(response["body"].as_str().expect("a body")).expect("JSON");
    assert_eq!(body, json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }));

    // The handler selects the endpoint, not the event: routing is done by the gateway.
    let response = invoke("fallback", &event("PUT", "/v1/healthz"));
    assert_eq!(response["statusCode"], 405);
    assert_eq!(response["headers"]["allow"], "GET, HEAD, OPTIONS");
}

#[test]
fn a_request_without_a_credential_needs_no_dynamodb() {
    let response = invoke("get-organization", &event("GET", "/v1/organizations/org_01HQ3K9B2V6R4X8ZT1M5N7P0QS"));
    assert_eq!(response["statusCode"], 401);
}

/// Returns an HTTP API event with the members that matter here.
fn event(method: &str, path: &str) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": { "host": "api.example.com" },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": "api.example.com",
            "domainPrefix": "api",
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "test" },
            "requestId": "request",
            "routeKey": "$default",
            "stage": "$default",
            "time": "12/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1_583_348_638_390_u64,
        },
        "isBase64Encoded": false,
    })
}

/// Returns the response of `bootstrap` as `handler` to one event, which a runtime API of the test delivers.
fn invoke(handler: &str, event: &Value) -> Value {
    // No server listens on the DynamoDB endpoint: an endpoint that needed it would not respond in time.
    invoke_with(handler, event, &[("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")], FAR).0
}

/// Returns the response and the log of `bootstrap` with these variables in addition to the usual ones. The event has
/// this deadline, in milliseconds since the epoch.
fn invoke_with(handler: &str, event: &Value, variables: &[(&str, &str)], deadline: u64) -> (Value, String) {
    let runtime = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = runtime.local_addr().expect("an address").to_string();
    let mut running = bootstrap(&[
        ("_HANDLER", handler),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_LAMBDA_FUNCTION_NAME", handler),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("AWS_LAMBDA_RUNTIME_API", &address),
        ("BERTH_ENVIRONMENT", "live"),
        ("BERTH_TABLE", "berth"),
    ])
    .envs(variables.iter().copied())
    .stderr(Stdio::null())
    .spawn()
    .expect("it starts");
    let response = serve_once(&runtime, event, deadline);
    stop(&mut running);
    let mut log = String::new();
    running.stdout.take().expect("a pipe").read_to_string(&mut log).expect("the log is text");
    (response, log)
}

fn stop(running: &mut Child) {
    running.kill().expect("it runs");
    running.wait().expect("it ends");
}

/// Serves Lambda's runtime API: delivers the event once, and returns the response.
fn serve_once(runtime: &TcpListener, event: &Value, deadline: u64) -> Value {
    loop {
        let (connection, _) = runtime.accept().expect("a connection");
        let mut reader = BufReader::new(connection);
        while let Some((line, body)) = request(&mut reader) {
            if line.contains("/invocation/next") {
                let headers = format!(
                    "Lambda-Runtime-Aws-Request-Id: one\r\nLambda-Runtime-Deadline-Ms: {deadline}\r\n\
                     Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-west-1:123456789012:function:f\r\n"
                );
                respond(reader.get_mut(), "200 OK", &headers, &event.to_string());
            } else {
                respond(reader.get_mut(), "202 Accepted", "", "");
                return serde_json::from_slice(&body).expect("the response is JSON");
            }
        }
    }
}

/// Returns the line and the body of the next request; `None` at the end of the connection.
fn request(reader: &mut BufReader<TcpStream>) -> Option<(String, Vec<u8>)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let (mut length, mut chunked) = (0, false);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).expect("a header");
        let header = header.trim().to_ascii_lowercase();
        match header.split_once(':') {
            None => break,
            Some(("content-length", value)) => length = value.trim().parse().expect("a length"),
            Some(("transfer-encoding", _)) => chunked = true,
            Some(_) => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    while chunked {
        let mut size = String::new();
        reader.read_line(&mut size).expect("a chunk");
        let size = usize::from_str_radix(size.trim(), 16).expect("a size");
        let mut chunk = vec![0; size + 2];
        reader.read_exact(&mut chunk).expect("a chunk");
        body.extend(&chunk[..size]);
        chunked = size > 0;
    }
    Some((line, body))
}

fn respond(connection: &mut TcpStream, status: &str, headers: &str, body: &str) {
    let length = body.len();
    let response = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    connection.write_all(response.as_bytes()).expect("the connection is open");
}
