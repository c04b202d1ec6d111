//! Bodies that are not what they should be, ids of the wrong form, and what is told of all that at once.

use libtest_mimic::Trial;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Berth, Caller, tests};

const NOBODY: &str = "01HQ3K9B2V6R4X8ZT1M5N7P0QS";

pub fn tests() -> Vec<Trial> {
    tests![
        a_body_has_up_to_262144_bytes,
        a_body_is_nested_up_to_32_levels,
        a_member_is_named_once_in_an_object_at_any_depth,
        what_is_not_json_is_told_in_one_sentence,
        a_body_is_an_object,
        the_content_type_is_json_or_absent,
        ids_of_the_wrong_form_in_a_path_name_nothing,
        ids_of_the_wrong_form_in_a_body_or_query_are_told,
        everything_wrong_with_a_body_is_told_at_once,
        headers_query_and_body_are_told_of_together,
        what_depends_on_the_caller_is_told_with_the_rest,
        handling_is_lenient_unless_strict_is_preferred,
        strict_handling_names_unknown_members_within_members,
    ]
}

/// A platform's caller, and everything there is to send bodies to.
struct World {
    berth: Berth,
    platform: Caller,
    organization: String,
    dock: String,
    party: String,
}

impl World {
    async fn new() -> Self {
        let berth = Berth::start().await;
        let platform = berth.platform();
        let organization = platform.create_organization("Acme").await.id();
        let dock = platform.create_dock(&organization, "Desk").await.id();
        let party = platform.create_party(&organization, "Ann").await.id();
        Self { berth, platform, organization, dock, party }
    }

    fn of_organization(&self, rest: &str) -> String {
        format!("/v1/organizations/{}{rest}", self.organization)
    }

    /// Every endpoint with a body, with one that it takes.
    fn bodies(&self) -> [(Method, String, Value); 9] {
        let party = format!("/parties/{}", self.party);
        let check = json!({ "dockId": self.dock, "partyId": self.party, "role": "RECIPIENT" });
        [
            (Method::POST, "/v1/organizations".to_owned(), json!({ "name": "Acme" })),
            (Method::PATCH, self.of_organization(""), json!({ "name": "Acme 2" })),
            (Method::POST, "/v1/docks".to_owned(), json!({ "organizationId": self.organization, "name": "Desk" })),
            (Method::PATCH, format!("/v1/docks/{}", self.dock), json!({ "name": "Desk 2" })),
            (Method::POST, self.of_organization("/parties"), json!({ "type": "INDIVIDUAL", "name": "Bob" })),
            (Method::PATCH, self.of_organization(&party), json!({ "name": "Ann 2" })),
            (
                Method::POST,
                self.of_organization(&format!("{party}/roles")),
                json!({ "dockId": self.dock, "role": "RECIPIENT" }),
            ),
            (Method::POST, self.of_organization("/roles/check"), json!({ "checks": [check] })),
            (Method::POST, "/v1/api-keys".to_owned(), json!({ "name": "K", "scopes": ["docks:read"] })),
        ]
    }

    async fn send(&self, method: &Method, target: &str, body: impl Into<Vec<u8>>) -> Answer {
        self.platform.call(method.clone(), target).body("application/json", body).send().await
    }

    /// That the endpoint refuses the bytes as no JSON, in one sentence.
    async fn refuses(&self, method: &Method, target: &str, body: impl Into<Vec<u8>>) {
        let refused = self.send(method, target, body).await.refused(400, "MALFORMED_BODY");
        assert!(refused.json()["message"].is_string() && refused.json().get("errors").is_none(), "{}", refused.json());
    }
}

fn succeeded(answer: &Answer) -> bool {
    matches!(answer.status, 200 | 201)
}

async fn a_body_has_up_to_262144_bytes() {
    let world = World::new().await;
    for (method, target, body) in world.bodies() {
        let padded = |length: usize| {
            let body = body.to_string();
            format!("{body}{}", " ".repeat(length - body.len()))
        };
        let refused = world.send(&method, &target, padded(262_145)).await.refused(413, "BODY_TOO_LARGE");
        assert!(refused.json()["message"].is_string());
        assert!(succeeded(&world.send(&method, &target, padded(262_144)).await), "{method} {target}");
    }
}

