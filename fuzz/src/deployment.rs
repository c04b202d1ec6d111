//! A deployment with two organizations, created once per process. Requests use the credentials of one of them.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::{Once, OnceLock},
};

use aws_config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use berth_functions::{find, handle, route};
use berth_shared::{Environment, Service, http::Endpoint, operator, store::Store};
use lambda_http::{
    Body,
    http::{Method, Response},
    request::LambdaRequest,
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::dynamodb::InMemoryDynamoDb;

/// A deployment, and the placeholders for its credentials and ids.
pub struct Deployment {
    runtime: Runtime,
    service: Service,
    /// Placeholders `${NAME}`, and their values.
    pub placeholders: Vec<(String, String)>,
}

impl Deployment {
    /// Returns the deployment of this process.
    pub fn get() -> &'static Self {
        static DEPLOYMENT: OnceLock<Deployment> = OnceLock::new();
        DEPLOYMENT.get_or_init(Self::new)
    }

    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let dynamodb = InMemoryDynamoDb::default();
        let credentials = Credentials::new("local", "local", None, None, "fuzz");
        let sdk = aws_config::SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("local"))
            .endpoint_url("http://dynamodb.invalid")
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(SharedHttpClient::new(dynamodb.clone()))
            .build();
        let service = Service::new(Store::connect(&sdk, "berth"), Environment::Test, None);
        let key = runtime.block_on(operator::initialize(service.store(), Environment::Test, "fuzz"));
        let key = key.expect("DynamoDB responds").expect("the deployment is new");
        let mut deployment = Self { runtime, service, placeholders: vec![("${BERTH_KEY}".to_owned(), key)] };
        deployment.create_organization("", "Premier Title Services");
        deployment.create_organization("OTHER_", "Bank of America");
        dynamodb.freeze();
        deployment
    }

    /// Creates an organization with one resource of each kind. `prefix` is prepended to the names of its placeholders.
    fn create_organization(&mut self, prefix: &str, name: &str) {
        let organization = self.create("create-organization", &[], &json!({ "name": name }));
        let organization_id = self.add_placeholder(&format!("{prefix}ORG_ID"), &organization["id"]);
        let of = [("orgId", organization_id.as_str())];
        let dock = self.create("create-dock", &[], &json!({ "organizationId": organization_id, "name": "Closing" }));
        let dock_id = self.add_placeholder(&format!("{prefix}DOCK_ID"), &dock["id"]);
        let party = json!({ "type": "INDIVIDUAL", "name": "Ada", "externalRef": "EIN:1", "metadata": { "tier": 1 } });
        let party = self.create("create-party", &of, &party);
        let party_id = self.add_placeholder(&format!("{prefix}PARTY_ID"), &party["id"]);
        self.add_placeholder(&format!("{prefix}LEDGER_PARTY"), &party["ledgerParty"]);
        let role = json!({ "dockId": dock_id, "role": "DISTRIBUTOR" });
        let role = self.create("assign-role", &[of[0], ("partyId", &party_id)], &role);
        self.add_placeholder(&format!("{prefix}ROLE_ID"), &role["id"]);
        let recipient = json!({ "name": "Jane", "email": "jane@example.com", "partyId": party_id });
        let recipient = self.create("create-recipient", &[("dockId", &dock_id)], &recipient);
        self.add_placeholder(&format!("{prefix}RECIPIENT_ID"), &recipient["id"]);
        let group = json!({ "name": "Lenders", "recipientIds": [recipient["id"]] });
        let group = self.create("create-group", &[("dockId", &dock_id)], &group);
        self.add_placeholder(&format!("{prefix}GROUP_ID"), &group["id"]);
        let scopes: Vec<_> = berth_shared::credentials::Scope::ALL.iter().map(ToString::to_string).collect();
        let key = json!({ "name": "Own", "scopes": scopes, "organizationId": organization_id });
        let key = self.create("create-api-key", &[], &key);
        self.add_placeholder(&format!("{prefix}KEY_ID"), &key["id"]);
        self.add_placeholder(&format!("{prefix}TENANT_KEY"), &key["key"]);
        let hint = format!("hint-{}", name.len());
        let allocated = json!({ "partyIdHint": hint, "identityProviderId": organization_id });
        let allocated = self.create("allocate-ledger-party", &[], &allocated);
        self.add_placeholder(&format!("{prefix}ALLOCATED"), &allocated["partyDetails"]["party"]);
    }

    fn add_placeholder(&mut self, name: &str, value: &Value) -> String {
        let value = value.as_str().unwrap_or_else(|| panic!("{name} is not a string: {value}")).to_owned();
        self.placeholders.push((format!("${{{name}}}"), value.clone()));
        value
    }

    /// Returns the value of a placeholder.
    pub fn value(&self, placeholder: &str) -> &str {
        let found = self.placeholders.iter().find(|(known, _)| known == placeholder);
        found.map_or_else(|| panic!("no {placeholder}"), |(_, value)| value)
    }

    /// Creates a resource with the platform key, and returns the body of the response.
    fn create(&self, endpoint: &str, parameters: &[(&str, &str)], body: &Value) -> Value {
        let endpoint = find(endpoint).expect("an endpoint");
        let path = parameters
            .iter()
            .fold(endpoint.path.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value));
        let headers = json!({ "authorization": format!("Bearer {}", self.value("${BERTH_KEY}")) });
        let event = event(endpoint.method.as_str(), &path, &headers, &json!({}), Some(&body.to_string()));
        let (_, response) = self.handle(&event.to_string()).expect("an event");
        let text = String::from_utf8_lossy(response.body()).into_owned();
        assert!(response.status().is_success(), "{} responded {text}", endpoint.name);
        serde_json::from_str(&text).expect("JSON")
    }

    /// Handles an event. Returns the endpoint and its response, or `None` if the decoder rejects the event. Method and
    /// path of the event select the endpoint, as in API Gateway.
    pub fn handle(&self, event: &str) -> Option<(&'static Endpoint, Response<Body>)> {
        let request: LambdaRequest = serde_json::from_str(event).ok()?;
        let mut request = decode(request)?;
        let path = lambda_http::RequestExt::raw_http_path(&request).to_owned();
        let endpoint = match route(request.method(), &path) {
            Some((endpoint, parameters)) => {
                // API Gateway always sends the path parameters of the route.
                let given = lambda_http::RequestExt::path_parameters(&request);
                if given.is_empty() {
                    let parameters: std::collections::HashMap<_, _> =
                        parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
                    request = lambda_http::RequestExt::with_path_parameters(request, parameters);
                }
                endpoint
            }
            None => find(berth_functions::FALLBACK).expect("the fallback"),
        };
        Some((endpoint, self.runtime.block_on(handle(endpoint, &self.service, request))))
    }
}

