//! Tests of the OAuth dialect.

mod faults;
mod introspect;
mod issue;
mod metadata;
mod revoke;
mod tokens;

use berth::Options;
use berth_shared::time::Clock;
use serde_json::{Value, json};

use crate::harness::{TestClient, TestResponse, TestServer, Wire, paths, patient, samples::Tenant};

/// Scopes of the machine client of [`OAuth`].
pub const SCOPES: [&str; 4] = ["docks:read", "api-keys:write", "machine-clients:write", "ledger:read"];

/// A server with a clock, recorded DynamoDB requests, and a machine client.
pub struct OAuth {
    pub server: TestServer,
    pub wire: Wire,
    pub clock: Clock,
    pub own: Tenant,
    pub client: TestResponse,
}

impl OAuth {
    pub async fn new() -> Self {
        let (wire, clock) = (Wire::new(), Clock::default());
        let options = Options { http_client: Some(wire.layer()), clock: clock.clone(), ..patient() };
        let server = TestServer::start_with(options).await;
        let own = Tenant::new(&server, "Bank of America").await;
        let client = server.platform().create_machine_client(&own.organization, &SCOPES).await;
        Self { server, wire, clock, own, client }
    }

    /// Returns the path of the machine client.
    pub fn path(&self) -> String {
        paths::machine_client(&self.own.organization, &self.client.id())
    }

    /// Returns the parameters of a request for a token, with `others` in addition or in place of them.
    pub fn grant(&self, others: &Value) -> Value {
        let mut body = json!({
            "grant_type": "client_credentials",
            "client_id": self.client.text("clientId"),
            "client_secret": self.client.text("clientSecret"),
        });
        body.as_object_mut().expect("an object").extend(others.as_object().expect("an object").clone());
        body
    }

    /// Requests a token.
    pub async fn issue(&self, others: Value) -> TestResponse {
        self.server.anonymous().post(paths::OAUTH_TOKEN, &self.grant(&others)).await
    }

    /// Returns a new token.
    pub async fn token(&self) -> String {
        self.issue(json!({})).await.expect(200).text("access_token")
    }

    /// Returns whether a token is active for a caller that authenticates as the machine client.
    pub async fn is_active(&self, token: &str) -> bool {
        let mut body = self.grant(&json!({ "token": token }));
        body.as_object_mut().expect("an object").remove("grant_type");
        let introspected = self.server.anonymous().post(paths::OAUTH_INTROSPECT, &body).await.expect(200);
        introspected.json()["active"].as_bool().expect("active is a boolean")
    }

    /// Returns whether a token is active for a platform key.
    pub async fn is_active_for_platform(&self, token: &str) -> bool {
        let introspected = self.server.platform().post(paths::OAUTH_INTROSPECT, &json!({ "token": token })).await;
        introspected.expect(200).json()["active"].as_bool().expect("active is a boolean")
    }
}

/// Sends a form.
pub async fn post_form(client: &TestClient, path: &str, form: &str, basic: Option<&str>) -> TestResponse {
    let mut request = client.request(reqwest::Method::POST, path).body("application/x-www-form-urlencoded", form);
    if let Some(basic) = basic {
        request = request.header("authorization", &format!("Basic {basic}"));
    }
    request.send().await
}

/// Asserts that a response is this error of OAuth 2.0.
#[track_caller]
pub fn expect_oauth_error(response: &TestResponse, status: u16, error: &str) {
    let body = response.json();
    assert_eq!((response.status, body["error"].as_str()), (status, Some(error)), "{body}");
    assert_eq!(body["statusCode"], status);
    assert_eq!(body["message"], body["error_description"]);
    assert_eq!(body["requestId"].as_str(), response.header("x-request-id"));
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(response.header("cache-control"), Some("no-store"));
}