async fn a_body_is_nested_up_to_32_levels() {
    let world = World::new().await;
    for (method, target, body) in world.bodies() {
        // The object is one level, arrays within an unknown member the others.
        let nested = |arrays: usize| {
            let deep = format!("{}{}", "[".repeat(arrays), "]".repeat(arrays));
            body.to_string().replacen('{', &format!("{{\"unknown\":{deep},"), 1)
        };
        world.refuses(&method, &target, nested(32)).await;
        assert!(succeeded(&world.send(&method, &target, nested(31)).await), "{method} {target}");
    }
}

async fn a_member_is_named_once_in_an_object_at_any_depth() {
    let world = World::new().await;
    for (method, target, body) in world.bodies() {
        for twice in [r#""x":1,"x":1"#, r#""x":{"a":[{"b":1,"\u0062":2}]}"#] {
            let body = body.to_string().replacen('{', &format!("{{{twice},"), 1);
            world.refuses(&method, &target, body).await;
        }
    }
    // Equal names in different objects are different members.
    let body = r#"{"name":"Acme","metadata":{"name":{"name":1}}}"#;
    world.send(&Method::POST, "/v1/organizations", body).await.expect(201);
}

async fn what_is_not_json_is_told_in_one_sentence() {
    let world = World::new().await;
    for (method, target, body) in world.bodies() {
        let body = body.to_string();
        let broken = [&body[..body.len() - 1], &format!("{body}{{}}"), "nul", "'a'", "{\"name\":01}", "{name:1}", " "];
        for broken in broken {
            world.refuses(&method, &target, broken).await;
        }
        let not_utf8 = [&b"{\"name\":\""[..], b"\xc3\x28", b"\"}"].concat();
        world.refuses(&method, &target, not_utf8).await;
        // Half of a surrogate pair is no character.
        world.refuses(&method, &target, r#"{"name":"\ud800"}"#).await;
        world.refuses(&method, &target, "").await;
        world.platform.call(method, &target).send().await.refused(400, "MALFORMED_BODY");
    }
}

async fn a_body_is_an_object() {
    let world = World::new().await;
    for (method, target, body) in world.bodies() {
        for wrong in [json!([body]), json!("text"), json!(1), json!(null), json!(true)] {
            let refused = world.send(&method, &target, wrong.to_string()).await;
            assert_eq!(refused.failures(), [""], "{method} {target} {wrong}");
        }
    }
}

async fn the_content_type_is_json_or_absent() {
    let world = World::new().await;
    for (method, target, body) in world.bodies() {
        let send = |media_type: &'static str| {
            world.platform.call(method.clone(), &target).body(media_type, body.to_string()).send()
        };
        for wrong in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "json", ""] {
            send(wrong).await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
        }
        if method == Method::PATCH {
            assert!(succeeded(&send("application/merge-patch+json; charset=utf-8").await), "{target}");
            send("application/json-patch+json").await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
        } else {
            send("application/merge-patch+json").await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
        }
    }
    for media_type in ["application/json", "Application/JSON ; charset=utf-8"] {
        for (method, target, body) in world.bodies().into_iter().filter(|(_, target, _)| !target.ends_with("/roles")) {
            let call = world.platform.call(method, &target).body(media_type, body.to_string());
            assert!(succeeded(&call.send().await), "{target} {media_type}");
        }
    }
    let (url, key) = (world.berth.running().url(), world.platform.credential().expect("a key"));
    for (method, target, body) in world.bodies() {
        // Not by the harness, whose bodies have types.
        let call = reqwest::Client::new().request(method, format!("{url}{target}")).bearer_auth(key);
        let answer = call.body(body.to_string()).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{target} {answer:?}");
    }
}

