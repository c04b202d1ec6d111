//! Signed tokens: their subjects, and every kind of invalid token.

use std::fs;

use berth::Options;
use berth_shared::{
    http::{TokenConfig, TokenSettings},
    store::{Entity, Record},
};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::guarantees::program::Program;
use crate::harness::{TestClient, TestResponse, TestServer, api_test};
use crate::ledger::issuer::{HmacSecret, Issuer, KeyServer, PS256, RS384, Signature, certified, now};
use crate::ledger::{assert_redacted, assert_redacted_with};

const AUDIENCE: &str = "https://berth.example";

/// A server that accepts the tokens of an issuer.
struct World {
    server: TestServer,
    issuer: Issuer,
    tenant: String,
    _directory: TempDir,
}

fn settings(jwks: String) -> TokenSettings {
    let text = |text: &str| Some(text.to_owned());
    TokenSettings { jwks: Some(jwks), audience: text(AUDIENCE), admins: text("ops"), users: text("ann"), scope: None }
}

async fn server(settings: TokenSettings) -> TestServer {
    let tokens = TokenConfig::read(settings).expect("settings");
    TestServer::start_with(Options { tokens, ..Options::default() }).await
}

impl World {
    async fn new() -> Self {
        Self::with(|settings, _| settings).await
    }

    /// Starts a server with changed settings, and the key set from a file.
    async fn with(change: impl FnOnce(TokenSettings, &str) -> TokenSettings) -> Self {
        let issuer = Issuer::new("idp");
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("jwks.json");
        fs::write(&path, issuer.key_set().to_string()).expect("written");
        // The tenant can be any organization: its id is needed before the server starts.
        let tenant = "org_01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned();
        let settings = change(settings(path.display().to_string()), &tenant);
        Self { server: server(settings).await, issuer, tenant, _directory: directory }
    }

    fn token(&self, subject: &str) -> String {
        self.issuer.token(Signature::Es256, &claims(subject))
    }

    fn user(&self, subject: &str) -> TestClient {
        self.server.client(&self.token(subject))
    }

    async fn request(&self, token: &str) -> TestResponse {
        who(&self.server, token).await
    }
}

async fn who(server: &TestServer, token: &str) -> TestResponse {
    server.client(token).get("/v2/authenticated-user").await
}

fn claims(subject: &str) -> Value {
    json!({ "sub": subject, "aud": AUDIENCE, "iat": now(), "exp": now() + 600 })
}

/// Returns `claims` with this member, or without it if the value is null.
fn with(mut claims: Value, name: &str, value: Value) -> Value {
    let members = claims.as_object_mut().expect("an object");
    if value.is_null() {
        members.remove(name)
    } else {
        members.insert(name.to_owned(), value)
    };
    claims
}

#[apply(api_test)]
async fn a_signed_token_authenticates_its_subject() {
    let world = World::new().await;
    for signature in [Signature::Rs256, Signature::Es256] {
        for subject in ["ops", "ann"] {
            let known = world.request(&world.issuer.token(signature, &claims(subject))).await.expect(200);
            let expected = json!({ "user": {
                "id": subject, "primaryParty": "", "isDeactivated": false, "identityProviderId": "",
                "metadata": { "resourceVersion": "0", "annotations": {} },
            } });
            assert_eq!(*known.json(), expected);
        }
    }
    // Without a key id, every key of the algorithm is tried. A token may be a WebSocket protocol. It need not expire.
    let token = world.issuer.token_with(&json!({ "alg": "RS256" }), &claims("ann"), Signature::Rs256);
    world.request(&token).await.expect(200);
    let request = world.server.anonymous().request(Method::GET, "/v2/authenticated-user");
    request.header("sec-websocket-protocol", &format!("jwt.token.{token}")).send().await.expect(200);
    for endless in [with(claims("ann"), "exp", Value::Null), with(claims("ann"), "nbf", json!(now()))] {
        world.request(&world.issuer.token(Signature::Es256, &endless)).await.expect(200);
    }
    // API keys are valid as before.
    let key = world.server.platform().create_api_key(None, &["ledger:read"]).await;
    let known = world.request(&key.text("key")).await.expect(200);
    assert_eq!(known.json()["user"]["id"], json!(key.id()));
}

