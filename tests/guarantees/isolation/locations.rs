//! What tenants could find out about each other, at every place of every endpoint.
//!
//! Another tenant's id, cursor or key is sent beside one that never existed: status, headers, body and the calls of the
//! store are the same. What the calls touch is in `fence.rs`.

use std::{collections::BTreeSet, fmt::Write};

use berth::Options;
use berth_functions::ENDPOINTS;
use berth_shared::{
    http::{Access, Endpoint},
    store::Family,
};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::samples::{Place, Sample, Tenant, guarded, places, unknown};
use crate::harness::{Answer, Berth, Call, Caller, StoreCall, Wire, api_test, deeds, paths};
use crate::ledger::annotating;

/// A server whose wire is watched, a tenant that calls, and another one.
pub struct Scene {
    pub berth: Berth,
    wire: Wire,
    pub own: Tenant,
    pub other: Tenant,
    /// Parties that were allocated on the ledger: the caller's, the other's, and one that nobody made.
    pub hints: [String; 3],
    /// A user of the other tenant's.
    user: String,
}

/// A kind of id in the ledger's dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Party,
    Organization,
    User,
    PageToken,
}

impl Scene {
    pub async fn new() -> Self {
        let wire = Wire::new();
        let berth = Berth::start_with(Options { http_client: Some(wire.client()), ..Options::default() }).await;
        let (mut own, other) =
            (Tenant::new(&berth, "Premier Title").await, Tenant::new(&berth, "Bank of America").await);
        let platform = berth.platform();
        let mut hints = Vec::new();
        for (hint, organization) in [("mine--", &own.organization), ("theirs", &other.organization)] {
            let body = json!({ "partyIdHint": hint, "identityProviderId": organization });
            let made = platform.allocate_ledger_party(&body).await.expect(200);
            hints.push(made.json()["partyDetails"]["party"].as_str().expect("an id").to_owned());
        }
        hints.push(hints[1].replace("theirs", "theirt"));
        let scopes = [&crate::harness::DIRECTORY_SCOPES[..], &["ledger:admin"]].concat();
        own.caller = berth.tenant(&own.organization, &scopes).await;
        let user = platform.create_api_key(Some(&other.organization), &["ledger:admin"]).await.id();
        let scene = Self { berth, wire, own, other, user, hints: hints.try_into().expect("three hints") };
        // From here on nobody has to be proved, and no secret read.
        scene.send(scene.own.caller.call(Method::GET, paths::DOCKS)).await.0.expect(200);
        scene
    }

    /// The answer, and what went over the wire for it but for the proof of who calls.
    async fn send(&self, call: Call) -> (Answer, Vec<StoreCall>) {
        let (answer, calls) = self.send_whole(call).await;
        let proves = |call: &StoreCall| {
            let begins =
                |key: &str, with: &str| call.request[key]["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with(with));
            begins("Item", "USED#") || (begins("Key", "KEY#") && call.request["ConsistentRead"] != true)
        };
        (answer, calls.into_iter().filter(|call| !proves(call)).collect())
    }

    /// The answer, and all that went over the wire for it.
    pub async fn send_whole(&self, call: Call) -> (Answer, Vec<StoreCall>) {
        self.wire.take();
        let answer = call.send().await;
        (answer, self.wire.take().0)
    }

    /// What can be told from a call, with `<id>` for the ids: the answer, and what was done for it.
    async fn told(&self, call: Call, ids: &[&str]) -> (u16, Vec<String>, String, Vec<String>) {
        let (answer, calls) = self.send(call).await;
        let shown = |text: String| ids.iter().fold(text, |text, id| text.replace(id, "<id>"));
        let headers = answer.headers.iter().filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()));
        let mut headers: Vec<_> =
            headers.map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))).collect();
        headers.sort();
        let body = match serde_json::from_slice(&answer.body) {
            Ok(mut body) => {
                forget(&mut body);
                body.to_string()
            }
            Err(_) => String::from_utf8_lossy(&answer.body).into_owned(),
        };
        let deeds = calls.iter().flat_map(|call| {
            let deeds = deeds(&call.operation, &call.request).into_iter();
            deeds.map(|(action, pk)| format!("{} {action:?} {:?}", call.operation, Family::of(&pk)))
        });
        let mut deeds: Vec<_> = deeds.collect();
        deeds.push(format!("{} calls", calls.len()));
        deeds.sort();
        (answer.status, headers.into_iter().map(shown).collect(), shown(body), deeds)
    }

    /// Pairs of what the other tenant has and what never was, of one length.
    pub fn pairs(&self, kind: Kind) -> Vec<(String, String)> {
        let [_, theirs, never] = &self.hints;
        let namespace = theirs.split_once("::").expect("an id of the ledger").1;
        let twin = |id: &str| (id.to_owned(), unknown(id));
        match kind {
            Kind::Party => {
                let (made, never_made) = twin(&self.other.party);
                let whole = |hint: String| format!("{hint}::{namespace}");
                vec![(theirs.clone(), never.clone()), (whole(made), whole(never_made))]
            }
            Kind::Organization => vec![twin(&self.other.organization)],
            Kind::User => vec![twin(&self.user), twin(&self.other.key)],
            Kind::PageToken => {
                let token = |id: &str| crate::ledger::page_token(id.split("::").next().unwrap_or_default());
                vec![(token(theirs), token(never)), (token(&self.other.party), token(&unknown(&self.other.party)))]
            }
        }
    }
}

