//! `DELETE /v1/api-keys/{keyId}`.

use berth::Options;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use super::list::row;
use crate::harness::{TestServer, api_test, paths, samples::Tenant, samples::nonexistent, samples::normalized};

#[apply(api_test)]
async fn revoking_a_revoked_key_changes_nothing() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "A").await;
    let target = paths::api_key(&own.key);
    let revoked = own.client.delete(&target).await.expect(200);
    assert_eq!(*revoked.json(), json!({ "success": true }));
    let once = own.client.list_api_keys().await.expect(200);
    let table = server.items().await.len();
    let again = own.client.delete(&target).await.expect(200);
    assert_eq!(*again.json(), json!({ "success": true }));
    let twice = own.client.list_api_keys().await.expect(200);
    assert_eq!(row(&twice, &own.key), row(&once, &own.key));
    assert_eq!(server.items().await.len(), table, "no audit entry without a change");
}

#[apply(api_test)]
async fn revoking_respects_if_match() {
    let server = TestServer::start().await;
    let created = server.platform().create_api_key(None, &["docks:read"]).await;
    let tag = created.header("etag").expect("a tag").to_owned();
    let target = paths::api_key(&created.id());
    let revoke = |tag: &str| server.platform().request(Method::DELETE, &target).header("if-match", tag).send();
    for stale in ["\"7\"", "W/\"1\""] {
        revoke(stale).await.expect_error(412, "PRECONDITION_FAILED");
    }
    revoke("1").await.expect_error(400, "VALIDATION_FAILED");
    assert_eq!(row(&server.platform().list_api_keys().await, &created.id())["revokedAt"], Value::Null);
    revoke(&format!("\"7\", {tag}")).await.expect(200);
    // The revoked key has a new version.
    revoke(&tag).await.expect_error(412, "PRECONDITION_FAILED");
    revoke("*").await.expect(200);
}

#[apply(api_test)]
async fn a_revoked_key_is_unauthorized() {
    let server = TestServer::start().await;
    let store = server.shared_store();
    let another = TestServer::start_with(Options { store, ..Options::default() }).await;
    let unused = server.platform().create_api_key(None, &["docks:read"]).await;
    let used = server.platform().create_api_key(None, &["docks:read"]).await;
    server.client(&used.text("key")).list_docks().await.expect(200);
    for key in [&unused, &used] {
        server.platform().revoke_api_key(&key.id()).await.expect(200);
        // Only a process that has recently authenticated a key may accept it for some time.
        another.client(&key.text("key")).list_docks().await.expect_error(401, "UNAUTHORIZED");
    }
    server.client(&unused.text("key")).list_docks().await.expect_error(401, "UNAUTHORIZED");
    // The key that created it is still valid.
    server.platform().list_docks().await.expect(200);
}

#[apply(api_test)]
async fn an_organization_key_does_not_find_a_platform_key() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Premier Title Services").await;
    let platforms = server.platform().create_api_key(None, &["docks:read"]).await;
    let found = own.client.revoke_api_key(&platforms.id()).await;
    let for_unknown = own.client.revoke_api_key(&nonexistent(&platforms.id())).await;
    assert_eq!(normalized(&found, &[]), normalized(&for_unknown, &[]));
    found.expect_error(404, "API_KEY_NOT_FOUND");
    // The platform key stays valid.
    server.client(&platforms.text("key")).list_docks().await.expect(200);
}