#[apply(api_test)]
async fn the_rights_of_a_user_are_configured() {
    let world = World::with(|settings, tenant| TokenSettings {
        admins: Some(format!("ops, acme={tenant}")),
        users: Some(format!("ann,bob={tenant}")),
        ..settings
    })
    .await;
    let rights = async |subject: &str| {
        let response = world.user(subject).list_ledger_user_rights(subject).await.expect(200);
        response.json()["rights"].as_array().expect("a list").clone()
    };
    assert_eq!(rights("ops").await, [json!({ "kind": { "ParticipantAdmin": { "value": {} } } })]);
    assert_eq!(rights("acme").await, [json!({ "kind": { "IdentityProviderAdmin": { "value": {} } } })]);
    assert!(rights("ann").await.is_empty() && rights("bob").await.is_empty());
    let bob = world.user("bob").get("/v2/authenticated-user").await.expect(200);
    assert_eq!(bob.json()["user"]["identityProviderId"], json!(world.tenant));
    // An admin allocates, and may act as the party. The audit entry names the user.
    let created = world.user("ops").allocate_ledger_party(&json!({ "partyIdHint": "Alice", "userId": "ops" })).await;
    let party = created.expect(200).json()["partyDetails"]["party"].clone();
    assert_eq!(rights("ops").await[1], json!({ "kind": { "CanActAs": { "value": { "party": party } } } }));
    let records = world.server.records().await.into_iter();
    let entries = records.filter_map(|record| match record {
        Record::AuditEntry(entry) if entry.entity_type == Entity::Party => Some((entry.actor.kind, entry.actor.id)),
        _ => None,
    });
    assert_eq!(entries.collect::<Vec<_>>(), [("ledger_user".to_owned(), "ops".to_owned())]);
    // Plain users look things up; the admin of an identity provider has its own only.
    for plain in ["ann", "bob"] {
        assert_redacted(world.user(plain).list_ledger_parties().await, 403);
        assert_redacted(world.user(plain).allocate_ledger_party(&json!({})).await, 403);
        world.user(plain).get("/v2/parties/participant-id").await.expect(200);
        // A user without a right on the party is denied, whether the party exists or not.
        world.user(plain).get("/v2/state/connected-synchronizers").await.expect(200);
        for party in [party.as_str().expect("an id"), "nobody::1220", "a.b"] {
            let target = format!("/v2/state/connected-synchronizers?party={party}");
            assert_redacted(world.user(plain).get(&target).await, 403);
        }
    }
    let default = world.server.platform().default_organization().await;
    assert_redacted(world.user("acme").allocate_ledger_party(&json!({ "identityProviderId": default })).await, 403);
    assert_eq!(world.user("acme").list_ledger_parties().await.expect(200).json()["partyDetails"], json!([]));
}

