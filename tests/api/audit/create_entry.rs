//! `POST /v1/audit/logs`.

use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{PartyWorld, api_test, checker::assert_consistent, paths};

/// Returns the body of an entry with these members instead of its own.
fn body(members: Value) -> Value {
    let mut body = json!({ "entityType": "artifact", "entityId": "art_81", "action": "update" });
    for (name, value) in members.as_object().expect("members") {
        body[name] = value.clone();
    }
    body
}

#[apply(api_test)]
async fn an_entry_of_another_service_is_in_every_list() {
    let world = PartyWorld::new().await;
    let tenant = world.server.tenant(&world.organization, &["audit:write", "audit:read"]).await;
    let members = json!({
        "dockId": world.dock,
        "actor": "user_17",
        "changes": { "before": { "n": 1.50 }, "after": { "n": 2 } },
        "metadata": { "channel": "portal" },
        "ipAddress": "2001:DB8:0:0::1",
        "userAgent": "Mozilla/5.0",
    });
    let created = tenant.post(paths::AUDIT_LOGS, &body(members.clone())).await.expect(201);
    let entry = created.json();
    let expected = json!({
        "id": entry["id"],
        "organizationId": world.organization,
        "dockId": world.dock,
        "entityType": "artifact",
        "entityId": "art_81",
        "action": "update",
        "actor": { "type": "external", "id": "user_17" },
        "changes": { "before": { "n": 1.5 }, "after": { "n": 2 } },
        "metadata": { "channel": "portal" },
        "requestId": created.header("x-request-id").expect("an id"),
        "ipAddress": "2001:db8::1",
        "userAgent": "Mozilla/5.0",
        "createdAt": entry["createdAt"],
        "expiresAt": null,
    });
    assert_eq!(*entry, expected);
    let location = paths::entity_audit_logs("artifact", "art_81");
    assert_eq!(created.header("location"), Some(location.as_str()));
    let special = tenant.post(paths::AUDIT_LOGS, &body(json!({ "entityId": "é a" }))).await.expect(201);
    let location = special.header("location").expect("a location").to_owned();
    assert_eq!(location, paths::entity_audit_logs("artifact", "%C3%A9%20a"));
    assert_eq!(tenant.get(&location).await.expect(200).json()["data"], json!([special.json()]));
    let created = tenant.post(paths::AUDIT_LOGS, &body(members)).await.expect(201);
    let entry = created.json();
    for filter in [
        String::new(),
        format!("?dockId={}", world.dock),
        "?entityType=artifact".to_owned(),
        "?entityId=art_81".to_owned(),
        "?actorId=user_17".to_owned(),
        "?action=update".to_owned(),
        "?entityType=artifact&action=update&actorId=user_17".to_owned(),
    ] {
        let page = tenant.get(&format!("{}{filter}", paths::AUDIT_LOGS)).await.expect(200);
        assert_eq!(page.json()["data"][0], *entry, "{filter}");
    }
    let page = tenant.get(&paths::entity_audit_logs("artifact", "art_81")).await.expect(200);
    assert_eq!((&page.json()["data"][0], page.json()["data"].as_array().map(Vec::len)), (entry, Some(2)));
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn omitted_members_have_defaults() {
    let world = PartyWorld::new().await;
    let key = world.platform.create_api_key(Some(&world.organization), &["audit:write"]).await;
    let tenant = world.server.client(&key.text("key"));
    let nulls = json!({
        "organizationId": null, "dockId": null, "actor": null, "changes": null, "metadata": null, "ipAddress": null,
        "userAgent": null,
    });
    for members in [json!({}), nulls, json!({ "organizationId": world.organization })] {
        let created = tenant.post(paths::AUDIT_LOGS, &body(members)).await.expect(201);
        let entry = created.json();
        assert_eq!(entry["organizationId"], json!(world.organization));
        assert_eq!(entry["actor"], json!({ "type": "api_key", "id": key.id() }));
        assert_eq!(entry["metadata"], json!({}));
        for member in ["dockId", "changes", "ipAddress", "userAgent"] {
            assert_eq!(entry[member], Value::Null, "{member}");
        }
    }
    let half = json!({ "changes": { "after": {} } });
    let created = tenant.post(paths::AUDIT_LOGS, &body(half)).await.expect(201);
    assert_eq!(created.json()["changes"], json!({ "before": null, "after": {} }));
    // The organization of a dock is found for a platform key.
    let created = world.platform.post(paths::AUDIT_LOGS, &body(json!({ "dockId": world.dock }))).await.expect(201);
    assert_eq!(created.json()["organizationId"], json!(world.organization));
}

#[apply(api_test)]
async fn invalid_entries_are_rejected() {
    let world = PartyWorld::new().await;
    let tenant = world.server.tenant(&world.organization, &["audit:write"]).await;
    for (members, pointer) in [
        (json!({ "entityType": "party" }), "/entityType"),
        (json!({ "entityType": "api_key" }), "/entityType"),
        (json!({ "entityType": "Artifact" }), "/entityType"),
        (json!({ "entityType": 7 }), "/entityType"),
        (json!({ "entityId": "" }), "/entityId"),
        (json!({ "entityId": "x".repeat(257) }), "/entityId"),
        (json!({ "entityId": "a\n" }), "/entityId"),
        (json!({ "action": "publish" }), "/action"),
        (json!({ "action": "party.created" }), "/action"),
        (json!({ "actor": { "id": "a" } }), "/actor"),
        (json!({ "changes": { "before": [] } }), "/changes/before"),
        (json!({ "changes": { "after": { "k": "x".repeat(17_000) } } }), "/changes/after"),
        (json!({ "metadata": { "k": "x".repeat(17_000) } }), "/metadata"),
        (json!({ "ipAddress": "localhost" }), "/ipAddress"),
        (json!({ "userAgent": "x".repeat(257) }), "/userAgent"),
        (json!({ "dockId": world.party }), "/dockId"),
    ] {
        let error = tenant.post(paths::AUDIT_LOGS, &body(members.clone())).await;
        assert_eq!(error.error_locations(), [pointer], "{members}");
    }
    let mut locations = tenant.post(paths::AUDIT_LOGS, &json!({})).await.error_locations().join(" ");
    assert_eq!(std::mem::take(&mut locations), "/entityType /entityId /action");
    let error = world.platform.post(paths::AUDIT_LOGS, &body(json!({}))).await;
    assert_eq!(error.error_locations(), ["/organizationId"]);
    let longest = json!({ "entityId": "x".repeat(256), "actor": "y".repeat(256), "entityType": "z".repeat(64) });
    tenant.post(paths::AUDIT_LOGS, &body(longest)).await.expect(201);
}

#[apply(api_test)]
async fn entries_belong_to_an_existing_organization_and_dock() {
    let world = PartyWorld::new().await;
    let other = world.platform.create_organization("Other").await.id();
    let foreign = world.platform.create_dock(&other, "Desk").await.id();
    let tenant = world.server.tenant(&world.organization, &["audit:write"]).await;
    let nobody = "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS";
    let nothing = "dock_01HQ3K9B2V6R4X8ZT1M5N7P0QS";
    for (client, members, code) in [
        (&tenant, json!({ "organizationId": other }), "ORGANIZATION_NOT_FOUND"),
        (&tenant, json!({ "dockId": foreign }), "DOCK_NOT_FOUND"),
        (&tenant, json!({ "dockId": nothing }), "DOCK_NOT_FOUND"),
        (&world.platform, json!({ "organizationId": nobody }), "ORGANIZATION_NOT_FOUND"),
        (&world.platform, json!({ "dockId": nothing }), "DOCK_NOT_FOUND"),
        (&world.platform, json!({ "organizationId": world.organization, "dockId": foreign }), "DOCK_NOT_FOUND"),
    ] {
        client.post(paths::AUDIT_LOGS, &body(members)).await.expect_error(404, code);
    }
}

#[apply(api_test)]
async fn an_entry_is_appended_once() {
    let world = PartyWorld::new().await;
    let tenant = world.server.tenant(&world.organization, &["audit:write", "audit:read"]).await;
    let send = || {
        let request = tenant.request(Method::POST, paths::AUDIT_LOGS).header("idempotency-key", "one");
        request.json(&body(json!({}))).send()
    };
    let (first, second) = (send().await.expect(201), send().await.expect(201));
    assert_eq!((first.id(), second.header("idempotency-replayed")), (second.id(), Some("true")));
    let page = tenant.get(&paths::entity_audit_logs("artifact", "art_81")).await.expect(200);
    assert_eq!(page.json()["data"].as_array().map(Vec::len), Some(1));
}
