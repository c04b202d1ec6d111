//! Entity tags and conditions, the order of refusals, request ids, and methods beyond those of the list.

use libtest_mimic::Trial;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Berth, Call, Caller, tests};

const ULID: &str = "01HQ3K9B2V6R4X8ZT1M5N7P0QS";

pub fn tests() -> Vec<Trial> {
    tests![
        whatever_is_made_has_a_location_and_a_tag,
        a_tag_that_is_known_is_answered_without_a_body,
        the_tag_of_an_organization_changes_with_its_counts,
        if_match_compares_the_version_of_an_organization_only,
        a_change_under_a_condition_that_does_not_hold_is_refused,
        a_deletion_under_a_condition_that_does_not_hold_is_refused,
        a_condition_of_the_wrong_form_is_told,
        a_patch_that_changes_nothing_keeps_the_version,
        refusals_come_in_their_order,
        head_is_get_without_the_body,
        options_and_wrong_methods_tell_what_is_allowed,
        unknown_paths_are_told_without_a_credential,
        a_request_id_is_taken_over_or_made,
        parameters_are_neither_repeated_nor_empty,
    ]
}

/// One of everything, by path.
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
        let id = platform.create_organization("Acme").await.id();
        let dock = format!("/v1/docks/{}", platform.create_dock(&id, "Desk").await.id());
        let organization = format!("/v1/organizations/{id}");
        let party = format!("{organization}/parties/{}", platform.create_party(&id, "Ann").await.id());
        Self { berth, platform, organization, dock, party }
    }

    /// What can be read by itself.
    fn singles(&self) -> [&str; 3] {
        [&self.organization, &self.dock, &self.party]
    }

    fn id(path: &str) -> &str {
        path.rsplit('/').next().expect("an id")
    }

    async fn with(&self, method: Method, target: &str, header: &str, value: &str, body: Option<&Value>) -> Answer {
        let call = self.platform.call(method, target).header(header, value);
        body.into_iter().fold(call, Call::json).send().await
    }

    async fn if_none_match(&self, target: &str, tags: &str) -> Answer {
        self.with(Method::GET, target, "if-none-match", tags, None).await
    }

    async fn patch_if_match(&self, target: &str, tags: &str, name: &str) -> Answer {
        self.with(Method::PATCH, target, "if-match", tags, Some(&json!({ "name": name }))).await
    }

    async fn assign(&self) -> Answer {
        let body = json!({ "dockId": Self::id(&self.dock), "role": "RECIPIENT" });
        self.platform.post(&format!("{}/roles", self.party), &body).await.expect(201)
    }
}

#[track_caller]
fn tag(answer: &Answer) -> String {
    answer.header("etag").expect("an entity tag").to_owned()
}

async fn whatever_is_made_has_a_location_and_a_tag() {
    let world = World::new().await;
    let organization = World::id(&world.organization);
    let docks = json!({ "name": "D", "organizationId": organization });
    let role = json!({ "dockId": World::id(&world.dock), "role": "RECIPIENT" });
    let creations = [
        ("/v1/organizations".to_owned(), json!({ "name": "O" })),
        ("/v1/docks".to_owned(), docks),
        (format!("{}/parties", world.organization), json!({ "name": "P", "type": "INDIVIDUAL" })),
        (format!("{}/roles", world.party), role),
        ("/v1/api-keys".to_owned(), json!({ "name": "K", "scopes": ["docks:read"] })),
    ];
    for (target, body) in creations {
        let made = world.platform.post(&target, &body).await.expect(201);
        let location = made.header("location").expect("a location").to_owned();
        assert_eq!(location, format!("{target}/{}", made.id()));
        assert!(tag(&made).starts_with("\"1"), "{}", tag(&made));
        if !target.ends_with("roles") && !target.ends_with("api-keys") {
            let read = world.platform.get(&location).await.expect(200);
            assert_eq!((tag(&read), read.json()), (tag(&made), made.json()), "{target}");
        }
    }
}

