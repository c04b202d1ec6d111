//! `GET /v1/organizations/{orgId}/machine-clients`.

use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::{
    TestServer, World, api_test, paths, samples::Tenant, samples::nonexistent, world::next_millisecond,
};

#[apply(api_test)]
async fn clients_are_listed_newest_first_and_filtered() {
    let world = World::new().await;
    let dock = world.platform.create_dock(&world.organization, "Desk").await.id();
    let target = paths::machine_clients(&world.organization);
    let mut clients = Vec::new();
    for dock in [None, Some(&dock), None, Some(&dock)] {
        let body = json!({ "name": "Client", "scopes": ["docks:read"], "dockId": dock });
        clients.push(world.platform.post(&target, &body).await.expect(201).id());
        next_millisecond().await;
    }
    let [first, second, third, fourth] = [0, 1, 2, 3].map(|at| clients[at].as_str());
    for inactive in [first, second] {
        let path = paths::machine_client(&world.organization, inactive);
        world.platform.patch(&path, &json!({ "isActive": false })).await.expect(200);
    }
    for (query, expected) in [
        (String::new(), vec![fourth, third, second, first]),
        ("?isActive=true".to_owned(), vec![fourth, third]),
        ("?isActive=false".to_owned(), vec![second, first]),
        (format!("?dockId={dock}"), vec![fourth, second]),
        (format!("?dockId={dock}&isActive=false"), vec![second]),
        (format!("?dockId={}", nonexistent(&dock)), vec![]),
    ] {
        world.assert_list(&format!("{target}{query}"), &expected).await;
    }
    for (query, at) in [("?isActive=yes", "isActive"), ("?dockId=dock_1", "dockId"), ("?limit=101", "limit")] {
        assert_eq!(world.platform.get(&format!("{target}{query}")).await.error_locations(), [at]);
    }
    // A reactivated client is active in the list, too.
    let path = paths::machine_client(&world.organization, first);
    world.platform.patch(&path, &json!({ "isActive": true })).await.expect(200);
    world.assert_list(&format!("{target}?isActive=true"), &[fourth, third, first]).await;
}

#[apply(api_test)]
async fn a_row_is_like_the_resource_with_its_last_use() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Bank of America").await;
    let created = own.client.create_machine_client(&own.organization, &["docks:read"]).await;
    own.client.access_token(&created).await;
    let list = own.client.get(&paths::machine_clients(&own.organization)).await.expect(200);
    let resource = own.client.get(&paths::machine_client(&own.organization, &created.id())).await.expect(200);
    assert_eq!(list.json()["data"][0], *resource.json());
    assert!(resource.json()["lastUsedAt"].is_string());
    server
        .platform()
        .get(&paths::machine_clients(&nonexistent(&own.organization)))
        .await
        .expect_error(404, "ORGANIZATION_NOT_FOUND");
}
