//! What is called: a directory of some size, and one call of each kind in it.

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

/// What browsers send beside what the call needs.
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
/// How many docks, parties and roles there are to list.
const MANY: usize = 30;

/// A call.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// The endpoint, with what is particular about the call.
    pub(crate) name: &'static str,
    /// The endpoint.
    pub(crate) endpoint: &'static str,
    /// Its method.
    pub(crate) method: Method,
    /// Its path and query.
    pub(crate) target: String,
    /// Its body.
    pub(crate) body: Option<Value>,
}

/// Somebody who calls the local server, on one connection.
#[derive(Debug)]
pub(crate) struct Client {
    connection: BufReader<TcpStream>,
    headers: String,
}

impl Client {
    /// A client of the server at `url` with this credential.
    pub(crate) fn connect(url: &str, credential: &str) -> Result<Self> {
        let connection = TcpStream::connect(url.trim_start_matches("http://"))?;
        connection.set_nodelay(true)?;
        let headers =
            format!("Host: localhost\r\nAuthorization: Bearer {credential}\r\nContent-Type: application/json\r\n");
        Ok(Self { connection: BufReader::new(connection), headers })
    }

    /// The answer to a call, whatever it is.
    pub(crate) fn send(&mut self, method: &Method, target: &str, body: Option<&Value>) -> Result<Message> {
        let body = body.map(ToString::to_string).unwrap_or_default();
        let line = format!("{method} {target} HTTP/1.1");
        http::write(self.connection.get_mut(), &line, &self.headers, body.as_bytes())?;
        Message::read(&mut self.connection)?.ok_or_else(|| Error::other("the server hung up"))
    }

    fn make(&mut self, target: &str, body: &Value) -> Result<String> {
        let made: Value = serde_json::from_slice(&self.send(&Method::POST, target, Some(body))?.body)?;
        made["id"].as_str().map(ToOwned::to_owned).ok_or_else(|| Error::other(format!("no id: {made}")))
    }
}

/// Fills a directory, and tells the calls that can be made there.
pub(crate) fn prepare(client: &mut Client) -> Result<Vec<Call>> {
    let org = client.make("/v1/organizations", &json!({ "name": "Bench" }))?;
    let (mut docks, mut parties) = (Vec::new(), Vec::new());
    let of_org = format!("/v1/organizations/{org}");
    let all_parties = format!("{of_org}/parties");
    for number in 0..MANY {
        let dock = json!({ "organizationId": org, "name": format!("Dock {number}") });
        docks.push(client.make("/v1/docks", &dock)?);
        let party = json!({ "type": "ORGANIZATION", "name": format!("Party {number}") });
        parties.push(client.make(&all_parties, &party)?);
    }
    let (dock, party, last) = (&docks[0], &parties[0], &parties[MANY - 1]);
    let roles = format!("{all_parties}/{party}/roles");
    for (dock, other) in docks.iter().zip(&parties[1..]) {
        client.make(&roles, &json!({ "dockId": dock, "role": "RECIPIENT" }))?;
        client.make(&format!("{all_parties}/{other}/roles"), &json!({ "dockId": docks[0], "role": "RECIPIENT" }))?;
    }
    let checks: Vec<_> =
        docks[..10].iter().map(|dock| json!({ "dockId": dock, "partyId": party, "role": "RECIPIENT" })).collect();
    let (get, post, patch) = (Method::GET, Method::POST, Method::PATCH);
    let party_body = json!({ "type": "ORGANIZATION", "name": "New party", "metadata": { "tier": "gold" } });
    let role_body = json!({ "dockId": dock, "role": "DISTRIBUTOR" });
    let call = |name: &'static str, method: &Method, target: String, body: Option<Value>| {
        let endpoint = name.split(',').next().unwrap_or(name);
        Call { name, endpoint, method: method.clone(), target, body }
    };
    Ok(vec![
        call("health", &get, "/v1/healthz".to_owned(), None),
        call("get-organization", &get, of_org.clone(), None),
        call("create-organization", &post, "/v1/organizations".to_owned(), Some(json!({ "name": "New" }))),
        call("create-dock", &post, "/v1/docks".to_owned(), Some(json!({ "organizationId": org, "name": "New" }))),
        call("create-party", &post, all_parties.clone(), Some(party_body)),
        call("get-party", &get, format!("{all_parties}/{party}"), None),
        call("update-party", &patch, format!("{all_parties}/{last}"), Some(json!({ "name": "Renamed" }))),
        call("list-parties, 20", &get, format!("{all_parties}?limit=20"), None),
        call("assign-role", &post, format!("{all_parties}/{last}/roles"), Some(role_body)),
        call("list-roles, 20", &get, format!("{roles}?limit=20"), None),
        call("check-roles, 10", &post, format!("{of_org}/roles/check"), Some(json!({ "checks": checks }))),
        call("list-dock-parties, 20", &get, format!("/v1/docks/{dock}/parties?limit=20"), None),
        call("allocate-ledger-party", &post, "/v2/parties".to_owned(), Some(json!({}))),
    ])
}

impl Call {
    /// The event that API Gateway would make of this call.
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
        let arrival = IncomingRequest {
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
        Ok(event(&arrival, &route).to_string().into())
    }
}
