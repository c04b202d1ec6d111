//! Who may call: every endpoint of the list, with everything that is no good as a credential, and without its scope.

use std::collections::{HashMap, hash_map::Entry};

use berth::{Options, StoreChoice};
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

use crate::harness::samples::{Sample, Tenant, comparable, guarded};
use crate::harness::{Answer, Berth, Caller, api_test, paths};

/// A credential of `environment` with a right checksum.
fn forged(environment: Environment, key: ApiKeyId) -> String {
    Credential::new(environment, key, [9; 32]).reveal().to_owned()
}

/// A key of the platform that the operator makes.
async fn operators_key(berth: &Berth, environment: Environment) -> String {
    let scopes = Scope::ALL.to_vec();
    let new = NewKey { name: "Operator".to_owned(), organization: None, scopes, expires_at: None };
    create_key(&berth.store().await, environment, new).await.expect("the operator makes keys").credential
}

async fn wait_until(time: Time) {
    let now = Time::now().millis_since_epoch();
    sleep(Duration::from_millis(time.millis_since_epoch().saturating_sub(now) + 5)).await;
}

/// `Authorization` headers that must all be refused alike, with what is wrong with them.
async fn refused_headers(berth: &Berth) -> Vec<(&'static str, Option<String>)> {
    let platform = berth.platform();
    let scopes: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    let ends = Time::now().plus_millis(1_500);
    let body = json!({ "name": "Short-lived", "scopes": scopes, "expiresAt": ends.to_string() });
    let expired = platform.post_api_key(&body).await.expect(201).text("key");
    // Never used before it is revoked: a process may trust what it has proved for half a minute.
    let revoked = platform.create_api_key(None, &scopes).await;
    platform.revoke_api_key(&revoked.id()).await.expect(200);
    let revoked = revoked.text("key");
    let good = platform.create_api_key(None, &scopes).await;
    let (id, good): (ApiKeyId, _) = (good.id().parse().expect("an id"), good.text("key"));
    let last = if good.ends_with('0') { "1" } else { "0" };
    let wrong_sum = format!("{}{last}", &good[..good.len() - 1]);
    let other_environment = operators_key(berth, Environment::Live).await;
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

fn check_refusal(answer: &Answer, endpoint: &str, fault: &str) {
    let shown = format!("{endpoint}, {fault}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
    assert_eq!(answer.status, 401, "{shown}");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{shown}");
    assert_eq!(answer.json()["message"], "Invalid or expired API key", "{shown}");
    assert_eq!(answer.json()["code"], "UNAUTHORIZED", "{shown}");
    assert_eq!(answer.json()["error"], "Unauthorized", "{shown}");
    assert_eq!(answer.json()["statusCode"], 401, "{shown}");
}

#[apply(api_test)]
async fn every_sample_succeeds_with_a_key_that_holds_just_the_scope() {
    let berth = Berth::start().await;
    for (endpoint, scope) in guarded() {
        let tenant = Tenant::new(&berth, "Bank of America").await;
        let key = berth.platform().create_api_key(None, &[scope.as_str()]).await.text("key");
        let answer = Sample::of(endpoint, &tenant).send(&berth.with_key(&key)).await;
        // A key hands on only scopes that it holds, and this one holds none that it could.
        let expected = if endpoint.name == "create-api-key" { 403 } else { endpoint.success };
        assert_eq!(answer.status, expected, "{}: {}", endpoint.name, String::from_utf8_lossy(&answer.body));
        let answer = Sample::of(endpoint, &Tenant::new(&berth, "Other").await).send(&berth.platform()).await;
        assert_eq!(answer.status, endpoint.success, "{}", endpoint.name);
    }
}

#[apply(api_test)]
async fn whatever_is_wrong_with_a_credential_the_401_is_one_and_the_same() {
    let berth = Berth::start().await;
    let tenant = Tenant::new(&berth, "Bank of America").await;
    let headers = refused_headers(&berth).await;
    let mut first = None;
    for (endpoint, _) in guarded() {
        for (fault, header) in &headers {
            let mut call = Sample::of(endpoint, &tenant).call(&berth.nobody());
            if let Some(header) = header {
                call = call.header("authorization", header);
            }
            let answer = call.send().await;
            check_refusal(&answer, endpoint.name, fault);
            let mut seen = comparable(&answer, &[]);
            // It counts the path, too, which the body repeats.
            let length: usize = seen.1.remove("content-length").expect("a length").parse().expect("a number");
            let rest = length - answer.text("instance").len();
            let first = first.get_or_insert_with(|| (seen.clone(), rest));
            assert_eq!(*first, (seen, rest), "{}, {fault}", endpoint.name);
        }
    }
}

#[apply(api_test)]
async fn without_the_scope_every_endpoint_is_403_and_names_it() {
    let berth = Berth::start().await;
    let tenant = Tenant::new(&berth, "Bank of America").await;
    let mut callers: HashMap<Scope, [Caller; 2]> = HashMap::new();
    for (endpoint, scope) in guarded() {
        let lacking = match callers.entry(scope) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let others: Vec<_> =
                    Scope::ALL.iter().filter(|other| **other != scope).map(|other| other.as_str()).collect();
                let of_platform = berth.platform().create_api_key(None, &others).await.text("key");
                let of_tenant = berth.tenant(&tenant.organization, &others).await;
                place.insert([berth.with_key(&of_platform), of_tenant])
            }
        };
        for caller in lacking {
            let answer = Sample::of(endpoint, &tenant).send(caller).await;
            assert_eq!(answer.status, 403, "{}: {}", endpoint.name, answer.json());
            assert_eq!(answer.json()["code"], "INSUFFICIENT_SCOPE", "{}", endpoint.name);
            let detail = answer.text("detail");
            assert!(detail.split(' ').any(|word| word == scope.as_str()), "{}: {detail}", endpoint.name);
            assert_eq!(answer.header("www-authenticate"), None, "{}", endpoint.name);
        }
    }
}

