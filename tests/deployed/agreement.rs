//! For every endpoint, the deployed program returns the same responses as the local server to the same requests.

use base64::{Engine, engine::general_purpose::STANDARD};
use berth_functions::{ENDPOINTS, FALLBACK};
use berth_shared::http::{Access, Endpoint};
use libtest_mimic::Trial;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::{
    function::{Function, TestResponse, event},
    normal::normal,
    store::{port_of, server_with_port},
};
use crate::harness::{TestServer, checker::assert_consistent, registry};

/// Headers that are added between client and server.
const TRANSPORT_HEADERS: [&str; 6] =
    ["content-length", "host", "x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"];

/// Returns one trial for each endpoint.
pub fn tests() -> Vec<Trial> {
    let trial = |endpoint: &'static Endpoint| {
        registry::trial(&format!("agreement::{}", endpoint.name), move || Box::pin(agrees(endpoint)))
    };
    ENDPOINTS.iter().map(trial).collect()
}

/// A deployment with one resource of each kind, created by the same requests each time.
struct State {
    server: TestServer,
    values: Vec<(&'static str, String)>,
}

impl State {
    async fn new(endpoint: &Endpoint) -> Self {
        let server = server_with_port().await;
        let client = server.platform();
        let organization = client.create_organization("Harbour").await.id();
        let dock = client.create_dock(&organization, "North").await.id();
        let party = client.create_party(&organization, "Bolt").await;
        let role = client.assign(&organization, &party.id(), &dock, "RECIPIENT").await.id();
        let recipient = client.create_recipient(&dock, "north@example.com").await.id();
        let group = client.create_group(&dock, "Harbour lenders", &[&recipient]).await.id();
        let key = client.create_api_key(Some(&organization), &["docks:read", "parties:read"]).await.id();
        let machine_client = client.create_machine_client(&organization, &["docks:read"]).await.id();
        let user = client.get("/v2/authenticated-user").await.expect(200).json()["user"]["id"].clone();
        // Only an empty organization can be deleted.
        let organization = match endpoint.name {
            "delete-organization" => client.create_organization("Empty").await.id(),
            _ => organization,
        };
        let asset = berth_functions::asset_paths().next().expect("an asset");
        let (version, asset) = asset.trim_start_matches("/console/assets/").split_once('/').expect("a version");
        let values = vec![
            ("ASSET_VERSION", version.to_owned()),
            ("ASSET_NAME", asset.to_owned()),
            ("BERTH_KEY", client.credential().expect("a new deployment has a first key").to_owned()),
            ("ORG_ID", organization),
            ("DOCK_ID", dock),
            ("PARTY_ID", party.id()),
            ("ROLE_ID", role),
            ("RECIPIENT_ID", recipient),
            ("GROUP_ID", group),
            ("KEY_ID", key),
            ("MACHINE_CLIENT_ID", machine_client),
            ("LEDGER_PARTY", party.text("ledgerParty")),
            ("LEDGER_USER", user.as_str().expect("an id").to_owned()),
        ];
        Self { server, values }
    }

    fn event(&self, endpoint: &str) -> Value {
        let values: Vec<_> = self.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        event(endpoint, &values)
    }

    /// Sends the request of an event to the local server, and returns its response.
    async fn local(&self, event: &Value) -> TestResponse {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let method: Method = text(&event["requestContext"]["http"]["method"]).parse().expect("a method");
        let mut target = format!("{}{}", self.server.running().url(), text(&event["rawPath"]));
        if event["rawQueryString"] != "" {
            target = format!("{target}?{}", text(&event["rawQueryString"]));
        }
        let mut request = Client::new().request(method, target);
        for (name, value) in event["headers"].as_object().expect("headers") {
            if !TRANSPORT_HEADERS.contains(&name.as_str()) {
                request = request.header(name, text(value));
            }
        }
        let body = text(&event["body"]);
        let body =
            if event["isBase64Encoded"] == true { STANDARD.decode(body).expect("base64") } else { body.into_bytes() };
        let response = request.body(body).send().await.expect("the server responds");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        TestResponse::new(status, &headers, &response.bytes().await.expect("the content"))
    }
}

/// A variant of an endpoint's request: its name, and how the event differs from the one in `events/`.
type Variant = (&'static str, fn(&mut Value));

fn variants(endpoint: &Endpoint) -> Vec<Variant> {
    let mut variants: Vec<Variant> = vec![
        ("unchanged", |_| {}),
        ("repeated", |_| {}),
        ("with an unknown parameter and strict handling", |event| {
            event["headers"]["prefer"] = json!("handling=strict");
            event["rawQueryString"] = json!("colour=red");
            event["queryStringParameters"] = json!({ "colour": "red" });
        }),
        ("with a request id and tags", |event| {
            event["headers"]["x-request-id"] = json!("of-the-caller");
            event["headers"]["if-none-match"] = json!("*");
            event["headers"]["if-match"] = json!("\"999\"");
        }),
    ];
    if endpoint.access != Access::Public {
        variants.push(("without a credential", |event| {
            event["headers"].as_object_mut().expect("headers").remove("authorization");
        }));
        variants
            .push(("with a wrong credential", |event| event["headers"]["authorization"] = json!("Bearer dk_test_x")));
    }
    if endpoint.body.is_some() {
        variants.push(("in base64", |event| {
            let body = event["body"].as_str().unwrap_or_default();
            event["body"] = json!(STANDARD.encode(body));
            event["isBase64Encoded"] = json!(true);
        }));
        variants.push(("with half a body", |event| event["body"] = json!("{\"name\": ")));
        variants.push(("with a text", |event| {
            event["headers"]["content-type"] = json!("text/plain");
        }));
        variants.push(("with an idempotency key", |event| event["headers"]["idempotency-key"] = json!("once")));
        variants.push(("with the same key", |event| event["headers"]["idempotency-key"] = json!("once")));
    }
    if endpoint.method == Method::GET {
        variants.push(("as HEAD", |event| {
            let key = event["routeKey"].as_str().unwrap_or_default().replace("GET ", "HEAD ");
            event["routeKey"] = json!(key);
            event["requestContext"]["routeKey"] = json!(key);
            event["requestContext"]["http"]["method"] = json!("HEAD");
        }));
    }
    if endpoint.name == FALLBACK {
        variants.push(("as PUT", |event| event["requestContext"]["http"]["method"] = json!("PUT")));
        variants.push(("with an unknown path", |event| {
            event["rawPath"] = json!("/v1/nothing");
            event["requestContext"]["http"]["path"] = json!("/v1/nothing");
        }));
    }
    variants
}

async fn agrees(endpoint: &'static Endpoint) {
    let (here, there) = (State::new(endpoint).await, State::new(endpoint).await);
    let store = port_of(&there.server);
    let function = Function::start(endpoint.name, &store, 10);
    for (name, vary) in variants(endpoint) {
        let [ours, theirs] = [&here, &there].map(|state| {
            let mut event = state.event(endpoint.name);
            vary(&mut event);
            event
        });
        let (local, deployed) = (here.local(&ours).await, function.invoke(&theirs).await);
        assert_eq!(normal(&local), normal(&deployed), "{} {name}", endpoint.name);
        // The event of this endpoint has a client that no deployment has.
        if name == "unchanged" && endpoint.name != "issue-token" {
            assert_eq!(deployed.status, endpoint.success, "{}: {}", endpoint.name, deployed.body);
        }
    }
    assert_consistent(&there.server).await;
}