async fn a_tag_that_is_known_is_answered_without_a_body() {
    let world = World::new().await;
    for target in world.singles() {
        let known = tag(&world.platform.get(target).await);
        let tags = [known.clone(), format!("W/{known}"), "*".to_owned(), format!("\"x\", {known}")];
        for tags in &tags {
            let answer = world.if_none_match(target, tags).await.expect(304);
            assert!(answer.body.is_empty() && answer.header("content-type").is_none());
            assert_eq!(tag(&answer), known, "{target} {tags}");
        }
        for other in ["\"0\"", "\"1x\"", "W/\"2\"", "\"\""] {
            assert_eq!(tag(&world.if_none_match(target, other).await.expect(200)), known);
        }
        world.platform.patch(target, &json!({ "name": "New" })).await.expect(200);
        world.if_none_match(target, &known).await.expect(200);
    }
}

async fn the_tag_of_an_organization_changes_with_its_counts() {
    let world = World::new().await;
    let id = World::id(&world.organization);
    let mut seen = vec![tag(&world.platform.get(&world.organization).await)];
    world.platform.create_dock(id, "Second").await;
    seen.push(tag(&world.if_none_match(&world.organization, &seen[0]).await.expect(200)));
    world.platform.create_party(id, "Bob").await;
    seen.push(tag(&world.if_none_match(&world.organization, &seen[1]).await.expect(200)));
    // A third tag for a third state, all of the same version.
    assert!(seen.iter().all(|tag| tag.starts_with("\"1.")), "{seen:?}");
    assert!(seen[0] != seen[1] && seen[1] != seen[2] && seen[0] != seen[2], "{seen:?}");
    world.if_none_match(&world.organization, &seen[2]).await.expect(304);
    world.if_none_match(&world.organization, "\"1\"").await.expect(200);
}

async fn if_match_compares_the_version_of_an_organization_only() {
    let world = World::new().await;
    let known = tag(&world.platform.get(&world.organization).await);
    world.platform.create_dock(World::id(&world.organization), "Second").await;
    let changed = world.patch_if_match(&world.organization, &known, "Acme 2").await.expect(200);
    assert!(tag(&changed).starts_with("\"2."), "{}", tag(&changed));
    assert_eq!(tag(&changed), tag(&world.platform.get(&world.organization).await));
    world.patch_if_match(&world.organization, &known, "Acme 3").await.refused(412, "PRECONDITION_FAILED");
    world.patch_if_match(&world.organization, "\"2\"", "Acme 3").await.expect(200);
}

async fn a_change_under_a_condition_that_does_not_hold_is_refused() {
    let world = World::new().await;
    for target in world.singles() {
        let first = tag(&world.platform.get(target).await);
        let second = tag(&world.patch_if_match(target, &first, "Second").await.expect(200));
        assert_ne!(first, second);
        // Weak tags never match here (RFC 9110, section 13.1.1).
        for stale in [first.as_str(), "\"0\"", "\"20\"", &format!("W/{second}"), "\"\"", "\"x\", \"y\""] {
            let refused = world.patch_if_match(target, stale, "Third").await.refused(412, "PRECONDITION_FAILED");
            assert!(refused.json()["message"].is_string(), "{stale}");
        }
        assert_eq!(world.platform.get(target).await.text("name"), "Second");
        world.patch_if_match(target, &format!("{first}, {second}"), "Third").await.expect(200);
        assert_eq!(world.patch_if_match(target, "*", "Fourth").await.expect(200).text("name"), "Fourth");
        // A change that would change nothing is refused as well.
        world.patch_if_match(target, &second, "Fourth").await.refused(412, "PRECONDITION_FAILED");
    }
}

