//! Tenants cannot observe each other, at any location of an id in any endpoint.
//!
//! A request with another tenant's id, cursor or key is compared with one that never existed. Status, headers, body and
//! DynamoDB requests are the same. `iam_boundary.rs` checks the accessed keys.

use std::{collections::BTreeSet, fmt::Write};

use berth::Options;
use berth_functions::ENDPOINTS;
use berth_shared::{
    http::{Access, Endpoint},
    store::Family,
    time::Clock,
};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::samples::{
    IdLocation, SampleRequest, Tenant, id_locations, nonexistent, scoped_endpoints, unique_email,
};
use crate::harness::{
    DynamoDbRequest, RequestBuilder, TestClient, TestResponse, TestServer, Wire, api_test, iam_actions, paths, patient,
};
use crate::ledger::annotations_patch;

/// A server that records DynamoDB requests, a tenant that sends requests, and another tenant.
pub struct Scene {
    pub server: TestServer,
    wire: Wire,
    pub own: Tenant,
    pub other: Tenant,
    /// Hints of ledger parties: the own tenant's, the other tenant's, and an unused one.
    pub hints: [String; 3],
    /// A user of the other tenant.
    user: String,
}

/// A kind of id in the ledger dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Party,
    Organization,
    User,
    PageToken,
}

impl Scene {
    pub async fn new() -> Self {
        let (wire, clock) = (Wire::new(), Clock::default());
        let options = Options { http_client: Some(wire.layer()), clock: clock.clone(), ..patient() };
        let server = TestServer::start_with(options).await;
        let (mut own, other) =
            (Tenant::new(&server, "Premier Title").await, Tenant::new(&server, "Bank of America").await);
        let platform = server.platform();
        let mut hints = Vec::new();
        for (hint, organization) in [("mine--", &own.organization), ("theirs", &other.organization)] {
            let body = json!({ "partyIdHint": hint, "identityProviderId": organization });
            let created = platform.allocate_ledger_party(&body).await.expect(200);
            hints.push(created.json()["partyDetails"]["party"].as_str().expect("an id").to_owned());
        }
        hints.push(hints[1].replace("theirs", "theirt"));
        let scopes = [&crate::harness::DIRECTORY_SCOPES[..], &["ledger:admin"]].concat();
        own.client = server.tenant(&own.organization, &scopes).await;
        let user = platform.create_api_key(Some(&other.organization), &["ledger:admin"]).await.id();
        let scene = Self { server, wire, own, other, user, hints: hints.try_into().expect("three hints") };
        // From here on, keys are old enough for eventually consistent reads, keys are cached, and secrets are read.
        clock.advance(60_000);
        scene.send(scene.own.client.request(Method::GET, paths::DOCKS)).await.0.expect(200);
        scene
    }

    /// Returns the response and its DynamoDB requests without those of authentication.
    async fn send(&self, request: RequestBuilder) -> (TestResponse, Vec<DynamoDbRequest>) {
        let (response, requests) = self.send_whole(request).await;
        let proves = |request: &DynamoDbRequest| {
            let family = |key: &str| request.body[key]["pk"]["S"].as_str().and_then(Family::of);
            family("Item") == Some(Family::CredentialUses)
                || (family("Key") == Some(Family::ApiKeys) && request.body["ConsistentRead"] != true)
        };
        (response, requests.into_iter().filter(|request| !proves(request)).collect())
    }

    /// Returns the response and all its DynamoDB requests.
    pub async fn send_whole(&self, request: RequestBuilder) -> (TestResponse, Vec<DynamoDbRequest>) {
        self.wire.take();
        let response = request.send().await;
        (response, self.wire.take().0)
    }