#[apply(api_test)]
async fn credential_and_scope_are_looked_at_before_anything_else() {
    let berth = Berth::start().await;
    let key = berth.platform().create_api_key(None, &["audit:read"]).await.text("key");
    let scopeless = berth.with_key(&key);
    for (endpoint, _) in guarded() {
        let path = endpoint.path_parameters().fold(endpoint.path.to_owned(), |path, name| {
            path.replace(&format!("{{{name}}}"), "no-id") // 404, if anybody looked
        });
        for (caller, status) in [(berth.nobody(), 401), (scopeless.clone(), 403)] {
            let call = caller.call(endpoint.method.clone(), &format!("{path}?limit=0&offset=x"));
            let call = call.header("idempotency-key", "").header("if-match", "?");
            let answer = call.body("text/plain", "{").send().await;
            assert_eq!(answer.status, status, "{}: {}", endpoint.name, answer.json());
        }
    }
}

#[apply(api_test)]
async fn write_does_not_include_read() {
    let berth = Berth::start().await;
    let tenant = Tenant::new(&berth, "Bank of America").await;
    let scopes: Vec<_> = Scope::ALL.iter().map(|scope| scope.as_str()).filter(|s| s.ends_with(":write")).collect();
    let writer = berth.with_key(&berth.platform().create_api_key(None, &scopes).await.text("key"));
    let mut reads = 0;
    for (endpoint, scope) in guarded().filter(|(_, scope)| scope.as_str().ends_with(":read")) {
        let answer = Sample::of(endpoint, &tenant).send(&writer).await.refused(403, "INSUFFICIENT_SCOPE");
        assert!(answer.text("detail").contains(scope.as_str()), "{}", endpoint.name);
        reads += 1;
    }
    assert!(reads > 0);
}

#[apply(api_test)]
async fn the_name_of_the_scheme_has_no_case() {
    let berth = Berth::start().await;
    let credential = berth.platform().credential().expect("a key").to_owned();
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let call = berth.nobody().call(reqwest::Method::GET, paths::DOCKS);
        call.header("authorization", &format!("{scheme} {credential}")).send().await.expect(200);
    }
}

#[apply(api_test)]
async fn public_endpoints_ask_for_no_credential_and_mind_none() {
    let berth = Berth::start().await;
    let mut public = 0;
    for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.access == Access::Public) {
        let target = if endpoint.path == "$default" { "/v1/docks" } else { endpoint.path };
        for caller in [berth.nobody(), berth.with_key("nonsense")] {
            caller.call(endpoint.method.clone(), target).send().await.expect(endpoint.success);
            public += 1;
        }
    }
    assert!(public > 0);
}

#[apply(api_test)]
async fn a_key_that_was_good_is_refused_from_its_expiry_on() {
    let berth = Berth::start().await;
    // Long enough for a busy machine to make the key and use it.
    let ends = Time::now().plus_millis(3_000);
    let body = json!({ "name": "Short-lived", "scopes": ["docks:read"], "expiresAt": ends.to_string() });
    let key = berth.platform().post_api_key(&body).await.expect(201).text("key");
    let caller = berth.with_key(&key);
    // The proof of this call is remembered, but not beyond the key's own end.
    caller.list_docks().await.expect(200);
    wait_until(ends).await;
    let answer = caller.list_docks().await;
    check_refusal(&answer, "list-docks", "expired after it was used");
}

#[apply(api_test)]
async fn keys_of_the_other_environment_are_refused_though_the_store_knows_them() {
    let sandbox = Berth::start().await;
    let store = StoreChoice::Endpoint(sandbox.running().store_url().expect("a local store").to_owned());
    let options = Options { store, environment: Environment::Live, ..Options::default() };
    let production = Berth::start_with(options).await;
    let keys = [operators_key(&sandbox, Environment::Test).await, operators_key(&sandbox, Environment::Live).await];
    assert!(keys[0].starts_with("dk_test_") && keys[1].starts_with("dk_live_"), "{}", &keys[0][..8]);
    for (berth, own, other) in [(&sandbox, 0, 1), (&production, 1, 0)] {
        berth.with_key(&keys[own]).list_docks().await.expect(200);
        let answer = berth.with_key(&keys[other]).list_docks().await;
        check_refusal(&answer, "list-docks", "of the other environment");
    }
}
