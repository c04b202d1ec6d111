//! `POST /v1/api-keys`.

use berth::Options;
use berth_shared::time::Time;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::credentials::{BASE62, checksum, parts};
use crate::harness::{TestServer, api_test, paths, samples::Tenant, samples::nonexistent, world::ids};

#[apply(api_test)]
async fn a_new_key_is_returned_with_its_credential() {
    let server = TestServer::start().await;
    let organization = server.platform().create_organization("Bank of America").await.id();
    let first = server.platform().list_api_keys().await.json()["data"][0]["id"].clone();
    let before = Time::now();
    let body = json!({
        "name": "  Onboarding ",
        "scopes": ["parties:read", "parties:write"],
        "organizationId": organization,
        "expiresAt": "2999-01-01T00:00:00Z",
    });
    let created = server.platform().post_api_key(&body).await.expect(201);
    let credential = created.text("key");
    let created_at: Time = created.text("createdAt").parse().expect("a time");
    assert!(before <= created_at && created_at <= Time::now());
    let expected = json!({
        "id": created.id(),
        "organizationId": organization,
        "name": "Onboarding",
        "scopes": ["parties:read", "parties:write"],
        "dockId": null,
        "allowedIps": [],
        "environment": "test",
        "start": &credential[..14],
        "expiresAt": "2999-01-01T00:00:00.000Z",
        "lastUsedAt": null,
        "createdAt": created_at.to_string(),
        "createdBy": first,
        "revokedAt": null,
        "key": credential,
    });
    assert_eq!(*created.json(), expected);
    assert_eq!(created.header("location"), Some(paths::api_key(&created.id()).as_str()));
    assert_eq!(created.header("etag"), Some("\"1\""));
    // A platform key belongs to no organization.
    let created = server.platform().create_api_key(None, &["docks:read"]).await;
    assert_eq!((&created.json()["organizationId"], &created.json()["expiresAt"]), (&Value::Null, &Value::Null));
}

#[apply(api_test)]
async fn a_credential_has_its_documented_form_and_checksum() {
    let server = TestServer::start().await;
    let options = Options { environment: berth_shared::Environment::Live, ..Options::default() };
    let live = TestServer::start_with(options).await;
    // CRC-32 of "123456789" is 0xCBF43926, the check value of IEEE's polynomial: 3421780262 in base62.
    assert_eq!(checksum("123456789"), "3jZRME");
    for (server, prefix, environment) in [(&server, "dk_test_", "test"), (&live, "dk_live_", "live")] {
        let created = server.platform().create_api_key(None, &["docks:read"]).await;
        let first = server.platform().credential().expect("a first key").to_owned();
        for credential in [created.text("key"), first] {
            let (start, id, secret, sum) = parts(&credential);
            assert_eq!((start, id.len(), secret.len(), sum.len()), (prefix, 22, 43, 6), "{credential}");
            assert!([id, secret, sum].iter().all(|part| part.chars().all(|digit| BASE62.contains(digit))));
            assert_eq!(sum, checksum(&credential[..credential.len() - 6]));
        }
        assert_eq!(created.text("environment"), environment);
        assert!(created.text("start").starts_with(prefix));
        // The hint contains nothing of the secret, and only part of what precedes it.
        let key = created.text("key");
        assert!(key.find(parts(&key).2).is_some_and(|secret| created.text("start").len() < secret));
    }
}

#[apply(api_test)]
async fn credentials_are_unique() {
    let server = TestServer::start().await;
    let one = server.platform().create_api_key(None, &["docks:read"]).await.text("key");
    let other = server.platform().create_api_key(None, &["docks:read"]).await.text("key");
    let ((_, id, secret, _), (_, other_id, other_secret, _)) = (parts(&one), parts(&other));
    assert!(id != other_id && secret != other_secret);
    // The secret of one key does not authenticate with the id of another, even if the checksum is correct.
    let mixed = format!("dk_test_{id}_{other_secret}");
    let mixed = format!("{mixed}{}", checksum(&mixed));
    server.client(&mixed).list_docks().await.expect_error(401, "UNAUTHORIZED");
    server.client(&one).list_docks().await.expect(200);
}

