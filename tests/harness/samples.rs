//! Sample requests: one for each endpoint, which succeeds. Tests of all endpoints vary them.
//!
//! A body is the endpoint's example with the tenant's ids, unless `SampleRequest::body_of` defines another one.

use std::{
    collections::BTreeMap,
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use berth_functions::ENDPOINTS;
use berth_shared::{
    credentials::Scope,
    http::{Access, Endpoint},
};
use serde_json::{Value, json};

use crate::harness::{DIRECTORY_SCOPES, RequestBuilder, TestClient, TestResponse, TestServer};

/// Members whose names end in `Id` but whose values are text.
const NOT_IDS: [&str; 3] = ["taxId", "entityId", "actorId"];

/// Path parameters that are not documented as ids, each with the id prefix of its sample, or the sample itself.
const TEXTS: [(&str, Result<&str, &str>); 2] = [("entityType", Err("party")), ("entityId", Ok("pty"))];

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi.json")))
        .expect("openapi.json is JSON")
});

/// An organization with one resource of each kind, and a client with an organization key that has all scopes.
#[derive(Clone)]
pub struct Tenant {
    pub organization: String,
    pub dock: String,
    pub party: String,
    /// Role `DISTRIBUTOR` of the party in the dock.
    pub role: String,
    /// Recipient in the dock, without a party.
    pub recipient: String,
    /// Group of the recipient.
    pub group: String,
    /// Recipient in the dock, without a group.
    pub outsider: String,
    /// API key that has never been used.
    pub key: String,
    /// Machine client.
    pub machine_client: String,
    pub client: TestClient,
}

impl Tenant {
    pub async fn new(server: &TestServer, name: &str) -> Self {
        let platform = server.platform();
        let organization = platform.create_organization(name).await.id();
        let dock = platform.create_dock(&organization, "Underwriting").await.id();
        let party = platform.create_party(&organization, "First American Title").await.id();
        let role = platform.assign(&organization, &party, &dock, "DISTRIBUTOR").await.id();
        let recipient = platform.create_recipient(&dock, "jane@example.com").await.id();
        let group = platform.create_group(&dock, "Lenders", &[&recipient]).await.id();
        let outsider = platform.create_recipient(&dock, "joan@example.com").await.id();
        let key = platform.create_api_key(Some(&organization), &["docks:read"]).await.id();
        let machine_client = platform.create_machine_client(&organization, &["docks:read"]).await.id();
        let client = server.tenant(&organization, &DIRECTORY_SCOPES).await;
        Self { organization, dock, party, role, recipient, group, outsider, key, machine_client, client }
    }

    /// Returns a tenant that exists on no server.
    pub fn placeholder() -> Self {
        let id = |prefix: &str| format!("{prefix}_{}", super::world::ULID);
        let client = TestClient::new("http://127.0.0.1:9", None);
        let [organization, dock, party, role, recipient, group, outsider, key, machine_client] =
            ["org", "dock", "pty", "dpr", "rcp", "grp", "rcp", "key", "mc"].map(id);
        Self { organization, dock, party, role, recipient, group, outsider, key, machine_client, client }
    }

    /// Returns the tenant with a new resource in place of the one that a request to this endpoint changes or deletes.
    /// Also returns the ledger id of the party if the party is new.
    pub async fn with_fresh_resource(&self, endpoint: &Endpoint, name: &str) -> (Self, String) {
        let (mut fresh, client, name) = (self.clone(), &self.client, format!("{name} old"));
        let mut ledger_party = String::new();
        match endpoint.name {
            "update-organization" => fresh.organization = client.create_organization(&name).await.id(),
            "delete-organization" => fresh.organization = client.create_organization(&name).await.id(),
            "update-dock" | "delete-dock" => fresh.dock = client.create_dock(&self.organization, &name).await.id(),
            "update-party" | "delete-party" | "assign-role" | "revoke-role" | "update-ledger-party" => {
                let party = client.create_party(&self.organization, &name).await;
                (fresh.party, ledger_party) = (party.id(), party.text("ledgerParty"));
            }
            "revoke-api-key" | "update-api-key" | "rotate-api-key" => {
                fresh.key = client.create_api_key(None, &["docks:read"]).await.id()
            }
            "create-recipient" | "create-recipients-batch" | "update-recipient" => {
                // The party holds the role, so each request changes one resource.
                fresh.party = client.create_party(&self.organization, &name).await.id();
                client.assign(&self.organization, &fresh.party, &self.dock, "RECIPIENT").await;
                fresh.recipient = client.create_recipient(&self.dock, &unique_email()).await.id();
            }
            "delete-recipient" => fresh.recipient = client.create_recipient(&self.dock, &unique_email()).await.id(),
            "update-machine-client" | "rotate-machine-client" | "delete-machine-client" => {
                fresh.machine_client = client.create_machine_client(&self.organization, &["docks:read"]).await.id();
            }
            // Concurrent requests with one recipient would conflict.
            "add-group-recipients" => {
                fresh.outsider = client.create_recipient(&self.dock, &unique_email()).await.id();
                fresh.group = client.create_group(&self.dock, &name, &[]).await.id();
            }
            "update-group" | "delete-group" | "remove-group-recipients" | "remove-group-recipient" => {
                fresh.recipient = client.create_recipient(&self.dock, &unique_email()).await.id();
                fresh.group = client.create_group(&self.dock, &name, &[&fresh.recipient]).await.id();
            }
            // Other endpoints create a resource or only read.
            _ => {}
        }
        if endpoint.name == "revoke-role" {
            fresh.role = client.assign(&fresh.organization, &fresh.party, &fresh.dock, "RECIPIENT").await.id();
        }
        (fresh, ledger_party)
    }