    /// Returns what can be observed of a request, with `<id>` for the ids: the response, and the DynamoDB requests.
    async fn observe(&self, request: RequestBuilder, ids: &[&str]) -> (u16, Vec<String>, String, Vec<String>) {
        let (response, requests) = self.send(request).await;
        let shown = |text: String| ids.iter().fold(text, |text, id| text.replace(id, "<id>"));
        let headers = response.headers.iter().filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()));
        let mut headers: Vec<_> =
            headers.map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))).collect();
        headers.sort();
        let body = match serde_json::from_slice(&response.body) {
            Ok(mut body) => {
                remove_varying(&mut body);
                body.to_string()
            }
            Err(_) => String::from_utf8_lossy(&response.body).into_owned(),
        };
        let iam_actions = requests.iter().flat_map(|request| {
            let iam_actions = iam_actions(&request.operation, &request.body).into_iter();
            iam_actions.map(|(action, pk)| format!("{} {action:?} {:?}", request.operation, Family::of(&pk)))
        });
        let mut iam_actions: Vec<_> = iam_actions.collect();
        iam_actions.push(format!("{} requests", requests.len()));
        iam_actions.sort();
        (response.status, headers.into_iter().map(shown).collect(), shown(body), iam_actions)
    }

    /// Returns pairs of another tenant's id and an unknown one, of equal length.
    pub fn pairs(&self, kind: Kind) -> Vec<(String, String)> {
        let [_, theirs, never] = &self.hints;
        let namespace = theirs.split_once("::").expect("an id of the ledger").1;
        let twin = |id: &str| (id.to_owned(), nonexistent(id));
        match kind {
            Kind::Party => {
                let (created, never_made) = twin(&self.other.party);
                let whole = |hint: String| format!("{hint}::{namespace}");
                vec![(theirs.clone(), never.clone()), (whole(created), whole(never_made))]
            }
            Kind::Organization => vec![twin(&self.other.organization)],
            Kind::User => vec![twin(&self.user), twin(&self.other.key)],
            Kind::PageToken => {
                let token = |id: &str| crate::ledger::page_token(id.split("::").next().unwrap_or_default());
                vec![(token(theirs), token(never)), (token(&self.other.party), token(&nonexistent(&self.other.party)))]
            }
        }
    }
}

/// Removes values that differ between two requests.
fn remove_varying(body: &mut Value) {
    match body {
        Value::Object(members) => {
            members.retain(|name, _| {
                !["requestId", "instance", "traceId", "correlationId", "tid"].contains(&name.as_str())
            });
            members.values_mut().for_each(remove_varying);
        }
        Value::Array(elements) => elements.iter_mut().for_each(remove_varying),
        _ => {}
    }
}

/// Headers that are evaluated before or after the owner of a resource is known.
const HEADERS: [&[(&str, &str)]; 2] = [
    &[],
    &[("if-match", "\"1\""), ("if-none-match", "\"1\""), ("prefer", "handling=strict"), ("cache-control", "no-cache")],
];

#[apply(api_test)]
async fn another_tenants_id_costs_and_returns_the_same_as_an_unknown_one() {
    let scene = Scene::new().await;
    let mut compared = 0;
    for company in HEADERS {
        let with = |request: RequestBuilder| {
            company.iter().fold(request, |request, (name, value)| request.header(name, value))
        };
        for (endpoint, _) in scoped_endpoints() {
            for (place, prefix) in id_locations(endpoint) {
                let foreign = scene.other.id(&prefix);
                let never = nonexistent(foreign);
                let mut sample = SampleRequest::of(endpoint, &scene.own);
                sample.put(&place, foreign);
                let for_foreign = scene.observe(with(sample.request(&scene.own.client)), &[foreign]).await;
                sample.put(&place, &never);
                let for_unknown = scene.observe(with(sample.request(&scene.own.client)), &[&never]).await;
                assert_eq!(for_foreign, for_unknown, "{} at {place:?}", endpoint.name);
                compared += 1;
            }
        }
        for endpoint in ENDPOINTS.iter().filter(|endpoint| matches!(endpoint.access, Access::Ledger(_))) {
            for (place, kind) in ledger_id_locations(endpoint) {
                for (foreign, never) in scene.pairs(kind) {
                    let for_foreign = with(ledger_request(&scene, endpoint, &place, &foreign));
                    let for_foreign = scene.observe(for_foreign, &[&foreign]).await;
                    let for_unknown = with(ledger_request(&scene, endpoint, &place, &never));
                    let for_unknown = scene.observe(for_unknown, &[&never]).await;
                    assert_eq!(for_foreign, for_unknown, "{} at {place:?}: {foreign}", endpoint.name);
                    compared += 1;
                }
            }
        }
    }
    assert!(compared >= 88, "only {compared} comparisons");
}

/// Returns every location of an id in a ledger request. An unknown parameter or member fails the test.
pub fn ledger_id_locations(endpoint: &Endpoint) -> Vec<(IdLocation, Kind)> {
    try_ledger_id_locations(endpoint).unwrap_or_else(|gap| panic!("{}: {gap}", endpoint.name))
}

