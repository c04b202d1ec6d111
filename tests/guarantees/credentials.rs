//! Authentication and authorization: every endpoint with every kind of invalid credential, and without its scope.

use std::collections::{HashMap, hash_map::Entry};

use berth::Options;
use berth_functions::ENDPOINTS;
use berth_shared::{
    Environment,
    credentials::{Credential, Scope},
    http::Access,
    id::ApiKeyId,
    operator::{NewKey, create_key},
    time::Time,
};
use macro_rules_attribute::apply;
use serde_json::json;
use tokio::time::{Duration, sleep};

use crate::harness::samples::{SampleRequest, Tenant, normalized, scoped_endpoints};
use crate::harness::{TestClient, TestResponse, TestServer, api_test, paths, world::before_expiry};

/// Returns a credential of `environment` with a correct checksum.
fn forged(environment: Environment, key: ApiKeyId) -> String {
    Credential::new(environment, key, [9; 32]).reveal().to_owned()
}

/// Creates a platform key as the operator does.
async fn operators_key(server: &TestServer, environment: Environment) -> String {
    let scopes = Scope::ALL.to_vec();
    let new = NewKey { name: "Operator".to_owned(), organization: None, scopes, expires_at: None };
    create_key(&server.store().await, environment, new, "ada").await.expect("the operator creates a key").credential
}

/// Creates a platform key with this expiry; `None` if a busy machine is too slow.
async fn short_lived_key(platform: &TestClient, scopes: &[&str], ends: Time) -> Option<String> {
    let body = json!({ "name": "Short-lived", "scopes": scopes, "expiresAt": ends.to_string() });
    let created = platform.post_api_key(&body).await;
    (created.status == 201 || Time::now() < ends).then(|| created.expect(201).text("key"))
}

async fn wait_until(time: Time) {
    let now = Time::now().millis_since_epoch();
    sleep(Duration::from_millis(time.millis_since_epoch().saturating_sub(now) + 5)).await;
}

/// Returns `Authorization` headers that must all get the same 401, each with its defect.
async fn invalid_headers(server: &TestServer) -> Vec<(&'static str, Option<String>)> {
    let platform = server.platform();
    let scopes: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    let (expired, ends) = before_expiry(async |ends| short_lived_key(&platform, &scopes, ends).await).await;
    // Revoked before its first use: a process accepts a cached key for up to 30 seconds.
    let revoked = platform.create_api_key(None, &scopes).await;
    platform.revoke_api_key(&revoked.id()).await.expect(200);
    let revoked = revoked.text("key");
    let good = platform.create_api_key(None, &scopes).await;
    let (id, good): (ApiKeyId, _) = (good.id().parse().expect("an id"), good.text("key"));
    let last = if good.ends_with('0') { "1" } else { "0" };
    let wrong_sum = format!("{}{last}", &good[..good.len() - 1]);
    let other_environment = operators_key(server, Environment::Live).await;
    let stranger = forged(Environment::Test, ApiKeyId::new(Time::now(), 7));
    wait_until(ends).await;
    let bearer = |credential: &str| Some(format!("Bearer {credential}"));
    vec![
        ("missing", None),
        ("another scheme", Some("Basic YmVydGg6YmVydGg=".to_owned())),
        ("another scheme with a good credential", Some(format!("Token {good}"))),
        ("no scheme", Some(good.clone())),
        ("empty", Some("Bearer ".to_owned())),
        ("a word", bearer("secret")),
        ("cut off", bearer(&good[..good.len() - 1])),
        ("one digit longer", bearer(&format!("{good}0"))),
        ("another prefix", bearer(&good.replacen("dk_", "dx_", 1))),
        ("a wrong checksum", bearer(&wrong_sum)),
        ("an unknown key", bearer(&stranger)),
        ("a wrong secret", bearer(&forged(Environment::Test, id))),
        ("revoked", bearer(&revoked)),
        ("expired", bearer(&expired)),
        ("of the other environment", bearer(&other_environment)),
        ("unknown and of the other environment", bearer(&forged(Environment::Live, id))),
    ]
}

