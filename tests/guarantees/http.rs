//! HTTP semantics of every endpoint: precedence of errors, HEAD, OPTIONS, request ids, parameters.

use std::collections::{BTreeMap, BTreeSet};

use berth_functions::ENDPOINTS;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::json;

use crate::harness::{PartyWorld, TestClient, TestServer, api_test, paths, world::ULID, world::id_of, world::tag};

#[apply(api_test)]
async fn errors_have_a_fixed_precedence() {
    let world = PartyWorld::new().await;
    let organization = &world.organization;
    let reader = world.server.tenant(organization, &["parties:read"]).await;
    let writer = world.server.tenant(organization, &["parties:write", "roles:write"]).await;
    let malformed = format!("{}/parties/x", world.organization_path());
    let nonexistent = format!("{}/parties/pty_{ULID}", world.organization_path());
    let send = |client: &TestClient, target: &str, body: &'static str| {
        client.request(Method::PATCH, target).header("if-match", "\"9\"").body("application/json", body).send()
    };
    send(&world.server.anonymous(), &malformed, "{").await.expect_error(401, "UNAUTHORIZED");
    send(&reader, &malformed, "{").await.expect_error(403, "INSUFFICIENT_SCOPE");
    send(&writer, &malformed, "{").await.expect_error(404, "PARTY_NOT_FOUND");
    send(&writer, &nonexistent, "{").await.expect_error(400, "MALFORMED_BODY");
    send(&writer, &nonexistent, "{\"name\":1}").await.expect_error(400, "VALIDATION_FAILED");
    send(&writer, &nonexistent, "{}").await.expect_error(404, "PARTY_NOT_FOUND");
    send(&writer, &world.party_path(), "{}").await.expect_error(412, "PRECONDITION_FAILED");
    let foreign = world.party_path().replace(organization, &format!("org_{ULID}"));
    send(&writer, &foreign, "{\"name\":1}").await.expect_error(400, "VALIDATION_FAILED");
    send(&writer, &foreign, "{}").await.expect_error(404, "ORGANIZATION_NOT_FOUND");
    // 412 precedes 409: a stale patch with a taken slug.
    world.platform.create_organization("Other").await;
    let slug = json!({ "slug": "other" });
    let stale = world.send_with(Method::PATCH, &world.organization_path(), ("if-match", "\"9\""), Some(&slug)).await;
    stale.expect_error(412, "PRECONDITION_FAILED");
    world.platform.patch(&world.organization_path(), &slug).await.expect_error(409, "SLUG_ALREADY_TAKEN");
    // 404 precedes 403, and 403 precedes 409, for the assignment of a role.
    let other = world.platform.create_organization("Third").await.id();
    let dock = world.platform.create_dock(&other, "Theirs").await.id();
    world
        .platform
        .try_assign(organization, &format!("pty_{ULID}"), &dock, "RECIPIENT")
        .await
        .expect_error(404, "PARTY_NOT_FOUND");
    let foreign = world.platform.try_assign(organization, &world.party, &dock, "RECIPIENT").await;
    foreign.expect_error(403, "DOCK_OF_ANOTHER_ORGANIZATION");
    world.assign_recipient().await;
    let again = world.platform.try_assign(organization, &world.party, &world.dock, "RECIPIENT").await;
    again.expect_error(409, "ROLE_ALREADY_ASSIGNED");
}

