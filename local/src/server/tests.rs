use berth_functions::FALLBACK;
use berth_shared::{Environment, http::Handler, store::Store};
use lambda_http::request::LambdaRequest;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::client::sdk_config;

/// Returns the smallest event that the production decoder accepts.
fn event(host: &str) -> String {
    json!({
        "rawPath": "/",
        "headers": {"host": host},
        "requestContext": {"http": {"method": "GET"}, "timeEpoch": 0},
    })
    .to_string()
}

/// Invokes `endpoint` with a time limit of an eighth of a second.
async fn run(endpoint: Endpoint, host: &str) -> Option<Value> {
    let endpoint: &'static Endpoint = Box::leak(Box::new(endpoint));
    let store = Store::connect(&sdk_config(Some("http://127.0.0.1:1"), None).await, "berth");
    let service = Service::new(store, Environment::Test, None);
    let request_timeout = Duration::from_millis(125);
    let server = Server {
        service,
        fallback: endpoint,
        request_timeout,
        abort_grace: Duration::ZERO,
        port: 0,
        slots: Arc::new(Semaphore::new(1)),
    };
    let slot = Arc::clone(&server.slots).acquire_owned().await.unwrap();
    let (request_id, trace_id) = (String::new(), String::new());
    let deadline = Timestamp::now() + request_timeout;
    let response = server.run(endpoint, Invocation { event: event(host), request_id, trace_id, deadline }, slot).await;
    // The slot is free again after any outcome. An aborted task releases it shortly after.
    timeout(Duration::from_secs(1), server.slots.acquire()).await.unwrap().unwrap().forget();
    response
}

#[tokio::test]
async fn an_endpoint_that_times_out_or_panics_gives_no_response() {
    let fallback = || berth_functions::find(FALLBACK).unwrap().clone();
    assert_eq!(run(fallback(), "localhost").await.map(|response| response["statusCode"].clone()), Some(json!(404)));
    let stuck = Endpoint { handler: Handler::Rest(|_| Box::pin(std::future::pending())), ..fallback() };
    assert_eq!(run(stuck, "localhost").await, None);
    // The decoder panics at this host. `berth_functions::handle` catches panics of the endpoint itself.
    assert_eq!(run(fallback(), "xn--").await, None);
}

#[test]
fn a_host_is_a_name_or_an_address() {
    for host in
        ["localhost", "localhost:3000", "127.0.0.1:3000", "a.b-c.d_e", "[::1]", "[::1]:3000", "x1:0", "4u.example"]
    {
        assert!(is_host(host), "{host}");
    }
    for host in [
        "",
        ":80",
        "a b",
        "a/b",
        "a@b",
        "a:b",
        "a:70000",
        "a:",
        "[zz]",
        "[::1",
        "1.2.3.4.5",
        "a..b",
        "256.1.1.1",
        "a.XN--a",
        "a.0x7f",
    ] {
        assert!(!is_host(host), "{host}");
    }
}

#[test]
fn a_trace_id_is_forwarded_or_generated() {
    let mut headers = HeaderMap::new();
    let generated = trace_id(&headers, Timestamp::UNIX_EPOCH);
    assert!(generated.starts_with("Root=1-00000000-"), "{generated}");
    assert_eq!(generated.len(), "Root=1-".len() + 8 + 1 + 24);
    headers.insert("x-amzn-trace-id", header::HeaderValue::from_static("Root=1-5759e988-bd862e3fe1be46a994272793"));
    assert_eq!(trace_id(&headers, Timestamp::UNIX_EPOCH), "Root=1-5759e988-bd862e3fe1be46a994272793");
}

#[test]
fn the_head_limit_is_that_of_api_gateway() {
    let head = |length: usize| {
        let request = Request::builder().method("GET").uri("/").header("x", "a".repeat(length)).body(());
        check_head(&request.unwrap().into_parts().0)
    };
    // Method and path have four bytes.
    assert_eq!(head(HEAD_LIMIT - 4), Ok(()));
    assert_eq!(head(HEAD_LIMIT - 3), Err(GatewayError::HEAD_TOO_LONG));
}

proptest! {
    #[test]
    fn the_production_decoder_accepts_every_accepted_host(
        host in "[a-z0-9.:_-]{1,20}|([Xx][Nn]--)?[a-z0-9-]{0,6}|[ -~]{1,12}",
    ) {
        let request = Request::builder().uri("/").header("host", &host).body(()).unwrap();
        prop_assume!(check_head(&request.into_parts().0).is_ok());
        let request: LambdaRequest = serde_json::from_str(&event(&host)).unwrap();
        let request: lambda_http::Request = request.into();
        prop_assert_eq!(request.uri().path(), "/");
    }
}