fn assert_documented_error(response: &TestResponse, endpoint: &str, fault: &str) {
    let shown = format!("{endpoint}, {fault}: {} {}", response.status, String::from_utf8_lossy(&response.body));
    assert_eq!(response.status, 401, "{shown}");
    assert_eq!(response.header("www-authenticate"), Some("Bearer"), "{shown}");
    assert_eq!(response.json()["message"], "Invalid or expired API key", "{shown}");
    assert_eq!(response.json()["code"], "UNAUTHORIZED", "{shown}");
    assert_eq!(response.json()["error"], "Unauthorized", "{shown}");
    assert_eq!(response.json()["statusCode"], 401, "{shown}");
}

#[apply(api_test)]
async fn every_sample_succeeds_with_a_key_that_holds_just_the_scope() {
    let server = TestServer::start().await;
    for (endpoint, scope) in scoped_endpoints() {
        let new = async |name| Tenant::new(&server, name).await.deletable(endpoint, &server.platform()).await;
        let tenant = new("Bank of America").await;
        let key = server.platform().create_api_key(None, &[scope.as_str()]).await.text("key");
        let response = SampleRequest::of(endpoint, &tenant).send(&server.client(&key)).await;
        // A key can grant only scopes that it holds, and change only keys whose scopes it holds. This one holds none of them.
        let held = [
            "create-api-key",
            "update-api-key",
            "rotate-api-key",
            "revoke-api-key",
            "create-machine-client",
            "update-machine-client",
            "rotate-machine-client",
            "delete-machine-client",
        ];
        let expected = if held.contains(&endpoint.name) { 403 } else { endpoint.success };
        assert_eq!(response.status, expected, "{}: {}", endpoint.name, String::from_utf8_lossy(&response.body));
        let response = SampleRequest::of(endpoint, &new("Other").await).send(&server.platform()).await;
        assert_eq!(response.status, endpoint.success, "{}", endpoint.name);
    }
}

#[apply(api_test)]
async fn every_invalid_credential_gets_the_same_401() {
    let server = TestServer::start().await;
    let tenant = Tenant::new(&server, "Bank of America").await;
    let headers = invalid_headers(&server).await;
    let mut first = None;
    for (endpoint, _) in scoped_endpoints() {
        for (fault, header) in &headers {
            let mut request = SampleRequest::of(endpoint, &tenant).request(&server.anonymous());
            if let Some(header) = header {
                request = request.header("authorization", header);
            }
            let response = request.send().await;
            assert_documented_error(&response, endpoint.name, fault);
            let mut seen = normalized(&response, &[]);
            // The length includes the path, which the body repeats.
            let length: usize = seen.1.remove("content-length").expect("a length").parse().expect("a number");
            let rest = length - response.text("instance").len();
            let first = first.get_or_insert_with(|| (seen.clone(), rest));
            assert_eq!(*first, (seen, rest), "{}, {fault}", endpoint.name);
        }
    }
}

#[apply(api_test)]
async fn every_endpoint_without_its_scope_is_403_and_names_the_scope() {
    let server = TestServer::start().await;
    let tenant = Tenant::new(&server, "Bank of America").await;
    let mut clients: HashMap<Scope, [TestClient; 2]> = HashMap::new();
    for (endpoint, scope) in scoped_endpoints() {
        let lacking = match clients.entry(scope) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let others: Vec<_> =
                    Scope::ALL.iter().filter(|other| **other != scope).map(|other| other.as_str()).collect();
                let of_platform = server.platform().create_api_key(None, &others).await.text("key");
                let of_tenant = server.tenant(&tenant.organization, &others).await;
                place.insert([server.client(&of_platform), of_tenant])
            }
        };
        for client in lacking {
            let response = SampleRequest::of(endpoint, &tenant).send(client).await;
            assert_eq!(response.status, 403, "{}: {}", endpoint.name, response.json());
            assert_eq!(response.json()["code"], "INSUFFICIENT_SCOPE", "{}", endpoint.name);
            let detail = response.text("detail");
            assert!(detail.split(' ').any(|word| word == scope.as_str()), "{}: {detail}", endpoint.name);
            assert_eq!(response.header("www-authenticate"), None, "{}", endpoint.name);
        }
    }
}