#[apply(api_test)]
async fn head_is_get_without_the_body() {
    let world = PartyWorld::new().await;
    let (roles, resources) = (world.roles_path(&world.party), world.resource_paths());
    let lists = ["/v1/organizations?limit=1", paths::DOCKS, paths::API_KEYS, "/v1/healthz", "/openapi.json", &roles];
    world.platform.create_organization("Second").await;
    for target in lists.into_iter().chain(resources.iter().map(String::as_str)) {
        let (get, head) =
            (world.platform.get(target).await.expect(200), world.platform.request(Method::HEAD, target).send().await);
        assert!(head.body.is_empty());
        for header in ["content-type", "etag", "link", "location"] {
            assert_eq!(head.header(header).is_some(), get.header(header).is_some(), "{target} {header}");
        }
        assert_eq!(
            (head.status, head.header("etag"), head.header("content-type")),
            (200, get.header("etag"), get.header("content-type"))
        );
        if !["/v1/healthz", "/openapi.json"].contains(&target) {
            let error = world.server.anonymous().request(Method::HEAD, target).send().await.expect(401);
            assert_eq!(error.header("www-authenticate"), Some("Bearer"));
        }
    }
    for target in &world.resource_paths() {
        let known = tag(&world.platform.get(target).await);
        world.send_with(Method::HEAD, target, ("if-none-match", &known), None).await.expect(304);
        let nonexistent =
            target.replace(id_of(target), &format!("{}_{ULID}", &id_of(target)[..3].replace("doc", "dock")));
        world.platform.request(Method::HEAD, &nonexistent).send().await.expect(404);
    }
    let error =
        world.platform.request(Method::HEAD, &format!("{}/roles/check", world.organization_path())).send().await;
    assert_eq!(error.expect(405).header("allow"), Some("OPTIONS, POST"));
}

/// Returns the value of `Allow` for each path, from the endpoint list. A path with a malformed id is known, too.
fn allowed_methods() -> BTreeMap<String, String> {
    let mut methods: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let rest =
        |path: &str| path.starts_with("/v1/") || ["/", "/openapi.json"].contains(&path) || path.starts_with("/console");
    for endpoint in ENDPOINTS.iter().filter(|endpoint| rest(endpoint.path)) {
        let segments = endpoint.path.split('/').map(|segment| if segment.starts_with('{') { "x" } else { segment });
        let allowed = methods.entry(segments.collect::<Vec<_>>().join("/")).or_default();
        allowed.extend([endpoint.method.as_str(), "OPTIONS"]);
        allowed.extend((endpoint.method == Method::GET).then_some("HEAD"));
    }
    // A fixed segment is also a value of a parameter: other methods of the path with the parameter are allowed, too.
    let all = methods.clone();
    let fits = |path: &str, other: &str| {
        let (path, other): (Vec<_>, Vec<_>) = (path.split('/').collect(), other.split('/').collect());
        path.len() == other.len() && path.iter().zip(&other).all(|(own, other)| own == other || *other == "x")
    };
    for (path, allowed) in &mut methods {
        all.iter().filter(|(other, _)| fits(path, other)).for_each(|(_, more)| allowed.extend(more));
    }
    methods.into_iter().map(|(path, methods)| (path, methods.into_iter().collect::<Vec<_>>().join(", "))).collect()
}

#[apply(api_test)]
async fn options_and_405_list_the_allowed_methods() {
    let server = TestServer::start().await;
    let anonymous = server.anonymous();
    let methods = allowed_methods();
    for (path, allowed) in [
        ("/v1/organizations", "GET, HEAD, OPTIONS, POST"),
        ("/v1/docks/x/parties", "GET, HEAD, OPTIONS"),
        ("/v1/organizations/x/parties/x/roles/x", "DELETE, GET, HEAD, OPTIONS"),
        ("/v1/organizations/x/roles/check", "OPTIONS, POST"),
    ] {
        assert_eq!(methods[path], allowed, "{path}");
    }
    for (target, allowed) in &methods {
        let allowed = allowed.as_str();
        let response = anonymous.request(Method::OPTIONS, target).send().await.expect(204);
        assert_eq!((response.header("allow"), response.body.len()), (Some(allowed), 0), "{target}");
        for method in [Method::PUT, Method::TRACE, Method::GET, Method::POST, Method::PATCH, Method::DELETE] {
            if allowed.split(", ").any(|allowed| allowed == method.as_str()) {
                continue;
            }
            let error = anonymous.request(method.clone(), target).send().await.expect_error(405, "METHOD_NOT_ALLOWED");
            assert_eq!(error.header("allow"), Some(allowed), "{method} {target}");
        }
    }
}

