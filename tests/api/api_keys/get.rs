//! `GET /v1/api-keys/{keyId}`.

use macro_rules_attribute::apply;

use super::list::row;
use crate::harness::{TestServer, api_test, paths, samples::Tenant, samples::nonexistent, samples::normalized};

#[apply(api_test)]
async fn a_key_is_returned_as_in_the_list() {
    let server = TestServer::start().await;
    let created = server.platform().create_api_key(None, &["docks:read"]).await;
    let target = paths::api_key(&created.id());
    let found = server.platform().get(&target).await.expect(200);
    assert_eq!(found.json(), row(&server.platform().list_api_keys().await, &created.id()));
    assert_eq!(found.header("etag"), created.header("etag"));
    assert!(found.json().get("key").is_none(), "the credential is shown only once");
    // A use changes the tag, because it changes `lastUsedAt`. It does not change the version.
    server.client(&created.text("key")).list_docks().await.expect(200);
    let used = server.platform().get(&target).await.expect(200);
    assert!(used.json()["lastUsedAt"].is_string());
    assert_ne!(used.header("etag"), found.header("etag"));
    let tag = used.header("etag").expect("a tag").to_owned();
    let revoke = server.platform().request(reqwest::Method::DELETE, &target).header("if-match", &tag);
    revoke.send().await.expect(200);
    let revoked = server.platform().get(&target).await.expect(200);
    assert!(revoked.json()["revokedAt"].is_string());
    assert_eq!(revoked.json(), row(&server.platform().list_api_keys().await, &created.id()));
}

#[apply(api_test)]
async fn a_key_of_another_owner_is_not_found() {
    let server = TestServer::start().await;
    let (own, other) = (Tenant::new(&server, "A").await, Tenant::new(&server, "B").await);
    let platforms = server.platform().create_api_key(None, &["docks:read"]).await.id();
    own.client.get(&paths::api_key(&own.key)).await.expect(200);
    for id in [&other.key, &platforms] {
        let foreign = own.client.get(&paths::api_key(id)).await;
        let unknown = own.client.get(&paths::api_key(&nonexistent(id))).await;
        assert_eq!(normalized(&foreign, &[]), normalized(&unknown, &[]));
        foreign.expect_error(404, "API_KEY_NOT_FOUND");
        server.platform().get(&paths::api_key(id)).await.expect(200);
    }
}