#[apply(api_test)]
async fn the_table_contains_only_a_digest_of_the_secret() {
    let server = TestServer::start().await;
    let body = json!({ "name": "Reader", "scopes": ["docks:read"] });
    let request = server.platform().request(Method::POST, paths::API_KEYS).header("idempotency-key", "k");
    let created = request.json(&body).send().await.expect(201);
    let credential = created.text("key");
    server.client(&credential).list_docks().await.expect(200);
    server.platform().revoke_api_key(&created.id()).await.expect(200);
    let first = server.platform().credential().expect("a first key").to_owned();
    // The table contains the key, its list rows, its last use, audit entries and the idempotency record.
    let table = format!("{:?}", server.items().await);
    assert!(table.contains(&created.text("start")) && table.contains("fingerprint"), "{table}");
    for credential in [&credential, &first] {
        let (_, _, secret, _) = parts(credential);
        assert!(!table.contains(credential.as_str()) && !table.contains(secret));
        // Nor does it contain a part of the secret that would help to guess the rest.
        assert!(!table.contains(&secret[..12]) && !table.contains(&secret[secret.len() - 12..]));
    }
}

#[apply(api_test)]
async fn an_organization_key_creates_keys_only_for_its_organization() {
    let server = TestServer::start().await;
    let (own, other) = (Tenant::new(&server, "A").await, Tenant::new(&server, "B").await);
    let named = own.client.create_api_key(Some(&own.organization), &["docks:read"]).await;
    let unnamed = own.client.create_api_key(None, &["docks:read"]).await;
    for created in [&named, &unnamed] {
        assert_eq!(created.text("organizationId"), own.organization);
        let docks = server.client(&created.text("key")).list_docks().await.expect(200);
        assert_eq!(ids(&docks), [own.dock.as_str()]);
    }
    for elsewhere in [&other.organization, &nonexistent(&other.organization)] {
        // The error does not disclose whether the organization exists, even if the key lacks the scope.
        for scope in ["docks:read", "ledger:admin"] {
            let body = json!({ "name": "Reader", "scopes": [scope], "organizationId": elsewhere });
            own.client.post_api_key(&body).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
        }
    }
}

#[apply(api_test)]
async fn a_key_for_an_unknown_organization_is_not_found() {
    let server = TestServer::start().await;
    let organization = server.platform().create_organization("Bank of America").await.id();
    let body = |id: &str| json!({ "name": "Reader", "scopes": ["docks:read"], "organizationId": id });
    let error = server.platform().post_api_key(&body(&nonexistent(&organization))).await;
    error.expect_error(404, "ORGANIZATION_NOT_FOUND");
    let error = server.platform().post_api_key(&body("org_1")).await.expect_error(400, "VALIDATION_FAILED");
    assert_eq!(error.json()["errors"][0]["pointer"], "/organizationId");
    assert_eq!(server.platform().list_api_keys().await.json()["meta"]["total"], 1, "the first key only");
}

#[apply(api_test)]
async fn expires_at_is_in_the_future_and_has_any_offset() {
    let server = TestServer::start().await;
    let body = |end: &str| json!({ "name": "Reader", "scopes": ["docks:read"], "expiresAt": end });
    let now = Time::now().to_string();
    for wrong in ["2020-01-01T00:00:00Z", now.as_str(), "2999-01-01", "tomorrow", "2999-01-01 00:00:00Z", ""] {
        let error = server.platform().post_api_key(&body(wrong)).await.expect_error(400, "VALIDATION_FAILED");
        assert_eq!(error.json()["errors"][0]["pointer"], "/expiresAt", "{wrong}");
    }
    let created = server.platform().post_api_key(&body("2999-01-01T02:00:00+02:00")).await.expect(201);
    assert_eq!(created.text("expiresAt"), "2999-01-01T00:00:00.000Z");
}
