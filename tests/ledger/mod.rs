//! Tests of the ledger dialect, `/v2`.

mod allocate;
mod annotations;
mod directory;
mod errors;
mod get;
mod issuer;
mod list;
mod list_all;
mod payload;
mod published_client;
mod rights;
mod synchronizers;
mod tenants;
mod tokens;
mod update;
mod users;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use berth_shared::http::Endpoint;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{RequestBuilder, TestClient, TestResponse, TestServer, paths};

/// A server, and clients for its ledger dialect.
pub struct Ledger {
    pub server: TestServer,
    pub platform: TestClient,
    /// Namespace of every party.
    pub namespace: String,
}

impl Ledger {
    pub async fn new() -> Self {
        let server = TestServer::start().await;
        let platform = server.platform();
        let participant = platform.get("/v2/parties/participant-id").await.expect(200).text("participantId");
        let namespace = participant.strip_prefix("participant::").expect("the name of the participant").to_owned();
        let digits = namespace.strip_prefix("1220").expect("a SHA-256 fingerprint");
        assert!(digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)));
        Self { server, platform, namespace }
    }

    /// Returns the id of the party with this hint.
    pub fn id(&self, hint: &str) -> String {
        format!("{hint}::{}", self.namespace)
    }

    /// Returns the id of the synchronizer.
    pub fn synchronizer(&self) -> String {
        self.id("berth")
    }

    pub async fn allocate(&self, body: &Value) -> TestResponse {
        self.platform.allocate_ledger_party(body).await
    }

    /// Allocates a party with this hint, and returns its id.
    pub async fn party(&self, hint: &str) -> String {
        let created = self.allocate(&json!({ "partyIdHint": hint })).await.expect(200);
        assert_eq!(created.json()["partyDetails"]["party"], json!(self.id(hint)));
        self.id(hint)
    }

    /// Returns the details of the party with this hint.
    pub async fn details(&self, hint: &str) -> Value {
        let found = self.platform.get_ledger_party(&self.id(hint)).await.expect(200);
        found.json()["partyDetails"][0].clone()
    }

    pub async fn patch(&self, id: &str, body: &Value) -> TestResponse {
        self.platform.update_ledger_party(id, body).await
    }

    /// Creates a platform key with these scopes. Returns a client with it, and the id of the key.
    pub async fn user(&self, scopes: &[&str]) -> (TestClient, String) {
        let key = self.platform.create_api_key(None, scopes).await;
        (self.server.client(&key.text("key")), key.id())
    }

    /// Returns the ids of a list.
    pub async fn list(&self, query: &str) -> Vec<String> {
        parties(&self.platform.get(&format!("/v2/parties{query}")).await.expect(200))
    }
}

/// Returns the ids of the parties in a response.
pub fn parties(response: &TestResponse) -> Vec<String> {
    let parties = response.json()["partyDetails"].as_array().expect("a list of parties");
    parties.iter().map(|party| party["party"].as_str().expect("an id").to_owned()).collect()
}

/// Returns the token of the page after the party with this hint.
pub fn page_token(hint: &str) -> String {
    URL_SAFE_NO_PAD.encode(hint)
}

/// Returns the body of an update of annotations, without a version.
pub fn annotations_patch(id: &str, annotations: &Value) -> Value {
    json!({
        "partyDetails": { "party": id, "localMetadata": { "resourceVersion": "", "annotations": annotations } },
        "updateMask": { "paths": ["local_metadata.annotations"] },
    })
}

/// Asserts that a response is this ledger error, with all ten fields.
#[track_caller]
pub fn assert_error(response: TestResponse, status: u16, code: &str) -> TestResponse {
    let response = response.expect(status);
    let body = response.json();
    let (category, grpc) = match (status, code) {
        (409, _) => (2, 10),
        (404, _) => (11, 5),
        (
            400,
            "NOT_CONNECTED_TO_SYNCHRONIZER" | "MAX_PARTY_DETAILS_ANNOTATIONS_SIZE_EXCEEDED" | "TOO_MANY_USER_RIGHTS",
        ) => (9, 9),
        (400, _) => (8, 3),
        other => panic!("unexpected status and code: {other:?}"),
    };
    assert_eq!(body["code"], code, "{body}");
    assert_eq!((&body["errorCategory"], &body["grpcCodeValue"]), (&json!(category), &json!(grpc)), "{body}");
    assert_eq!(body["retryInfo"], if status == 409 { json!("1 second") } else { Value::Null });
    assert!(body["cause"].as_str().is_some_and(|cause| !cause.is_empty() && cause.chars().count() <= 512));
    check_fields(body);
    response
}

