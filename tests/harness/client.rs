//! Test clients: HTTP with a credential, a method for each frequent request, and validation of every response.

use std::{net::IpAddr, sync::OnceLock};

use reqwest::{Client, Method, header::HeaderMap};
use serde_json::{Value, json};

use super::{contract, logs, paths};

/// An HTTP client with one credential.
#[derive(Clone)]
pub struct TestClient {
    url: String,
    credential: Option<String>,
    http: Client,
}

/// A request before it is sent.
pub struct RequestBuilder {
    method: Method,
    target: String,
    request: reqwest::RequestBuilder,
}

/// A response that conforms to the contract.
#[derive(Debug, Clone)]
pub struct TestResponse {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    json: OnceLock<Value>,
}

impl TestClient {
    pub fn new(url: &str, credential: Option<&str>) -> Self {
        Self { url: url.to_owned(), credential: credential.map(ToOwned::to_owned), http: Client::new() }
    }

    /// Returns a client of the same server with another credential.
    pub fn with_credential(&self, credential: &str) -> Self {
        Self { credential: Some(credential.to_owned()), ..self.clone() }
    }

    /// Returns a client that connects from another local address.
    pub fn from_address(&self, address: IpAddr) -> Self {
        let http = Client::builder().local_address(address).build().expect("a client");
        Self { http, ..self.clone() }
    }

    /// Returns the credential that is sent.
    pub fn credential(&self) -> Option<&str> {
        self.credential.as_deref()
    }

    /// Returns a request for `target`: a path with its query, percent-encoded as on the wire.
    pub fn request(&self, method: Method, target: &str) -> RequestBuilder {
        let mut request = self.http.request(method.clone(), format!("{}{target}", self.url));
        logs::note_target(target);
        if let Some(credential) = &self.credential {
            logs::note("credential", credential);
            request = request.header("authorization", format!("Bearer {credential}"));
        }
        RequestBuilder { method, target: target.to_owned(), request }
    }

    pub async fn get(&self, target: &str) -> TestResponse {
        self.request(Method::GET, target).send().await
    }

    pub async fn post(&self, target: &str, body: &Value) -> TestResponse {
        self.request(Method::POST, target).json(body).send().await
    }

    pub async fn patch(&self, target: &str, body: &Value) -> TestResponse {
        self.request(Method::PATCH, target).json(body).send().await
    }

    pub async fn head(&self, target: &str) -> TestResponse {
        self.request(Method::HEAD, target).send().await
    }

    pub async fn delete(&self, target: &str) -> TestResponse {
        self.request(Method::DELETE, target).send().await
    }

    /// Creates an organization.
    pub async fn create_organization(&self, name: &str) -> TestResponse {
        self.post(paths::ORGANIZATIONS, &json!({ "name": name })).await.expect(201)
    }

    /// Returns the id of the organization that every deployment has from its first start.
    pub async fn default_organization(&self) -> String {
        let found = self.get("/v1/organizations?slug=default").await.expect(200);
        found.json()["data"][0]["id"].as_str().expect("the deployment's own organization").to_owned()
    }

    /// Creates a dock of `organization`.
    pub async fn create_dock(&self, organization: &str, name: &str) -> TestResponse {
        self.post(paths::DOCKS, &json!({ "organizationId": organization, "name": name })).await.expect(201)
    }

    /// Creates a party of type `ORGANIZATION`.
    pub async fn create_party(&self, organization: &str, name: &str) -> TestResponse {
        let body = json!({ "type": "ORGANIZATION", "name": name });
        self.post(&paths::parties(organization), &body).await.expect(201)
    }

    /// Sends a request that assigns a role, and accepts any response.
    pub async fn try_assign(&self, organization: &str, party: &str, dock: &str, role: &str) -> TestResponse {
        let target = paths::roles(organization, party);
        self.post(&target, &json!({ "dockId": dock, "role": role })).await
    }

    /// Assigns a role.
    pub async fn assign(&self, organization: &str, party: &str, dock: &str, role: &str) -> TestResponse {
        self.try_assign(organization, party, dock, role).await.expect(201)
    }

    /// Creates a recipient with this e-mail address.
    pub async fn create_recipient(&self, dock: &str, email: &str) -> TestResponse {
        self.post(&paths::recipients(dock), &json!({ "name": "Jane Doe", "email": email })).await.expect(201)
    }

