//! `POST /v1/organizations/{orgId}/parties`.

use berth_shared::id;
use macro_rules_attribute::apply;
use serde_json::json;

use crate::api::documented::{assert_documented_error, check_id, check_members, check_time, post};
use crate::harness::{TestServer, World, api_test, paths, samples::nonexistent};

#[apply(api_test)]
async fn companies_and_persons_can_be_created() {
    let server = TestServer::start().await;
    let organization = server.platform().create_organization("Bank of America").await.id();
    let target = paths::parties(&organization);
    let company = json!({
        "type": "ORGANIZATION",
        "name": "First American Title",
        "email": "Closing@example.com",
        "externalRef": "EIN:94-1234567",
        "metadata": { "industry": "title-insurance", "tier": "preferred", "states": ["CA"], "since": 1889 },
    });
    let person = json!({ "type": "INDIVIDUAL", "name": "Dr. Jane Smith", "externalRef": "NPI:1234567890" });
    let minimal = json!({ "type": "INDIVIDUAL", "name": "Ada Lovelace" });
    for body in [company, person, minimal] {
        let created = server.platform().post(&target, &body).await.expect(201);
        let shown = created.json();
        let members =
            ["id", "organizationId", "type", "name", "email", "externalRef", "metadata", "createdAt", "updatedAt"];
        // In addition to the documented members, a party has its ledger id.
        check_members(shown, &[&members[..], &["ledgerParty"]].concat());
        assert!(created.text("ledgerParty").starts_with(&format!("{}::1220", created.id())));
        check_id::<id::Party>(&shown["id"], "pty_");
        assert_eq!(shown["organizationId"], json!(organization));
        for member in ["type", "name", "email", "externalRef"] {
            assert_eq!(shown[member], body[member], "{member}; absent is null");
        }
        assert_eq!(shown["metadata"], if body["metadata"].is_null() { json!({}) } else { body["metadata"].clone() });
        check_time(&shown["createdAt"]);
        assert_eq!(shown["updatedAt"], shown["createdAt"]);
        assert_eq!(created.header("location"), Some(format!("{target}/{}", created.id()).as_str()));
        let read = server.platform().get(&format!("{target}/{}", created.id())).await.expect(200);
        assert_eq!((read.json(), read.header("etag")), (shown, created.header("etag")));
    }
    let counted = server.platform().get_organization(&organization).await.expect(200);
    assert_eq!(counted.json()["_count"]["parties"], 3);
}

#[apply(api_test)]
async fn the_documented_error_responses_are_returned() {
    let server = TestServer::start().await;
    let organization = server.platform().create_organization("Bank of America").await.id();
    let platform = server.platform();
    let target = paths::parties(&organization);
    let create = async |body: &str| post(&platform, &target, body).await;
    for (body, message) in [
        (r#"{"type": "COMPANY", "name": "A"}"#, "type must be INDIVIDUAL or ORGANIZATION"),
        (r#"{"type": "individual", "name": "A"}"#, "type must be INDIVIDUAL or ORGANIZATION"),
        (r#"{"name": "A"}"#, "type is required"),
        (r#"{"type": "INDIVIDUAL"}"#, "name is required"),
        (r#"{"type": "INDIVIDUAL", "name": " "}"#, "name must"),
        (r#"{"type": "INDIVIDUAL", "name": "A", "email": "nobody"}"#, "email must"),
    ] {
        assert_documented_error(create(body).await, 400, "VALIDATION_FAILED", message);
    }
    let error = create("{}").await.expect_error(400, "VALIDATION_FAILED");
    assert_eq!(error.json()["message"], json!(["type is required", "name is required"]));
    let good = r#"{"type": "INDIVIDUAL", "name": "Ada Lovelace"}"#;
    assert_documented_error(
        post(&server.anonymous(), &target, good).await,
        401,
        "UNAUTHORIZED",
        "Invalid or expired API key",
    );
    for nowhere in [nonexistent(&organization), "org_1".to_owned()] {
        let error = post(&platform, &paths::parties(&nowhere), good).await;
        assert_documented_error(error, 404, "ORGANIZATION_NOT_FOUND", "Organization not found");
    }
}

#[apply(api_test)]
async fn an_email_has_at_most_254_characters() {
    let world = World::new().await;
    let of = |length: usize| {
        let domain = format!("{}.{}.{}", "b".repeat(63), "c".repeat(63), "d".repeat(length - 64 - 1 - 63 - 1 - 63 - 1));
        let email = format!("{}@{domain}", "a".repeat(64));
        assert_eq!(email.len(), length);
        json!(email)
    };
    world.assert_party_limit("email", of(254), of(255)).await;
    for (length, status) in [(254, 201), (255, 400)] {
        let body = world.dock_body("businessEmail", &of(length));
        world.platform.post_dock(&body).await.expect(status);
    }
}

#[apply(api_test)]
async fn an_email_is_validated_and_stored_unchanged() {
    let world = World::new().await;
    for wrong in [
        "",
        "plain",
        "a@",
        "@b.com",
        "a@b",
        "a b@c.com",
        "a@b..com",
        "a@-b.com",
        "a@b.com\n",
        " a@b.com",
        "Ann <a@b.com>",
        "a@[127.0.0.1]",
        "a@b@c.com",
    ] {
        world.assert_party_limit("email", json!("Closing+X@Example.COM"), json!(wrong)).await;
    }
    world.assert_party_limit("email", json!(null), json!(5)).await;
}

#[apply(api_test)]
async fn an_external_reference_has_at_most_256_characters() {
    let world = World::new().await;
    let of = |count: usize| "𝄞".repeat(count);
    world.assert_party_limit("externalRef", json!(of(256)), json!(of(257))).await;
    for wrong in [json!(""), json!("  "), json!("a\tb"), json!(1)] {
        world.assert_party_limit("externalRef", json!(" EIN 94-1 "), wrong).await;
    }
    let search = |count: usize| format!("{}?externalRef={}", world.parties_path(), "%F0%9D%84%9E".repeat(count));
    assert_eq!(world.platform.get(&search(256)).await.expect(200).json()["meta"]["total"], 1);
    assert_eq!(world.platform.get(&search(257)).await.error_locations(), ["externalRef"]);
}
