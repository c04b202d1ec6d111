//! Tenants do not see each other: what is another's and what never existed are one and the same answer.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::{
    harness::{Answer, Berth, Caller, tests},
    samples::{FieldLocation, Sample, Tenant, comparable, guarded, places, unknown},
};

pub fn tests() -> Vec<Trial> {
    tests![
        an_id_of_another_tenant_and_one_that_never_existed_are_twins,
        all_ids_of_another_tenant_at_once_are_no_better,
        a_party_of_another_tenant_under_ones_own_organization_does_not_exist,
        a_platform_key_does_not_exist_for_an_organizations_key,
        lists_without_a_filter_show_ones_own_only,
        a_taken_slug_names_its_owner_only_to_those_who_may_see_it,
        a_slug_of_another_tenant_is_not_found_by_it,
        an_organizations_key_makes_no_organizations,
        a_dock_needs_an_organization_from_a_platform_key_only,
        a_platform_key_is_told_what_belongs_elsewhere_when_it_assigns_a_role,
        an_organizations_key_is_not_told_what_belongs_elsewhere_when_it_assigns_a_role,
        for_the_platform_a_party_under_the_wrong_organization_does_not_exist,
    ]
}

/// The two tenants of a test: the one that is looked for, and the one that looks.
async fn two_tenants(berth: &Berth) -> (Tenant, Tenant) {
    (Tenant::new(berth, "Bank of America").await, Tenant::new(berth, "Premier Title Services").await)
}

/// Whether the answer says that there is nothing.
fn is_nothing(answer: &Answer) -> bool {
    let body = answer.json();
    let unassigned = |result: &Value| result["assigned"] == false && result["roleId"].is_null();
    match answer.status {
        404 => true,
        200 if body["data"].is_array() => body["data"] == json!([]) && body["meta"]["total"] == 0,
        200 => body["results"].as_array().is_some_and(|results| results.iter().all(unassigned)),
        _ => false,
    }
}

/// Everything of a tenant that anybody could change.
async fn state(platform: &Caller, tenant: &Tenant) -> Vec<Value> {
    let Tenant { organization, dock, party, .. } = tenant;
    let mut seen = Vec::new();
    for target in [
        format!("/v1/organizations/{organization}"),
        format!("/v1/docks?organizationId={organization}"),
        format!("/v1/docks/{dock}/parties"),
        format!("/v1/organizations/{organization}/parties"),
        format!("/v1/organizations/{organization}/parties/{party}/roles"),
        format!("/v1/api-keys?organizationId={organization}"),
    ] {
        let mut body = platform.get(&target).await.expect(200).json().clone();
        // Marked by the tenant's own calls.
        for row in body["data"].as_array_mut().into_iter().flatten() {
            row.as_object_mut().expect("rows are objects").remove("lastUsedAt");
        }
        seen.push(body);
    }
    seen
}

async fn an_id_of_another_tenant_and_one_that_never_existed_are_twins() {
    let berth = Berth::start().await;
    let (other, own) = two_tenants(&berth).await;
    let before = state(&berth.platform(), &other).await;
    let mut compared = 0;
    for (endpoint, _) in guarded() {
        for (place, prefix) in places(endpoint) {
            let foreign = other.id(&prefix);
            let never = unknown(foreign);
            let mut sample = Sample::of(endpoint, &own);
            sample.put(&place, foreign);
            let told = sample.send(&own.caller).await;
            sample.put(&place, &never);
            let untold = sample.send(&own.caller).await;
            let shown = format!("{} at {place:?}: {}", endpoint.name, told.json());
            assert_eq!(comparable(&told, &[foreign]), comparable(&untold, &[&never]), "{shown}");
            assert!(is_nothing(&told), "{shown}");
            compared += 1;
        }
    }
    assert!(compared >= 28, "only {compared} places: is openapi.json read as it is written?");
    assert_eq!(state(&berth.platform(), &other).await, before);
}

async fn all_ids_of_another_tenant_at_once_are_no_better() {
    let berth = Berth::start().await;
    let (other, own) = two_tenants(&berth).await;
    let before = state(&berth.platform(), &other).await;
    for (endpoint, _) in guarded() {
        let places = places(endpoint);
        if places.iter().all(|(place, _)| matches!(place, FieldLocation::Query(_))) {
            continue;
        }
        let (mut foreign, mut never) = (Sample::of(endpoint, &other), Sample::of(endpoint, &other));
        let mut replaced = Vec::new();
        for (place, prefix) in &places {
            let id = other.id(prefix);
            foreign.put(place, id);
            never.put(place, &unknown(id));
            replaced.extend([id.to_owned(), unknown(id)]);
        }
        let replaced: Vec<&str> = replaced.iter().map(String::as_str).collect();
        let told = foreign.send(&own.caller).await;
        let untold = never.send(&own.caller).await;
        assert!(is_nothing(&told), "{}: {}", endpoint.name, told.json());
        assert_eq!(comparable(&told, &replaced), comparable(&untold, &replaced), "{}", endpoint.name);
    }
    assert_eq!(state(&berth.platform(), &other).await, before);
}