/// Takes away what tells one call from another.
fn forget(body: &mut Value) {
    match body {
        Value::Object(members) => {
            members.retain(|name, _| {
                !["requestId", "instance", "traceId", "correlationId", "tid"].contains(&name.as_str())
            });
            members.values_mut().for_each(forget);
        }
        Value::Array(elements) => elements.iter_mut().for_each(forget),
        _ => {}
    }
}

/// Headers that a call may come with, and that are read before or after it is known whose a thing is.
const COMPANY: [&[(&str, &str)]; 2] = [
    &[],
    &[("if-match", "\"1\""), ("if-none-match", "\"1\""), ("prefer", "handling=strict"), ("cache-control", "no-cache")],
];

#[apply(api_test)]
async fn every_place_costs_and_answers_alike() {
    let scene = Scene::new().await;
    let mut compared = 0;
    for company in COMPANY {
        let with = |call: Call| company.iter().fold(call, |call, (name, value)| call.header(name, value));
        for (endpoint, _) in guarded() {
            for (place, prefix) in places(endpoint) {
                let foreign = scene.other.id(&prefix);
                let never = unknown(foreign);
                let mut sample = Sample::of(endpoint, &scene.own);
                sample.put(&place, foreign);
                let told = scene.told(with(sample.call(&scene.own.caller)), &[foreign]).await;
                sample.put(&place, &never);
                let untold = scene.told(with(sample.call(&scene.own.caller)), &[&never]).await;
                assert_eq!(told, untold, "{} at {place:?}", endpoint.name);
                compared += 1;
            }
        }
        for endpoint in ENDPOINTS.iter().filter(|endpoint| matches!(endpoint.access, Access::Ledger(_))) {
            for (place, kind) in ledger_places(endpoint) {
                for (foreign, never) in scene.pairs(kind) {
                    let told = with(ledger_call(&scene, endpoint, &place, &foreign));
                    let told = scene.told(told, &[&foreign]).await;
                    let untold = with(ledger_call(&scene, endpoint, &place, &never));
                    let untold = scene.told(untold, &[&never]).await;
                    assert_eq!(told, untold, "{} at {place:?}: {foreign}", endpoint.name);
                    compared += 1;
                }
            }
        }
    }
    assert!(compared >= 88, "only {compared} comparisons");
}

