//! `POST /v1/docks/{dockId}/recipients`.

use std::collections::BTreeSet;

use berth::Options;
use berth_shared::id;
use futures::future::join_all;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use super::{body, body_of};
use crate::api::documented::{check_id, check_members, check_time};
use crate::guarantees::isolation::tenants::two_tenants;
use crate::harness::checker::assert_consistent;
use crate::harness::samples::nonexistent;
use crate::harness::{Fault, PartyWorld, TestServer, Wire, api_test, paths, patient, world::ids};

#[apply(api_test)]
async fn a_recipient_has_its_members_and_their_defaults() {
    let world = PartyWorld::new().await;
    let whole = json!({
        "name": " Jane\u{2003}", "email": "Jane.Doe@Example.COM", "stakeholderClass": "policyholder",
        "identifiers": { "policy_number": "P-1", "limit": 1.50, "phones": ["1", null] },
    });
    let created = world.post_recipient(&whole).await.expect(201);
    let shown = created.json();
    check_members(
        shown,
        &[
            "id",
            "dockId",
            "name",
            "email",
            "stakeholderClass",
            "identifiers",
            "partyId",
            "roleId",
            "createdAt",
            "updatedAt",
        ],
    );
    check_id::<id::Recipient>(&shown["id"], "rcp_");
    check_time(&shown["createdAt"]);
    assert_eq!(shown["updatedAt"], shown["createdAt"]);
    assert_eq!((created.text("name"), created.text("email")), ("Jane".into(), "jane.doe@example.com".into()));
    assert_eq!((created.text("dockId"), created.text("stakeholderClass")), (world.dock.clone(), "policyholder".into()));
    assert_eq!(shown["identifiers"], whole["identifiers"]);
    assert!(String::from_utf8_lossy(&created.body).contains("1.5"), "{shown}");
    assert_eq!((&shown["partyId"], &shown["roleId"]), (&Value::Null, &Value::Null));
    let path = paths::recipient(&world.dock, &created.id());
    assert_eq!(created.header("location"), Some(path.as_str()));
    let read = world.get(&path).await;
    assert_eq!((read.json(), read.header("etag")), (shown, created.header("etag")));
    let least = world.post_recipient(&body("a@example.com")).await.expect(201);
    assert_eq!((&least.json()["stakeholderClass"], &least.json()["identifiers"]), (&Value::Null, &json!({})));
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn a_party_without_the_role_gets_it_with_the_recipient() {
    let world = PartyWorld::new().await;
    let created = world.post_recipient(&body_of("a@example.com", &world.party)).await.expect(201);
    assert_eq!(created.text("partyId"), world.party);
    assert_eq!(world.held().await, [created.text("roleId")]);
    let role = world.of_party("").await.json()["data"][0].clone();
    assert_eq!((&role["role"], &role["dockId"]), (&json!("RECIPIENT"), &json!(world.dock)));
    assert_eq!(role["createdAt"], created.json()["createdAt"]);
    // A party that holds the role keeps it, however it got it.
    let second = world.post_recipient(&body_of("b@example.com", &world.party)).await.expect(201);
    assert_eq!(second.text("roleId"), created.text("roleId"));
    world
        .revoke(&world.platform.get(&paths::role(&world.organization, &world.party, &created.text("roleId"))).await)
        .await;
    let assigned = world.assign_recipient().await;
    let third = world.post_recipient(&body_of("c@example.com", &world.party)).await.expect(201);
    assert_eq!(third.text("roleId"), assigned.id());
    assert_eq!(world.held().await, [assigned.id()]);
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn an_invalid_recipient_is_rejected_with_every_error() {
    let world = PartyWorld::new().await;
    let wrong = json!({
        "name": "", "email": "jane", "stakeholderClass": "owner", "identifiers": [], "partyId": "pty_1",
    });
    let places = ["/name", "/email", "/stakeholderClass", "/identifiers", "/partyId"];
    assert_eq!(world.post_recipient(&wrong).await.error_locations(), places);
    assert_eq!(world.post_recipient(&json!({})).await.error_locations(), ["/name", "/email"]);
    let many: serde_json::Map<_, _> = (0..51).map(|number| (format!("k{number}"), json!(1))).collect();
    for identifiers in [json!(many), json!({ "k": "x".repeat(16_377) }), json!({ "k": [[[[[[[[1]]]]]]]] })] {
        let body = json!({ "name": "J", "email": "j@example.com", "identifiers": identifiers });
        let error = world.post_recipient(&body).await;
        assert!(error.error_locations()[0].starts_with("/identifiers"), "{}", error.json());
    }
    world.assert_list(&world.recipients_path(), &[]).await;
}

#[apply(api_test)]
async fn an_email_address_is_unique_in_its_dock() {
    let world = PartyWorld::new().await;
    let first = world.post_recipient(&body("jane@example.com")).await.expect(201).id();
    for same in ["jane@example.com", "JANE@Example.com"] {
        let error = world.post_recipient(&body_of(same, &world.party)).await;
        assert_eq!(error.expect_error(409, "EMAIL_ALREADY_USED").json()["conflictId"], json!(first));
    }
    assert_eq!(world.held().await, Vec::<String>::new(), "a rejected request assigns no role");
    let other = world.platform.create_dock(&world.organization, "Other").await.id();
    world.platform.create_recipient(&other, "jane@example.com").await;
    world.assert_list(&world.recipients_path(), &[&first]).await;
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn a_party_or_dock_of_another_organization_is_disclosed_to_platform_keys_only() {
    let server = TestServer::start().await;
    let (a, b) = two_tenants(&server).await;
    let (platform, unknown) = (server.platform(), nonexistent(&a.party));
    let own = paths::recipients(&a.dock);
    for (client, party, status, code) in [
        (&platform, &b.party, 403, "PARTY_OF_ANOTHER_ORGANIZATION"),
        (&platform, &unknown, 404, "PARTY_NOT_FOUND"),
        (&a.client, &b.party, 404, "PARTY_NOT_FOUND"),
        (&a.client, &unknown, 404, "PARTY_NOT_FOUND"),
    ] {
        client.post(&own, &body_of("x@example.com", party)).await.expect_error(status, code);
    }
    // An unknown party takes precedence over a used address.
    a.client.post(&own, &body_of("jane@example.com", &unknown)).await.expect_error(404, "PARTY_NOT_FOUND");
    for dock in [&b.dock, &nonexistent(&a.dock)] {
        a.client.post(&paths::recipients(dock), &body("x@example.com")).await.expect_error(404, "DOCK_NOT_FOUND");
    }
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn of_simultaneous_recipients_with_one_address_one_is_created() {
    let world = PartyWorld::new().await;
    let bodies: Vec<_> = (0..64).map(|_| body("rush@example.com")).collect();
    let responses = join_all(bodies.iter().map(|body| world.post_recipient(body))).await;
    let created: Vec<_> = responses.iter().filter(|response| response.status == 201).collect();
    let [winner] = created.as_slice() else { panic!("{} were created", created.len()) };
    for loser in responses.iter().filter(|response| response.status != 201) {
        assert_eq!(loser.status, 409, "{}", loser.json());
        assert_eq!(loser.json()["conflictId"], json!(winner.id()));
    }
    world.assert_list(&world.recipients_path(), &[&winner.id()]).await;
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn simultaneous_recipients_of_one_party_share_one_role() {
    let world = PartyWorld::new().await;
    let bodies: Vec<_> = (0..64).map(|at| body_of(&format!("r{at}@example.com"), &world.party)).collect();
    let responses = join_all(bodies.iter().map(|body| world.post_recipient(body))).await;
    let roles: BTreeSet<_> = responses.into_iter().map(|response| response.expect(201).text("roleId")).collect();
    assert_eq!(world.held().await, Vec::from_iter(roles));
    assert_eq!(ids(&world.get(&format!("{}?limit=100", world.recipients_path())).await).len(), 64);
    assert_consistent(&world.server).await;
}

/// A lost response is neither a second role nor a conflict with the own write.
#[apply(api_test)]
async fn a_transient_fault_creates_one_recipient_and_one_role() {
    let wire = Wire::new();
    let server = TestServer::start_with(Options { http_client: Some(wire.layer()), ..patient() }).await;
    let client = server.platform();
    let organization = client.create_organization("Storm").await.id();
    let dock = client.create_dock(&organization, "Dock").await.id();
    for (at, fault) in [Fault::ResponseLost, Fault::throttled(), Fault::canceled(&["TransactionConflict", "None"])]
        .into_iter()
        .enumerate()
    {
        let party = client.create_party(&organization, "Ann").await.id();
        wire.once("TransactWriteItems", fault);
        let created = client.post(&paths::recipients(&dock), &body_of(&format!("r{at}@example.com"), &party)).await;
        assert_eq!(wire.clear_faults(), 1);
        let roles = client.get(&paths::roles(&organization, &party)).await;
        assert_eq!(ids(&roles), [created.expect(201).text("roleId")]);
    }
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn a_replay_returns_the_role_of_then() {
    let world = PartyWorld::new().await;
    let (target, body) = (world.recipients_path(), body_of("a@example.com", &world.party));
    let send = || world.platform.request(Method::POST, &target).header("idempotency-key", "once").json(&body).send();
    let first = send().await.expect(201);
    world
        .revoke(&world.platform.get(&paths::role(&world.organization, &world.party, &first.text("roleId"))).await)
        .await;
    let again = send().await.expect(201);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.json(), first.json());
    assert_eq!(world.held().await, Vec::<String>::new(), "a replay assigns no role");
}