#[apply(api_test)]
async fn an_invalid_token_is_unauthorized() {
    let world = World::new().await;
    let (issuer, good) = (&world.issuer, claims("ops"));
    world.request(&issuer.token(Signature::Rs256, &good)).await.expect(200);
    let stranger = Issuer::new("idp");
    let (rsa, ec) = (issuer.key_id("rsa"), issuer.key_id("ec"));
    let header = |algorithm: &str, id: &str| json!({ "alg": algorithm, "kid": id });
    let signed = |algorithm: &str, id: &str, signature| issuer.token_with(&header(algorithm, id), &good, signature);
    let timed = |name: &str, value: Value| issuer.token(Signature::Es256, &with(good.clone(), name, value));
    let critical = json!({ "alg": "ES256", "kid": ec, "crit": ["b64"], "b64": true });
    let whole = issuer.token(Signature::Es256, &good);
    let (message, _) = whole.rsplit_once('.').expect("three parts");
    let error = [
        ("no algorithm", signed("none", &ec, Signature::None)),
        ("no algorithm, in capitals", signed("NONE", &ec, Signature::None)),
        ("no signature", format!("{message}.")),
        ("two parts", message.to_owned()),
        ("four parts", format!("{whole}.AAAA")),
        ("not base64", format!("{message}.!!!!")),
        ("HMAC with the modulus", signed("HS256", &rsa, Signature::Hmac(HmacSecret::Modulus))),
        ("HMAC with the point", signed("HS256", &ec, Signature::Hmac(HmacSecret::Point))),
        ("HMAC with the key set", signed("HS256", &rsa, Signature::Hmac(HmacSecret::KeySet))),
        ("an HMAC with the header RS256", signed("RS256", &rsa, Signature::Hmac(HmacSecret::Modulus))),
        ("an HMAC with the header ES256", signed("ES256", &ec, Signature::Hmac(HmacSecret::Point))),
        ("RS384", signed("RS384", &rsa, RS384)),
        ("PS256", signed("PS256", &rsa, PS256)),
        ("PS256 with the header RS256", signed("RS256", &rsa, PS256)),
        ("ES256 in the ASN.1 encoding", signed("ES256", &ec, Signature::Es256Asn1)),
        ("EdDSA", signed("EdDSA", &issuer.key_id("ed"), Signature::Es256)),
        ("the key of the other algorithm", signed("RS256", &ec, Signature::Rs256)),
        ("the other algorithm's name", signed("ES256", &ec, Signature::Rs256)),
        ("an unknown key", signed("ES256", "unknown", Signature::Es256)),
        ("another key with the same id", stranger.token(Signature::Es256, &good)),
        ("another key without an id", stranger.token_with(&json!({ "alg": "ES256" }), &good, Signature::Es256)),
        ("extensions", issuer.token_with(&critical, &good, Signature::Es256)),
        ("a header that is not an object", issuer.token_with(&json!([]), &good, Signature::Es256)),
        ("expired", timed("exp", json!(now() - 60))),
        ("expired long ago", timed("exp", json!(0))),
        ("an expiry that is a string", timed("exp", json!((now() + 600).to_string()))),
        ("a negative expiry", timed("exp", json!(-1))),
        ("not yet valid", timed("nbf", json!(now() + 60))),
        ("a not-before that is a string", timed("nbf", json!("now"))),
        ("another audience", timed("aud", json!("https://other.example"))),
        ("a longer audience", timed("aud", json!(format!("{AUDIENCE}.evil.example")))),
        ("a prefix of the audience", timed("aud", json!(AUDIENCE[..AUDIENCE.len() - 1]))),
        ("the audience in another case", timed("aud", json!(AUDIENCE.to_uppercase()))),
        ("no audience", timed("aud", Value::Null)),
        ("an audience without strings", timed("aud", json!([{ "aud": AUDIENCE }]))),
        ("no subject", timed("sub", Value::Null)),
        ("a subject that is a number", timed("sub", json!(1))),
        ("claims that are not an object", issuer.token(Signature::Es256, &json!(["ops"]))),
        ("too long", timed("note", json!("x".repeat(7000)))),
    ];
    for (name, token) in error {
        let response = world.request(&token).await;
        assert_eq!(response.status, 401, "{name}");
        assert_redacted(response, 401);
    }
}

#[apply(api_test)]
async fn an_altered_token_is_unauthorized() {
    let world = World::new().await;
    let token = world.token("ops");
    for at in (0..token.len()).step_by(7) {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("ASCII");
        assert_redacted(world.request(&changed).await, 401);
    }
    world.request(&token).await.expect(200);
}

