//! The scopes of a new API key.

use berth_shared::credentials::Scope;
use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::{TestServer, api_test};

#[apply(api_test)]
async fn a_key_can_grant_only_scopes_that_it_holds() {
    let server = TestServer::start().await;
    let organization = server.platform().create_organization("Bank of America").await.id();
    let holder = server.tenant(&organization, &["api-keys:write", "docks:read"]).await;
    holder.create_api_key(None, &["api-keys:write", "docks:read"]).await;
    for scopes in [json!(["docks:write"]), json!(["docks:read", "docks:write"]), json!(["api-keys:read"])] {
        let error = holder.post_api_key(&json!({ "name": "More", "scopes": scopes })).await;
        let error = error.expect_error(403, "SCOPE_NOT_HELD");
        let lacking = scopes.as_array().and_then(|scopes| scopes.last()).and_then(Value::as_str).expect("a scope");
        assert!(error.text("detail").contains(lacking), "{}", error.json());
    }
    // The first platform key has all scopes.
    let all: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    assert_eq!(server.platform().create_api_key(None, &all).await.json()["scopes"], json!(all));
}

#[apply(api_test)]
async fn invalid_scopes_are_reported_by_pointer() {
    let server = TestServer::start().await;
    for (scopes, pointers) in [
        (json!(["docks:fly"]), vec!["/scopes/0"]),
        (json!(["docks:read", "", "DOCKS:READ", 7]), vec!["/scopes/1", "/scopes/2", "/scopes/3"]),
        (json!([]), vec!["/scopes"]),
        (json!("docks:read"), vec!["/scopes"]),
        (Value::Null, vec!["/scopes"]),
    ] {
        let error = server.platform().post_api_key(&json!({ "name": "Reader", "scopes": scopes })).await;
        let error = error.expect_error(400, "VALIDATION_FAILED");
        let errors = error.json()["errors"].as_array().expect("errors").clone();
        let found: Vec<_> = errors.iter().map(|error| error["pointer"].as_str().expect("a pointer")).collect();
        assert_eq!(found, pointers, "{scopes}");
    }
}

#[apply(api_test)]
async fn scopes_are_sorted_without_duplicates() {
    let server = TestServer::start().await;
    let created = server.platform().create_api_key(None, &["roles:read", "docks:read", "roles:read"]).await;
    assert_eq!(created.json()["scopes"], json!(["docks:read", "roles:read"]));
}
