//! `DELETE /v1/organizations/{orgId}/machine-clients/{machineClientId}`.

use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::{TestServer, api_test, checker::assert_consistent, paths, samples::Tenant};

#[apply(api_test)]
async fn a_deleted_client_is_gone_and_its_tokens_end() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Bank of America").await;
    let created = own.client.create_machine_client(&own.organization, &["docks:read"]).await;
    let token = server.client(&own.client.access_token(&created).await);
    token.list_docks().await.expect(200);
    let target = paths::machine_client(&own.organization, &created.id());
    assert_eq!(*own.client.delete(&target).await.expect(200).json(), json!({ "success": true }));
    for response in [own.client.get(&target).await, own.client.delete(&target).await] {
        response.expect_error(404, "MACHINE_CLIENT_NOT_FOUND");
    }
    token.list_docks().await.expect_error(401, "UNAUTHORIZED");
    let (id, secret) = (created.text("clientId"), created.text("clientSecret"));
    let body = json!({ "grant_type": "client_credentials", "client_id": id, "client_secret": secret });
    assert_eq!(server.anonymous().post(paths::OAUTH_TOKEN, &body).await.expect(401).text("error"), "invalid_client");
    let organization = server.platform().get_organization(&own.organization).await;
    assert_eq!(organization.json()["_count"]["machineClients"], 1);
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn descendants_of_a_client_end_with_it() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Bank of America").await;
    let scopes = ["machine-clients:write", "api-keys:write", "docks:read"];
    for descendants in [false, true] {
        let root = own.client.create_machine_client(&own.organization, &scopes).await;
        let root_token = server.client(&own.client.access_token(&root).await);
        // A key of the client, a client of that key, and a key of the second client.
        let key = root_token.create_api_key(None, &scopes).await;
        assert_eq!(key.text("createdBy"), root.id());
        let second = server.client(&key.text("key")).create_machine_client(&own.organization, &scopes).await;
        assert_eq!(second.text("createdBy"), key.id());
        let second_token = server.client(&server.anonymous().access_token(&second).await);
        let last = server.client(&second_token.create_api_key(None, &["docks:read"]).await.text("key"));
        let target = paths::machine_client(&own.organization, &root.id());
        own.client.delete(&format!("{target}?descendants={descendants}")).await.expect(200);
        own.client.get(&target).await.expect(404);
        let second = own.client.get(&paths::machine_client(&own.organization, &second.id())).await.expect(200);
        assert_eq!(second.json()["isActive"], !descendants);
        let key = own.client.get(&paths::api_key(&key.id())).await.expect(200);
        assert_eq!(key.json()["revokedAt"].is_string(), descendants);
        // The last key has not been used, so no process has cached it.
        last.list_docks().await.expect(if descendants { 401 } else { 200 });
        assert_consistent(&server).await;
    }
    own.client
        .delete(&format!("{}?descendants=maybe", paths::machine_client(&own.organization, &own.machine_client)))
        .await
        .expect(400);
}

#[apply(api_test)]
async fn the_revocation_of_a_key_deactivates_its_clients() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Bank of America").await;
    let scopes = ["machine-clients:write", "api-keys:write", "docks:read"];
    let key = server.platform().create_api_key(Some(&own.organization), &scopes).await;
    let client = server.client(&key.text("key"));
    let active = client.create_machine_client(&own.organization, &scopes).await;
    let deleted = client.create_machine_client(&own.organization, &scopes).await;
    // A key of a client that is deleted before still descends from the root.
    let orphan =
        server.client(&server.anonymous().access_token(&deleted).await).create_api_key(None, &["docks:read"]).await;
    server.platform().delete(&paths::machine_client(&own.organization, &deleted.id())).await.expect(200);
    let token = server.client(&server.anonymous().access_token(&active).await);
    server.platform().delete(&format!("{}?descendants=true", paths::api_key(&key.id()))).await.expect(200);
    token.list_docks().await.expect_error(401, "UNAUTHORIZED");
    server.client(&orphan.text("key")).list_docks().await.expect_error(401, "UNAUTHORIZED");
    let found = server.platform().get(&paths::machine_client(&own.organization, &active.id())).await.expect(200);
    assert_eq!(found.json()["isActive"], false);
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn a_deletion_respects_if_match() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Bank of America").await;
    let target = paths::machine_client(&own.organization, &own.machine_client);
    let delete = |tag: &str, query: &str| {
        let request = own.client.request(reqwest::Method::DELETE, &format!("{target}{query}"));
        request.header("if-match", tag).send()
    };
    for query in ["", "?descendants=true"] {
        delete("\"7\"", query).await.expect_error(412, "PRECONDITION_FAILED");
    }
    delete("\"1\"", "?descendants=true").await.expect(200);
}