    /// Returns the tenant for a request of `platform`: with an organization without resources, if the request deletes it.
    pub async fn deletable(self, endpoint: &Endpoint, platform: &TestClient) -> Self {
        if endpoint.name != "delete-organization" {
            return self;
        }
        Self { organization: platform.create_organization("Empty").await.id(), ..self }
    }

    /// Returns the example of the endpoint's body with the tenant's ids.
    fn example(&self, endpoint: &Endpoint) -> Result<Value, String> {
        let mut example = serde_json::from_str(endpoint.request_example)
            .map_err(|_| "the request body has no example: add request_example".to_owned())?;
        self.replace_ids(&mut example);
        Ok(example)
    }

    fn replace_ids(&self, value: &mut Value) {
        match value {
            Value::Object(members) => members.values_mut().for_each(|member| self.replace_ids(member)),
            Value::Array(elements) => elements.iter_mut().for_each(|element| self.replace_ids(element)),
            Value::String(text) => {
                let prefix = text.split_once('_').map(|(prefix, _)| prefix);
                if let Some(prefix) = prefix.filter(|prefix| text.len() == prefix.len() + 27) {
                    *text = self.id(prefix).to_owned();
                }
            }
            _ => {}
        }
    }

    /// Returns the id of the tenant's resource with this id prefix.
    pub fn id(&self, prefix: &str) -> &str {
        match prefix {
            "org" => &self.organization,
            "dock" => &self.dock,
            "pty" => &self.party,
            "dpr" => &self.role,
            "rcp" => &self.recipient,
            "grp" => &self.group,
            "key" => &self.key,
            "mc" => &self.machine_client,
            other => panic!("Tenant has no resource with the prefix {other}: add one"),
        }
    }
}

/// Returns an e-mail address that no other recipient has.
pub fn unique_email() -> String {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    format!("recipient-{}@example.com", LAST.fetch_add(1, Ordering::Relaxed))
}

/// Returns every REST endpoint that requires a scope, with the scope. `ledger/tenants.rs` has the matrix of the ledger
/// dialect.
pub fn scoped_endpoints() -> impl Iterator<Item = (&'static Endpoint, Scope)> {
    ENDPOINTS.iter().filter_map(|endpoint| match endpoint.access {
        Access::Scope(scope) => Some((endpoint, scope)),
        Access::Public | Access::Ledger(_) | Access::MachineClient | Access::OAuth => None,
    })
}

/// The location of an id in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdLocation {
    Path(String),
    Query(String),
    /// A JSON pointer into the body.
    Body(String),
}

/// A request with its ids.
#[derive(Clone)]
pub struct SampleRequest {
    pub endpoint: &'static Endpoint,
    path: BTreeMap<String, String>,
    query: BTreeMap<String, String>,
    pub body: Option<Value>,
}

