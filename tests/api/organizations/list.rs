//! `GET /v1/organizations`.

use macro_rules_attribute::apply;
use serde_json::json;

use crate::guarantees::filters::names;
use crate::guarantees::isolation::tenants::{is_nothing, two_tenants};
use crate::harness::{TestServer, World, api_test, paths, samples::normalized};

#[apply(api_test)]
async fn slug_and_search_filters_use_current_values() {
    let world = World::new().await;
    let bank = world.platform.create_organization("Bank").await.id();
    let acme = &world.organization;
    world.assert_list("/v1/organizations?slug=bank", &[&bank]).await;
    world.assert_list("/v1/organizations?slug=bank&search=BAN", &[&bank]).await;
    world.assert_list("/v1/organizations?slug=bank&search=acme", &[]).await;
    world.assert_list("/v1/organizations?slug=ban", &[]).await;
    world.platform.update_organization(acme, &json!({ "name": "Zenith" })).await.expect(200);
    world.assert_list("/v1/organizations?search=acme", &[]).await;
    world.assert_list("/v1/organizations?search=zenith", &[acme]).await;
    // A new name changes neither the order nor the slug.
    let default = world.platform.default_organization().await;
    world.assert_list(paths::ORGANIZATIONS, &[&bank, acme, &default]).await;
    world.assert_list("/v1/organizations?slug=acme", &[acme]).await;
    assert_eq!(names(&world.platform.list_organizations().await)[..2], ["Bank", "Zenith"]);
}

#[apply(api_test)]
async fn the_slug_filter_does_not_find_another_tenants_organization() {
    let server = TestServer::start().await;
    let (_, own) = two_tenants(&server).await;
    let foreign = own.client.get("/v1/organizations?slug=bank-of-america").await;
    let never = own.client.get("/v1/organizations?slug=bank-of-america-9").await;
    assert_eq!(normalized(&foreign, &[]), normalized(&never, &[]));
    assert!(is_nothing(&foreign), "{}", foreign.json());
    let mine = own.client.get("/v1/organizations?slug=premier-title-services").await.expect(200);
    assert_eq!(mine.json()["data"][0]["id"], json!(own.organization));
    let found = server.platform().get("/v1/organizations?slug=bank-of-america").await.expect(200);
    assert_eq!(found.json()["meta"]["total"], 1);
}