/// Returns the same as `ledger_id_locations`, or an error for an unknown parameter or member.
pub fn try_ledger_id_locations(endpoint: &Endpoint) -> Result<Vec<(IdLocation, Kind)>, String> {
    let mut id_locations: Vec<(IdLocation, Kind)> = Vec::new();
    for name in endpoint.path_parameters() {
        let kind = match name {
            "party" => Kind::Party,
            "user-id" => Kind::User,
            other => return Err(format!("the path parameter {other}: is it an id?")),
        };
        id_locations.push((IdLocation::Path(name.to_owned()), kind));
    }
    for parameter in endpoint.query {
        let kind = match parameter.name {
            "parties" | "party" | "filter-party" => Kind::Party,
            "identity-provider-id" | "identityProviderId" => Kind::Organization,
            "pageToken" => Kind::PageToken,
            // There is one participant, which belongs to no tenant.
            "pageSize" | "participantId" => continue,
            other => return Err(format!("the parameter {other}: is it an id?")),
        };
        id_locations.push((IdLocation::Query(parameter.name.to_owned()), kind));
    }
    for pointer in crate::harness::samples::members(endpoint) {
        let kind = match pointer.rsplit('/').next().unwrap_or_default() {
            "identityProviderId" => Kind::Organization,
            "userId" => Kind::User,
            // The party in the body must equal that in the path. A taken hint is reported, and has its own test. There
            // is one synchronizer, which belongs to no tenant.
            "party" | "partyIdHint" | "synchronizerId" => continue,
            "localMetadata" | "resourceVersion" | "annotations" | "partyDetails" | "isLocal" | "updateMask"
            | "paths" => {
                continue;
            }
            other => return Err(format!("the member {other}: is it an id?")),
        };
        id_locations.push((IdLocation::Body(pointer), kind));
    }
    Ok(id_locations)
}

/// Returns a request with the tenant's own resources, except at this location.
pub fn ledger_request(scene: &Scene, endpoint: &Endpoint, place: &IdLocation, id: &str) -> RequestBuilder {
    let at = |name: &str, own: &str| {
        if *place == IdLocation::Path(name.to_owned()) { id.to_owned() } else { own.to_owned() }
    };
    let party = at("party", &scene.hints[0]);
    let mut target = endpoint.path.replace("{party}", &party).replace("{user-id}", &at("user-id", &scene.own.key));
    if let IdLocation::Query(name) = place {
        write!(target, "?{name}={id}").expect("a string is writable");
    }
    let mut body = match endpoint.name {
        "allocate-ledger-party" => Some(json!({ "identityProviderId": "", "userId": "" })),
        "update-ledger-party" => {
            let mut body = annotations_patch(&party, &json!({ "a": "x" }));
            body["partyDetails"]["identityProviderId"] = json!("");
            Some(body)
        }
        _ => None,
    };
    if let (IdLocation::Body(pointer), Some(body)) = (place, &mut body) {
        *body.pointer_mut(pointer).unwrap_or_else(|| panic!("{} has no {pointer} to set", endpoint.name)) = json!(id);
    }
    let request = scene.own.client.request(endpoint.method.clone(), &target);
    body.iter().fold(request, RequestBuilder::json)
}

/// Returns the cursor of the first page of a list, with one row.
async fn cursor(client: &TestClient, target: &str) -> String {
    let page = client.get(&format!("{target}?limit=1")).await.expect(200);
    page.json()["meta"]["nextCursor"].as_str().expect("a next page").to_owned()
}

#[apply(api_test)]
async fn cursors_of_another_tenant_are_rejected_like_invalid_ones() {
    let scene = Scene::new().await;
    // Lists without an organization in their path: the other tenant's cursor belongs to the same path.
    for tenant in [&scene.own, &scene.other] {
        tenant.client.post_dock(&json!({ "name": "Another" })).await.expect(201);
    }
    for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.paged) {
        let own = SampleRequest::of(endpoint, &scene.own).target();
        let theirs = match endpoint.name {
            // A list that returns one row to the tenant has no second page.
            "list-organizations"
            | "list-parties"
            | "list-dock-parties"
            | "list-roles"
            | "list-organization-roles"
            | "list-machine-clients"
            | "list-recipients"
            | "list-groups"
            | "list-group-recipients" => cursor(&scene.other.client, paths::DOCKS).await,
            _ => cursor(&scene.other.client, &SampleRequest::of(endpoint, &scene.other).target()).await,
        };
        for name in ["cursor", "anchor"] {
            // An invalid cursor: one character of the signature differs.
            let mut never = theirs.clone();
            never.replace_range(8..9, if &theirs[8..9] == "A" { "B" } else { "A" });
            let of = |cursor: &str| scene.own.client.request(Method::GET, &format!("{own}?{name}={cursor}"));
            let for_foreign = scene.observe(of(&theirs), &[&theirs]).await;
            assert_eq!(for_foreign, scene.observe(of(&never), &[&never]).await, "{} {name}", endpoint.name);
            assert_eq!(for_foreign.0, 400, "{}", endpoint.name);
        }
    }
}

