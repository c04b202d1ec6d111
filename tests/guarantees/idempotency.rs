//! `Idempotency-Key`: one effect, and a replay of the first response.

use berth::Options;
use berth_functions::ENDPOINTS;
use berth_shared::{http::Access, time::Clock};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::samples::{SampleRequest, Tenant, scoped_endpoints};
use crate::harness::{
    DIRECTORY_SCOPES, RequestBuilder, TestClient, TestResponse, TestServer, api_test, paths, patient,
};

const DAY: u64 = 24 * 60 * 60 * 1000;

/// Returns a POST with an `Idempotency-Key`.
fn post(client: &TestClient, target: &str, key: &str, body: &Value) -> RequestBuilder {
    client.request(Method::POST, target).header("idempotency-key", key).json(body)
}

fn is_replayed(response: &TestResponse) -> bool {
    match response.header("idempotency-replayed") {
        None => false,
        Some(value) => {
            assert_eq!(value, "true");
            true
        }
    }
}

/// Asserts that `again` replays `first`: status, headers and body.
#[track_caller]
fn check_replay(first: &TestResponse, again: &TestResponse) {
    assert!(!is_replayed(first) && is_replayed(again), "{}", again.json());
    assert_eq!(again.status, first.status);
    for header in ["location", "etag", "content-type"] {
        assert_eq!(again.header(header), first.header(header), "{header}");
    }
    assert_eq!(String::from_utf8_lossy(&again.body), String::from_utf8_lossy(&first.body));
}

/// Returns a response without its credential, as its replay is.
fn without_secret(mut response: TestResponse) -> TestResponse {
    for member in ["key", "clientSecret"] {
        let Some(secret) = response.json()[member].as_str().map(ToOwned::to_owned) else { continue };
        let text = String::from_utf8(response.body.clone()).expect("JSON is text");
        response.body = text.replace(&format!("\"{secret}\""), "null").into_bytes();
    }
    response
}

/// Returns a sample of each POST endpoint that has an effect, each with its own tenant.
async fn posts(server: &TestServer) -> Vec<SampleRequest> {
    let mut samples = Vec::new();
    for (endpoint, _) in scoped_endpoints().filter(|(endpoint, _)| endpoint.accepts_idempotency_key()) {
        samples.push(SampleRequest::of(endpoint, &Tenant::new(server, "Bank of America").await));
    }
    let public = ENDPOINTS.iter().filter(|endpoint| endpoint.access == Access::Public);
    assert!(public.into_iter().all(|endpoint| endpoint.method != Method::POST), "add a sample for the public POST");
    assert!(samples.len() >= 5);
    samples
}

#[apply(api_test)]
async fn every_post_replays_the_first_response() {
    let server = TestServer::start().await;
    for sample in posts(&server).await {
        let send = || sample.request(&server.platform()).header("idempotency-key", sample.endpoint.name).send();
        let first = send().await.expect(sample.endpoint.success);
        let again = send().await;
        let third = send().await;
        assert_ne!(first.header("x-request-id"), again.header("x-request-id"));
        check_replay(&without_secret(first), &again);
        assert_eq!(again.body, third.body, "{}", sample.endpoint.name);
        // Without the header, it is another request.
        let other = sample.send(&server.platform()).await;
        assert!(!is_replayed(&other), "{}", sample.endpoint.name);
        if sample.endpoint.name == "create-audit-entry" {
            // Its location is the trail of the resource, which has both entries.
            assert_ne!(other.json()["id"], again.json()["id"]);
        } else if let Some(location) = again.header("location") {
            assert_ne!(other.header("location"), Some(location), "{}", sample.endpoint.name);
        }
    }
}

#[apply(api_test)]
async fn every_post_rejects_a_key_reused_with_another_body() {
    let server = TestServer::start().await;
    for sample in posts(&server).await {
        let body = sample.body.as_ref().expect("a body").to_string();
        let send = |text: String| {
            let request = server.platform().request(Method::POST, &sample.target());
            request.header("idempotency-key", sample.endpoint.name).body("application/json", text).send()
        };
        send(body.clone()).await.expect(sample.endpoint.success);
        // The same value in other bytes is another body.
        send(format!("{body} ")).await.expect_error(422, "IDEMPOTENCY_KEY_REUSED");
    }
}

#[apply(api_test)]
async fn a_quoted_key_equals_the_bare_one() {
    let server = TestServer::start().await;
    let platform = server.platform();
    let body = json!({ "name": "Bank of America" });
    let first = post(&platform, paths::ORGANIZATIONS, "k-1", &body).send().await.expect(201);
    for same in ["\"k-1\"", "k-1"] {
        check_replay(&first, &post(&platform, paths::ORGANIZATIONS, same, &body).send().await);
    }
    for other in ["K-1", "k-2", "\"k-1", "'k-1'"] {
        let created = post(&platform, paths::ORGANIZATIONS, other, &body).send().await.expect(201);
        assert!(!is_replayed(&created), "{other}");
    }
}

