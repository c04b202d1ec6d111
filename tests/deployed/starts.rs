//! Start and end of an execution environment.

use std::time::{Duration, Instant};

use futures::future::join;
use macro_rules_attribute::apply;
use serde_json::json;

use super::{
    function::{Function, event, runs, signal},
    link::{Blocked, Link},
    store::{port_of, server_with_port},
};
use crate::harness::checker::assert_consistent;
use crate::harness::{StorePort, TestServer, api_test};

/// Maximum time for a process to end after SIGTERM: Lambda gives it 500 ms.
const PROMPT: Duration = Duration::from_millis(500);

#[apply(api_test)]
async fn a_start_without_dynamodb_returns_503_and_recovers() {
    let server = server_with_port().await;
    let client = server.platform();
    client.create_organization("Harbour").await;
    let store = port_of(&server);
    // A port without a listener yet.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let unreachable = StorePort { url: format!("http://127.0.0.1:{port}"), credentials: store.credentials.clone() };
    let function = Function::start("list-organizations", &unreachable, 4);
    let event = event("list-organizations", &[("BERTH_KEY", client.credential().expect("a key"))]);

    let response = function.invoke(&event).await.expect(503);
    assert_eq!(response.json()["code"], "STORE_UNAVAILABLE");
    assert_eq!(response.headers.get("retry-after").map(String::as_str), Some("1"));
    assert!(function.log().contains("DynamoDB did not respond during initialization"), "{}", function.log());
    let program = function.program();

    let _link = Link::to(&store, port).await;
    let response = function.invoke(&event).await.expect(200);
    assert_eq!(response.json()["meta"]["total"], 2, "{}", response.body);
    assert_eq!(function.program(), program, "it recovers without a restart");
}

#[apply(api_test)]
async fn it_stops_on_a_signal() {
    let server = server_with_port().await;
    let client = server.platform();
    let store = port_of(&server);
    let mut function = Function::start("list-docks", &store, 10);
    let event = event("list-docks", &[("BERTH_KEY", client.credential().expect("a key"))]);
    function.invoke(&event).await.expect(200);

    let program = function.program();
    let begun = Instant::now();
    signal(program, "TERM");
    while runs(program) {
        assert!(begun.elapsed() < PROMPT, "it ends in time");
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(!function.log().contains("panicked"), "{}", function.log());

    // The environment restarts it, and ends it with itself.
    let response = function.invoke_raw(&event).await;
    let response = if response.contains("statusCode") { response } else { function.invoke_raw(&event).await };
    assert!(response.contains(r#""statusCode":200"#), "{response} {}", function.log());
    let program = function.program();
    let took = function.terminate();
    assert!(took < Duration::from_secs(3), "{took:?}");
    assert!(!runs(program), "the program outlives its environment");
}

#[apply(api_test)]
async fn a_stop_during_a_write_leaves_all_of_it_or_nothing() {
    let server = server_with_port().await;
    let client = server.platform();
    let organization = client.create_organization("Harbour").await.id();
    let link = Link::to(&port_of(&server), 0).await;
    let function = Function::start("create-party", link.store(), 10);
    let values = [("BERTH_KEY", client.credential().expect("a key")), ("ORG_ID", &organization)];
    let mut event = event("create-party", &values);
    let mut expected = 0;
    for (blocked, takes_effect) in
        [(Blocked::Requests("TransactWriteItems"), false), (Blocked::Responses("TransactWriteItems"), true)]
    {
        event["headers"]["idempotency-key"] = json!(format!("{blocked:?}"));
        link.block(blocked);
        let end = async {
            link.wait_until_blocked().await;
            signal(function.program(), "TERM");
        };
        let (response, ()) = join(function.invoke_raw(&event), end).await;
        assert!(!response.contains("statusCode"), "the function ends before it responds: {response}");
        expected += u64::from(takes_effect);
        assert_eq!(parties(&server, &organization).await, expected, "{blocked:?}");
        assert_consistent(&server).await;

        // The client repeats the request: a completed write is replayed, a lost one is executed.
        link.block(Blocked::Nothing);
        let response = function.invoke(&event).await.expect(201);
        assert_eq!(response.headers.contains_key("idempotency-replayed"), takes_effect, "{blocked:?}");
        expected += u64::from(!takes_effect);
        assert_eq!(parties(&server, &organization).await, expected, "{blocked:?}");
    }
    assert_consistent(&server).await;
}

/// Returns the number of parties of an organization.
async fn parties(server: &TestServer, organization: &str) -> u64 {
    let found = server.platform().get(&format!("/v1/organizations/{organization}")).await.expect(200);
    found.json()["_count"]["parties"].as_u64().expect("a number")
}
