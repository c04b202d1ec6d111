use berth_functions::FALLBACK;
use berth_shared::{
    Environment,
    http::{Dialect, DialectFuture, Handler},
    store::Store,
};
use lambda_http::request::LambdaRequest;
use proptest::prelude::*;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::{client::sdk_config, invoke::RESPONSE_LIMIT, origin::is_host};

/// A path without an endpoint.
const PATH: &str = "/v1/none";

/// Returns the smallest event that the production decoder accepts.
fn event(host: &str) -> String {
    json!({
        "rawPath": PATH,
        "headers": {"host": host},
        "requestContext": {"http": {"method": "GET"}, "timeEpoch": 0},
    })
    .to_string()
}

/// Returns a server with a time limit of an eighth of a second, for one connection and one request at a time.
async fn server(endpoint: &'static Endpoint) -> Server {
    let store = Store::connect(&sdk_config(Some("http://127.0.0.1:1"), None).await, "berth");
    let service = Service::new(store, Environment::Test, None);
    Server {
        service,
        fallback: endpoint,
        request_timeout: Duration::from_millis(125),
        abort_grace: Duration::ZERO,
        port: 0,
        origins: OriginPolicy::default(),
        slots: Arc::new(Semaphore::new(1)),
        connections: Arc::new(Semaphore::new(1)),
    }
}

/// Invokes `endpoint`.
async fn run(endpoint: Endpoint, host: &str) -> Option<Value> {
    let endpoint: &'static Endpoint = Box::leak(Box::new(endpoint));
    let server = server(endpoint).await;
    let slot = Arc::clone(&server.slots).acquire_owned().await.unwrap();
    let (request_id, trace_id) = (String::new(), String::new());
    let deadline = Timestamp::now() + server.request_timeout;
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

/// Responds with a text of this length.
#[derive(Debug)]
struct Filler(usize);

impl Dialect for Filler {
    fn name(&self) -> &'static str {
        "filler"
    }

    fn respond<'a>(
        &'static self,
        _: &'static Endpoint,
        _: &'a Service,
        _: lambda_http::Request,
        _: Option<String>,
    ) -> DialectFuture<'a> {
        Box::pin(async { Response::new(lambda_http::Body::Text("x".repeat(self.0))) })
    }
}

#[tokio::test]
async fn a_response_longer_than_lambda_transmits_gives_no_response() {
    // The members of the response other than the body have less than 200 bytes.
    static SHORTER: Filler = Filler(RESPONSE_LIMIT - 200);
    static LONGER: Filler = Filler(RESPONSE_LIMIT);
    let endpoint =
        |filler| Endpoint { handler: Handler::Other(filler), ..berth_functions::find(FALLBACK).unwrap().clone() };
    let response = run(endpoint(&SHORTER), "localhost").await.unwrap();
    assert_eq!(response["body"].as_str().map(str::len), Some(SHORTER.0));
    assert_eq!(run(endpoint(&LONGER), "localhost").await, None);
}

#[tokio::test]
async fn another_connection_waits_until_one_is_closed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = server(berth_functions::find(FALLBACK).unwrap()).await;
    tokio::spawn(serve(listener, server, std::future::pending()));
    let connect = async || {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(format!("GET /nothing HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes()).await.unwrap();
        stream
    };
    let mut first = connect().await;
    let mut status = [0; 12];
    first.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 404");
    // The first connection stays open for other requests.
    let mut second = connect().await;
    assert!(timeout(Duration::from_millis(200), second.read_exact(&mut status)).await.is_err());
    drop(first);
    timeout(Duration::from_secs(5), second.read_exact(&mut status)).await.unwrap().unwrap();
    assert_eq!(&status, b"HTTP/1.1 404");
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
        prop_assert_eq!(request.uri().path(), PATH);
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
        prop_assert_eq!(request.uri().path(), PATH);
    }
}