async fn a_party_of_another_tenant_under_ones_own_organization_does_not_exist() {
    let berth = Berth::start().await;
    let (other, own) = two_tenants(&berth).await;
    let target = format!("/v1/organizations/{}/parties/{}", own.organization, other.party);
    for latest in ["max-age=0", "no-cache"] {
        let call = own.caller.call(reqwest::Method::GET, &target).header("cache-control", latest);
        call.send().await.refused(404, "PARTY_NOT_FOUND");
    }
    // The role is the other's too: the way to it does not matter.
    own.caller.delete(&format!("{target}/roles/{}", other.role)).await.refused(404, "ROLE_NOT_FOUND");
}

async fn a_platform_key_does_not_exist_for_an_organizations_key() {
    let berth = Berth::start().await;
    let own = Tenant::new(&berth, "Premier Title Services").await;
    let platforms = berth.platform().create_api_key(None, &["docks:read"]).await;
    let told = own.caller.delete(&format!("/v1/api-keys/{}", platforms.id())).await;
    let untold = own.caller.delete(&format!("/v1/api-keys/{}", unknown(&platforms.id()))).await;
    assert_eq!(comparable(&told, &[]), comparable(&untold, &[]));
    told.refused(404, "API_KEY_NOT_FOUND");
    // It goes on working.
    berth.with_key(&platforms.text("key")).get("/v1/docks").await.expect(200);
}

async fn lists_without_a_filter_show_ones_own_only() {
    let berth = Berth::start().await;
    let (other, own) = two_tenants(&berth).await;
    for (endpoint, _) in guarded().filter(|(endpoint, _)| endpoint.paged) {
        let list = Sample::of(endpoint, &own).send(&own.caller).await.expect(200);
        let rows = list.json()["data"].as_array().expect("a list").clone();
        assert!(!rows.is_empty(), "{} shows nothing", endpoint.name);
        assert_eq!(list.json()["meta"]["total"], json!(rows.len()), "{}", endpoint.name);
        let text = list.json().to_string();
        for prefix in ["org", "dock", "pty", "dpr", "key"] {
            assert!(!text.contains(other.id(prefix)), "{} shows {prefix}: {text}", endpoint.name);
        }
        // The filter for one's own organization changes nothing.
        for (place, _) in places(endpoint).into_iter().filter(|(_, prefix)| prefix == "org") {
            let mut filtered = Sample::of(endpoint, &own);
            filtered.put(&place, &own.organization);
            assert_eq!(filtered.send(&own.caller).await.expect(200).json()["data"], json!(rows), "{}", endpoint.name);
        }
    }
}

async fn a_taken_slug_names_its_owner_only_to_those_who_may_see_it() {
    let berth = Berth::start().await;
    let (other, own) = two_tenants(&berth).await;
    let target = format!("/v1/organizations/{}", own.organization);
    let body = json!({ "slug": "bank-of-america" });
    let redact_conflict = own.caller.patch(&target, &body).await.refused(409, "SLUG_ALREADY_TAKEN");
    assert_eq!(redact_conflict.json().get("conflictId"), Some(&Value::Null));
    assert!(!redact_conflict.json().to_string().contains(&other.organization));
    let told = berth.platform().patch(&target, &body).await.refused(409, "SLUG_ALREADY_TAKEN");
    assert_eq!(told.text("conflictId"), other.organization);
    let body = json!({ "name": "Another", "slug": "bank-of-america" });
    let told = berth.platform().post("/v1/organizations", &body).await.refused(409, "SLUG_ALREADY_TAKEN");
    assert_eq!(told.text("conflictId"), other.organization);
}

async fn a_slug_of_another_tenant_is_not_found_by_it() {
    let berth = Berth::start().await;
    let (_, own) = two_tenants(&berth).await;
    let foreign = own.caller.get("/v1/organizations?slug=bank-of-america").await;
    let never = own.caller.get("/v1/organizations?slug=bank-of-america-9").await;
    assert_eq!(comparable(&foreign, &[]), comparable(&never, &[]));
    assert!(is_nothing(&foreign), "{}", foreign.json());
    let mine = own.caller.get("/v1/organizations?slug=premier-title-services").await.expect(200);
    assert_eq!(mine.json()["data"][0]["id"], json!(own.organization));
    let found = berth.platform().get("/v1/organizations?slug=bank-of-america").await.expect(200);
    assert_eq!(found.json()["meta"]["total"], 1);
}