impl SampleRequest {
    /// Returns the body of a request that succeeds, or an error if the endpoint has no sample.
    pub fn body_of(endpoint: &Endpoint, tenant: &Tenant) -> Result<Option<Value>, String> {
        if endpoint.body.is_none() {
            return Ok(None);
        }
        let dock = &tenant.dock;
        let body = match endpoint.name {
            "update-organization" | "update-dock" => Some(json!({ "name": "Premier Title Services" })),
            // The example has a domain, which only one dock can have.
            "create-dock" => Some(json!({ "organizationId": tenant.organization, "name": "Agent Portal" })),
            // The tenant's party already is a distributor.
            "assign-role" => Some(json!({ "dockId": dock, "role": "RECIPIENT" })),
            // No two recipients of a dock have one address.
            "create-recipient" => Some(json!({ "name": "Jane Doe", "email": unique_email(), "partyId": tenant.party })),
            "create-recipients-batch" => {
                let recipient = json!({ "name": "Jane Doe", "email": unique_email(), "partyId": tenant.party });
                Some(json!({ "recipients": [recipient] }))
            }
            // Nor two groups of a dock one name.
            "create-group" => Some(json!({ "name": unique_email(), "recipientIds": [tenant.recipient] })),
            "update-group" => Some(json!({ "name": unique_email() })),
            // The group already has the tenant's recipient.
            "add-group-recipients" => Some(json!({ "recipientIds": [tenant.outsider] })),
            "update-recipient" => Some(json!({ "name": "Jane Roe", "partyId": tenant.party })),
            // The example has no organization, because an organization key may omit it.
            "create-audit-entry" => {
                let mut body = tenant.example(endpoint)?;
                body["organizationId"] = json!(tenant.organization);
                Some(body)
            }
            // The key that sends the sample may lack the scopes of the example.
            "create-api-key" => {
                let organization = &tenant.organization;
                Some(
                    json!({ "name": "Reader", "scopes": ["docks:read"], "organizationId": organization, "dockId": dock }),
                )
            }
            // The credential that sends the sample may lack the scopes of the example.
            "create-machine-client" => {
                let (name, scopes) = ("Settlement", ["docks:read"]);
                Some(json!({ "name": name, "scopes": scopes, "dockId": dock, "partyId": tenant.party }))
            }
            "update-machine-client" => Some(json!({ "name": "Settlement", "partyId": tenant.party })),
            // The key does not have the scopes of the example.
            "update-api-key" => Some(json!({ "name": "Reader" })),
            _ => Some(tenant.example(endpoint)?),
        };
        Ok(body)
    }

    /// Returns a request to `endpoint` for the resources of `tenant`. It succeeds with a platform key.
    pub fn of(endpoint: &'static Endpoint, tenant: &Tenant) -> Self {
        let body = Self::body_of(endpoint, tenant).unwrap_or_else(|gap| panic!("{gap}"));
        assert_eq!(body.is_some(), endpoint.body.is_some(), "the sample of {} has the wrong body", endpoint.name);
        let mut sample = Self { endpoint, path: BTreeMap::new(), query: BTreeMap::new(), body };
        for (name, text) in TEXTS {
            if let (Err(text), true) = (text, endpoint.path_parameters().any(|known| known == name)) {
                sample.path.insert(name.to_owned(), text.to_owned());
            }
        }
        for (place, prefix) in id_locations(endpoint) {
            if matches!(place, IdLocation::Path(_)) {
                sample.put(&place, tenant.id(&prefix));
            }
        }
        sample
    }

    /// Replaces the id at one location.
    pub fn put(&mut self, place: &IdLocation, id: &str) {
        match place {
            IdLocation::Path(name) => drop(self.path.insert(name.clone(), id.to_owned())),
            IdLocation::Query(name) => drop(self.query.insert(name.clone(), id.to_owned())),
            IdLocation::Body(pointer) => {
                let body = self.body.as_mut().and_then(|body| body.pointer_mut(pointer));
                *body.unwrap_or_else(|| panic!("the sample of {} has no {pointer}", self.endpoint.name)) = json!(id);
            }
        }
    }

    /// Returns the path and the query.
    pub fn target(&self) -> String {
        let mut target = self.endpoint.path.to_owned();
        for (name, id) in &self.path {
            target = target.replace(&format!("{{{name}}}"), id);
        }
        let query: Vec<String> = self.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !query.is_empty() {
            target = format!("{target}?{}", query.join("&"));
        }
        target
    }

    /// Returns the request, to be sent by `client`.
    pub fn request(&self, client: &TestClient) -> RequestBuilder {
        self.request_to(client, &self.target())
    }

    /// Returns the request with another target.
    pub fn request_to(&self, client: &TestClient, target: &str) -> RequestBuilder {
        let request = client.request(self.endpoint.method.clone(), target);
        match &self.body {
            Some(body) => request.json(body),
            None => request,
        }
    }

    pub async fn send(&self, client: &TestClient) -> TestResponse {
        self.request(client).send().await
    }
}

/// Returns every location of an id in the endpoint's requests, with the id's prefix. In the contract, an id has the
/// pattern of ids.
pub fn id_locations(endpoint: &Endpoint) -> Vec<(IdLocation, String)> {
    try_id_locations(endpoint).unwrap_or_else(|gap| panic!("{}: {gap}", endpoint.name))
}