/// Decodes the request of an event. Returns `None` if the decoder panics, which is not a finding. It panics if host, path
/// and query are not a valid URI. API Gateway sends no such event: it finds the API by the host, and keeps the encoding
/// of the query. On AWS the runtime catches the panic.
fn decode(request: LambdaRequest) -> Option<lambda_http::Request> {
    thread_local!(static IS_DECODING: Cell<bool> = const { Cell::new(false) });
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        // The hook of the fuzzer, which ends the run.
        let fuzzer_hook = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !IS_DECODING.get() {
                fuzzer_hook(info);
            }
        }));
    });
    IS_DECODING.set(true);
    let request = panic::catch_unwind(AssertUnwindSafe(|| lambda_http::Request::from(request)));
    IS_DECODING.set(false);
    request.ok()
}

/// Returns an API Gateway event with these parts.
pub fn event(method: &str, path: &str, headers: &Value, query: &Value, body: Option<&str>) -> Value {
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "queryStringParameters": query,
        "requestContext": {
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1" },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
            "timeEpoch": 1_584_039_838_390_i64,
        },
        "isBase64Encoded": false,
    });
    if let Some(body) = body {
        event["body"] = body.into();
    }
    let template = Method::from_bytes(method.as_bytes()).ok().and_then(|method| route(&method, path));
    if let Some((_, parameters)) = template {
        let parameters = parameters.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value)));
        event["pathParameters"] = Value::Object(parameters.collect());
    }
    event
}
