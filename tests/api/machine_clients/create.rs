//! `POST /v1/organizations/{orgId}/machine-clients`.

use berth_shared::time::Time;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{TestServer, api_test, checker::assert_consistent, paths, samples::Tenant, samples::nonexistent};

#[apply(api_test)]
async fn a_new_client_is_returned_with_its_secret() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Bank of America").await;
    let first =
        server.platform().list_api_keys().await.json()["data"].as_array().expect("keys").last().expect("a key").clone();
    let body = json!({
        "name": "  Settlement ",
        "scopes": ["docks:read", "artifacts:write"],
        "dockId": own.dock,
        "partyId": own.party,
        "allowedIps": ["192.0.2.0/24"],
        "expiresAt": "2999-01-01T00:00:00Z",
        "tokenLifetimeSeconds": 600,
    });
    let created = server.platform().post(&paths::machine_clients(&own.organization), &body).await.expect(201);
    let (client_id, secret) = (created.text("clientId"), created.text("clientSecret"));
    let created_at: Time = created.text("createdAt").parse().expect("a time");
    let expected = json!({
        "id": created.id(),
        "organizationId": own.organization,
        "clientId": client_id,
        "name": "Settlement",
        "scopes": ["docks:read", "artifacts:write"],
        "dockId": own.dock,
        "partyId": own.party,
        "allowedIps": ["192.0.2.0/24"],
        "expiresAt": "2999-01-01T00:00:00.000Z",
        "tokenLifetimeSeconds": 600,
        "isActive": true,
        "lastUsedAt": null,
        "createdAt": created_at.to_string(),
        "createdBy": first["id"],
        "updatedAt": created_at.to_string(),
        "clientSecret": secret,
    });
    assert_eq!(*created.json(), expected);
    assert!(client_id.starts_with("dyc_") && client_id.len() == 26, "{client_id}");
    assert!(secret.starts_with("dys_test_") && secret.len() == 9 + 22 + 1 + 49, "{secret}");
    let target = paths::machine_client(&own.organization, &created.id());
    assert_eq!(created.header("location"), Some(target.as_str()));
    assert_eq!((created.header("etag"), created.header("cache-control")), (Some("\"1\""), Some("no-store")));
    // Only a digest is stored, and inactive clients count, too.
    assert!(!format!("{:?}", server.items().await).contains(&secret[32..]));
    let count = server.platform().get_organization(&own.organization).await.json()["_count"]["machineClients"].clone();
    assert_eq!(count, 2);
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn members_have_defaults_and_limits() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Bank of America").await;
    let target = paths::machine_clients(&own.organization);
    let five = json!(["recipients:read", "audit:read", "artifacts:read", "artifacts:write", "policies:read"]);
    for scopes in [Value::Null, json!("absent")] {
        let mut body = json!({ "name": "Default", "scopes": scopes });
        if body["scopes"] == "absent" {
            body.as_object_mut().expect("an object").remove("scopes");
        }
        let created = server.platform().post(&target, &body).await.expect(201);
        assert_eq!(created.json()["scopes"], five);
        let rest =
            [("dockId", Value::Null), ("partyId", Value::Null), ("allowedIps", json!([])), ("expiresAt", Value::Null)];
        assert!(rest.iter().all(|(member, value)| created.json()[*member] == *value), "{}", created.json());
        assert_eq!(created.json()["tokenLifetimeSeconds"], 3600);
    }
    // The default is what the creator holds of the five.
    let reader = server.tenant(&own.organization, &["machine-clients:write", "audit:read", "docks:read"]).await;
    let created = reader.post(&target, &json!({ "name": "Auditor" })).await.expect(201);
    assert_eq!(created.json()["scopes"], json!(["audit:read"]));
    assert_eq!(own.client.post(&target, &json!({ "name": "None" })).await.error_locations(), ["/scopes"]);
    for (member, wrong) in [
        ("name", json!("")),
        ("scopes", json!([])),
        ("tokenLifetimeSeconds", json!(299)),
        ("tokenLifetimeSeconds", json!(86_401)),
        ("expiresAt", json!("2020-01-01T00:00:00Z")),
        ("dockId", json!("dock_1")),
        ("partyId", json!("pty_1")),
    ] {
        let mut body = json!({ "name": "Wrong", "scopes": ["docks:read"] });
        body[member] = wrong.clone();
        assert_eq!(server.platform().post(&target, &body).await.error_locations(), [format!("/{member}")], "{wrong}");
    }
    for seconds in [300, 86_400] {
        let body = json!({ "name": "Limit", "scopes": ["docks:read"], "tokenLifetimeSeconds": seconds });
        assert_eq!(server.platform().post(&target, &body).await.expect(201).json()["tokenLifetimeSeconds"], seconds);
    }
}

