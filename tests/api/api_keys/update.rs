//! `PATCH /v1/api-keys/{keyId}`.

use berth_shared::time::Time;
use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::{
    TestServer, World, api_test, checker::assert_consistent, paths, samples::Tenant, world::before_expiry,
};

#[apply(api_test)]
async fn name_scopes_and_expiry_of_a_key_change() {
    let world = World::new().await;
    let created = world.platform.create_api_key(None, &["docks:read", "docks:write", "parties:read"]).await;
    let target = paths::api_key(&created.id());
    for (patch, changed) in [
        (json!({ "name": "  Reader " }), json!({ "name": "Reader" })),
        (json!({ "scopes": ["parties:read", "docks:read"] }), json!({ "scopes": ["docks:read", "parties:read"] })),
        (json!({ "expiresAt": "2999-01-01T02:00:00+02:00" }), json!({ "expiresAt": "2999-01-01T00:00:00.000Z" })),
        (json!({ "expiresAt": "2998-01-01T00:00:00Z" }), json!({ "expiresAt": "2998-01-01T00:00:00.000Z" })),
        (json!({ "scopes": ["docks:read"], "name": "R" }), json!({ "scopes": ["docks:read"], "name": "R" })),
    ] {
        let mut expected = world.get(&target).await.json().clone();
        let after = world.patched(&target, patch.clone()).await;
        for (member, value) in changed.as_object().expect("members") {
            expected[member] = value.clone();
        }
        assert_eq!(after, expected, "{patch}");
    }
    let client = world.server.client(&created.text("key"));
    client.list_docks().await.expect(200);
    client.get(&world.parties_path()).await.expect_error(403, "INSUFFICIENT_SCOPE");
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn a_patch_widens_nothing() {
    let server = TestServer::start().await;
    let body = json!({ "name": "Key", "scopes": ["docks:read"], "expiresAt": "2999-01-01T00:00:00Z" });
    let created = server.platform().post_api_key(&body).await.expect(201);
    let target = paths::api_key(&created.id());
    let before = server.platform().get(&target).await;
    for (patch, locations) in [
        (json!({ "scopes": ["docks:read", "docks:write"] }), vec!["/scopes"]),
        (json!({ "scopes": [] }), vec!["/scopes"]),
        (json!({ "scopes": null, "name": null, "expiresAt": null }), vec!["/name", "/scopes", "/expiresAt"]),
        (json!({ "expiresAt": "2999-01-01T00:00:00.001Z" }), vec!["/expiresAt"]),
        (json!({ "expiresAt": "2020-01-01T00:00:00Z" }), vec!["/expiresAt"]),
        (json!({ "expiresAt": Time::now().to_string() }), vec!["/expiresAt"]),
        (json!({ "scopes": ["roles:read"], "expiresAt": "2020-01-01T00:00:00Z" }), vec!["/scopes", "/expiresAt"]),
        (json!({ "name": "" }), vec!["/name"]),
    ] {
        let error = server.platform().patch(&target, &patch).await;
        assert_eq!(error.error_locations(), locations, "{patch}");
    }
    // Nothing else can change, and strict handling says so.
    let others = json!({ "dockId": null, "allowedIps": ["10.0.0.0/8"], "organizationId": null, "key": "dk_test_1" });
    server.platform().patch(&target, &others).await.expect(200);
    let strict = server.platform().request(reqwest::Method::PATCH, &target).header("prefer", "handling=strict");
    let error = strict.json(&others).send().await;
    assert_eq!(error.error_locations(), ["/dockId", "/allowedIps", "/organizationId", "/key"]);
    // A patch without a change has no new version.
    let same = json!({ "name": "Key", "scopes": ["docks:read"], "expiresAt": "2999-01-01T00:00:00Z" });
    server.platform().patch(&target, &same).await.expect(200);
    let after = server.platform().get(&target).await;
    assert_eq!((after.json(), after.header("etag")), (before.json(), before.header("etag")));
}

#[apply(api_test)]
async fn a_key_changes_only_keys_whose_scopes_it_holds() {
    let server = TestServer::start().await;
    let organization = server.platform().create_organization("Bank of America").await.id();
    let holder = server.tenant(&organization, &["api-keys:write", "docks:read"]).await;
    let stronger = server.platform().create_api_key(Some(&organization), &["docks:read", "docks:write"]).await.id();
    let equal = server.platform().create_api_key(Some(&organization), &["docks:read"]).await.id();
    let patch = json!({ "name": "Renamed" });
    holder.patch(&paths::api_key(&stronger), &patch).await.expect_error(403, "SCOPE_NOT_HELD");
    holder.patch(&paths::api_key(&equal), &patch).await.expect(200);
    let foreign = Tenant::new(&server, "Other").await.key;
    holder.patch(&paths::api_key(&foreign), &patch).await.expect_error(404, "API_KEY_NOT_FOUND");
}

#[apply(api_test)]
async fn a_key_is_rejected_from_its_new_expiry() {
    let server = TestServer::start().await;
    let (client, ends) = before_expiry(async |ends| {
        let created = server.platform().create_api_key(None, &["docks:read"]).await;
        let patch = json!({ "expiresAt": ends.to_string() });
        let patched = server.platform().patch(&paths::api_key(&created.id()), &patch).await;
        let client = server.client(&created.text("key"));
        (patched.status == 200 && client.list_docks().await.status == 200).then_some(client)
    })
    .await;
    while Time::now() < ends {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    client.list_docks().await.expect_error(401, "UNAUTHORIZED");
}

#[apply(api_test)]
async fn a_child_created_before_keeps_its_scopes() {
    let server = TestServer::start().await;
    let parent = server.platform().create_api_key(None, &["api-keys:write", "docks:read"]).await;
    let client = server.client(&parent.text("key"));
    let child = client.create_api_key(None, &["docks:read"]).await;
    assert_eq!(child.json()["expiresAt"], Value::Null);
    let patch = json!({ "scopes": ["api-keys:write"], "expiresAt": "2999-01-01T00:00:00Z" });
    server.platform().patch(&paths::api_key(&parent.id()), &patch).await.expect(200);
    server.client(&child.text("key")).list_docks().await.expect(200);
    assert_consistent(&server).await;
}
