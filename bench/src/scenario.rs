//! The measured operations, and the resources that they use.

use std::{
    io::{BufReader, Error, Result},
    net::{IpAddr, Ipv4Addr, TcpStream},
    sync::Arc,
};

use berth::gateway::{IncomingRequest, RouteMatch, Target, event};
use jiff::Timestamp;
use lambda_http::http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

use crate::http::{self, Message};

/// Headers that browsers send with every request.
const HEADERS: [(&str, &str); 12] = [
    ("host", "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"),
    ("accept", "application/json, text/plain, */*"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("accept-language", "en-US,en;q=0.9,de;q=0.8"),
    ("origin", "https://console.example.com"),
    ("referer", "https://console.example.com/organizations/overview"),
    ("sec-ch-ua", "\"Chromium\";v=\"142\", \"Google Chrome\";v=\"142\", \"Not_A Brand\";v=\"99\""),
    ("sec-ch-ua-mobile", "?0"),
    ("sec-ch-ua-platform", "\"Linux\""),
    ("sec-fetch-dest", "empty"),
    ("sec-fetch-mode", "cors"),
    (
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    ),
];
/// Number of docks and of parties.
const RESOURCES: usize = 30;

/// A measured request.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    /// Name in the tables: the endpoint and its variant, such as `list-parties, 20`.
    pub(crate) name: &'static str,
    /// Name of the endpoint.
    pub(crate) endpoint: &'static str,
    /// HTTP method.
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) target: String,
    /// JSON body, if any.
    pub(crate) body: Option<Value>,
}

/// A client of the local server, with one connection.
#[derive(Debug)]
pub(crate) struct Client {
    connection: BufReader<TcpStream>,
    headers: String,
}

impl Client {
    /// Connects to the server at `url`.
    pub(crate) fn connect(url: &str, credential: &str) -> Result<Self> {
        let connection = TcpStream::connect(url.trim_start_matches("http://"))?;
        connection.set_nodelay(true)?;
        let headers =
            format!("Host: localhost\r\nAuthorization: Bearer {credential}\r\nContent-Type: application/json\r\n");
        Ok(Self { connection: BufReader::new(connection), headers })
    }

    /// Sends a request and returns its response, which can have any status.
    pub(crate) fn send(&mut self, method: &Method, target: &str, body: Option<&Value>) -> Result<Message> {
        let body = body.map(ToString::to_string).unwrap_or_default();
        let line = format!("{method} {target} HTTP/1.1");
        http::write(self.connection.get_mut(), &line, &self.headers, body.as_bytes())?;
        Message::read(&mut self.connection)?.ok_or_else(|| Error::other("the server closed the connection"))
    }

    /// Creates a resource and returns its id.
    fn create(&mut self, target: &str, body: &Value) -> Result<String> {
        let created: Value = serde_json::from_slice(&self.send(&Method::POST, target, Some(body))?.body)?;
        created["id"].as_str().map(ToOwned::to_owned).ok_or_else(|| Error::other(format!("no id: {created}")))
    }
}

/// Creates an organization with docks, parties and roles, and returns the operations on them.
pub(crate) fn prepare(client: &mut Client) -> Result<Vec<Operation>> {
    let org = client.create("/v1/organizations", &json!({ "name": "Bench" }))?;
    let (mut docks, mut parties) = (Vec::new(), Vec::new());
    let org_path = format!("/v1/organizations/{org}");
    let all_parties = format!("{org_path}/parties");
    for number in 0..RESOURCES {
        let dock = json!({ "organizationId": org, "name": format!("Dock {number}") });
        docks.push(client.create("/v1/docks", &dock)?);
        let party = json!({ "type": "ORGANIZATION", "name": format!("Party {number}") });
        parties.push(client.create(&all_parties, &party)?);
    }
    let (dock, party, last) = (&docks[0], &parties[0], &parties[RESOURCES - 1]);
    let roles = format!("{all_parties}/{party}/roles");
    for (dock, other) in docks.iter().zip(&parties[1..]) {
        client.create(&roles, &json!({ "dockId": dock, "role": "RECIPIENT" }))?;
        client.create(&format!("{all_parties}/{other}/roles"), &json!({ "dockId": docks[0], "role": "RECIPIENT" }))?;
    }
    let checks: Vec<_> =
        docks[..10].iter().map(|dock| json!({ "dockId": dock, "partyId": party, "role": "RECIPIENT" })).collect();
    let (get, post, patch) = (Method::GET, Method::POST, Method::PATCH);
    let party_body = json!({ "type": "ORGANIZATION", "name": "New party", "metadata": { "tier": "gold" } });
    let role_body = json!({ "dockId": dock, "role": "DISTRIBUTOR" });
    let operation = |name: &'static str, method: &Method, target: String, body: Option<Value>| {
        let endpoint = name.split(',').next().unwrap_or(name);
        Operation { name, endpoint, method: method.clone(), target, body }
    };
    Ok(vec![
        operation("health", &get, "/v1/healthz".to_owned(), None),
        operation("get-organization", &get, org_path.clone(), None),
        operation("create-organization", &post, "/v1/organizations".to_owned(), Some(json!({ "name": "New" }))),
        operation("create-dock", &post, "/v1/docks".to_owned(), Some(json!({ "organizationId": org, "name": "New" }))),
        operation("create-party", &post, all_parties.clone(), Some(party_body)),
        operation("get-party", &get, format!("{all_parties}/{party}"), None),
        operation("update-party", &patch, format!("{all_parties}/{last}"), Some(json!({ "name": "Renamed" }))),
        operation("list-parties, 20", &get, format!("{all_parties}?limit=20"), None),
        operation("assign-role", &post, format!("{all_parties}/{last}/roles"), Some(role_body)),
        operation("list-roles, 20", &get, format!("{roles}?limit=20"), None),
        operation("check-roles, 10", &post, format!("{org_path}/roles/check"), Some(json!({ "checks": checks }))),
        operation("list-dock-parties, 20", &get, format!("/v1/docks/{dock}/parties?limit=20"), None),
        operation("allocate-ledger-party", &post, "/v2/parties".to_owned(), Some(json!({}))),
    ])
}

impl Operation {
    /// Returns the API Gateway event of this request.
    pub(crate) fn event(&self, credential: &str) -> Result<Arc<str>> {
        let target = Target::parse(&self.target);
        let (endpoint, parameters) =
            berth_functions::route(&self.method, target.path()).ok_or_else(|| Error::other(self.target.clone()))?;
        let mut headers: HeaderMap = HEADERS
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .into_iter()
            .collect();
        let bearer = HeaderValue::from_str(&format!("Bearer {credential}")).map_err(Error::other)?;
        headers.insert("authorization", bearer);
        let body = self.body.as_ref().map(ToString::to_string).unwrap_or_default();
        if !body.is_empty() {
            headers.insert("content-type", HeaderValue::from_static("application/json"));
        }
        let request = IncomingRequest {
            method: &self.method,
            target: &target,
            headers: &headers,
            body: body.as_bytes(),
            peer: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
            port: 443,
            received: Timestamp::now(),
            request_id: "JKJaXmPLvHcESHA=",
            trace_id: "Root=1-5e6a86ce-0f2d5c3b4a69788796a5b4c3",
        };
        let route = RouteMatch { key: format!("{} {}", endpoint.method, endpoint.path), parameters };
        Ok(event(&request, &route).to_string().into())
    }
}
