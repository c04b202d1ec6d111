use lambda_http::{Body, Request, RequestExt, http::HeaderValue, request::LambdaRequest};
use proptest::prelude::*;

use super::*;

/// 2020-03-12T19:03:58.390Z
const RECEIVED: i64 = 1_584_039_838_390;

/// A request and its route.
struct Sample {
    method: Method,
    target: Target,
    headers: HeaderMap,
    body: Vec<u8>,
    peer: IpAddr,
    route: RouteMatch,
}

impl Sample {
    fn new(method: Method, target: &str) -> Self {
        Self {
            method,
            target: Target::parse(target),
            headers: HeaderMap::new(),
            body: Vec::new(),
            peer: IpAddr::from([127, 0, 0, 1]),
            route: RouteMatch::fallback(),
        }
    }

    fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        self
    }

    fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        body.as_ref().clone_into(&mut self.body);
        self
    }

    fn event(&self) -> Value {
        let request = IncomingRequest {
            method: &self.method,
            target: &self.target,
            headers: &self.headers,
            body: &self.body,
            peer: self.peer,
            port: 3000,
            received: Timestamp::from_millisecond(RECEIVED).unwrap(),
            request_id: "req",
            trace_id: "Root=1-0-0",
        };
        event(&request, &self.route)
    }

    /// Returns the request that the production decoder reads from the event.
    fn decoded(&self) -> Request {
        serde_json::from_str::<LambdaRequest>(&self.event().to_string()).unwrap().into()
    }
}

