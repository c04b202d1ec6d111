//! The four pages that Berth's REST dialect comes from: their calls as they write them, and what they say of answers.

use std::collections::BTreeSet;

use berth_shared::{
    id::{self, Id, Kind},
    time::Time,
};
use libtest_mimic::Trial;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    harness::{Answer, Berth, Caller, tests},
    samples::{Tenant, unknown},
};

pub fn tests() -> Vec<Trial> {
    tests![
        create_organization_answers_each_example_as_the_page_shows_it,
        the_next_organization_of_one_name_gets_a_number,
        create_organization_refuses_what_the_page_lists,
        create_party_makes_companies_and_persons,
        create_party_refuses_what_the_page_lists,
        assign_role_answers_as_the_page_shows_it,
        assign_role_refuses_what_the_page_lists,
        list_roles_answers_as_the_page_shows_it,
        list_roles_filters_by_role_and_dock,
        list_roles_refuses_what_the_page_lists,
        one_party_is_distributor_in_two_docks_and_recipient_in_a_third,
    ]
}

/// The body of the first example of the page, to the byte.
const BANK: &str = r#"{
"name": "Bank of America",
"metadata": {
"industry": "financial-services",
"region": "north-america",
"tier": "enterprise"
}
}"#;
const HEALTH: &str = r#"{
"name": "Metro Health System",
"metadata": {
"industry": "healthcare",
"facilities": 12,
"region": "metro-chicago"
}
}"#;
const TITLE: &str = r#"{
"name": "Premier Title Services",
"metadata": {
"industry": "real-estate",
"branches": 8,
"states": ["CA", "NV", "AZ"]
}
}"#;

/// A POST as `curl` sends it from the pages: this body, to the byte.
async fn post(caller: &Caller, target: &str, body: &str) -> Answer {
    caller.call(Method::POST, target).header("accept", "*/*").body("application/json", body).send().await
}

/// That an object has these members and no others.
#[track_caller]
fn check_members(object: &Value, expected: &[&str]) {
    let found: BTreeSet<&str> = object.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(found, expected.iter().copied().collect());
}

/// That this is an id of its kind, with the prefix that the pages give it.
#[track_caller]
fn check_id<K: Kind>(value: &Value, prefix: &str) {
    let id = value.as_str().expect("ids are strings");
    assert!(id.starts_with(prefix) && id.parse::<Id<K>>().is_ok(), "{id}");
}

/// That this is a time as the pages write them: UTC, three digits of milliseconds; of just now.
#[track_caller]
fn check_time(value: &Value) {
    let text = value.as_str().expect("times are strings");
    let time: Time = text.parse().expect("a time");
    assert_eq!(time.to_string(), text);
    assert!(text.len() == "2024-03-01T12:00:00.000Z".len() && text.ends_with('Z'), "{text}");
    let now = Time::now();
    assert!(time <= now && now <= time.plus_millis(60_000), "{text} is not now");
}

/// That this is a refusal as the origin writes them, with this status.
#[track_caller]
fn check_refusal(answer: Answer, status: u16, code: &str, message: &str) {
    let answer = answer.refused(status, code);
    let body = answer.json();
    assert_eq!((&body["statusCode"], &body["status"]), (&json!(status), &json!(status)));
    assert_eq!(body["error"], body["title"]);
    let messages: Vec<&str> = match &body["message"] {
        Value::Array(messages) => messages.iter().filter_map(Value::as_str).collect(),
        message => message.as_str().into_iter().collect(),
    };
    assert_eq!(status == 400 && code == "VALIDATION_FAILED", body["message"].is_array(), "{body}");
    assert!(messages.iter().any(|found| found.contains(message)), "{body}");
}

