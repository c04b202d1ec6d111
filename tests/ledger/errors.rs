//! Errors of the ledger dialect: their bodies, and which requests are rejected.

use berth::Options;
use berth_functions::ENDPOINTS;
use berth_shared::http::Access;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Fault, TestClient, TestResponse, TestServer, Wire, api_test, paths};
use crate::ledger::{Ledger, assert_error, assert_redacted, assert_undecodable};

#[apply(api_test)]
async fn ledger_errors_have_all_fields() {
    let ledger = Ledger::new().await;
    let error = assert_error(ledger.platform.get("/v2/users/nobody").await, 404, "USER_NOT_FOUND");
    let body = error.json();
    assert_eq!((&body["correlationId"], &body["definiteAnswer"]), (&Value::Null, &Value::Null));
    let context =
        json!({ "category": "11", "tid": body["traceId"], "definite_answer": "false", "participant": "'berth'" });
    assert_eq!(body["context"], context);
    assert_eq!(error.header("content-type"), Some("application/json"));
    // The cause is truncated, however long the input is.
    let long = format!("org_1{}", " x".repeat(120));
    assert_error(ledger.allocate(&json!({ "identityProviderId": long })).await, 400, "INVALID_ARGUMENT");
}

#[apply(api_test)]
async fn the_trace_id_comes_from_the_request() {
    let ledger = Ledger::new().await;
    let with = async |trace: &str| {
        let request = ledger.platform.request(Method::GET, "/v2/parties/a.b").header("traceparent", trace);
        assert_error(request.send().await, 400, "INVALID_ARGUMENT")
    };
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let error = with(&format!("00-{trace}-00f067aa0ba902b7-01")).await;
    assert_eq!((error.text("traceId").as_str(), &error.json()["context"]["tid"]), (trace, &json!(trace)));
    assert_eq!(error.json()["correlationId"], Value::Null);
    let zero = "0".repeat(32);
    for none in ["", "nonsense", "00-xyz-1-01", &format!("00-{zero}-00f067aa0ba902b7-01")] {
        assert!(![trace, &zero].contains(&with(none).await.text("traceId").as_str()), "{none}");
    }
    let request = ledger.server.anonymous().request(Method::GET, paths::LEDGER_PARTIES);
    let error =
        assert_redacted(request.header("traceparent", &format!("00-{trace}-00f067aa0ba902b7-01")).send().await, 401);
    assert_eq!(error.text("correlationId"), trace);
}

async fn with_header(client: &TestClient, name: &str, value: &str) -> TestResponse {
    client.request(Method::GET, "/v2/authenticated-user").header(name, value).send().await
}

#[apply(api_test)]
async fn a_bearer_header_without_a_token_is_undecodable() {
    let ledger = Ledger::new().await;
    let anonymous = ledger.server.anonymous();
    for endpoint in ENDPOINTS.iter().filter(|endpoint| matches!(endpoint.access, Access::Ledger(_))) {
        let target = endpoint.path.replace("{party}", "a").replace("{user-id}", "a");
        for empty in ["Bearer", "Bearer ", "bearer"] {
            let request = anonymous.request(endpoint.method.clone(), &target).header("authorization", empty);
            assert_undecodable(request.send().await, "header Authorization");
        }
    }
    for none in ["Basic YTpi", "Bearer nonsense", "nonsense", ""] {
        let error = assert_redacted(with_header(&anonymous, "authorization", none).await, 401);
        assert_eq!(error.header("www-authenticate"), None);
    }
}

#[apply(api_test)]
async fn the_token_can_be_a_websocket_protocol() {
    let ledger = Ledger::new().await;
    let anonymous = ledger.server.anonymous();
    let key = ledger.platform.create_api_key(None, &["ledger:read"]).await;
    let token = format!("jwt.token.{}", key.text("key"));
    let known = with_header(&anonymous, "sec-websocket-protocol", &token).await.expect(200);
    assert_eq!(known.json()["user"]["id"], json!(key.id()));
    assert_redacted(with_header(&anonymous, "sec-websocket-protocol", &key.text("key")).await, 401);
    assert_redacted(with_header(&anonymous, "sec-websocket-protocol", "jwt.token.nonsense").await, 401);
    // The `Authorization` header takes precedence.
    let platform = with_header(&ledger.platform, "sec-websocket-protocol", &token).await.expect(200);
    assert_ne!(platform.json(), known.json());
    assert_redacted(with_header(&ledger.server.client("nonsense"), "sec-websocket-protocol", &token).await, 401);
    // Another scheme than Bearer is ignored.
    let request = anonymous.request(Method::GET, "/v2/authenticated-user").header("authorization", "Basic YTpi");
    let known = request.header("sec-websocket-protocol", &token).send().await.expect(200);
    assert_eq!(known.json()["user"]["id"], json!(key.id()));
}

