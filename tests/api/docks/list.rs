//! `GET /v1/docks`.

use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::{World, api_test, paths};

#[apply(api_test)]
async fn the_list_can_be_filtered_by_organization_and_name() {
    let world = World::new().await;
    let other = world.platform.create_organization("Other").await.id();
    let (mine, theirs) = (
        world.platform.create_dock(&world.organization, "Desk").await.id(),
        world.platform.create_dock(&other, "Desk").await.id(),
    );
    let key = world.platform.create_api_key(Some(&other), &["docks:read"]).await.id();
    world.assert_list(paths::DOCKS, &[&theirs, &mine]).await;
    world.assert_list(&format!("/v1/docks?organizationId={other}"), &[&theirs]).await;
    world.assert_list(&format!("/v1/docks?organizationId={}&search=DESK", world.organization), &[&mine]).await;
    world.assert_list("/v1/docks?search=desk", &[&theirs, &mine]).await;
    world.assert_list(&format!("/v1/api-keys?organizationId={other}"), &[&key]).await;
    // The first platform key also lists these docks.
    assert_eq!(world.platform.list_api_keys().await.json()["meta"]["total"], 2);
    world.platform.revoke_api_key(&key).await.expect(200);
    world.assert_list(&format!("/v1/api-keys?organizationId={other}"), &[&key]).await;
    // The new name is found at once, the old one no longer.
    world.platform.update_dock(&mine, &json!({ "name": "Counter" })).await.expect(200);
    world.assert_list("/v1/docks?search=desk", &[&theirs]).await;
    world.assert_list("/v1/docks?search=counter", &[&mine]).await;
}