#[apply(api_test)]
async fn a_key_is_bound_to_its_path() {
    let server = TestServer::start().await;
    let (a, b) = (Tenant::new(&server, "A").await, Tenant::new(&server, "B").await);
    let target = |tenant: &Tenant| paths::parties(&tenant.organization);
    let body = json!({ "type": "INDIVIDUAL", "name": "Ada Lovelace" });
    post(&server.platform(), &target(&a), "k", &body).send().await.expect(201);
    let error = post(&server.platform(), &target(&b), "k", &body).send().await;
    assert!(!is_replayed(&error));
    error.expect_error(422, "IDEMPOTENCY_KEY_REUSED");
    let count = |list: TestResponse| list.expect(200).json()["meta"]["total"].clone();
    assert_eq!(count(server.platform().get(&target(&b)).await), 1);
}

#[apply(api_test)]
async fn a_key_is_bound_to_its_tenant() {
    let server = TestServer::start().await;
    let (a, b) = (Tenant::new(&server, "A").await, Tenant::new(&server, "B").await);
    let body = json!({ "name": "Closing" });
    let mut created = Vec::new();
    for client in [&a.client, &b.client] {
        let first = post(client, paths::DOCKS, "k", &body).send().await.expect(201);
        check_replay(&first, &post(client, paths::DOCKS, "k", &body).send().await);
        created.push(first.text("organizationId"));
    }
    assert_eq!(created, [a.organization.clone(), b.organization]);
    // The platform has its own idempotency keys, even for the same request.
    let target = paths::parties(&a.organization);
    let body = json!({ "type": "INDIVIDUAL", "name": "Ada Lovelace" });
    for client in [&a.client, &server.platform()] {
        assert!(!is_replayed(&post(client, &target, "p", &body).send().await.expect(201)));
    }
}

#[apply(api_test)]
async fn every_api_key_has_its_own_idempotency_keys() {
    let server = TestServer::start().await;
    let tenant = Tenant::new(&server, "A").await;
    let colleague = server.tenant(&tenant.organization, &DIRECTORY_SCOPES).await;
    let body = json!({ "name": "Closing" });
    let mut created = Vec::new();
    for client in [&tenant.client, &colleague] {
        let first = post(client, paths::DOCKS, "k", &body).send().await.expect(201);
        check_replay(&first, &post(client, paths::DOCKS, "k", &body).send().await);
        created.push(first.id());
    }
    assert_ne!(created[0], created[1]);
    // Nor does the key of one block another request of the other.
    post(&tenant.client, paths::DOCKS, "mine", &body).send().await.expect(201);
    post(&colleague, paths::DOCKS, "mine", &json!({ "name": "Opening" })).send().await.expect(201);
}

#[apply(api_test)]
async fn reads_by_post_ignore_the_header() {
    let server = TestServer::start().await;
    let tenant = Tenant::new(&server, "A").await;
    let before = server.items().await.len();
    let reads = scoped_endpoints().filter(|(endpoint, _)| endpoint.method == Method::POST);
    let reads: Vec<_> = reads.filter(|(endpoint, _)| !endpoint.accepts_idempotency_key()).collect();
    assert_eq!(reads.iter().map(|(endpoint, _)| endpoint.name).collect::<Vec<_>>(), ["check-roles"]);
    let check = |role: &str| json!({ "checks": [{ "dockId": tenant.dock, "partyId": tenant.party, "role": role }] });
    // Another body, and a malformed key.
    for (key, role, assigned) in [("k", "DISTRIBUTOR", true), ("k", "RECIPIENT", false), ("a b", "DISTRIBUTOR", true)] {
        let target = paths::role_checks(&tenant.organization);
        let checked = post(&server.platform(), &target, key, &check(role)).send().await.expect(200);
        assert!(!is_replayed(&checked));
        assert_eq!(checked.json()["results"][0]["assigned"], assigned);
    }
    // A decision is the current one.
    let role = paths::role(&tenant.organization, &tenant.party, &tenant.role);
    server.platform().delete(&role).await.expect(200);
    let target = paths::role_checks(&tenant.organization);
    let checked = post(&server.platform(), &target, "k", &check("DISTRIBUTOR")).send().await.expect(200);
    assert_eq!(checked.json()["results"][0]["assigned"], false);
    // The revocation moves two items and adds an audit entry with its rows by role, dock, actor and action. Nothing is
    // recorded.
    assert_eq!(server.items().await.len(), before + 5);
}

