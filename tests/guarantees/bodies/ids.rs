//! Malformed ids in paths, bodies and queries.

use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::json;

use crate::harness::{PartyWorld, api_test, paths, world::ULID};

#[apply(api_test)]
async fn a_malformed_id_in_a_path_is_not_found() {
    let world = PartyWorld::new().await;
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
    let organizations = wrong(&world.organization, "org").map(|id| [paths::organization(&id), paths::parties(&id)]);
    for target in organizations.as_flattened() {
        world.platform.get(target).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
    }
    for id in wrong(&world.dock, "dock") {
        world.platform.get_dock(&id).await.expect_error(404, "DOCK_NOT_FOUND");
        world.platform.list_dock_parties(&id).await.expect_error(404, "DOCK_NOT_FOUND");
    }
    for id in wrong(&world.party, "pty") {
        let party = paths::party(&world.organization, &id);
        world.platform.get(&party).await.expect_error(404, "PARTY_NOT_FOUND");
        // The path is validated before the body.
        world.send(&Method::PATCH, &party, "{").await.expect_error(404, "PARTY_NOT_FOUND");
        world.platform.get(&format!("{party}/roles")).await.expect_error(404, "PARTY_NOT_FOUND");
    }
    for id in wrong(&format!("dpr_{ULID}"), "dpr") {
        let role = paths::role(&world.organization, &world.party, &id);
        world.platform.delete(&role).await.expect_error(404, "ROLE_NOT_FOUND");
    }
    for id in wrong(&format!("key_{ULID}"), "key") {
        world.platform.revoke_api_key(&id).await.expect_error(404, "API_KEY_NOT_FOUND");
    }
}

#[apply(api_test)]
async fn a_malformed_id_in_a_body_or_query_is_a_validation_error() {
    let world = PartyWorld::new().await;
    let roles = world.roles_path(&world.party);
    for wrong in [world.party.as_str(), "dock_", &world.dock.to_lowercase(), "x"] {
        let body = json!({ "dockId": wrong, "role": "RECIPIENT" });
        assert_eq!(world.platform.post(&roles, &body).await.error_locations(), ["/dockId"], "{wrong}");
        assert_eq!(
            world.platform.get(&format!("{roles}?dockId={wrong}")).await.error_locations(),
            ["dockId"],
            "{wrong}"
        );
    }
    for wrong in [world.dock.as_str(), "org_", &world.organization.to_lowercase(), "x"] {
        for (target, body) in [
            (paths::DOCKS, json!({ "name": "D" })),
            (paths::API_KEYS, json!({ "name": "K", "scopes": ["docks:read"] })),
        ] {
            let mut body = body;
            body["organizationId"] = json!(wrong);
            assert_eq!(world.platform.post(target, &body).await.error_locations(), ["/organizationId"], "{wrong}");
            let listed = world.platform.get(&format!("{target}?organizationId={wrong}")).await;
            assert_eq!(listed.error_locations(), ["organizationId"], "{wrong}");
        }
    }
}