async fn an_organizations_key_makes_no_organizations() {
    let berth = Berth::start().await;
    let own = Tenant::new(&berth, "Premier Title Services").await;
    let refused = own.caller.post("/v1/organizations", &json!({ "name": "Another" })).await;
    refused.refused(403, "PLATFORM_KEY_REQUIRED");
    // Whatever the body: the key is looked at first, as for a scope. And the number of organizations stays.
    own.caller.post("/v1/organizations", &json!({})).await.refused(403, "PLATFORM_KEY_REQUIRED");
    // One is the deployment's own.
    assert_eq!(berth.platform().get("/v1/organizations").await.json()["meta"]["total"], 2);
}

async fn a_dock_needs_an_organization_from_a_platform_key_only() {
    let berth = Berth::start().await;
    let own = Tenant::new(&berth, "Premier Title Services").await;
    let made = own.caller.post("/v1/docks", &json!({ "name": "Closing" })).await.expect(201);
    assert_eq!(made.text("organizationId"), own.organization);
    let refused = berth.platform().post("/v1/docks", &json!({ "name": "Closing" })).await;
    let refused = refused.refused(400, "VALIDATION_FAILED");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/organizationId");
    let body = json!({ "name": "Closing", "organizationId": unknown(&own.organization) });
    berth.platform().post("/v1/docks", &body).await.refused(404, "ORGANIZATION_NOT_FOUND");
}

async fn a_platform_key_is_told_what_belongs_elsewhere_when_it_assigns_a_role() {
    let berth = Berth::start().await;
    let (a, b) = two_tenants(&berth).await;
    let platform = berth.platform();
    let nowhere = Tenant {
        organization: unknown(&a.organization),
        dock: unknown(&a.dock),
        party: unknown(&a.party),
        role: unknown(&a.role),
        key: unknown(&a.key),
        caller: a.caller.clone(),
    };
    // Organization, party, dock. What does not exist comes before what belongs elsewhere, and the party before the dock.
    for (organization, party, dock, status, code) in [
        (&a, &b, &a, 403, "PARTY_OF_ANOTHER_ORGANIZATION"),
        (&a, &a, &b, 403, "DOCK_OF_ANOTHER_ORGANIZATION"),
        (&a, &b, &b, 403, "PARTY_OF_ANOTHER_ORGANIZATION"),
        (&nowhere, &a, &a, 404, "ORGANIZATION_NOT_FOUND"),
        (&nowhere, &nowhere, &nowhere, 404, "ORGANIZATION_NOT_FOUND"),
        (&a, &nowhere, &a, 404, "PARTY_NOT_FOUND"),
        (&a, &nowhere, &b, 404, "PARTY_NOT_FOUND"),
        (&a, &nowhere, &nowhere, 404, "PARTY_NOT_FOUND"),
        (&a, &a, &nowhere, 404, "DOCK_NOT_FOUND"),
        (&a, &b, &nowhere, 404, "DOCK_NOT_FOUND"),
    ] {
        let answer = platform.try_assign(&organization.organization, &party.party, &dock.dock, "RECIPIENT").await;
        answer.refused(status, code);
    }
    platform.assign(&a.organization, &a.party, &a.dock, "RECIPIENT").await;
}

async fn an_organizations_key_is_not_told_what_belongs_elsewhere_when_it_assigns_a_role() {
    let berth = Berth::start().await;
    let (a, b) = two_tenants(&berth).await;
    for (organization, party, dock, code) in [
        (&b, &b, &b, "ORGANIZATION_NOT_FOUND"),
        (&a, &b, &a, "PARTY_NOT_FOUND"),
        (&a, &a, &b, "DOCK_NOT_FOUND"),
        (&a, &b, &b, "PARTY_NOT_FOUND"),
    ] {
        let answer = a.caller.try_assign(&organization.organization, &party.party, &dock.dock, "RECIPIENT").await;
        answer.refused(404, code);
    }
}

async fn for_the_platform_a_party_under_the_wrong_organization_does_not_exist() {
    let berth = Berth::start().await;
    let (a, b) = two_tenants(&berth).await;
    let platform = berth.platform();
    let party = format!("/v1/organizations/{}/parties/{}", a.organization, b.party);
    platform.get(&party).await.refused(404, "PARTY_NOT_FOUND");
    platform.patch(&party, &json!({ "name": "Mine" })).await.refused(404, "PARTY_NOT_FOUND");
    platform.get(&format!("{party}/roles")).await.refused(404, "PARTY_NOT_FOUND");
    platform.delete(&format!("{party}/roles/{}", b.role)).await.refused(404, "ROLE_NOT_FOUND");
    // Asked about under the wrong organization, a role that is held elsewhere is not.
    let checks = json!({ "checks": [{ "dockId": b.dock, "partyId": b.party, "role": "DISTRIBUTOR" }] });
    let answer = platform.post(&format!("/v1/organizations/{}/roles/check", a.organization), &checks).await;
    assert!(is_nothing(&answer.expect(200)));
}