#[apply(api_test)]
async fn a_token_needs_the_audience_or_the_scope() {
    let both = World::with(|settings, _| TokenSettings { scope: Some("directory".to_owned()), ..settings }).await;
    let token = |claims: &Value| both.issuer.token(Signature::Es256, claims);
    let scoped = |scope: Value| with(claims("ann"), "scope", scope);
    for good in [
        scoped(json!("directory")),
        scoped(json!("openid directory email")),
        with(claims("ann"), "scp", json!(["openid", "directory"])),
        with(scoped(json!("directory")), "aud", json!(["x", AUDIENCE])),
    ] {
        both.request(&token(&good)).await.expect(200);
    }
    for bad in [
        claims("ann"),
        scoped(json!("directory2")),
        scoped(json!("")),
        scoped(json!(["directory"])),
        with(scoped(json!("directory")), "aud", json!("x")),
    ] {
        assert_redacted(both.request(&token(&bad)).await, 401);
    }
}

#[apply(api_test)]
async fn without_a_configured_audience_the_rules_of_the_participant_apply() {
    let world = World::with(|settings, _| TokenSettings { audience: None, ..settings }).await;
    let participant = world.server.platform().get("/v2/parties/participant-id").await.expect(200).text("participantId");
    let named = |id: &str| json!(format!("https://daml.com/jwt/aud/participant/{id}"));
    let token = |aud: Value, scope: Value| {
        let claims = with(with(claims("ann"), "aud", aud), "scope", scope);
        world.issuer.token(Signature::Es256, &claims)
    };
    let (none, ledger) = (Value::Null, json!("daml_ledger_api"));
    for good in [
        token(named(&participant), none.clone()),
        token(json!([named(&participant), "x"]), none.clone()),
        token(none.clone(), ledger.clone()),
        token(json!([]), ledger.clone()),
        token(json!(participant), ledger.clone()),
    ] {
        world.request(&good).await.expect(200);
    }
    for bad in [
        token(none.clone(), none.clone()),
        token(json!(AUDIENCE), none.clone()),
        token(json!([named(&participant), named("other")]), none.clone()),
    ] {
        assert_redacted(world.request(&bad).await, 401);
    }
    let (shorter, longer) = (&participant[..participant.len() - 1], format!("{participant}0"));
    for other in ["other", shorter, &longer] {
        assert_redacted(world.request(&token(named(other), none.clone())).await, 403);
        assert_redacted(world.request(&token(json!(other), ledger.clone())).await, 403);
    }
}

#[apply(api_test)]
async fn an_unconfigured_subject_is_forbidden() {
    let world = World::new().await;
    for nonexistent in ["eve", "OPS", "", "ops ", "key_01ARZ3NDEKTSV4RRFFQ69G5FAV"] {
        let context = json!({ "ledger_api_error": "invalid token" });
        assert_redacted_with(world.request(&world.token(nonexistent)).await, 403, &context);
    }
}

#[apply(api_test)]
async fn the_key_set_is_fetched_once_and_not_for_every_unknown_id() {
    let (issuer, newer) = (Issuer::new("old"), Issuer::new("new"));
    let keys = KeyServer::start(&issuer.key_set(), None).await;
    let server = server(settings(format!("http://{}/jwks", keys.address))).await;
    assert_eq!(keys.requests(), 0, "no fetch before the first token");
    let token = issuer.token(Signature::Es256, &claims("ops"));
    let requests = futures::future::join_all((0..8).map(|_| who(&server, &token))).await;
    for response in requests {
        response.expect(200);
    }
    assert_eq!(keys.requests(), 1, "one fetch for all");
    keys.set_response(200, &newer.key_set().to_string());
    for _ in 0..4 {
        assert_redacted(who(&server, &newer.token(Signature::Es256, &claims("ops"))).await, 401);
    }
    assert_eq!(keys.requests(), 1, "one fetch per minute");
    who(&server, &token).await.expect(200);
}