#[apply(api_test)]
async fn a_client_does_not_exceed_its_creator() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Bank of America").await;
    let target = paths::machine_clients(&own.organization);
    let body = json!({
        "name": "Parent",
        "scopes": ["machine-clients:write", "docks:read"],
        "organizationId": own.organization,
        "expiresAt": "2999-01-01T00:00:00Z",
        "allowedIps": ["127.0.0.0/8"],
    });
    let parent = server.client(&server.platform().post_api_key(&body).await.expect(201).text("key"));
    let post = async |members: Value| {
        let mut body = json!({ "name": "Child", "scopes": ["docks:read"] });
        body.as_object_mut().expect("an object").extend(members.as_object().expect("members").clone());
        parent.post(&target, &body).await
    };
    let created = post(json!({})).await.expect(201);
    assert_eq!(created.text("expiresAt"), "2999-01-01T00:00:00.000Z");
    assert_eq!(created.json()["allowedIps"], json!(["127.0.0.0/8"]));
    let narrower = json!({ "expiresAt": "2998-01-01T00:00:00Z", "allowedIps": ["127.0.0.1/32"] });
    assert_eq!(post(narrower).await.expect(201).json()["allowedIps"], json!(["127.0.0.1/32"]));
    assert_eq!(post(json!({ "expiresAt": "2999-01-01T00:00:00.001Z" })).await.error_locations(), ["/expiresAt"]);
    assert_eq!(post(json!({ "allowedIps": ["0.0.0.0/0"] })).await.error_locations(), ["/allowedIps/0"]);
    post(json!({ "scopes": ["docks:write"] })).await.expect_error(403, "SCOPE_NOT_HELD");
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn dock_and_party_belong_to_the_organization() {
    let server = TestServer::start().await;
    let (own, other) = (Tenant::new(&server, "A").await, Tenant::new(&server, "B").await);
    let body = |member: &str, id: &str| json!({ "name": "Bound", "scopes": ["docks:read"], member: id });
    for client in [&own.client, &server.platform()] {
        for dock in [&other.dock, &nonexistent(&other.dock)] {
            let target = paths::machine_clients(&own.organization);
            client.post(&target, &body("dockId", dock)).await.expect_error(404, "DOCK_NOT_FOUND");
        }
        for party in [&other.party, &nonexistent(&other.party)] {
            let target = paths::machine_clients(&own.organization);
            client.post(&target, &body("partyId", party)).await.expect_error(404, "PARTY_NOT_FOUND");
        }
    }
    for organization in [&other.organization, &nonexistent(&other.organization)] {
        let target = paths::machine_clients(organization);
        own.client.post(&target, &body("name", "Foreign")).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
    }
    let target = paths::machine_clients(&nonexistent(&other.organization));
    server.platform().post(&target, &body("name", "Lost")).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
}

#[apply(api_test)]
async fn a_revoked_key_creates_no_client_even_while_it_is_cached() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Bank of America").await;
    let key = server.platform().create_api_key(Some(&own.organization), &["machine-clients:write", "docks:read"]).await;
    let client = server.client(&key.text("key"));
    client.create_machine_client(&own.organization, &["docks:read"]).await;
    server.platform().revoke_api_key(&key.id()).await.expect(200);
    client.list_docks().await.expect(200);
    let body = json!({ "name": "Late", "scopes": ["docks:read"] });
    client.post(&paths::machine_clients(&own.organization), &body).await.expect_error(401, "UNAUTHORIZED");
}

#[apply(api_test)]
async fn a_repetition_does_not_return_the_secret_again() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Bank of America").await;
    let target = paths::machine_clients(&own.organization);
    let body = json!({ "name": "Once", "scopes": ["docks:read"] });
    let post = || own.client.request(Method::POST, &target).header("idempotency-key", "k").json(&body).send();
    let (first, again) = (post().await.expect(201), post().await.expect(201));
    assert_eq!((again.id(), &again.json()["clientSecret"]), (first.id(), &Value::Null));
    let own_list = own.client.get(&target).await.expect(200);
    assert_eq!(own_list.json()["meta"]["total"], 2);
}