#[apply(api_test)]
async fn idempotency_keys_of_another_tenant_are_unused() {
    let scene = Scene::new().await;
    let posts = scoped_endpoints().filter(|(endpoint, _)| endpoint.method == Method::POST);
    for (endpoint, _) in posts.filter(|(endpoint, _)| endpoint.name != "create-organization") {
        let used = format!("used-{}", endpoint.name);
        let mut theirs = SampleRequest::of(endpoint, &scene.other);
        if endpoint.name == "assign-role" {
            // The other tenant's role must be assigned. A role that is already held would be rejected.
            theirs.body = Some(json!({ "dockId": scene.other.dock, "role": "RECIPIENT" }));
        }
        theirs.request(&scene.other.client).header("idempotency-key", &used).send().await;
        // The same body if the path names the owner, or if the body does not.
        let mut own = SampleRequest::of(endpoint, &scene.own);
        let mut bodies = Vec::new();
        for key in [used.as_str(), "never"] {
            let key = if key == "never" { format!("never-{}", endpoint.name) } else { key.to_owned() };
            if endpoint.name == "assign-role" {
                let role = if bodies.is_empty() { "RECIPIENT" } else { "DISTRIBUTOR" };
                let party = scene.server.platform().create_party(&scene.own.organization, "New").await.id();
                own.put(&IdLocation::Path("partyId".to_owned()), &party);
                own.body = Some(json!({ "dockId": scene.own.dock, "role": role }));
            }
            if endpoint.name == "add-group-recipients" {
                // A recipient that is not in the group yet.
                let created = scene.server.platform().create_recipient(&scene.own.dock, &unique_email()).await;
                own = SampleRequest::of(endpoint, &Tenant { outsider: created.id(), ..scene.own.clone() });
            }
            if let "create-recipient" | "create-recipients-batch" | "create-group" = endpoint.name {
                // Another address or name, and a party that gets the role.
                let party = scene.server.platform().create_party(&scene.own.organization, "New").await.id();
                own = SampleRequest::of(endpoint, &Tenant { party, ..scene.own.clone() });
            }
            let (response, requests) = scene.send(own.request(&scene.own.client).header("idempotency-key", &key)).await;
            assert_eq!(response.status, endpoint.success, "{}: {}", endpoint.name, response.json());
            assert!(response.header("idempotency-replayed").is_none(), "{}", endpoint.name);
            let names: BTreeSet<_> = response.headers.keys().map(ToString::to_string).collect();
            let operations: Vec<_> = requests.into_iter().map(|request| request.operation).collect();
            bodies.push((names, operations));
        }
        assert_eq!(bodies[0], bodies[1], "{}", endpoint.name);
    }
}

#[apply(api_test)]
async fn filters_do_not_match_another_tenants_resources() {
    let scene = Scene::new().await;
    let party = json!({ "type": "INDIVIDUAL", "name": "Zebedee", "externalRef": "EIN:9" });
    let organization = paths::organization(&scene.other.organization);
    scene.other.client.patch(&organization, &json!({ "name": "Zebedee" })).await.expect(200);
    scene.other.client.post(&format!("{organization}/parties"), &party).await.expect(201);
    scene.other.client.post_dock(&json!({ "name": "Zebedee" })).await.expect(201);
    let recipient = json!({ "name": "Zebedee", "email": "zebedee@example.com" });
    scene.other.client.post(&paths::recipients(&scene.other.dock), &recipient).await.expect(201);
    for (endpoint, _) in scoped_endpoints() {
        for parameter in endpoint.query {
            let (theirs, never) = match parameter.name {
                "slug" => ("bank-of-america", "bank-of-americb"),
                "search" => ("Zebedee", "Zebedef"),
                "externalRef" => ("EIN:9", "EIN:8"),
                "email" => ("zebedee@example.com", "zebedef@example.com"),
                "entityId" => (scene.other.party.as_str(), "pty_01HQ3K9B2V6R4X8ZT1M5N7P0QS"),
                "actorId" => (scene.other.key.as_str(), "key_01HQ3K9B2V6R4X8ZT1M5N7P0QS"),
                // Ids have their own test. The other values do not identify a tenant.
                "organizationId" | "dockId" | "partyId" | "role" | "asOf" | "type" | "descendants" => continue,
                "isActive" | "stakeholderClass" | "entityType" | "action" | "from" | "to" => continue,
                other => panic!("{} has the filter {other}: can it disclose another tenant?", endpoint.name),
            };
            let target = SampleRequest::of(endpoint, &scene.own).target();
            let of =
                |value: &str| scene.own.client.request(Method::GET, &format!("{target}?{}={value}", parameter.name));
            let for_foreign = scene.observe(of(theirs), &[theirs]).await;
            let for_unknown = scene.observe(of(never), &[never]).await;
            assert_eq!(for_foreign, for_unknown, "{} {}", endpoint.name, parameter.name);
            assert!(for_foreign.2.contains("\"data\":[]"), "{} {}: {}", endpoint.name, parameter.name, for_foreign.2);
        }
    }
}