    /// Creates a group of these recipients.
    pub async fn create_group(&self, dock: &str, name: &str, recipients: &[&str]) -> TestResponse {
        self.post(&paths::groups(dock), &json!({ "name": name, "recipientIds": recipients })).await.expect(201)
    }

    /// Creates a machine client. Its secret is the member `clientSecret`.
    pub async fn create_machine_client(&self, organization: &str, scopes: &[&str]) -> TestResponse {
        let body = json!({ "name": "Test", "scopes": scopes });
        self.post(&paths::machine_clients(organization), &body).await.expect(201)
    }

    /// Obtains an access token for a machine client with this creation response.
    pub async fn access_token(&self, machine_client: &TestResponse) -> String {
        let (id, secret) = (machine_client.text("clientId"), machine_client.text("clientSecret"));
        let body = json!({ "grant_type": "client_credentials", "client_id": id, "client_secret": secret });
        self.post(paths::OAUTH_TOKEN, &body).await.expect(200).text("access_token")
    }

    /// Creates an API key of `organization`, or a platform key for `None`. The credential is the member `key`.
    pub async fn create_api_key(&self, organization: Option<&str>, scopes: &[&str]) -> TestResponse {
        let mut body = json!({ "name": "Test", "scopes": scopes });
        if let Some(organization) = organization {
            body["organizationId"] = json!(organization);
        }
        self.post(paths::API_KEYS, &body).await.expect(201)
    }
}

impl RequestBuilder {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        logs::note_header(name, value);
        self.request = self.request.header(name, value);
        self
    }

    pub fn json(mut self, body: &Value) -> Self {
        logs::note_json(body);
        self.request = self.request.json(body);
        self
    }

    /// Sets the body, byte for byte.
    pub fn body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        logs::note_body(&body);
        self.request = self.request.header("content-type", media_type).body(body);
        self
    }

    /// Sets a body without a media type.
    pub fn bare_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        logs::note_body(&body);
        self.request = self.request.body(body);
        self
    }

    /// Sends the request, and validates the response against the contract.
    pub async fn send(self) -> TestResponse {
        let response = self.request.send().await.expect("the server responds");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.expect("the response is complete").to_vec();
        logs::note_response(&body);
        let response = TestResponse { status, headers, body, json: OnceLock::new() };
        contract::check(&self.method, &self.target, &response);
        response
    }
}

impl TestResponse {
    /// Returns the response if it has this status; panics otherwise.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    /// Returns the response if it is this error; panics otherwise.
    #[track_caller]
    pub fn expect_error(self, status: u16, code: &str) -> Self {
        let response = self.expect(status);
        assert_eq!(response.json()["code"], code);
        response
    }

    /// Returns the body as JSON.
    #[track_caller]
    pub fn json(&self) -> &Value {
        self.json.get_or_init(|| serde_json::from_slice(&self.body).expect("the body is JSON"))
    }

    /// Returns the body as text.
    #[track_caller]
    pub fn body_text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is UTF-8")
    }

    /// Returns the locations of the errors of a failed validation: pointers into the body, and names of parameters and
    /// headers.
    #[track_caller]
    pub fn error_locations(&self) -> Vec<&str> {
        let body = self.json();
        assert_eq!((self.status, &body["code"]), (400, &json!("VALIDATION_FAILED")), "{body}");
        let errors = body["errors"].as_array().expect("errors is an array");
        let sentences = errors.iter().map(|error| error["detail"].clone()).collect();
        assert_eq!(body["message"], Value::Array(sentences), "one message for each error");
        errors
            .iter()
            .map(|error| error["pointer"].as_str().or(error["parameter"].as_str()).expect("location"))
            .collect()
    }

    /// Returns a string member of the body.
    #[track_caller]
    pub fn text(&self, member: &str) -> String {
        self.json()[member].as_str().unwrap_or_else(|| panic!("{member} is not a string in {}", self.json())).to_owned()
    }

    /// Returns the id of the created or returned resource.
    #[track_caller]
    pub fn id(&self) -> String {
        self.text("id")
    }

    /// Returns the value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("headers are ASCII"))
    }
}