#[apply(api_test)]
async fn a_request_id_is_accepted_or_generated() {
    let world = PartyWorld::new().await;
    let anonymous = world.server.anonymous();
    let longest = "a".repeat(128);
    for given in ["x", "Az09._-", &longest] {
        for target in [paths::DOCKS, "/nowhere"] {
            let error = anonymous.request(Method::GET, target).header("x-request-id", given).send().await;
            assert_eq!((error.header("x-request-id"), error.text("requestId").as_str()), (Some(given), given));
        }
        let taken = world.send_with(Method::GET, &world.dock_path(), ("x-request-id", given), None).await.expect(200);
        assert_eq!(taken.header("x-request-id"), Some(given));
        let not_modified = world.platform.request(Method::GET, &world.dock_path()).header("if-none-match", "*");
        let not_modified = not_modified.header("x-request-id", given).send().await.expect(304);
        assert_eq!(not_modified.header("x-request-id"), Some(given));
    }
    let mut created = Vec::new();
    for wrong in ["", "a b", "a/b", "a,b", "\u{e9}", &"a".repeat(129)] {
        let error = anonymous.request(Method::GET, paths::DOCKS).header("x-request-id", wrong).send().await.expect(401);
        let id = error.text("requestId");
        assert_eq!(error.header("x-request-id"), Some(id.as_str()));
        assert!(id.len() == 30 && id.starts_with("req_"), "{id}");
        assert!(!created.contains(&id), "each request has its own id");
        created.push(id);
    }
}

#[apply(api_test)]
async fn repeated_and_empty_parameters_are_rejected() {
    let world = PartyWorld::new().await;
    let parties = format!("{}/parties", world.organization_path());
    for (target, name) in [
        (paths::ORGANIZATIONS, "search"),
        (paths::ORGANIZATIONS, "slug"),
        (paths::ORGANIZATIONS, "limit"),
        (paths::DOCKS, "search"),
        (paths::DOCKS, "cursor"),
        (&parties, "search"),
        (&parties, "type"),
        (&parties, "externalRef"),
        (&parties, "offset"),
    ] {
        for wrong in [format!("{name}="), name.to_owned(), format!("{name}=1&{name}=1"), format!("{name}=&{name}=1")] {
            let error = world.platform.get(&format!("{target}?{wrong}")).await;
            assert!(error.error_locations().iter().all(|place| *place == name), "{target}?{wrong} {}", error.json());
        }
    }
}

#[apply(api_test)]
async fn a_compressed_body_is_an_unsupported_media_type() {
    let world = PartyWorld::new().await;
    let create = |encoding: &'static str| {
        let request = world.platform.request(Method::POST, "/v1/organizations").header("content-encoding", encoding);
        request.json(&json!({ "name": "Acme" })).send()
    };
    for encoding in ["gzip", "br", "identity, gzip", "x"] {
        create(encoding).await.expect_error(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    for encoding in ["identity", "Identity", ""] {
        create(encoding).await.expect(201);
    }
    let party = json!({ "partyIdHint": "alice" });
    let allocate = world.platform.request(Method::POST, "/v2/parties").header("content-encoding", "gzip");
    allocate.json(&party).send().await.expect(415);
    let allocated = world.platform.request(Method::POST, "/v2/parties").json(&party).send().await.expect(200);
    let target = format!("/v2/parties/{}", allocated.json()["partyDetails"]["party"].as_str().expect("an id"));
    let update = world.platform.request(Method::PATCH, &target).header("content-encoding", "gzip");
    update.json(&json!({})).send().await.expect(415);
}

#[apply(api_test)]
async fn a_response_with_a_credential_is_not_stored_by_caches() {
    let server = TestServer::start().await;
    let created = server.platform().create_api_key(None, &["docks:read"]).await;
    assert_eq!(created.header("cache-control"), Some("no-store"));
    assert_eq!(server.platform().list_api_keys().await.header("cache-control"), None);
}