async fn create_organization_answers_each_example_as_the_page_shows_it() {
    let berth = Berth::start().await;
    for (body, slug) in [(BANK, "bank-of-america"), (HEALTH, "metro-health-system"), (TITLE, "premier-title-services")]
    {
        let made = post(&berth.platform(), "/v1/organizations", body).await.expect(201);
        let shown = made.json();
        check_members(shown, &["id", "name", "slug", "metadata", "createdAt", "updatedAt", "_count"]);
        check_id::<id::Organization>(&shown["id"], "org_");
        let sent: Value = serde_json::from_str(body).expect("the page's body is JSON");
        assert_eq!((&shown["name"], &shown["metadata"]), (&sent["name"], &sent["metadata"]));
        assert_eq!(shown["slug"], slug);
        check_time(&shown["createdAt"]);
        assert_eq!(shown["updatedAt"], shown["createdAt"]);
        assert_eq!(shown["_count"], json!({ "docks": 0, "parties": 0, "machineClients": 0 }));
        let location = made.header("location").expect("a location");
        assert_eq!(location, format!("/v1/organizations/{}", made.id()));
        let read = berth.platform().get(location).await.expect(200);
        assert_eq!((read.json(), read.header("etag")), (shown, made.header("etag")));
    }
    // The metadata may be left out.
    let made = post(&berth.platform(), "/v1/organizations", r#"{"name": "Plain"}"#).await.expect(201);
    assert_eq!(made.json()["metadata"], json!({}));
}

async fn the_next_organization_of_one_name_gets_a_number() {
    let berth = Berth::start().await;
    for slug in ["bank-of-america", "bank-of-america-1", "bank-of-america-2"] {
        let made = post(&berth.platform(), "/v1/organizations", BANK).await.expect(201);
        assert_eq!((made.text("name").as_str(), made.text("slug").as_str()), ("Bank of America", slug));
    }
}

async fn create_organization_refuses_what_the_page_lists() {
    let berth = Berth::start().await;
    let platform = berth.platform();
    let create = async |body: &str| post(&platform, "/v1/organizations", body).await;
    check_refusal(create("{}").await, 400, "VALIDATION_FAILED", "name is required");
    check_refusal(create(r#"{"name": 7}"#).await, 400, "VALIDATION_FAILED", "name must be a string");
    let wrong = r#"{"name": "A", "metadata": []}"#;
    check_refusal(create(wrong).await, 400, "VALIDATION_FAILED", "metadata must be an object");
    check_refusal(create(r#"{"name": "#).await, 400, "MALFORMED_BODY", "");
    for caller in [berth.nobody(), berth.with_key("dk_live_a1b2c3d4")] {
        let refused = post(&caller, "/v1/organizations", BANK).await;
        check_refusal(refused, 401, "UNAUTHORIZED", "Invalid or expired API key");
    }
    // The page's 409, for those who ask for certainty: by the slug, or by strict handling of the name.
    let first = create(BANK).await.expect(201);
    let by_slug = create(r#"{"name": "Another", "slug": "bank-of-america"}"#).await;
    let call = platform.call(Method::POST, "/v1/organizations").header("prefer", "handling=strict");
    let by_name = call.body("application/json", BANK).send().await;
    for refused in [by_slug, by_name] {
        assert_eq!(refused.json()["conflictId"], json!(first.id()));
        check_refusal(refused, 409, "SLUG_ALREADY_TAKEN", "slug");
    }
}

async fn create_party_makes_companies_and_persons() {
    let berth = Berth::start().await;
    let organization = berth.platform().create_organization("Bank of America").await.id();
    let target = format!("/v1/organizations/{organization}/parties");
    let company = json!({
        "type": "ORGANIZATION",
        "name": "First American Title",
        "email": "Closing@example.com",
        "externalRef": "EIN:94-1234567",
        "metadata": { "industry": "title-insurance", "tier": "preferred", "states": ["CA"], "since": 1889 },
    });
    let person = json!({ "type": "INDIVIDUAL", "name": "Dr. Jane Smith", "externalRef": "NPI:1234567890" });
    let nobody = json!({ "type": "INDIVIDUAL", "name": "Ada Lovelace" });
    for body in [company, person, nobody] {
        let made = berth.platform().post(&target, &body).await.expect(201);
        let shown = made.json();
        let members =
            ["id", "organizationId", "type", "name", "email", "externalRef", "metadata", "createdAt", "updatedAt"];
        // Beside what the page shows, its id in the ledger's dialect.
        check_members(shown, &[&members[..], &["ledgerParty"]].concat());
        assert!(made.text("ledgerParty").starts_with(&format!("{}::1220", made.id())));
        check_id::<id::Party>(&shown["id"], "pty_");
        assert_eq!(shown["organizationId"], json!(organization));
        for member in ["type", "name", "email", "externalRef"] {
            assert_eq!(shown[member], body[member], "{member}; absent is null");
        }
        assert_eq!(shown["metadata"], if body["metadata"].is_null() { json!({}) } else { body["metadata"].clone() });
        check_time(&shown["createdAt"]);
        assert_eq!(shown["updatedAt"], shown["createdAt"]);
        assert_eq!(made.header("location"), Some(format!("{target}/{}", made.id()).as_str()));
        let read = berth.platform().get(&format!("{target}/{}", made.id())).await.expect(200);
        assert_eq!((read.json(), read.header("etag")), (shown, made.header("etag")));
    }
    let counted = berth.platform().get(&format!("/v1/organizations/{organization}")).await.expect(200);
    assert_eq!(counted.json()["_count"]["parties"], 3);
}

async fn create_party_refuses_what_the_page_lists() {
    let berth = Berth::start().await;
    let organization = berth.platform().create_organization("Bank of America").await.id();
    let platform = berth.platform();
    let target = format!("/v1/organizations/{organization}/parties");
    let create = async |body: &str| post(&platform, &target, body).await;
    for (body, message) in [
        (r#"{"type": "COMPANY", "name": "A"}"#, "type must be INDIVIDUAL or ORGANIZATION"),
        (r#"{"type": "individual", "name": "A"}"#, "type must be INDIVIDUAL or ORGANIZATION"),
        (r#"{"name": "A"}"#, "type is required"),
        (r#"{"type": "INDIVIDUAL"}"#, "name is required"),
        (r#"{"type": "INDIVIDUAL", "name": " "}"#, "name must"),
        (r#"{"type": "INDIVIDUAL", "name": "A", "email": "nobody"}"#, "email must"),
    ] {
        check_refusal(create(body).await, 400, "VALIDATION_FAILED", message);
    }
    let refused = create("{}").await.refused(400, "VALIDATION_FAILED");
    assert_eq!(refused.json()["message"], json!(["type is required", "name is required"]));
    let good = r#"{"type": "INDIVIDUAL", "name": "Ada Lovelace"}"#;
    check_refusal(post(&berth.nobody(), &target, good).await, 401, "UNAUTHORIZED", "Invalid or expired API key");
    for nowhere in [unknown(&organization), "org_1".to_owned()] {
        let refused = post(&platform, &format!("/v1/organizations/{nowhere}/parties"), good).await;
        check_refusal(refused, 404, "ORGANIZATION_NOT_FOUND", "Organization not found");
    }
}

async fn assign_role_answers_as_the_page_shows_it() {
    let berth = Berth::start().await;
    let Tenant { organization, party, .. } = Tenant::new(&berth, "Bank of America").await;
    let dock = berth.platform().create_dock(&organization, "Closing").await.id();
    let target = format!("/v1/organizations/{organization}/parties/{party}/roles");
    for role in ["DISTRIBUTOR", "RECIPIENT"] {
        let body = format!("{{\n    \"dockId\": \"{dock}\",\n    \"role\": \"{role}\"\n  }}");
        let made = post(&berth.platform(), &target, &body).await.expect(201);
        let shown = made.json();
        check_members(shown, &["id", "dockId", "partyId", "role", "createdAt"]);
        check_id::<id::Role>(&shown["id"], "dpr_");
        assert_eq!((made.text("dockId"), made.text("partyId")), (dock.clone(), party.clone()));
        assert_eq!(made.text("role"), role);
        check_time(&shown["createdAt"]);
        assert_eq!(made.header("location"), Some(format!("{target}/{}", made.id()).as_str()));
        assert!(made.header("etag").is_some());
    }
}

async fn assign_role_refuses_what_the_page_lists() {
    let berth = Berth::start().await;
    let own = Tenant::new(&berth, "Bank of America").await;
    let other = Tenant::new(&berth, "Metro Health System").await;
    let platform = berth.platform();
    let Tenant { organization, party, dock, role, .. } = &own;
    let target = format!("/v1/organizations/{organization}/parties/{party}/roles");
    for (body, message) in [
        (json!({ "dockId": dock, "role": "SENDER" }), "role must be DISTRIBUTOR or RECIPIENT"),
        (json!({ "dockId": dock }), "role is required"),
        (json!({ "role": "RECIPIENT" }), "dockId is required"),
        (json!({ "dockId": "dock_1", "role": "RECIPIENT" }), "dockId must be an id of the form dock_"),
        (json!({ "dockId": party, "role": "RECIPIENT" }), "dockId must be an id of the form dock_"),
    ] {
        check_refusal(platform.post(&target, &body).await, 400, "VALIDATION_FAILED", message);
    }
    let refused = berth.nobody().try_assign(organization, party, dock, "RECIPIENT").await;
    check_refusal(refused, 401, "UNAUTHORIZED", "Invalid or expired API key");
    for (party, dock, code, message) in [
        (&other.party, dock, "PARTY_OF_ANOTHER_ORGANIZATION", "party belongs to another organization"),
        (party, &other.dock, "DOCK_OF_ANOTHER_ORGANIZATION", "dock belongs to another organization"),
    ] {
        check_refusal(platform.try_assign(organization, party, dock, "RECIPIENT").await, 403, code, message);
    }
    let (no_organization, no_party, no_dock) = (unknown(organization), unknown(party), unknown(dock));
    for (organization, party, dock, code, message) in [
        (&no_organization, party, dock, "ORGANIZATION_NOT_FOUND", "Organization not found"),
        (organization, &no_party, dock, "PARTY_NOT_FOUND", "Party not found"),
        (organization, party, &no_dock, "DOCK_NOT_FOUND", "Dock not found"),
    ] {
        check_refusal(platform.try_assign(organization, party, dock, "RECIPIENT").await, 404, code, message);
    }
    let refused = platform.try_assign(organization, party, dock, "DISTRIBUTOR").await;
    assert_eq!(refused.json()["conflictId"], json!(role));
    check_refusal(refused, 409, "ROLE_ALREADY_ASSIGNED", "holds this role");
}

/// A party that is distributor in two docks and recipient in a third, as both pages tell; the path of its roles, and
/// the docks, oldest first.
async fn multi_role_party(berth: &Berth) -> (String, Vec<(String, &'static str, &'static str)>) {
    let platform = berth.platform();
    let organization = platform.create_organization("Bank of America").await.id();
    let party = platform.create_party(&organization, "First American Title").await.id();
    let mut docks = Vec::new();
    for (name, role) in
        [("Underwriting Division", "DISTRIBUTOR"), ("Closing", "DISTRIBUTOR"), ("Agent Portal", "RECIPIENT")]
    {
        let dock = platform.create_dock(&organization, name).await.id();
        platform.assign(&organization, &party, &dock, role).await;
        docks.push((dock, name, role));
        // Roles of one millisecond have no order of making.
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    (format!("/v1/organizations/{organization}/parties/{party}/roles"), docks)
}

/// What a list says of roles: dock, its name, role.
fn told(list: &Answer) -> Vec<(&str, &str, &str)> {
    let rows = list.json()["data"].as_array().expect("a list").iter();
    rows.map(|row| {
        let text = |member: &str| row[member].as_str().expect("a string");
        (text("dockId"), text("dockName"), text("role"))
    })
    .collect()
}

async fn list_roles_answers_as_the_page_shows_it() {
    let berth = Berth::start().await;
    let (target, docks) = multi_role_party(&berth).await;
    let list = berth.platform().get(&target).await.expect(200);
    check_members(list.json(), &["data", "meta"]);
    for row in list.json()["data"].as_array().expect("a list") {
        check_members(row, &["id", "dockId", "dockName", "partyId", "role", "createdAt"]);
        check_id::<id::Role>(&row["id"], "dpr_");
        check_id::<id::Dock>(&row["dockId"], "dock_");
        check_id::<id::Party>(&row["partyId"], "pty_");
        check_time(&row["createdAt"]);
    }
    // Newest first, as on the page.
    let expected: Vec<_> = docks.iter().rev().map(|(dock, name, role)| (dock.as_str(), *name, *role)).collect();
    assert_eq!(told(&list), expected);
    let meta = json!({ "total": 3, "page": 1, "pageSize": 20, "hasMore": false, "nextCursor": null });
    assert_eq!(list.json()["meta"], meta);
    // `limit` and `offset` as the page has them.
    let page = berth.platform().get(&format!("{target}?limit=1&offset=1")).await.expect(200);
    assert_eq!(told(&page), expected[1..2]);
    let meta = &page.json()["meta"];
    assert_eq!((&meta["total"], &meta["page"], &meta["pageSize"]), (&json!(3), &json!(2), &json!(1)));
    assert_eq!(meta["hasMore"], true);
}

async fn list_roles_filters_by_role_and_dock() {
    let berth = Berth::start().await;
    let (target, docks) = multi_role_party(&berth).await;
    let list = async |query: &str| berth.platform().get(&format!("{target}?{query}")).await.expect(200);
    let (first, second, third) = (docks[0].0.as_str(), docks[1].0.as_str(), docks[2].0.as_str());
    for (query, expected) in [
        ("role=DISTRIBUTOR".to_owned(), vec![second, first]),
        ("role=RECIPIENT".to_owned(), vec![third]),
        (format!("dockId={first}"), vec![first]),
        (format!("dockId={first}&role=DISTRIBUTOR"), vec![first]),
        (format!("dockId={first}&role=RECIPIENT"), vec![]),
        (format!("dockId={}", unknown(first)), vec![]),
    ] {
        let answer = list(&query).await;
        let found: Vec<_> = told(&answer).into_iter().map(|(dock, ..)| dock).collect();
        assert_eq!(found, expected, "{query}");
        assert_eq!(answer.json()["meta"]["total"], json!(expected.len()), "{query}");
        assert_eq!(answer.json()["meta"]["hasMore"], false, "{query}");
    }
}

async fn list_roles_refuses_what_the_page_lists() {
    let berth = Berth::start().await;
    let (target, docks) = multi_role_party(&berth).await;
    let platform = berth.platform();
    check_refusal(berth.nobody().get(&target).await, 401, "UNAUTHORIZED", "Invalid or expired API key");
    let ids: Vec<&str> = target.split('/').collect();
    let nowhere = target.replace(ids[3], &unknown(ids[3]));
    let no_party = target.replace(ids[5], &unknown(ids[5]));
    for filter in ["", "?role=RECIPIENT", &format!("?dockId={}", docks[0].0)] {
        let refused = platform.get(&format!("{no_party}{filter}")).await;
        check_refusal(refused, 404, "PARTY_NOT_FOUND", "Party not found");
        // Without the organization there is no party either, and that is what is told.
        let refused = platform.get(&format!("{nowhere}{filter}")).await;
        check_refusal(refused, 404, "PARTY_NOT_FOUND", "Party not found");
    }
}

async fn one_party_is_distributor_in_two_docks_and_recipient_in_a_third() {
    let berth = Berth::start().await;
    let (target, docks) = multi_role_party(&berth).await;
    let list = berth.platform().get(&target).await.expect(200);
    let roles: Vec<_> = told(&list).into_iter().map(|(.., role)| role).collect();
    assert_eq!(roles, ["RECIPIENT", "DISTRIBUTOR", "DISTRIBUTOR"]);
    // Each dock shows the same from its side.
    for (dock, _, role) in docks {
        let parties = berth.platform().get(&format!("/v1/docks/{dock}/parties")).await.expect(200);
        let rows = parties.json()["data"].as_array().expect("a list");
        assert_eq!(rows.len(), 1);
        assert_eq!((&rows[0]["role"], &rows[0]["partyName"]), (&json!(role), &json!("First American Title")));
        assert!(target.contains(rows[0]["partyId"].as_str().expect("an id")));
    }
}