#[apply(api_test)]
async fn an_unavailable_key_set_returns_503() {
    let issuer = Issuer::new("idp");
    let keys = KeyServer::start(&issuer.key_set(), None).await;
    for (status, body) in [(500, "SECRET"), (302, "{}"), (200, "SECRET"), (200, "{\"keys\": []}")] {
        keys.set_response(status, body);
        let server = server(settings(format!("http://{}/jwks", keys.address))).await;
        let requests = keys.requests();
        for _ in 0..3 {
            let response = who(&server, &issuer.token(Signature::Es256, &claims("ops"))).await.expect(503);
            assert_eq!(response.json()["code"], "SERVICE_NOT_RUNNING");
            assert!(!response.body_text().contains("SECRET"));
        }
        assert_eq!(keys.requests(), requests + 1, "no immediate retry after a failure");
        // API keys do not need the key set.
        server.platform().get("/v2/authenticated-user").await.expect(200);
    }
    let huge = format!("{{\"keys\": [\"{}\"]}}", "x".repeat(300 * 1024));
    keys.set_response(200, &huge);
    let server = server(settings(format!("http://{}/jwks", keys.address))).await;
    who(&server, &issuer.token(Signature::Es256, &claims("ops"))).await.expect(503);
}

#[apply(api_test)]
async fn the_key_set_is_fetched_only_from_a_trusted_https_server() {
    let (tls, certificate) = certified("localhost");
    let issuer = Issuer::new("idp");
    let keys = KeyServer::start(&issuer.key_set(), Some(tls)).await;
    let directory = tempfile::tempdir().expect("a directory");
    let roots = directory.path().join("roots.pem");
    fs::write(&roots, certificate).expect("written");
    let url = format!("https://localhost:{}/jwks", keys.address.port());
    let token = issuer.token(Signature::Rs256, &claims("ops"));
    for (trusts, status) in [(true, 200), (false, 503)] {
        let data = tempfile::tempdir().expect("a directory");
        let program = Program::start_with(data.path(), |command| {
            command.env("BERTH_JWKS", &url).env("BERTH_JWT_AUDIENCE", AUDIENCE).env("BERTH_JWT_ADMINS", "ops");
            if trusts {
                command.env("SSL_CERT_FILE", &roots);
            }
        });
        program.client(&token).get("/v2/authenticated-user").await.expect(status);
    }
    assert_eq!(keys.requests(), 1, "no request to a server without a valid certificate");
}

#[apply(api_test)]
async fn tokens_are_accepted_only_if_configured() {
    let world = World::new().await;
    world.user("ops").list_organizations().await.expect_error(401, "UNAUTHORIZED");
    let without = TestServer::start().await;
    assert_redacted(who(&without, &world.token("ops")).await, 401);
}

#[apply(api_test)]
async fn invalid_settings_fail_the_start() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let good = file("good.json", &Issuer::new("idp").key_set().to_string());
    for (jwks, found) in [
        (directory.path().join("none.json").display().to_string(), "none.json cannot be used"),
        (file("text.json", "SECRET"), "text.json cannot be used: not a key set"),
        (file("empty.json", "{\"keys\": []}"), "it has no key for RS256 or ES256"),
    ] {
        let error = Program::fails(&["--jwks", &jwks, "--jwt-admins", "ops"]);
        assert!(error.contains(found) && error.lines().count() == 1 && !error.contains("SECRET"), "{error}");
    }
    for (arguments, found) in [
        (vec!["--jwks", "http://idp.example/jwks", "--jwt-admins", "ops"], "BERTH_JWKS must be a path or an https URL"),
        (vec!["--jwks", &good], "neither BERTH_JWT_ADMINS nor BERTH_JWT_USERS"),
        (vec!["--jwt-admins", "ops"], "BERTH_JWT_ADMINS is set, but not BERTH_JWKS"),
        (vec!["--jwks", &good, "--jwt-users", "a b"], "BERTH_JWT_USERS: \"a b\" is not"),
    ] {
        let error = Program::fails(&arguments);
        assert!(error.contains(found) && error.lines().count() == 1, "{error}");
    }
}