async fn a_deletion_under_a_condition_that_does_not_hold_is_refused() {
    let world = World::new().await;
    let role = world.assign().await;
    let key = world.platform.create_api_key(None, &["docks:read"]).await;
    for made in [role, key] {
        let (target, known) = (made.header("location").expect("a location"), tag(&made));
        for stale in ["\"2\"", "\"x\"", &format!("W/{known}")] {
            let refused = world.with(Method::DELETE, target, "if-match", stale, None).await;
            refused.refused(412, "PRECONDITION_FAILED");
        }
        world.with(Method::DELETE, target, "if-match", &known, None).await.expect(200);
    }
    let again = world.assign().await;
    let target = again.header("location").expect("a location");
    world.with(Method::DELETE, target, "if-match", "*", None).await.expect(200);
}

async fn a_condition_of_the_wrong_form_is_told() {
    let world = World::new().await;
    for wrong in ["1", "\"1", "1\"", "\"1\" \"2\"", "w/\"1\"", "*, \"1\"", "\"1\",,\"2"] {
        for target in world.singles() {
            let refused = world.patch_if_match(target, wrong, "Other").await;
            assert_eq!(refused.failures(), ["If-Match"], "{target} {wrong}");
            assert_eq!(world.if_none_match(target, wrong).await.failures(), ["If-None-Match"], "{target} {wrong}");
        }
        let role = format!("{}/roles/dpr_{ULID}", world.party);
        let refused = world.with(Method::DELETE, &role, "if-match", wrong, None).await;
        assert_eq!(refused.failures(), ["If-Match"], "{wrong}");
    }
}

async fn a_patch_that_changes_nothing_keeps_the_version() {
    let world = World::new().await;
    for target in world.singles() {
        let before = world.platform.get(target).await;
        let mut patches = vec![json!({}), json!({ "name": before.text("name") })];
        if target != world.dock {
            patches.extend([
                json!({ "metadata": {} }),
                json!({ "metadata": null }),
                json!({ "metadata": { "x": null } }),
            ]);
        }
        for patch in patches {
            let after = world.platform.patch(target, &patch).await.expect(200);
            assert_eq!((tag(&after), after.json()), (tag(&before), before.json()), "{target} {patch}");
        }
    }
}

async fn refusals_come_in_their_order() {
    let world = World::new().await;
    let organization = World::id(&world.organization);
    let reader = world.berth.tenant(organization, &["parties:read"]).await;
    let writer = world.berth.tenant(organization, &["parties:write", "roles:write"]).await;
    let wrong_form = format!("{}/parties/x", world.organization);
    let unknown = format!("{}/parties/pty_{ULID}", world.organization);
    let send = |caller: &Caller, target: &str, body: &'static str| {
        caller.call(Method::PATCH, target).header("if-match", "\"9\"").body("application/json", body).send()
    };
    send(&world.berth.nobody(), &wrong_form, "{").await.refused(401, "UNAUTHORIZED");
    send(&reader, &wrong_form, "{").await.refused(403, "INSUFFICIENT_SCOPE");
    send(&writer, &wrong_form, "{").await.refused(404, "PARTY_NOT_FOUND");
    send(&writer, &unknown, "{").await.refused(400, "MALFORMED_BODY");
    send(&writer, &unknown, "{\"name\":1}").await.refused(400, "VALIDATION_FAILED");
    send(&writer, &unknown, "{}").await.refused(404, "PARTY_NOT_FOUND");
    send(&writer, &world.party, "{}").await.refused(412, "PRECONDITION_FAILED");
    let foreign = world.party.replace(organization, &format!("org_{ULID}"));
    send(&writer, &foreign, "{\"name\":1}").await.refused(400, "VALIDATION_FAILED");
    send(&writer, &foreign, "{}").await.refused(404, "ORGANIZATION_NOT_FOUND");
    // 412 before 409: an organization's stale change to a slug that is taken.
    world.platform.create_organization("Other").await;
    let slug = json!({ "slug": "other" });
    let stale = world.with(Method::PATCH, &world.organization, "if-match", "\"9\"", Some(&slug)).await;
    stale.refused(412, "PRECONDITION_FAILED");
    world.platform.patch(&world.organization, &slug).await.refused(409, "SLUG_ALREADY_TAKEN");
    // 404 before 403 before 409 where a role is assigned.
    let other = world.platform.create_organization("Third").await.id();
    let dock = world.platform.create_dock(&other, "Theirs").await.id();
    world
        .platform
        .try_assign(organization, &format!("pty_{ULID}"), &dock, "RECIPIENT")
        .await
        .refused(404, "PARTY_NOT_FOUND");
    let foreign = world.platform.try_assign(organization, World::id(&world.party), &dock, "RECIPIENT").await;
    foreign.refused(403, "DOCK_OF_ANOTHER_ORGANIZATION");
    world.assign().await;
    let again =
        world.platform.try_assign(organization, World::id(&world.party), World::id(&world.dock), "RECIPIENT").await;
    again.refused(409, "ROLE_ALREADY_ASSIGNED");
}

