//! `GET /v1/docks/{dockId}`.

use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::{World, api_test};

#[apply(api_test)]
async fn a_dock_is_returned_as_it_was_created() {
    let world = World::new().await;
    let created = world.post_dock(json!({ "domain": "a.example.com", "taxId": "1" })).await.expect(201);
    let tenant = world.server.tenant(&world.organization, &["docks:read"]).await;
    for client in [&world.platform, &tenant] {
        let read = client.get_dock(&created.id()).await.expect(200);
        assert_eq!((read.json(), read.header("etag")), (created.json(), created.header("etag")));
    }
}