async fn ids_of_the_wrong_form_in_a_path_name_nothing() {
    let world = World::new().await;
    let wrong = |id: &str, prefix: &str| {
        [
            id.to_lowercase(),
            id.replacen(prefix, "xyz", 1),
            format!("{id}0"),
            id[..id.len() - 1].to_owned(),
            format!("{prefix}_{}", "Z".repeat(26)),
            "x".to_owned(),
            "%20".to_owned(),
            format!("{id}%00"),
        ]
    };
    let organizations = wrong(&world.organization, "org")
        .map(|id| [format!("/v1/organizations/{id}"), format!("/v1/organizations/{id}/parties")]);
    for target in organizations.as_flattened() {
        world.platform.get(target).await.refused(404, "ORGANIZATION_NOT_FOUND");
    }
    for id in wrong(&world.dock, "dock") {
        world.platform.get(&format!("/v1/docks/{id}")).await.refused(404, "DOCK_NOT_FOUND");
        world.platform.get(&format!("/v1/docks/{id}/parties")).await.refused(404, "DOCK_NOT_FOUND");
    }
    for id in wrong(&world.party, "pty") {
        let party = world.of_organization(&format!("/parties/{id}"));
        world.platform.get(&party).await.refused(404, "PARTY_NOT_FOUND");
        // The form of what is in the path is told before anything about the body.
        world.send(&Method::PATCH, &party, "{").await.refused(404, "PARTY_NOT_FOUND");
        world.platform.get(&format!("{party}/roles")).await.refused(404, "PARTY_NOT_FOUND");
    }
    for id in wrong(&format!("dpr_{NOBODY}"), "dpr") {
        let role = world.of_organization(&format!("/parties/{}/roles/{id}", world.party));
        world.platform.delete(&role).await.refused(404, "ROLE_NOT_FOUND");
    }
    for id in wrong(&format!("key_{NOBODY}"), "key") {
        world.platform.delete(&format!("/v1/api-keys/{id}")).await.refused(404, "API_KEY_NOT_FOUND");
    }
}

async fn ids_of_the_wrong_form_in_a_body_or_query_are_told() {
    let world = World::new().await;
    let roles = world.of_organization(&format!("/parties/{}/roles", world.party));
    for wrong in [world.party.as_str(), "dock_", &world.dock.to_lowercase(), "x"] {
        let body = json!({ "dockId": wrong, "role": "RECIPIENT" });
        assert_eq!(world.platform.post(&roles, &body).await.failures(), ["/dockId"], "{wrong}");
        assert_eq!(world.platform.get(&format!("{roles}?dockId={wrong}")).await.failures(), ["dockId"], "{wrong}");
    }
    for wrong in [world.dock.as_str(), "org_", &world.organization.to_lowercase(), "x"] {
        for (target, body) in
            [("/v1/docks", json!({ "name": "D" })), ("/v1/api-keys", json!({ "name": "K", "scopes": ["docks:read"] }))]
        {
            let mut body = body;
            body["organizationId"] = json!(wrong);
            assert_eq!(world.platform.post(target, &body).await.failures(), ["/organizationId"], "{wrong}");
            let listed = world.platform.get(&format!("{target}?organizationId={wrong}")).await;
            assert_eq!(listed.failures(), ["organizationId"], "{wrong}");
        }
    }
}

async fn everything_wrong_with_a_body_is_told_at_once() {
    let world = World::new().await;
    let parties = world.of_organization("/parties");
    let body = json!({
        "type": "COMPANY", "name": "", "email": "x", "externalRef": " ",
        "metadata": { "deep": [[[[[[[[1]]]]]]]], "long": "x".repeat(17_000) },
    });
    let places = ["/type", "/name", "/email", "/externalRef", "/metadata/deep", "/metadata"];
    assert_eq!(world.platform.post(&parties, &body).await.failures(), places);
    let party = format!("{parties}/{}", world.party);
    let patch = json!({ "type": null, "name": null, "email": 1, "externalRef": [], "metadata": "x" });
    let places = ["/type", "/name", "/email", "/externalRef", "/metadata"];
    assert_eq!(world.platform.patch(&party, &patch).await.failures(), places);
    assert_eq!(world.platform.post(&parties, &json!({})).await.failures(), ["/type", "/name"]);
    let key = json!({ "name": 1, "scopes": ["docks:read", "x:y"], "organizationId": "o", "expiresAt": "never" });
    let refused = world.platform.post("/v1/api-keys", &key).await;
    assert_eq!(refused.failures().len(), 4, "{}", refused.json());
    assert!(refused.failures()[1].starts_with("/scopes"), "{}", refused.json());
    // Each sentence begins with the name of what it is about.
    let refused =
        world.platform.post("/v1/docks", &json!({ "organizationId": 1, "businessAddress": { "city": 2 } })).await;
    let sentences = ["organizationId must be a string", "name is required", "businessAddress.city must be a string"];
    assert_eq!(refused.json()["message"], json!(sentences));
    assert_eq!(refused.json()["detail"], sentences.join("; "));
}

