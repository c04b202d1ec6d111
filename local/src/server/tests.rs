use berth_functions::FALLBACK;
use berth_shared::{Environment, http::Handler, store::Store};
use lambda_http::request::LambdaRequest;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{client::sdk_config, origin::is_host};

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
        origins: OriginPolicy::default(),
        slots: Arc::new(Semaphore::new(1)),
        connections: Arc::new(Semaphore::new(1)),
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

#[test]
fn a_target_has_only_the_characters_of_a_uri() {
    for target in ["/", "/v1/docks?a=b&c=%C3%A9", "/a-._~!$&'()*+,;=:@/[]"] {
        assert!(is_target(target), "{target}");
    }
    for target in ["/?a=\"", "/?a=<b>", "/?{}", "/?a=é", "/a b", "/?a=`", "/?|", "/\\", "/?^"] {
        assert!(!is_target(target), "{target}");
    }
}

proptest! {
    #[test]
    fn the_production_decoder_accepts_every_accepted_host(
        host in "[a-z0-9.:_-]{1,20}|([Xx][Nn]--)?[a-z0-9-]{0,6}|[ -~]{1,12}",
    ) {
        prop_assume!(is_host(&host));
        let request: LambdaRequest = serde_json::from_str(&event(&host)).unwrap();
        let request: lambda_http::Request = request.into();
        prop_assert_eq!(request.uri().path(), "/");
    }

    #[test]
    fn the_production_decoder_accepts_every_accepted_query(query in "[ -~]{0,20}|%[0-9A-F]{2}.{0,5}") {
        prop_assume!(is_target(&query));
        let mut event: Value = serde_json::from_str(&event("localhost")).unwrap();
        event["rawQueryString"] = json!(query);
        let parameters: serde_json::Map<_, _> =
            Target::parse(&format!("/?{query}")).parameters().into_iter().map(|(name, value)| (name, json!(value))).collect();
        event["queryStringParameters"] = json!(parameters);
        let request: LambdaRequest = serde_json::from_str(&event.to_string()).unwrap();
        let request: lambda_http::Request = request.into();
        prop_assert_eq!(request.uri().path(), "/");
    }
}
