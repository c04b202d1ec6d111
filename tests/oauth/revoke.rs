//! `POST /v1/oauth/revoke`.

use berth::Options;
use macro_rules_attribute::apply;
use serde_json::json;

use super::{OAuth, expect_oauth_error};
use crate::harness::{
    TestClient, TestResponse, TestServer, api_test, checker::assert_consistent, paths, patient, samples::Tenant,
};

async fn revoke(client: &TestClient, token: &str) -> TestResponse {
    let response = client.post(paths::OAUTH_REVOKE, &json!({ "token": token })).await;
    assert!(response.status != 200 || response.body.is_empty());
    response
}

#[apply(api_test)]
async fn a_revoked_token_ends_and_its_siblings_do_not() {
    let oauth = OAuth::new().await;
    let store = oauth.server.shared_store();
    let another = TestServer::start_with(Options { store, clock: oauth.clock.clone(), ..patient() }).await;
    let platform = oauth.server.platform();
    for caller in ["client", "itself", "tenant", "platform"] {
        let (token, sibling) = (oauth.token().await, oauth.token().await);
        for server in [&oauth.server, &another] {
            server.client(&token).list_docks().await.expect(200);
        }
        match caller {
            "client" => {
                let body = oauth.grant(&json!({ "token": token }));
                oauth.server.anonymous().post(paths::OAUTH_REVOKE, &body).await.expect(200);
            }
            "itself" => drop(revoke(&oauth.server.client(&token), &token).await.expect(200)),
            "tenant" => drop(revoke(&oauth.own.client, &token).await.expect(200)),
            _ => drop(revoke(&platform, &token).await.expect(200)),
        }
        // The process that revokes it knows it. Another one may have cached it for 30 seconds.
        oauth.server.client(&token).list_docks().await.expect_error(401, "UNAUTHORIZED");
        oauth.clock.advance(30_000);
        another.client(&token).list_docks().await.expect_error(401, "UNAUTHORIZED");
        assert!(!oauth.is_active(&token).await && oauth.is_active(&sibling).await);
        revoke(&platform, &token).await.expect(200);
        oauth.server.client(&sibling).list_docks().await.expect(200);
    }
    assert_consistent(&oauth.server).await;
}

#[apply(api_test)]
async fn who_may_not_revoke_a_token_has_no_effect() {
    let oauth = OAuth::new().await;
    let token = oauth.token().await;
    let other = Tenant::new(&oauth.server, "Other").await;
    let platform = oauth.server.platform();
    let neighbour = platform.create_machine_client(&oauth.own.organization, &["docks:read"]).await;
    let neighbour = oauth.server.client(&platform.access_token(&neighbour).await);
    for client in [&other.client, &neighbour] {
        revoke(client, &token).await.expect(200);
    }
    // API keys are not revoked here.
    let key = oauth.own.client.credential().expect("a key").to_owned();
    for text in [key.as_str(), "x"] {
        revoke(&platform, text).await.expect(200);
    }
    oauth.own.client.list_docks().await.expect(200);
    assert!(oauth.is_active(&token).await);
    let reader = oauth.server.tenant(&oauth.own.organization, &["machine-clients:read"]).await;
    expect_oauth_error(&revoke(&reader, &token).await, 403, "insufficient_scope");
    assert!(oauth.is_active(&token).await);
}
