//! `GET /v2/users/{user-id}`, its rights, and `GET /v2/authenticated-user`: who reads which user.

use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::{TestResponse, api_test};
use crate::ledger::{Ledger, assert_error, assert_redacted};

#[apply(api_test)]
async fn a_malformed_user_id_is_rejected_by_the_json_layer() {
    let ledger = Ledger::new().await;
    let (reader, _) = ledger.user(&["ledger:read"]).await;
    let long = "a".repeat(129);
    for (id, sent) in [("no body", "no%20body"), ("é", "%C3%A9"), ("a,b", "a,b"), (&*long, &*long)] {
        for of in ["", "/rights", "?identity-provider-id=a!"] {
            // Before the rights of the caller and the provider.
            for client in [&ledger.platform, &reader] {
                let error = client.get(&format!("/v2/users/{}", sent.to_owned() + of)).await;
                let error = assert_error(error, 400, "INVALID_ARGUMENT");
                let cause = format!(
                    "The submitted request has invalid arguments: Malformed user-id: User ID \"{id}\" does not match \
                     regex \"[a-zA-Z0-9@^$.!`\\-#+'~_|:\\(\\)]{{1,128}}\""
                );
                assert_eq!(error.text("cause"), cause);
                assert_eq!((&error.json()["context"], &error.json()["definiteAnswer"]), (&json!({}), &json!(false)));
            }
        }
    }
    let error =
        assert_error(ledger.platform.get(&format!("/v2/users/{}", "a".repeat(128))).await, 404, "USER_NOT_FOUND");
    assert_eq!(error.json()["resources"], json!([["USER", "a".repeat(128)]]));
}

#[apply(api_test)]
async fn only_an_admin_asks_for_other_users() {
    let ledger = Ledger::new().await;
    let acme = ledger.platform.create_organization("Acme").await.id();
    let tenant = ledger.server.tenant(&acme, &["ledger:admin"]).await;
    let tenant_reader = ledger.server.tenant(&acme, &["ledger:read"]).await;
    let (reader, own) = ledger.user(&["ledger:read"]).await;
    let (admin, other) = ledger.user(&["ledger:admin"]).await;
    for (of, operation) in [("", "getting user"), ("/rights", "list user rights")] {
        for id in ["alice", other.as_str()] {
            assert_redacted(reader.get(&format!("/v2/users/{id}{of}")).await, 403);
            assert_redacted(tenant_reader.get(&format!("/v2/users/{id}{of}")).await, 403);
        }
        for client in [&admin, &tenant] {
            let error = assert_error(client.get(&format!("/v2/users/{own}{of}")).await, 404, "USER_NOT_FOUND");
            assert_eq!(error.text("cause"), format!("{operation} failed for unknown user \"{own}\""));
        }
        reader.get(&format!("/v2/users/{own}{of}")).await.expect(200);
    }
}

#[apply(api_test)]
async fn a_user_is_found_in_its_own_identity_provider() {
    let ledger = Ledger::new().await;
    let default = ledger.platform.default_organization().await;
    let acme = ledger.platform.create_organization("Acme").await.id();
    let key = ledger.platform.create_api_key(Some(&acme), &["ledger:admin"]).await;
    let tenant = ledger.server.client(&key.text("key"));
    let (admin, platform_user) = ledger.user(&["ledger:admin"]).await;
    let (reader, read_user) = ledger.user(&["ledger:read"]).await;
    for (client, user, own) in
        [(&admin, &platform_user, &default), (&reader, &read_user, &default), (&tenant, &key.id(), &acme)]
    {
        let of = async |id: &str, provider: &str| -> TestResponse {
            client.get(&format!("/v2/users/{id}?identity-provider-id={provider}")).await
        };
        let known = async |provider: &str| -> TestResponse {
            client.get(&format!("/v2/authenticated-user?identity-provider-id={provider}")).await
        };
        for provider in ["", own.as_str()] {
            assert_eq!(of(user, provider).await.expect(200).json(), known(provider).await.expect(200).json());
        }
        let other = if *own == acme { &default } else { &acme };
        for provider in [other.as_str(), "wrong"] {
            assert_redacted(of(user, provider).await, 403);
            assert_redacted(known(provider).await, 403);
        }
    }
    // An admin of the participant may name any provider. Its syntax is checked first, then the user.
    let of =
        async |id: &str, provider: &str| admin.get(&format!("/v2/users/{id}?identity-provider-id={provider}")).await;
    for id in [platform_user.as_str(), "alice"] {
        assert_error(of(id, "a!").await, 400, "INVALID_FIELD");
    }
    assert_error(admin.get("/v2/authenticated-user?identity-provider-id=a!").await, 400, "INVALID_FIELD");
    assert_error(of("alice", &acme).await, 404, "USER_NOT_FOUND");
    // Others may name only their own.
    for client in [&tenant, &reader] {
        assert_redacted(client.get("/v2/authenticated-user?identity-provider-id=a!").await, 403);
    }
    assert_redacted(tenant.get("/v2/users/alice?identity-provider-id=wrong").await, 403);
}
