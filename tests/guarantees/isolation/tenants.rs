//! Tenants do not see each other: what is another's and what never existed are one and the same answer.

use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::samples::{Place, Sample, Tenant, comparable, guarded, places, unknown};
use crate::harness::{Answer, Berth, Caller, api_test, paths};

/// The two tenants of a test: the one that is looked for, and the one that looks.
pub async fn two_tenants(berth: &Berth) -> (Tenant, Tenant) {
    (Tenant::new(berth, "Bank of America").await, Tenant::new(berth, "Premier Title Services").await)
}

/// Whether the answer says that there is nothing.
pub fn is_nothing(answer: &Answer) -> bool {
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
        paths::organization(&organization),
        format!("/v1/docks?organizationId={organization}"),
        paths::dock_parties(&dock),
        paths::parties(&organization),
        paths::roles(&organization, &party),
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

#[apply(api_test)]
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

#[apply(api_test)]
async fn all_ids_of_another_tenant_at_once_are_no_better() {
    let berth = Berth::start().await;
    let (other, own) = two_tenants(&berth).await;
    let before = state(&berth.platform(), &other).await;
    for (endpoint, _) in guarded() {
        let places = places(endpoint);
        if places.iter().all(|(place, _)| matches!(place, Place::Query(_))) {
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

#[apply(api_test)]
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