async fn head_is_get_without_the_body() {
    let world = World::new().await;
    let roles = format!("{}/roles", world.party);
    let lists = ["/v1/organizations?limit=1", "/v1/docks", "/v1/api-keys", "/v1/healthz", "/openapi.json", &roles];
    world.platform.create_organization("Second").await;
    for target in lists.into_iter().chain(world.singles()) {
        let (get, head) =
            (world.platform.get(target).await.expect(200), world.platform.call(Method::HEAD, target).send().await);
        assert!(head.body.is_empty());
        for header in ["content-type", "etag", "link", "location"] {
            assert_eq!(head.header(header).is_some(), get.header(header).is_some(), "{target} {header}");
        }
        assert_eq!(
            (head.status, head.header("etag"), head.header("content-type")),
            (200, get.header("etag"), get.header("content-type"))
        );
        if !["/v1/healthz", "/openapi.json"].contains(&target) {
            let refused = world.berth.nobody().call(Method::HEAD, target).send().await.expect(401);
            assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
        }
    }
    for target in world.singles() {
        let known = tag(&world.platform.get(target).await);
        world.with(Method::HEAD, target, "if-none-match", &known, None).await.expect(304);
        let unknown =
            target.replace(World::id(target), &format!("{}_{ULID}", &World::id(target)[..3].replace("doc", "dock")));
        world.platform.call(Method::HEAD, &unknown).send().await.expect(404);
    }
    let refused = world.platform.call(Method::HEAD, &format!("{}/roles/check", world.organization)).send().await;
    assert_eq!(refused.expect(405).header("allow"), Some("OPTIONS, POST"));
}

async fn options_and_wrong_methods_tell_what_is_allowed() {
    let world = World::new().await;
    let (nobody, org) = (world.berth.nobody(), &world.organization);
    for (target, allowed) in [
        ("/v1/organizations".to_owned(), "GET, HEAD, OPTIONS, POST"),
        (org.clone(), "GET, HEAD, OPTIONS, PATCH"),
        ("/v1/docks".to_owned(), "GET, HEAD, OPTIONS, POST"),
        (world.dock.clone(), "GET, HEAD, OPTIONS, PATCH"),
        (format!("{}/parties", world.dock), "GET, HEAD, OPTIONS"),
        (format!("{org}/parties"), "GET, HEAD, OPTIONS, POST"),
        // An id that no resource has, of no form: the path is known all the same.
        (format!("{org}/parties/x"), "GET, HEAD, OPTIONS, PATCH"),
        (format!("{}/roles", world.party), "GET, HEAD, OPTIONS, POST"),
        (format!("{}/roles/x", world.party), "DELETE, OPTIONS"),
        (format!("{org}/roles/check"), "OPTIONS, POST"),
        ("/v1/api-keys".to_owned(), "GET, HEAD, OPTIONS, POST"),
        ("/v1/api-keys/x".to_owned(), "DELETE, OPTIONS"),
        ("/v1/healthz".to_owned(), "GET, HEAD, OPTIONS"),
        ("/openapi.json".to_owned(), "GET, HEAD, OPTIONS"),
    ] {
        let answer = nobody.call(Method::OPTIONS, &target).send().await.expect(204);
        assert_eq!((answer.header("allow"), answer.body.len()), (Some(allowed), 0), "{target}");
        for method in [Method::PUT, Method::TRACE, Method::GET, Method::POST, Method::PATCH, Method::DELETE] {
            if allowed.split(", ").any(|allowed| allowed == method.as_str()) {
                continue;
            }
            let refused = nobody.call(method.clone(), &target).send().await.refused(405, "METHOD_NOT_ALLOWED");
            assert_eq!(refused.header("allow"), Some(allowed), "{method} {target}");
        }
    }
}