/// Every place of a call in the ledger's dialect where an id stands. What it takes and is not known here fails, by name.
pub fn ledger_places(endpoint: &Endpoint) -> Vec<(Place, Kind)> {
    let mut places: Vec<(Place, Kind)> = Vec::new();
    for name in endpoint.path_parameters() {
        let kind = match name {
            "party" => Kind::Party,
            "user-id" => Kind::User,
            other => panic!("{} has {other} in its path: is it an id?", endpoint.name),
        };
        places.push((Place::Path(name.to_owned()), kind));
    }
    for parameter in endpoint.query {
        let kind = match parameter.name {
            "parties" | "filter-party" => Kind::Party,
            "identity-provider-id" => Kind::Organization,
            "pageToken" => Kind::PageToken,
            "pageSize" => continue,
            other => panic!("{} has the parameter {other}: is it an id?", endpoint.name),
        };
        places.push((Place::Query(parameter.name.to_owned()), kind));
    }
    for pointer in crate::harness::samples::members(endpoint) {
        let kind = match pointer.rsplit('/').next().unwrap_or_default() {
            "identityProviderId" => Kind::Organization,
            "userId" => Kind::User,
            // The party of a change is that of the path, and the two go together; a hint that is taken is told, and has
            // a test of its own; there is one synchronizer, of no tenant.
            "party" | "partyIdHint" | "synchronizerId" => continue,
            "localMetadata" | "resourceVersion" | "annotations" | "partyDetails" | "isLocal" | "updateMask"
            | "paths" => {
                continue;
            }
            other => panic!("{} has the member {other}: is it an id?", endpoint.name),
        };
        places.push((Place::Body(pointer), kind));
    }
    places
}

/// A call of the endpoint about what the caller has, but for what stands at this place.
pub fn ledger_call(scene: &Scene, endpoint: &Endpoint, place: &Place, id: &str) -> Call {
    let at =
        |name: &str, own: &str| if *place == Place::Path(name.to_owned()) { id.to_owned() } else { own.to_owned() };
    let party = at("party", &scene.hints[0]);
    let mut target = endpoint.path.replace("{party}", &party).replace("{user-id}", &at("user-id", &scene.own.key));
    if let Place::Query(name) = place {
        write!(target, "?{name}={id}").expect("text grows");
    }
    let mut body = match endpoint.name {
        "allocate-ledger-party" => Some(json!({ "identityProviderId": "", "userId": "" })),
        "update-ledger-party" => {
            let mut body = annotating(&party, &json!({ "a": "x" }));
            body["partyDetails"]["identityProviderId"] = json!("");
            Some(body)
        }
        _ => None,
    };
    if let (Place::Body(pointer), Some(body)) = (place, &mut body) {
        *body.pointer_mut(pointer).unwrap_or_else(|| panic!("{} has no {pointer} to set", endpoint.name)) = json!(id);
    }
    let call = scene.own.caller.call(endpoint.method.clone(), &target);
    body.iter().fold(call, Call::json)
}

/// The cursor of a list's first page of one row.
async fn cursor(caller: &Caller, target: &str) -> String {
    let page = caller.get(&format!("{target}?limit=1")).await.expect(200);
    page.json()["meta"]["nextCursor"].as_str().expect("there is more").to_owned()
}

#[apply(api_test)]
async fn cursors_of_another_tenant_are_no_cursors() {
    let scene = Scene::new().await;
    // Lists that name no organization in their paths: the other's cursor is for the very same path.
    for tenant in [&scene.own, &scene.other] {
        tenant.caller.post_dock(&json!({ "name": "Another" })).await.expect(201);
    }
    for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.paged) {
        let own = Sample::of(endpoint, &scene.own).target();
        let theirs = match endpoint.name {
            // A list that shows a tenant one row has no second page.
            "list-organizations" | "list-parties" | "list-dock-parties" | "list-roles" => {
                cursor(&scene.other.caller, paths::DOCKS).await
            }
            _ => cursor(&scene.other.caller, &Sample::of(endpoint, &scene.other).target()).await,
        };
        for name in ["cursor", "anchor"] {
            // One that nobody gave: a letter of the signature is another.
            let mut never = theirs.clone();
            never.replace_range(8..9, if &theirs[8..9] == "A" { "B" } else { "A" });
            let of = |cursor: &str| scene.own.caller.call(Method::GET, &format!("{own}?{name}={cursor}"));
            let told = scene.told(of(&theirs), &[&theirs]).await;
            assert_eq!(told, scene.told(of(&never), &[&never]).await, "{} {name}", endpoint.name);
            assert_eq!(told.0, 400, "{}", endpoint.name);
        }
    }
}