/// Returns the same as `id_locations`, or an error if an id is not documented as one.
pub fn try_id_locations(endpoint: &Endpoint) -> Result<Vec<(IdLocation, String)>, String> {
    let operation = &DOCUMENT["paths"][endpoint.path][endpoint.method.as_str().to_ascii_lowercase()];
    let mut id_locations = Vec::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().expect("parameters have names").to_owned();
        let place = if parameter["in"] == "path" { IdLocation::Path(name) } else { IdLocation::Query(name) };
        id_locations.extend(prefix_of(&parameter["schema"]).map(|prefix| (place, prefix)));
    }
    let path = id_locations.iter().filter(|(place, _)| matches!(place, IdLocation::Path(_))).count();
    for (name, text) in TEXTS.iter().filter(|(name, _)| endpoint.path_parameters().any(|known| known == *name)) {
        id_locations.extend(text.ok().map(|prefix| (IdLocation::Path((*name).to_owned()), prefix.to_owned())));
    }
    let is_text = |name: &str| TEXTS.iter().any(|(known, _)| *known == name);
    if path != endpoint.path_parameters().filter(|name| !is_text(name)).count() {
        return Err("a path parameter is not documented as an id".to_owned());
    }
    let content = operation["requestBody"]["content"].as_object();
    if let Some((_, content)) = content.and_then(|content| content.iter().next()) {
        ids_in(resolved(&content["schema"]), "", &mut id_locations);
    }
    // A parameter or member that is named like an id must have the pattern of one.
    let query = endpoint.query.iter().map(|parameter| IdLocation::Query(parameter.name.to_owned()));
    let members = endpoint.body.and_then(|body| body.members).map(|members| members()).unwrap_or_default();
    let members: Vec<_> = members.into_iter().map(|member| member.name).collect();
    let body = members.into_iter().map(|name| IdLocation::Body(format!("/{name}")));
    for place in query.chain(body) {
        let (IdLocation::Path(name) | IdLocation::Query(name) | IdLocation::Body(name)) = &place;
        let found = id_locations.iter().any(|(known, _)| *known == place);
        if !found && name.ends_with("Id") && !NOT_IDS.contains(&name.trim_start_matches('/')) {
            return Err(format!("{place:?} is not documented as an id"));
        }
    }
    Ok(id_locations)
}

fn ids_in(schema: &Value, pointer: &str, id_locations: &mut Vec<(IdLocation, String)>) {
    let schema = resolved(schema);
    id_locations.extend(prefix_of(schema).map(|prefix| (IdLocation::Body(pointer.to_owned()), prefix)));
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        ids_in(member, &format!("{pointer}/{name}"), id_locations);
    }
    if schema["items"].is_object() {
        ids_in(&schema["items"], &format!("{pointer}/0"), id_locations);
    }
    for choice in schema["anyOf"].as_array().into_iter().flatten() {
        ids_in(choice, pointer, id_locations);
    }
}

/// Returns the pointers to all members of an endpoint's body, as documented in the contract.
pub fn members(endpoint: &Endpoint) -> Vec<String> {
    fn add(schema: &Value, pointer: &str, members: &mut Vec<String>) {
        let schema = resolved(schema);
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            let pointer = format!("{pointer}/{name}");
            add(member, &pointer, members);
            members.push(pointer);
        }
        for choice in schema["anyOf"].as_array().into_iter().flatten() {
            add(choice, pointer, members);
        }
    }
    let operation = &DOCUMENT["paths"][endpoint.path][endpoint.method.as_str().to_ascii_lowercase()];
    let content = operation["requestBody"]["content"].as_object();
    let mut members = Vec::new();
    if let Some((_, content)) = content.and_then(|content| content.iter().next()) {
        add(resolved(&content["schema"]), "", &mut members);
    }
    assert_eq!(members.is_empty(), endpoint.body.is_none(), "{}", endpoint.name);
    members
}

fn prefix_of(schema: &Value) -> Option<String> {
    let (prefix, _) = resolved(schema)["pattern"].as_str()?.strip_prefix('^')?.split_once("_[0-7]")?;
    Some(prefix.to_owned())
}

fn resolved(schema: &Value) -> &Value {
    match schema["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(reference.trim_start_matches('#')).expect("references resolve"),
        None => schema,
    }
}

/// Returns a well-formed id of the same kind and age that belongs to no resource.
pub fn nonexistent(id: &str) -> String {
    let (rest, last) = id.split_at(id.len() - 1);
    format!("{rest}{}", if last == "0" { '1' } else { '0' })
}

/// Returns the comparable part of a response: without what differs between two requests, and with `<id>` for each of
/// `ids`.
pub fn normalized(response: &TestResponse, ids: &[&str]) -> (u16, BTreeMap<String, String>, String) {
    let varying = ["date", "x-request-id"];
    let headers = response.headers.iter().filter(|(name, _)| !varying.contains(&name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into()));
    let mut body: Value = response.json().clone();
    if let Some(body) = body.as_object_mut() {
        for member in ["requestId", "instance"] {
            body.remove(member);
        }
    }
    let text = ids.iter().fold(body.to_string(), |text, id| text.replace(id, "<id>"));
    (response.status, headers.collect(), text)
}