#[apply(api_test)]
async fn scopes_are_rights() {
    let ledger = Ledger::new().await;
    let id = ledger.party("Alice").await;
    let acme = ledger.platform.create_organization("Acme").await.id();
    let own = ledger.platform.create_api_key(Some(&acme), &["ledger:admin"]).await;
    let (reader, reads) = ledger.user(&["ledger:read"]).await;
    let (admin, administers) = ledger.user(&["ledger:admin"]).await;
    let tenant = ledger.server.client(&own.text("key"));
    for (client, user, rights, provider) in [
        (&reader, &reads, json!([]), ""),
        (&admin, &administers, json!([{ "kind": { "ParticipantAdmin": { "value": {} } } }]), ""),
        (&tenant, &own.id(), json!([{ "kind": { "IdentityProviderAdmin": { "value": {} } } }]), acme.as_str()),
    ] {
        let known = client.get_ledger_user(user).await.expect(200);
        let expected = json!({ "user": {
            "id": user, "primaryParty": "", "isDeactivated": false, "identityProviderId": provider,
            "metadata": { "resourceVersion": "0", "annotations": {} },
        } });
        assert_eq!(*known.json(), expected);
        let listed = client.list_ledger_user_rights(user).await.expect(200);
        assert_eq!(listed.json()["rights"], rights);
    }
    reader.get_ledger_party(&id).await.expect(200);
    assert_redacted(reader.list_ledger_parties().await, 403);
    assert_redacted(reader.allocate_ledger_party(&json!({ "userId": reads })).await, 403);
    admin.list_ledger_parties().await.expect(200);
}

#[apply(api_test)]
async fn unknown_paths_and_methods_return_plain_text() {
    let ledger = Ledger::new().await;
    let anonymous = ledger.server.anonymous();
    for nonexistent in ["/v2/nowhere", "/v2/", "/v2/parties/", "/v2/parties/a/b", "/v2/Parties"] {
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            let response = anonymous.request(method, nonexistent).send().await.expect(404);
            assert_eq!(response.body_text(), "The requested resource could not be found.");
            assert_eq!(response.header("allow"), None);
        }
    }
    for (target, allowed) in [
        (paths::LEDGER_PARTIES, "GET, HEAD, OPTIONS, POST"),
        ("/v2/parties/a", "GET, HEAD, OPTIONS, PATCH"),
        ("/v2/version", "GET, HEAD, OPTIONS"),
        ("/livez", "GET, HEAD, OPTIONS"),
    ] {
        let response = anonymous.request(Method::DELETE, target).send().await.expect(405);
        assert_eq!(response.body_text(), format!("HTTP method not allowed, supported methods: {allowed}"));
        assert_eq!(response.header("allow"), Some(allowed));
        let response = anonymous.request(Method::OPTIONS, target).send().await.expect(204);
        assert_eq!((response.header("allow"), response.body.len()), (Some(allowed), 0));
    }
}

#[apply(api_test)]
async fn an_unavailable_store_returns_503_where_it_is_needed() {
    let wire = Wire::new();
    let server = TestServer::start_with(Options { http_client: Some(wire.layer()), ..Options::default() }).await;
    let platform = server.platform();
    // The ledger caches its description in the process. Only authentication needs DynamoDB.
    for target in
        ["/v2/parties/participant-id", "/v2/authenticated-user", "/v2/users/alice", "/v2/state/connected-synchronizers"]
    {
        let key = platform.create_api_key(None, &["ledger:admin"]).await;
        wire.always(Fault::error(400, "ResourceNotFoundException"));
        let response = server.client(&key.text("key")).get(target).await.expect(503);
        let body = response.json();
        assert_eq!((&body["code"], &body["retryInfo"]), (&json!("SERVICE_NOT_RUNNING"), &json!("1 second")));
        wire.clear_faults();
    }
    wire.always(Fault::ConnectionRefused);
    let response = server.anonymous().get("/readyz").await.expect(503);
    assert_eq!(response.body_text(), "[-] ledger failed (NOT_SERVING)\nreadyz check failed");
    assert_eq!(response.header("retry-after"), Some("1"));
    wire.clear_faults();
}

#[apply(api_test)]
async fn authorization_precedes_validation_of_another_provider() {
    let ledger = Ledger::new().await;
    let acme = ledger.platform.create_organization("Acme").await.id();
    let tenant = ledger.server.tenant(&acme, &["ledger:admin"]).await;
    for other in ["org_0", "anything", "a.b"] {
        assert_redacted(tenant.allocate_ledger_party(&json!({ "identityProviderId": other })).await, 403);
        assert_redacted(tenant.get(&format!("/v2/parties?identity-provider-id={other}")).await, 403);
    }
}