/// Asserts that a response is redacted: a 401 or 403 without details.
#[track_caller]
pub fn assert_redacted(response: TestResponse, status: u16) -> TestResponse {
    assert_redacted_with(response, status, &json!({}))
}

/// Asserts that a response is redacted, with this context.
#[track_caller]
pub fn assert_redacted_with(response: TestResponse, status: u16, context: &Value) -> TestResponse {
    let response = response.expect(status);
    let body = response.json();
    check_fields(body);
    let trace = &body["traceId"];
    let expected = json!({
        "code": "NA",
        "cause": "A security-sensitive error has been received",
        "correlationId": trace,
        "traceId": trace,
        "context": context,
        "resources": [],
        "errorCategory": -1,
        "grpcCodeValue": if status == 401 { 16 } else { 7 },
        "retryInfo": null,
        "definiteAnswer": null,
    });
    assert_eq!(*body, expected);
    response
}

/// Asserts that a response rejects an undecodable request: a text with the name of the input.
#[track_caller]
pub fn assert_undecodable(response: TestResponse, input: &str) -> TestResponse {
    let response = response.expect(400);
    assert_eq!(response.header("content-type"), Some("text/plain; charset=UTF-8"));
    let text = response.body_text();
    assert!(text.starts_with(&format!("Invalid value for: {input}")), "{text}");
    response
}

#[track_caller]
fn check_fields(body: &Value) {
    let mut fields: Vec<&str> = body.as_object().expect("an object").keys().map(String::as_str).collect();
    fields.sort_unstable();
    let expected = [
        "cause",
        "code",
        "context",
        "correlationId",
        "definiteAnswer",
        "errorCategory",
        "grpcCodeValue",
        "resources",
        "retryInfo",
        "traceId",
    ];
    assert_eq!(fields, expected);
    let trace = body["traceId"].as_str().expect("a trace");
    assert!(trace.len() == 32 && trace.bytes().all(|b| b.is_ascii_hexdigit()), "{trace}");
}

/// Sends a POST with this body and media type.
pub async fn post_as(client: &TestClient, media_type: Option<&str>, body: &str) -> TestResponse {
    let request = client.request(Method::POST, paths::LEDGER_PARTIES);
    match media_type {
        Some(media_type) => request.body(media_type, body).send().await,
        None => request.bare_body(body).send().await,
    }
}

/// Returns the body of a request that succeeds, or an error if the endpoint has no sample.
pub fn sample_body(endpoint: &Endpoint, party: &str) -> Result<Option<Value>, String> {
    match endpoint.name {
        "allocate-ledger-party" => Ok(Some(json!({}))),
        "update-ledger-party" => Ok(Some(annotations_patch(party, &json!({ "a": "x" })))),
        "list-ledger-parties"
        | "get-ledger-party"
        | "get-participant-id"
        | "authenticated-user"
        | "get-ledger-user"
        | "list-ledger-user-rights"
        | "connected-synchronizers" => Ok(None),
        other => Err(format!("{other} has no sample: add it to tests/ledger/mod.rs")),
    }
}

/// Sends the sample request of an endpoint for this party and this user.
pub async fn send_sample(endpoint: &Endpoint, client: &TestClient, party: &str, user: &str) -> TestResponse {
    let body = sample_body(endpoint, party).unwrap_or_else(|gap| panic!("{gap}"));
    let target = endpoint.path.replace("{party}", party).replace("{user-id}", user);
    assert!(!target.contains('{'), "{} has a path parameter without a sample", endpoint.name);
    let request = client.request(endpoint.method.clone(), &target);
    body.iter().fold(request, RequestBuilder::json).send().await
}
