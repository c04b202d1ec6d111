//! `GET /.well-known/oauth-authorization-server`.

use berth_shared::credentials::Scope;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::json;

use crate::harness::{TestServer, api_test, paths};

#[apply(api_test)]
async fn the_metadata_names_the_endpoints() {
    let server = TestServer::start().await;
    let found = server.anonymous().get(paths::OAUTH_METADATA).await.expect(200);
    let issuer = server.running().url();
    let methods = ["client_secret_basic", "client_secret_post"];
    let expected = json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/v1/oauth/token"),
        "introspection_endpoint": format!("{issuer}/v1/oauth/introspect"),
        "revocation_endpoint": format!("{issuer}/v1/oauth/revoke"),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "scopes_supported": Scope::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>(),
        "token_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
    });
    assert_eq!(*found.json(), expected);
    assert_eq!(found.header("cache-control"), Some("public, max-age=300"));
    let error = server.anonymous().request(Method::PUT, paths::OAUTH_METADATA).send().await;
    error.expect_error(405, "METHOD_NOT_ALLOWED");
    let error = server.anonymous().get(paths::OAUTH_TOKEN).await.expect_error(405, "METHOD_NOT_ALLOWED");
    assert_eq!(error.header("allow"), Some("OPTIONS, POST"));
}
