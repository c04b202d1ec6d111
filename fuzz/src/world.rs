//! A deployment with two tenants, made once per process: one that calls, and one that is somebody else.

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

use crate::store::Frozen;

/// The deployment, and what there is in it by the names that events may use.
pub struct World {
    runtime: Runtime,
    service: Service,
    /// `${NAME}` and what stands for it.
    pub names: Vec<(String, String)>,
}

impl World {
    /// The one of this process.
    pub fn get() -> &'static Self {
        static WORLD: OnceLock<World> = OnceLock::new();
        WORLD.get_or_init(Self::new)
    }

    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let frozen = Frozen::default();
        let credentials = Credentials::new("local", "local", None, None, "fuzz");
        let sdk = aws_config::SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("local"))
            .endpoint_url("http://store.invalid")
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(SharedHttpClient::new(frozen.clone()))
            .build();
        let service = Service::new(Store::connect(&sdk, "berth"), Environment::Test, None);
        let key = runtime.block_on(operator::initialize(service.store(), Environment::Test));
        let key = key.expect("the store answers").expect("nobody made the deployment before");
        let mut world = Self { runtime, service, names: vec![("${BERTH_KEY}".to_owned(), key)] };
        world.settle("", "Premier Title Services");
        world.settle("OTHER_", "Bank of America");
        frozen.freeze();
        world
    }

    /// Makes a tenant with one of each thing. `prefix` begins the names that these get.
    fn settle(&mut self, prefix: &str, name: &str) {
        let organization = self.made("create-organization", &[], &json!({ "name": name }));
        let organization_id = self.name(&format!("{prefix}ORG_ID"), &organization["id"]);
        let of = [("orgId", organization_id.as_str())];
        let dock = self.made("create-dock", &[], &json!({ "organizationId": organization_id, "name": "Closing" }));
        let dock_id = self.name(&format!("{prefix}DOCK_ID"), &dock["id"]);
        let party = json!({ "type": "INDIVIDUAL", "name": "Ada", "externalRef": "EIN:1", "metadata": { "tier": 1 } });
        let party = self.made("create-party", &of, &party);
        let party_id = self.name(&format!("{prefix}PARTY_ID"), &party["id"]);
        self.name(&format!("{prefix}LEDGER_PARTY"), &party["ledgerParty"]);
        let role = json!({ "dockId": dock_id, "role": "DISTRIBUTOR" });
        let role = self.made("assign-role", &[of[0], ("partyId", &party_id)], &role);
        self.name(&format!("{prefix}ROLE_ID"), &role["id"]);
        let scopes: Vec<_> = berth_shared::credentials::Scope::ALL.iter().map(ToString::to_string).collect();
        let key = json!({ "name": "Own", "scopes": scopes, "organizationId": organization_id });
        let key = self.made("create-api-key", &[], &key);
        self.name(&format!("{prefix}KEY_ID"), &key["id"]);
        self.name(&format!("{prefix}TENANT_KEY"), &key["key"]);
        let hint = format!("hint-{}", name.len());
        let allocated = json!({ "partyIdHint": hint, "identityProviderId": organization_id });
        let allocated = self.made("allocate-ledger-party", &[], &allocated);
        self.name(&format!("{prefix}ALLOCATED"), &allocated["partyDetails"]["party"]);
    }

    fn name(&mut self, name: &str, value: &Value) -> String {
        let value = value.as_str().unwrap_or_else(|| panic!("{name} is no text: {value}")).to_owned();
        self.names.push((format!("${{{name}}}"), value.clone()));
        value
    }

    /// What stands for a name.
    pub fn value(&self, name: &str) -> &str {
        let found = self.names.iter().find(|(known, _)| known == name);
        found.map_or_else(|| panic!("no {name}"), |(_, value)| value)
    }

    fn made(&self, endpoint: &str, parameters: &[(&str, &str)], body: &Value) -> Value {
        let endpoint = find(endpoint).expect("an endpoint");
        let path = parameters
            .iter()
            .fold(endpoint.path.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value));
        let headers = json!({ "authorization": format!("Bearer {}", self.value("${BERTH_KEY}")) });
        let event = event(endpoint.method.as_str(), &path, &headers, &json!({}), Some(&body.to_string()));
        let (_, answer) = self.answer(&event.to_string()).expect("an event");
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        assert!(answer.status().is_success(), "{} answered {text}", endpoint.name);
        serde_json::from_str(&text).expect("JSON")
    }

    /// The answer to an event, and whose; `None` where the decoder does not take it. As at API Gateway, the route is that
    /// of its method and path.
    pub fn answer(&self, event: &str) -> Option<(&'static Endpoint, Response<Body>)> {
        let request: LambdaRequest = serde_json::from_str(event).ok()?;
        let mut request = decoded(request)?;
        let path = lambda_http::RequestExt::raw_http_path(&request).to_owned();
        let endpoint = match route(request.method(), &path) {
            Some((endpoint, parameters)) => {
                // The gateway gives what it matched: the event cannot say otherwise.
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

/// The request of an event, if the decoder makes one. It panics where host, path and query make no URI, which no gateway
/// sends: it finds an API by the host, and leaves a query as it is encoded. At AWS the runtime would catch that.
fn decoded(request: LambdaRequest) -> Option<lambda_http::Request> {
    thread_local!(static DECODES: Cell<bool> = const { Cell::new(false) });
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        // The fuzzer's own hook, which ends the run.
        let finding = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !DECODES.get() {
                finding(info);
            }
        }));
    });
    DECODES.set(true);
    let request = panic::catch_unwind(AssertUnwindSafe(|| lambda_http::Request::from(request)));
    DECODES.set(false);
    request.ok()
}

/// An event of API Gateway with these parts.
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