async fn unknown_paths_are_told_without_a_credential() {
    let world = World::new().await;
    let with_slash =
        [world.organization.as_str(), &world.dock, "/v1/docks", "/v1/healthz"].map(|path| format!("{path}/"));
    let unknown = ["/", "/v1", "/v2", "/v1/organizations//parties", "/V1/docks", "/v1/docks/x/y/z", "/%2e%2e"];
    for target in with_slash.iter().map(String::as_str).chain(unknown) {
        for method in [Method::GET, Method::POST, Method::OPTIONS, Method::DELETE] {
            let refused = world.berth.nobody().call(method, target).send().await.refused(404, "ROUTE_NOT_FOUND");
            assert_eq!(refused.header("allow"), None, "{target}");
        }
        world.berth.nobody().call(Method::HEAD, target).send().await.expect(404);
    }
}

async fn a_request_id_is_taken_over_or_made() {
    let world = World::new().await;
    let nobody = world.berth.nobody();
    let longest = "a".repeat(128);
    for given in ["x", "Az09._-", &longest] {
        for target in ["/v1/docks", "/nowhere"] {
            let refused = nobody.call(Method::GET, target).header("x-request-id", given).send().await;
            assert_eq!((refused.header("x-request-id"), refused.text("requestId").as_str()), (Some(given), given));
        }
        let taken = world.with(Method::GET, &world.dock, "x-request-id", given, None).await.expect(200);
        assert_eq!(taken.header("x-request-id"), Some(given));
        let not_modified = world.platform.call(Method::GET, &world.dock).header("if-none-match", "*");
        let not_modified = not_modified.header("x-request-id", given).send().await.expect(304);
        assert_eq!(not_modified.header("x-request-id"), Some(given));
    }
    let mut made = Vec::new();
    for wrong in ["", "a b", "a/b", "a,b", "\u{e9}", &"a".repeat(129)] {
        let refused = nobody.call(Method::GET, "/v1/docks").header("x-request-id", wrong).send().await.expect(401);
        let id = refused.text("requestId");
        assert_eq!(refused.header("x-request-id"), Some(id.as_str()));
        assert!(id.len() == 30 && id.starts_with("req_"), "{id}");
        assert!(!made.contains(&id), "each call has an id of its own");
        made.push(id);
    }
}

async fn parameters_are_neither_repeated_nor_empty() {
    let world = World::new().await;
    let parties = format!("{}/parties", world.organization);
    for (target, name) in [
        ("/v1/organizations", "search"),
        ("/v1/organizations", "slug"),
        ("/v1/organizations", "limit"),
        ("/v1/docks", "search"),
        ("/v1/docks", "cursor"),
        (&parties, "search"),
        (&parties, "type"),
        (&parties, "externalRef"),
        (&parties, "offset"),
    ] {
        for wrong in [format!("{name}="), name.to_owned(), format!("{name}=1&{name}=1"), format!("{name}=&{name}=1")] {
            let refused = world.platform.get(&format!("{target}?{wrong}")).await;
            assert!(refused.failures().iter().all(|place| *place == name), "{target}?{wrong} {}", refused.json());
        }
    }
}