#[test]
fn the_event_of_a_full_request_is_as_aws_documents() {
    let mut sample = Sample::new(Method::POST, "/v1/organizations/a%20b/parties?p=1&p=2&q=%C3%A9")
        .header("Host", "api.example.com:3000")
        .header("User-Agent", "agent")
        .header("Content-Type", "application/json")
        .header("X-Two", "1")
        .header("x-two", "2")
        .header("Cookie", "a=1; b=2")
        .header("Cookie", "c=3")
        .header("Connection", "keep-alive")
        .header("Transfer-Encoding", "chunked")
        .body(r#"{"a":"é"}"#);
    sample.route = RouteMatch {
        key: "POST /v1/organizations/{orgId}/parties".to_owned(),
        parameters: vec![("orgId", "a b".to_owned())],
    };
    let expected = json!({
        "version": "2.0",
        "routeKey": "POST /v1/organizations/{orgId}/parties",
        "rawPath": "/v1/organizations/a b/parties",
        "rawQueryString": "p=1&p=2&q=%C3%A9",
        "cookies": ["a=1", "b=2", "c=3"],
        "headers": {
            "host": "api.example.com:3000",
            "user-agent": "agent",
            "content-type": "application/json",
            "x-two": "1,2",
            "content-length": "10",
            "x-amzn-trace-id": "Root=1-0-0",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-port": "3000",
            "x-forwarded-proto": "http",
        },
        "queryStringParameters": {"p": "1,2", "q": "é"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": "api.example.com",
            "domainPrefix": "api",
            "http": {
                "method": "POST",
                "path": "/v1/organizations/a b/parties",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "agent",
            },
            "requestId": "req",
            "routeKey": "POST /v1/organizations/{orgId}/parties",
            "stage": "$default",
            "time": "12/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1_584_039_838_390_i64,
        },
        "body": "{\"a\":\"é\"}",
        "pathParameters": {"orgId": "a b"},
        "isBase64Encoded": false,
    });
    assert_eq!(sample.event(), expected);
}

#[test]
fn empty_members_are_absent() {
    let event = Sample::new(Method::GET, "/").event();
    for absent in ["cookies", "queryStringParameters", "body", "pathParameters", "stageVariables"] {
        assert_eq!(event.get(absent), None, "{absent}");
    }
    assert_eq!(event["routeKey"], "$default");
    assert_eq!(event["rawQueryString"], "");
    assert_eq!(event["isBase64Encoded"], false);
    assert_eq!(event["headers"]["content-length"], "0");
    assert_eq!(event["requestContext"]["domainName"], "localhost");
    assert_eq!(event["requestContext"]["http"].get("userAgent"), None);
}

#[test]
fn bodies_are_text_or_base64_as_on_aws() {
    for (content_type, body, expected, is_base64_encoded) in [
        (Some("application/json"), &b"{}"[..], "{}", false),
        (Some("Application/JSON; charset=utf-8"), b"{}", "{}", false),
        (Some("text/csv"), b"a,b", "a,b", false),
        (Some("application/xml"), b"<a/>", "<a/>", false),
        (Some("application/javascript"), b"1", "1", false),
        (Some("application/merge-patch+json"), b"{}", "e30=", true),
        (Some("application/x-www-form-urlencoded"), b"a=b", "YT1i", true),
        (Some("application/octet-stream"), b"a", "YQ==", true),
        (None, b"{}", "e30=", true),
        (Some("application/json"), b"\xff", "/w==", true),
    ] {
        let mut sample = Sample::new(Method::POST, "/").body(body);
        if let Some(content_type) = content_type {
            sample = sample.header("content-type", content_type);
        }
        let event = sample.event();
        assert_eq!(
            (&event["body"], &event["isBase64Encoded"]),
            (&expected.into(), &is_base64_encoded.into()),
            "{content_type:?}"
        );
        assert_eq!(sample.decoded().body().as_ref(), body, "{content_type:?}");
    }
}

#[test]
fn the_client_address_is_appended_to_x_forwarded_for() {
    let mut sample =
        Sample::new(Method::GET, "/").header("x-forwarded-for", "10.0.0.1").header("x-forwarded-proto", "bad scheme");
    sample.peer = "::ffff:192.0.2.7".parse().unwrap();
    let event = sample.event();
    assert_eq!(event["requestContext"]["http"]["sourceIp"], "192.0.2.7");
    assert_eq!(event["headers"]["x-forwarded-for"], "10.0.0.1, 192.0.2.7");
    assert_eq!(event["headers"]["x-forwarded-proto"], "http");
}

#[test]
fn the_domain_is_the_host_without_its_port() {
    for (host, domain, prefix) in [
        ("localhost:3000", "localhost", "localhost"),
        ("127.0.0.1:3000", "127.0.0.1", "127"),
        ("[::1]:3000", "[::1]", "[::1]"),
        ("[::1]", "[::1]", "[::1]"),
        ("a.b", "a.b", "a"),
    ] {
        let context = &Sample::new(Method::GET, "/").header("host", host).event()["requestContext"];
        assert_eq!((&context["domainName"], &context["domainPrefix"]), (&domain.into(), &prefix.into()));
    }
}

#[test]
fn the_production_decoder_reads_the_original_request() {
    let mut sample = Sample::new(Method::PATCH, "/v1/docks/x%20y?a=1&a=2&b=%2B")
        .header("host", "localhost:3000")
        .header("cookie", "a=1; b=2")
        .header("content-type", "application/json")
        .body("{}");
    sample.route.parameters = vec![("dockId", "x y".to_owned())];
    let request = sample.decoded();
    assert_eq!(request.method(), Method::PATCH);
    assert_eq!(request.raw_http_path(), "/v1/docks/x y");
    assert_eq!(request.uri(), "http://localhost:3000/v1/docks/x%20y?a=1&a=2&b=%2B");
    assert_eq!(request.headers()["cookie"], "a=1; b=2");
    assert_eq!(request.path_parameters().first("dockId"), Some("x y"));
    let query = request.query_string_parameters();
    assert_eq!(query.all("a"), Some(vec!["1", "2"]));
    assert_eq!(query.first("b"), Some("+"));
    assert_eq!(*request.body(), Body::Text("{}".to_owned()));
}

proptest! {
    #[test]
    fn the_production_decoder_accepts_every_request_line(
        method in "[A-Z]{1,12}",
        target in prop_oneof!["/[!-\"$-;=@-_a-z|~?%]{0,80}", "/(%[0-9A-Fa-f]{2}|/|\\.){0,40}(\\?[!-~&&[^#<>`]]{0,40})?"],
        body in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        // hyper rejects a target that is not a URI.
        prop_assume!(target.parse::<lambda_http::http::Uri>().is_ok());
        let sample = Sample::new(Method::from_bytes(method.as_bytes()).unwrap(), &target)
            .header("host", "localhost:3000")
            .body(&body);
        let request = sample.decoded();
        prop_assert_eq!(request.method().as_str(), method);
        prop_assert_eq!(request.raw_http_path(), sample.target.path());
        prop_assert_eq!(request.body().as_ref(), body);
    }

    #[test]
    fn every_target_gives_an_event_with_a_path(target in ".*") {
        let event = Sample::new(Method::GET, &target).event();
        prop_assert!(event["rawPath"].as_str().is_some_and(|path| path.starts_with('/')));
    }
}