#[apply(api_test)]
async fn idempotency_keys_of_another_tenant_are_unused() {
    let scene = Scene::new().await;
    let posts = guarded().filter(|(endpoint, _)| endpoint.method == Method::POST);
    for (endpoint, _) in posts.filter(|(endpoint, _)| endpoint.name != "create-organization") {
        let used = format!("used-{}", endpoint.name);
        let mut theirs = Sample::of(endpoint, &scene.other);
        if endpoint.name == "assign-role" {
            // Held, the role is refused: the other tenant's has to be made.
            theirs.body = Some(json!({ "dockId": scene.other.dock, "role": "RECIPIENT" }));
        }
        theirs.call(&scene.other.caller).header("idempotency-key", &used).send().await;
        // The very bytes where the path says whose it is, or none of the body does.
        let mut own = Sample::of(endpoint, &scene.own);
        let mut bodies = Vec::new();
        for key in [used.as_str(), "never"] {
            let key = if key == "never" { format!("never-{}", endpoint.name) } else { key.to_owned() };
            if endpoint.name == "assign-role" {
                let role = if bodies.is_empty() { "RECIPIENT" } else { "DISTRIBUTOR" };
                let party = scene.berth.platform().create_party(&scene.own.organization, "New").await.id();
                own.put(&Place::Path("partyId".to_owned()), &party);
                own.body = Some(json!({ "dockId": scene.own.dock, "role": role }));
            }
            let (answer, calls) = scene.send(own.call(&scene.own.caller).header("idempotency-key", &key)).await;
            assert_eq!(answer.status, endpoint.success, "{}: {}", endpoint.name, answer.json());
            assert!(answer.header("idempotency-replayed").is_none(), "{}", endpoint.name);
            let names: BTreeSet<_> = answer.headers.keys().map(ToString::to_string).collect();
            let operations: Vec<_> = calls.into_iter().map(|call| call.operation).collect();
            bodies.push((names, operations));
        }
        assert_eq!(bodies[0], bodies[1], "{}", endpoint.name);
    }
}

#[apply(api_test)]
async fn filters_by_what_another_tenant_has_find_nothing() {
    let scene = Scene::new().await;
    let party = json!({ "type": "INDIVIDUAL", "name": "Zebedee", "externalRef": "EIN:9" });
    let organization = paths::organization(&scene.other.organization);
    scene.other.caller.patch(&organization, &json!({ "name": "Zebedee" })).await.expect(200);
    scene.other.caller.post(&format!("{organization}/parties"), &party).await.expect(201);
    scene.other.caller.post_dock(&json!({ "name": "Zebedee" })).await.expect(201);
    for (endpoint, _) in guarded() {
        for parameter in endpoint.query {
            let (theirs, never) = match parameter.name {
                "slug" => ("bank-of-america", "bank-of-americb"),
                "search" => ("Zebedee", "Zebedef"),
                "externalRef" => ("EIN:9", "EIN:8"),
                // Ids have their own test; the rest says nothing of a tenant.
                "organizationId" | "dockId" | "role" | "asOf" | "type" => continue,
                other => panic!("{} has the filter {other}: can it tell of another tenant?", endpoint.name),
            };
            let target = Sample::of(endpoint, &scene.own).target();
            let of = |value: &str| scene.own.caller.call(Method::GET, &format!("{target}?{}={value}", parameter.name));
            let told = scene.told(of(theirs), &[theirs]).await;
            let untold = scene.told(of(never), &[never]).await;
            assert_eq!(told, untold, "{} {}", endpoint.name, parameter.name);
            assert!(told.2.contains("\"data\":[]"), "{} {}: {}", endpoint.name, parameter.name, told.2);
        }
    }
}