#[apply(api_test)]
async fn authentication_and_authorization_precede_validation() {
    let server = TestServer::start().await;
    let mut limited = Vec::new();
    for scope in [Scope::DocksRead, Scope::PartiesRead] {
        limited
            .push((scope, server.client(&server.platform().create_api_key(None, &[scope.as_str()]).await.text("key"))));
    }
    for (endpoint, required) in scoped_endpoints() {
        let (_, scopeless) = limited.iter().find(|(scope, _)| *scope != required).expect("a key without the scope");
        let path = endpoint.path_parameters().fold(endpoint.path.to_owned(), |path, name| {
            path.replace(&format!("{{{name}}}"), "no-id") // 404 without the credential
        });
        for (client, status) in [(server.anonymous(), 401), (scopeless.clone(), 403)] {
            let request = client.request(endpoint.method.clone(), &format!("{path}?limit=0&offset=x"));
            let request = request.header("idempotency-key", "").header("if-match", "?");
            let response = request.body("text/plain", "{").send().await;
            assert_eq!(response.status, status, "{}: {}", endpoint.name, response.json());
        }
    }
}

#[apply(api_test)]
async fn write_does_not_include_read() {
    let server = TestServer::start().await;
    let tenant = Tenant::new(&server, "Bank of America").await;
    let scopes: Vec<_> = Scope::ALL.iter().map(|scope| scope.as_str()).filter(|s| s.ends_with(":write")).collect();
    let writer = server.client(&server.platform().create_api_key(None, &scopes).await.text("key"));
    let mut reads = 0;
    for (endpoint, scope) in scoped_endpoints().filter(|(_, scope)| scope.as_str().ends_with(":read")) {
        let response = SampleRequest::of(endpoint, &tenant).send(&writer).await.expect_error(403, "INSUFFICIENT_SCOPE");
        assert!(response.text("detail").contains(scope.as_str()), "{}", endpoint.name);
        reads += 1;
    }
    assert!(reads > 0);
}

#[apply(api_test)]
async fn the_scheme_is_case_insensitive() {
    let server = TestServer::start().await;
    let credential = server.platform().credential().expect("a key").to_owned();
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let request = server.anonymous().request(reqwest::Method::GET, paths::DOCKS);
        request.header("authorization", &format!("{scheme} {credential}")).send().await.expect(200);
    }
}

#[apply(api_test)]
async fn public_endpoints_ignore_credentials() {
    let server = TestServer::start().await;
    let mut public = 0;
    for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.access == Access::Public) {
        let target = paths::public(endpoint);
        for client in [server.anonymous(), server.client("nonsense")] {
            client.request(endpoint.method.clone(), &target).send().await.expect(endpoint.success);
            public += 1;
        }
    }
    assert!(public > 0);
}

#[apply(api_test)]
async fn an_expired_key_is_unauthorized_even_if_cached() {
    let server = TestServer::start().await;
    let platform = server.platform();
    // The key is authenticated once, which is cached, but not beyond its expiry.
    let (client, ends) = before_expiry(async |ends| {
        let client = server.client(&short_lived_key(&platform, &["docks:read"], ends).await?);
        let response = client.list_docks().await;
        (response.status == 200 || Time::now() < ends).then(|| {
            response.expect(200);
            client
        })
    })
    .await;
    wait_until(ends).await;
    let response = client.list_docks().await;
    assert_documented_error(&response, "list-docks", "expired after it was used");
}

#[apply(api_test)]
async fn keys_of_the_other_environment_are_unauthorized() {
    let sandbox = TestServer::start().await;
    let store = sandbox.shared_store();
    let options = Options { store, environment: Environment::Live, ..Options::default() };
    let production = TestServer::start_with(options).await;
    let keys = [operators_key(&sandbox, Environment::Test).await, operators_key(&sandbox, Environment::Live).await];
    assert!(keys[0].starts_with("dk_test_") && keys[1].starts_with("dk_live_"), "{}", &keys[0][..8]);
    for (server, own, other) in [(&sandbox, 0, 1), (&production, 1, 0)] {
        server.client(&keys[own]).list_docks().await.expect(200);
        let response = server.client(&keys[other]).list_docks().await;
        assert_documented_error(&response, "list-docks", "of the other environment");
    }
}
