//! Tenants do not see each other: requests for another tenant's resource and for an unknown one get the same response.

use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::samples::{
    IdLocation, SampleRequest, Tenant, id_locations, nonexistent, normalized, scoped_endpoints,
};
use crate::harness::{TestClient, TestResponse, TestServer, api_test, paths};

/// Creates the two tenants of a test: the one to find, and the one that searches.
pub async fn two_tenants(server: &TestServer) -> (Tenant, Tenant) {
    (Tenant::new(server, "Bank of America").await, Tenant::new(server, "Premier Title Services").await)
}

/// Returns whether the response is a 404 or an empty result.
pub fn is_nothing(response: &TestResponse) -> bool {
    let body = response.json();
    let unassigned = |result: &Value| result["assigned"] == false && result["roleId"].is_null();
    match response.status {
        404 => true,
        200 if body["data"].is_array() => body["data"] == json!([]) && body["meta"]["total"] == 0,
        200 if body["errors"].is_array() => {
            let codes = body["errors"].as_array().into_iter().flatten().map(|error| error["code"].as_str());
            body["success"] == 0 && codes.flatten().all(|code| code.ends_with("_NOT_FOUND"))
        }
        200 => body["results"].as_array().is_some_and(|results| results.iter().all(unassigned)),
        _ => false,
    }
}

/// Returns every resource of a tenant that a request could change.
async fn state(platform: &TestClient, tenant: &Tenant) -> Vec<Value> {
    let Tenant { organization, dock, party, .. } = tenant;
    let mut seen = Vec::new();
    for target in [
        paths::organization(organization),
        format!("/v1/docks?organizationId={organization}"),
        paths::dock_parties(dock),
        paths::parties(organization),
        paths::recipients(dock),
        paths::groups(dock),
        paths::roles(organization, party),
        paths::organization_roles(organization),
        format!("/v1/api-keys?organizationId={organization}"),
    ] {
        let mut body = platform.get(&target).await.expect(200).json().clone();
        // Set by the tenant's own requests.
        for row in body["data"].as_array_mut().into_iter().flatten() {
            row.as_object_mut().expect("rows are objects").remove("lastUsedAt");
        }
        seen.push(body);
    }
    seen
}

#[apply(api_test)]
async fn another_tenants_id_looks_like_an_unknown_one() {
    let server = TestServer::start().await;
    let (other, own) = two_tenants(&server).await;
    let before = state(&server.platform(), &other).await;
    let mut compared = 0;
    for (endpoint, _) in scoped_endpoints() {
        for (place, prefix) in id_locations(endpoint) {
            let foreign = other.id(&prefix);
            let never = nonexistent(foreign);
            let mut sample = SampleRequest::of(endpoint, &own);
            sample.put(&place, foreign);
            let for_foreign = sample.send(&own.client).await;
            sample.put(&place, &never);
            let for_unknown = sample.send(&own.client).await;
            let shown = format!("{} at {place:?}: {}", endpoint.name, for_foreign.json());
            assert_eq!(normalized(&for_foreign, &[foreign]), normalized(&for_unknown, &[&never]), "{shown}");
            assert!(is_nothing(&for_foreign), "{shown}");
            compared += 1;
        }
    }
    assert!(compared >= 28, "only {compared} locations: is openapi.json read correctly?");
    assert_eq!(state(&server.platform(), &other).await, before);
}

#[apply(api_test)]
async fn all_ids_of_another_tenant_together_look_like_unknown_ones() {
    let server = TestServer::start().await;
    let (other, own) = two_tenants(&server).await;
    let before = state(&server.platform(), &other).await;
    for (endpoint, _) in scoped_endpoints() {
        let id_locations = id_locations(endpoint);
        if id_locations.iter().all(|(place, _)| matches!(place, IdLocation::Query(_))) {
            continue;
        }
        let (mut foreign, mut never) = (SampleRequest::of(endpoint, &other), SampleRequest::of(endpoint, &other));
        let mut replaced = Vec::new();
        for (place, prefix) in &id_locations {
            let id = other.id(prefix);
            foreign.put(place, id);
            never.put(place, &nonexistent(id));
            replaced.extend([id.to_owned(), nonexistent(id)]);
        }
        let replaced: Vec<&str> = replaced.iter().map(String::as_str).collect();
        let for_foreign = foreign.send(&own.client).await;
        let for_unknown = never.send(&own.client).await;
        assert!(is_nothing(&for_foreign), "{}: {}", endpoint.name, for_foreign.json());
        assert_eq!(normalized(&for_foreign, &replaced), normalized(&for_unknown, &replaced), "{}", endpoint.name);
    }
    assert_eq!(state(&server.platform(), &other).await, before);
}

#[apply(api_test)]
async fn lists_contain_only_the_tenants_resources() {
    let server = TestServer::start().await;
    let (other, own) = two_tenants(&server).await;
    for (endpoint, _) in scoped_endpoints().filter(|(endpoint, _)| endpoint.paged) {
        let list = SampleRequest::of(endpoint, &own).send(&own.client).await.expect(200);
        let rows = list.json()["data"].as_array().expect("a list").clone();
        assert!(!rows.is_empty(), "{} returns nothing", endpoint.name);
        assert_eq!(list.json()["meta"]["total"], json!(rows.len()), "{}", endpoint.name);
        let text = list.json().to_string();
        for prefix in ["org", "dock", "pty", "dpr", "rcp", "grp", "key"] {
            assert!(!text.contains(other.id(prefix)), "{} returns {prefix}: {text}", endpoint.name);
        }
        // The filter by the own organization changes nothing.
        for (place, _) in id_locations(endpoint).into_iter().filter(|(_, prefix)| prefix == "org") {
            let mut filtered = SampleRequest::of(endpoint, &own);
            filtered.put(&place, &own.organization);
            assert_eq!(filtered.send(&own.client).await.expect(200).json()["data"], json!(rows), "{}", endpoint.name);
        }
    }
}