#[apply(api_test)]
async fn a_caller_without_the_scope_records_nothing() {
    let server = TestServer::start().await;
    let tenant = Tenant::new(&server, "A").await;
    let reader = server.tenant(&tenant.organization, &["docks:read"]).await;
    let minter = server.tenant(&tenant.organization, &["api-keys:write"]).await;
    for client in [&reader, &minter] {
        client.list_docks().await;
    }
    for sample in posts(&server).await {
        let needs_write = ["create-api-key", "rotate-api-key"].contains(&sample.endpoint.name);
        let client = if needs_write { &reader } else { &minter };
        let request = sample.request(client).header("idempotency-key", "k");
        request.send().await.expect_error(403, "INSUFFICIENT_SCOPE");
    }
    // A key that may create keys, but not these.
    let body = json!({ "name": "More", "scopes": ["docks:write"] });
    post(&minter, paths::API_KEYS, "k", &body).send().await.expect_error(403, "SCOPE_NOT_HELD");
    let records = server.items().await.into_iter().filter(|item| item.contains_key("fingerprint"));
    assert_eq!(records.count(), 0);
}

#[apply(api_test)]
async fn the_first_response_is_replayed_after_later_changes() {
    let server = TestServer::start().await;
    let tenant = Tenant::new(&server, "A").await;
    let target = paths::roles(&tenant.organization, &tenant.party);
    let body = json!({ "dockId": tenant.dock, "role": "RECIPIENT" });
    let first = post(&tenant.client, &target, "k", &body).send().await.expect(201);
    // A new request would be a conflict. The repetition is not.
    check_replay(&first, &post(&tenant.client, &target, "k", &body).send().await);
    tenant.client.delete(&format!("{target}/{}", first.id())).await.expect(200);
    check_replay(&first, &post(&tenant.client, &target, "k", &body).send().await);
    let roles = tenant.client.get(&format!("{target}?role=RECIPIENT")).await.expect(200);
    assert_eq!(roles.json()["meta"]["total"], 0, "a replay has no effect");
}

#[apply(api_test)]
async fn error_responses_are_not_recorded() {
    let server = TestServer::start().await;
    let Tenant { organization, party, dock, role, client, .. } = Tenant::new(&server, "A").await;
    let parties = paths::parties(&organization);
    let good = json!({ "type": "INDIVIDUAL", "name": "Ada Lovelace" });
    post(&client, &parties, "k", &json!({ "type": "SHIP" })).send().await.expect_error(400, "VALIDATION_FAILED");
    let elsewhere = parties.replace(&organization, "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS");
    post(&client, &elsewhere, "k", &good).send().await.expect_error(404, "ORGANIZATION_NOT_FOUND");
    post(&server.anonymous(), &parties, "k", &good).send().await.expect_error(401, "UNAUTHORIZED");
    assert!(!is_replayed(&post(&client, &parties, "k", &good).send().await.expect(201)));
    // A conflict is not recorded either.
    let roles = format!("{parties}/{party}/roles");
    let body = json!({ "dockId": dock, "role": "DISTRIBUTOR" });
    for _ in 0..2 {
        let error = post(&client, &roles, "r", &body).send().await;
        assert!(!is_replayed(&error));
        error.expect_error(409, "ROLE_ALREADY_ASSIGNED");
    }
    client.delete(&format!("{roles}/{role}")).await.expect(200);
    assert!(!is_replayed(&post(&client, &roles, "r", &body).send().await.expect(201)));
}

#[apply(api_test)]
async fn a_key_has_1_to_255_visible_ascii_characters() {
    let server = TestServer::start().await;
    let platform = server.platform();
    let body = json!({ "name": "Bank of America" });
    let longest = "k".repeat(255);
    for good in ["!", "~", &longest, &format!("\"{}\"", "q".repeat(255))] {
        let first = post(&platform, paths::ORGANIZATIONS, good, &body).send().await.expect(201);
        check_replay(&first, &post(&platform, paths::ORGANIZATIONS, good, &body).send().await);
    }
    let longer = "k".repeat(256);
    for wrong in ["", "\"\"", "a b", "a\tb", "ä", &longer, &format!("\"{longer}\"")] {
        let error = post(&platform, paths::ORGANIZATIONS, wrong, &body).send().await;
        let error = error.expect_error(400, "VALIDATION_FAILED");
        let errors = error.json()["errors"].as_array().expect("errors").clone();
        assert_eq!(errors.len(), 1, "{wrong}: {errors:?}");
        assert_eq!(errors[0]["parameter"], "Idempotency-Key", "{wrong}");
        assert!(errors[0].get("pointer").is_none(), "{wrong}");
        assert_eq!(error.json()["message"], json!([errors[0]["detail"]]), "{wrong}");
    }
}