async fn headers_query_and_body_are_told_of_together() {
    let world = World::new().await;
    let call = world.platform.call(Method::POST, "/v1/organizations?x=1&x=2").json(&json!({ "slug": "A", "y": 1 }));
    let refused = call.header("idempotency-key", "a b").header("prefer", "handling=strict").send().await;
    assert_eq!(refused.failures(), ["Idempotency-Key", "x", "/name", "/slug", "/y"]);
    let target = "/v1/docks?limit=0&offset=x&organizationId=o&search=";
    let refused = world.platform.call(Method::GET, target).header("if-none-match", "1").send().await;
    assert_eq!(refused.failures(), ["If-None-Match", "search", "organizationId", "limit", "offset"]);
}

async fn what_depends_on_the_caller_is_told_with_the_rest() {
    let world = World::new().await;
    // Only a platform's key has to name the organization.
    let refused = world.platform.post("/v1/docks", &json!({ "name": "", "domain": "x" })).await;
    assert_eq!(refused.failures(), ["/organizationId", "/name", "/domain"]);
    let key = json!({ "name": "", "scopes": ["docks:read"], "expiresAt": "2020-01-01T00:00:00Z" });
    assert_eq!(world.platform.post("/v1/api-keys", &key).await.failures(), ["/name", "/expiresAt"]);
}

async fn handling_is_lenient_unless_strict_is_preferred() {
    let world = World::new().await;
    for (method, target, body) in world.bodies() {
        let mut body = body;
        body["unknown"] = json!({ "a": 1 });
        body["id"] = json!("x");
        let target = format!("{target}?unknown=1&other=");
        let call = || world.platform.call(method.clone(), &target).json(&body);
        let refused = call().header("prefer", "respond-async, handling=strict").send().await;
        assert_eq!(refused.failures(), ["other", "unknown", "/unknown", "/id"], "{method} {target}");
        assert_eq!(refused.header("preference-applied"), Some("handling=strict"));
        let taken = call().header("prefer", "handling=lenient").send().await;
        assert!(succeeded(&taken), "{method} {target}");
        assert_eq!(taken.header("preference-applied"), None);
    }
    for target in ["/v1/organizations", "/v1/docks", "/v1/api-keys", &world.of_organization("/parties")] {
        let call = || world.platform.call(Method::GET, &format!("{target}?unknown=1&limit=5")).header("x", "y");
        call().send().await.expect(200);
        let refused = call().header("prefer", "handling=strict").send().await;
        assert_eq!(refused.failures(), ["unknown"], "{target}");
    }
    let single = world.of_organization("?unknown=1");
    world.platform.get(&single).await.expect(200);
    let refused = world.platform.call(Method::GET, &single).header("prefer", "handling=strict").send().await;
    assert_eq!(refused.failures(), ["unknown"]);
}

async fn strict_handling_names_unknown_members_within_members() {
    let world = World::new().await;
    let dock =
        json!({ "organizationId": world.organization, "name": "D", "businessAddress": { "city": "Bonn", "zip": "1" } });
    let check = json!({ "dockId": world.dock, "partyId": world.party, "role": "RECIPIENT", "extra": 1 });
    let calls = [
        ("/v1/docks".to_owned(), dock, "/businessAddress/zip"),
        (world.of_organization("/roles/check"), json!({ "checks": [check] }), "/checks/0/extra"),
    ];
    for (target, body, place) in calls {
        assert!(succeeded(&world.platform.post(&target, &body).await), "{target}");
        let call = world.platform.call(Method::POST, &target).json(&body).header("prefer", "handling=strict");
        assert_eq!(call.send().await.failures(), [place], "{target}");
    }
    // Metadata is the caller's own: nothing in it is unknown.
    let body = json!({ "name": "Strict", "metadata": { "anything": 1 } });
    let call = world.platform.call(Method::POST, "/v1/organizations").json(&body).header("prefer", "handling=strict");
    call.send().await.expect(201);
}
