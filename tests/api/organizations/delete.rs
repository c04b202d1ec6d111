//! `DELETE /v1/organizations/{orgId}`.

use berth_shared::{domain::Slug, store::keys, time::Time};
use futures::future::{join, join_all};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::checker::assert_consistent;
use crate::harness::world::{before_expiry, tag};
use crate::harness::{DIRECTORY_SCOPES, TestServer, World, api_test, paths};

#[apply(api_test)]
async fn a_deleted_organization_is_gone_for_every_reader() {
    let world = World::new().await;
    let target = world.organization_path();
    assert_eq!(world.platform.delete(&target).await.expect(200).json(), &json!({ "success": true }));
    for gone in ["", "/parties", "/roles"] {
        let gone = format!("{target}{gone}");
        world.platform.get(&gone).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
    }
    world.platform.patch(&target, &json!({ "name": "B" })).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
    world.platform.delete(&target).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
    let default = world.platform.default_organization().await;
    world.assert_list(paths::ORGANIZATIONS, &[&default]).await;
    world.assert_list("/v1/organizations?search=Acme", &[]).await;
    assert_eq!(world.get("/v1/organizations?slug=acme").await.json()["data"], json!([]));
    let body = json!({ "organizationId": world.organization, "name": "Dock" });
    world.platform.post_dock(&body).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
    let body = json!({ "organizationId": world.organization, "name": "Key", "scopes": ["docks:read"] });
    world.platform.post_api_key(&body).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
    let body = json!({ "type": "INDIVIDUAL", "name": "Ann" });
    world.platform.post(&world.parties_path(), &body).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn an_organization_that_owns_something_stays() {
    let world = World::new().await;
    let target = world.organization_path();
    let dock = world.platform.create_dock(&world.organization, "Desk").await.id();
    let party = world.platform.create_party(&world.organization, "Ann").await.id();
    let person = world.create_party("INDIVIDUAL", "Bob", None).await;
    let key = world.platform.create_api_key(Some(&world.organization), &["docks:read"]).await.id();
    let mut owned = json!({ "docks": 1, "parties": 2, "machineClients": 0, "apiKeys": 1 });
    for (member, resource, rest) in [
        ("docks", paths::dock(&dock), 0),
        ("parties", paths::party(&world.organization, &party), 1),
        ("parties", paths::party(&world.organization, &person), 0),
        ("apiKeys", paths::api_key(&key), 0),
    ] {
        let error = world.platform.delete(&target).await.expect_error(409, "ORGANIZATION_NOT_EMPTY");
        assert_eq!((&error.json()["counts"], &error.json()["conflictId"]), (&owned, &Value::Null));
        world.platform.delete(&resource).await.expect(200);
        owned[member] = json!(rest);
    }
    world.platform.delete(&target).await.expect(200);
    // A revoked key stays in the list of all keys.
    let keys = world.platform.list_api_keys().await.expect(200);
    assert_eq!(keys.json()["meta"]["total"], 2);
    assert!(keys.json()["data"].as_array().expect("rows").iter().any(|row| row["id"] == key));
    world.assert_list(&format!("/v1/api-keys?organizationId={}", world.organization), &[]).await;
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn an_expired_key_does_not_keep_its_organization() {
    let world = World::new().await;
    let target = world.organization_path();
    let attempt = async |ends: Time| {
        let body = json!({
            "organizationId": world.organization, "name": "Key", "scopes": ["docks:read"], "expiresAt": ends,
        });
        let created = world.platform.post_api_key(&body).await;
        let error = (created.status == 201).then_some(world.platform.delete(&target).await)?;
        (Time::now() < ends).then(|| error.expect_error(409, "ORGANIZATION_NOT_EMPTY"))
    };
    let (error, ends) = before_expiry(attempt).await;
    assert!(error.json()["counts"]["apiKeys"].as_u64() >= Some(1), "{}", error.json());
    while Time::now() < ends {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    world.platform.delete(&target).await.expect(200);
}

#[apply(api_test)]
async fn the_default_organization_stays() {
    let server = TestServer::start().await;
    let default = server.platform().default_organization().await;
    let error = server.platform().delete(&paths::organization(&default)).await;
    assert_eq!(error.expect_error(409, "DEFAULT_ORGANIZATION").json()["conflictId"], Value::Null);
    server.platform().get(&paths::organization(&default)).await.expect(200);
}

#[apply(api_test)]
async fn only_a_platform_key_deletes_an_organization() {
    let world = World::new().await;
    let own = world.server.tenant(&world.organization, &DIRECTORY_SCOPES).await;
    own.delete(&world.organization_path()).await.expect_error(403, "PLATFORM_KEY_REQUIRED");
    let other = world.platform.create_organization("Other").await.id();
    own.delete(&paths::organization(&other)).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
    world.get(&paths::organization(&other)).await;
}

#[apply(api_test)]
async fn if_match_binds_the_deletion() {
    let world = World::new().await;
    let target = world.organization_path();
    let first = tag(&world.get(&target).await);
    world.platform.patch(&target, &json!({ "metadata": { "a": 1 } })).await.expect(200);
    let delete = |tag: String| {
        let request = world.platform.request(Method::DELETE, &target).header("if-match", &tag);
        request.send()
    };
    delete(first).await.expect_error(412, "PRECONDITION_FAILED");
    let current = tag(&world.get(&target).await);
    // The version is compared first, and then what the organization owns.
    world.platform.create_dock(&world.organization, "Desk").await;
    delete("\"9\"".to_owned()).await.expect_error(412, "PRECONDITION_FAILED");
    delete(current.clone()).await.expect_error(409, "ORGANIZATION_NOT_EMPTY");
    let docks = world.get(paths::DOCKS).await;
    world.platform.delete(&paths::dock(docks.json()["data"][0]["id"].as_str().expect("an id"))).await.expect(200);
    delete(current.clone()).await.expect(200);
    delete(current).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
}

#[apply(api_test)]
async fn the_slug_stays_reserved_for_thirty_days() {
    let world = World::new().await;
    world.platform.delete(&world.organization_path()).await.expect(200);
    let exact = json!({ "name": "Acme", "slug": "acme" });
    let error = world.platform.post_organization(&exact).await.expect_error(409, "SLUG_RESERVED");
    assert_eq!(error.json()["conflictId"], Value::Null);
    assert_eq!(world.platform.create_organization("Acme").await.text("slug"), "acme-1");
    let key = keys::slug(&Slug::parse("acme").expect("a slug"));
    world.server.set_number(&key.pk, &key.sk, "reservedUntil", 1).await;
    world.platform.post_organization(&exact).await.expect(201);
    assert_consistent(&world.server).await;
}

/// A resource is created before the deletion, which then fails, or not at all.
#[apply(api_test)]
async fn nothing_is_created_in_a_deleted_organization() {
    let server = TestServer::start().await;
    let client = server.platform();
    for round in 0..10 {
        let organization = client.create_organization(&format!("Round {round}")).await.id();
        let target = paths::organization(&organization);
        let parties = paths::parties(&organization);
        let party = json!({ "type": "INDIVIDUAL", "name": "Ann" });
        let dock = json!({ "organizationId": organization, "name": "Desk" });
        let key = json!({ "organizationId": organization, "name": "Key", "scopes": ["docks:read"] });
        let creations = async {
            let parties = join_all((0..3).map(|_| client.post(&parties, &party)));
            let docks = join_all((0..3).map(|_| client.post_dock(&dock)));
            let keys = join_all((0..3).map(|_| client.post_api_key(&key)));
            let (parties, (docks, keys)) = join(parties, join(docks, keys)).await;
            [parties, docks, keys].concat()
        };
        let deletions = join_all((0..4).map(|_| client.delete(&target)));
        let (created, deleted) = join(creations, deletions).await;
        let succeeded = created.iter().filter(|response| response.status == 201).count();
        for response in created.iter().filter(|response| response.status != 201) {
            assert_eq!(response.json()["code"], "ORGANIZATION_NOT_FOUND");
        }
        let ended = deleted.iter().filter(|response| response.status == 200).count();
        assert_eq!(ended, usize::from(succeeded == 0), "{succeeded} of {} resources created", created.len());
        for response in deleted.iter().filter(|response| response.status != 200) {
            assert!(matches!(response.status, 404 | 409), "{}", response.body_text());
        }
        assert_consistent(&server).await;
    }
}