#[apply(api_test)]
async fn an_invalid_key_is_reported_with_other_errors() {
    let server = TestServer::start().await;
    let error = post(&server.platform(), paths::ORGANIZATIONS, "a b", &json!({ "slug": "-" })).send().await;
    let errors = error.expect_error(400, "VALIDATION_FAILED").json()["errors"].as_array().expect("errors").clone();
    let id_locations: Vec<_> = errors.iter().map(|e| e["pointer"].as_str().or(e["parameter"].as_str())).collect();
    assert_eq!(id_locations, [Some("Idempotency-Key"), Some("/name"), Some("/slug")]);
}

#[apply(api_test)]
async fn the_header_is_ignored_on_other_methods() {
    let server = TestServer::start().await;
    for (endpoint, _) in scoped_endpoints().filter(|(endpoint, _)| endpoint.method != Method::POST) {
        for key in ["k", ""] {
            // The requests have one key and different paths, and some of the keys are invalid.
            let tenant = Tenant::new(&server, "A").await.deletable(endpoint, &server.platform()).await;
            let request =
                SampleRequest::of(endpoint, &tenant).request(&server.platform()).header("idempotency-key", key);
            let response = request.send().await.expect(endpoint.success);
            assert!(!is_replayed(&response), "{}", endpoint.name);
        }
    }
    let Tenant { organization, client, .. } = Tenant::new(&server, "A").await;
    for name in ["B", "A", "B"] {
        let request = client.request(Method::PATCH, &paths::organization(&organization));
        let changed = request.header("idempotency-key", "k").json(&json!({ "name": name })).send().await;
        assert_eq!(changed.expect(200).text("name"), name);
    }
}

#[apply(api_test)]
async fn a_replay_does_not_contain_the_secret() {
    let server = TestServer::start().await;
    let body = json!({ "name": "Reader", "scopes": ["docks:read"] });
    let first = post(&server.platform(), paths::API_KEYS, "k", &body).send().await.expect(201);
    let again = post(&server.platform(), paths::API_KEYS, "k", &body).send().await.expect(201);
    assert_eq!(again.json().get("key"), Some(&Value::Null));
    assert_eq!(again.id(), first.id());
    server.client(&first.text("key")).list_docks().await.expect(200);
}

#[apply(api_test)]
async fn a_key_expires_after_24_hours() {
    let clock = Clock::default();
    let server = TestServer::start_with(Options { clock: clock.clone(), ..patient() }).await;
    let platform = server.platform();
    let (one, other) = (json!({ "name": "One" }), json!({ "name": "Other" }));
    let before = clock.now();
    let first = post(&platform, paths::ORGANIZATIONS, "k", &one).send().await.expect(201);
    let after = clock.now();
    let records = server.items().await.into_iter().filter(|item| item.contains_key("fingerprint"));
    let [record] = records.collect::<Vec<_>>().try_into().expect("one record");
    let number = |name: &str| -> u64 { record[name].as_n().expect("a number").parse().expect("whole") };
    let retention = before.plus_millis(DAY).millis_since_epoch()..=after.plus_millis(DAY).millis_since_epoch();
    assert!(retention.contains(&number("expiresAt")), "{} is not in {retention:?}", number("expiresAt"));
    // DynamoDB may delete the record from then on, not earlier.
    assert!(number("ttl") * 1000 >= number("expiresAt") && number("ttl") * 1000 <= number("expiresAt") + 1000);
    // A minute before the end, the response is replayed. At the end, although DynamoDB has not deleted the record, it is not.
    clock.advance(DAY - 60_000);
    check_replay(&first, &post(&platform, paths::ORGANIZATIONS, "k", &one).send().await);
    clock.advance(60_000);
    let second = post(&platform, paths::ORGANIZATIONS, "k", &other).send().await.expect(201);
    check_replay(&second, &post(&platform, paths::ORGANIZATIONS, "k", &other).send().await);
    post(&platform, paths::ORGANIZATIONS, "k", &one).send().await.expect_error(422, "IDEMPOTENCY_KEY_REUSED");
}

#[apply(api_test)]
async fn a_request_whose_expiry_has_passed_is_replayed_for_24_hours() {
    let clock = Clock::default();
    let server = TestServer::start_with(Options { clock: clock.clone(), ..patient() }).await;
    let organization = server.platform().create_organization("Acme").await.id();
    for target in [paths::API_KEYS.to_owned(), paths::machine_clients(&organization)] {
        let ends = clock.now().plus_millis(DAY / 2).to_string();
        let body = json!({ "name": "Short-lived", "scopes": ["docks:read"], "expiresAt": ends });
        let first = post(&server.platform(), &target, "k", &body).send().await.expect(201);
        clock.advance(DAY / 2);
        // The expiry is in the past now, which a new request must not ask for.
        check_replay(&without_secret(first), &post(&server.platform(), &target, "k", &body).send().await);
        clock.advance(DAY / 2);
        let error = post(&server.platform(), &target, "k", &body).send().await;
        assert_eq!(error.error_locations(), ["/expiresAt"]);
    }
}
