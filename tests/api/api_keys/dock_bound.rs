//! API keys that are bound to a dock.

use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::{
    DIRECTORY_SCOPES, TestServer, api_test, paths, samples::SampleRequest, samples::Tenant, samples::nonexistent,
    samples::scoped_endpoints,
};

#[apply(api_test)]
async fn a_key_that_is_bound_to_a_dock_reaches_only_that_dock() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Bank of America").await;
    let another = server.platform().create_dock(&own.organization, "Another").await.id();
    let body = json!({ "name": "Bound", "scopes": DIRECTORY_SCOPES, "dockId": own.dock });
    let created = own.client.post_api_key(&body).await.expect(201);
    assert_eq!(created.json()["dockId"], own.dock);
    let bound = server.client(&created.text("key"));
    for dock in [&another, &nonexistent(&own.dock)] {
        bound.get_dock(dock).await.expect_error(404, "DOCK_NOT_FOUND");
        bound.list_dock_parties(dock).await.expect_error(404, "DOCK_NOT_FOUND");
        bound.update_dock(dock, &json!({ "name": "Taken" })).await.expect_error(404, "DOCK_NOT_FOUND");
    }
    bound.list_ledger_parties().await.expect(403);
    let mut endpoints: Vec<_> = scoped_endpoints().map(|(endpoint, _)| endpoint).collect();
    // The other requests need the dock.
    endpoints.sort_by_key(|endpoint| endpoint.name == "delete-dock");
    for endpoint in endpoints {
        let sample = SampleRequest::of(endpoint, &own);
        let response = sample.send(&bound).await;
        if endpoint.is_open_to_dock_bound() {
            response.expect(endpoint.success);
        } else {
            response.expect_error(403, "DOCK_BOUND_CREDENTIAL");
        }
    }
}

#[apply(api_test)]
async fn checks_of_roles_in_other_docks_are_negative() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Bank of America").await;
    let another = server.platform().create_dock(&own.organization, "Another").await.id();
    server.platform().assign(&own.organization, &own.party, &another, "DISTRIBUTOR").await;
    let body = json!({ "name": "Bound", "scopes": ["roles:read"], "dockId": own.dock });
    let bound = server.client(&own.client.post_api_key(&body).await.expect(201).text("key"));
    let check = |dock: &str| json!({ "dockId": dock, "partyId": own.party, "role": "DISTRIBUTOR" });
    let checks = json!({ "checks": [check(&another), check(&own.dock)] });
    for (client, expected) in [(&bound, [false, true]), (&own.client, [true, true])] {
        let checked = client.post(&paths::role_checks(&own.organization), &checks).await.expect(200);
        let assigned = [0, 1].map(|at| checked.json()["results"][at]["assigned"].as_bool().expect("a result"));
        assert_eq!(assigned, expected);
    }
    let only = json!({ "checks": [check(&another)] });
    let checked = bound.post(&paths::role_checks(&own.organization), &only).await.expect(200);
    assert_eq!(checked.json()["results"][0]["assigned"], false);
}

#[apply(api_test)]
async fn a_key_is_bound_to_a_dock_of_its_organization() {
    let server = TestServer::start().await;
    let (own, other) = (Tenant::new(&server, "A").await, Tenant::new(&server, "B").await);
    let body = |dock: &str| json!({ "name": "Bound", "scopes": ["docks:read"], "dockId": dock });
    for dock in [&other.dock, &nonexistent(&other.dock)] {
        own.client.post_api_key(&body(dock)).await.expect_error(404, "DOCK_NOT_FOUND");
    }
    assert_eq!(server.platform().post_api_key(&body(&own.dock)).await.error_locations(), ["/dockId"]);
    let mut named = body(&own.dock);
    named["organizationId"] = json!(own.organization);
    assert_eq!(server.platform().post_api_key(&named).await.expect(201).text("dockId"), own.dock);
    named["organizationId"] = json!(other.organization);
    server.platform().post_api_key(&named).await.expect_error(404, "DOCK_NOT_FOUND");
}
