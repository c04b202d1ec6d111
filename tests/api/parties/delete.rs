//! `DELETE /v1/organizations/{orgId}/parties/{partyId}`.

use berth::Options;
use berth_shared::store::Record;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::checker::assert_consistent;
use crate::harness::world::{each, rows};
use crate::harness::{
    DIRECTORY_SCOPES, PartyWorld, TestResponse, TestServer, Wire, World, api_test, next_millisecond, paths, patient,
    world::ULID,
};

/// Returns the `_count` of the organization.
async fn counts(world: &World) -> Value {
    world.get(&world.organization_path()).await.json()["_count"].clone()
}

/// Returns the ids of the ledger parties of the deployment.
async fn ledger_ids(world: &World) -> Vec<String> {
    let listed = world.get("/v2/parties").await;
    let details = listed.json()["partyDetails"].as_array().expect("a list").clone();
    details.iter().map(|party| party["party"].as_str().expect("an id").to_owned()).collect()
}

#[apply(api_test)]
async fn a_deleted_party_is_gone_for_every_reader() {
    let world = PartyWorld::new().await;
    let body = json!({ "type": "INDIVIDUAL", "name": "Bob", "externalRef": "EIN:1" });
    let other = world.platform.post(&world.parties_path(), &body).await.expect(201);
    let bob = other.id();
    let kept = world.assign_recipient().await;
    let role = world.assign(&bob, &world.dock, "DISTRIBUTOR").await;
    let second = world.assign(&bob, &world.dock, "RECIPIENT").await;
    let target = paths::party(&world.organization, &bob);
    assert_eq!(world.platform.delete(&target).await.expect(200).json(), &json!({ "success": true }));
    for gone in [target.clone(), paths::roles(&world.organization, &bob)] {
        for query in ["", "?asOf=2026-01-01T00:00:00Z"] {
            world.platform.get(&format!("{gone}{query}")).await.expect_error(404, "PARTY_NOT_FOUND");
        }
    }
    for role in [&role, &second] {
        let role = paths::role(&world.organization, &bob, &role.id());
        world.platform.get(&role).await.expect_error(404, "ROLE_NOT_FOUND");
        world.platform.delete(&role).await.expect_error(404, "ROLE_NOT_FOUND");
    }
    world.platform.patch(&target, &json!({ "name": "Rob" })).await.expect_error(404, "PARTY_NOT_FOUND");
    let again = world.platform.try_assign(&world.organization, &bob, &world.dock, "RECIPIENT").await;
    again.expect_error(404, "PARTY_NOT_FOUND");
    world.platform.delete(&target).await.expect_error(404, "PARTY_NOT_FOUND");
    for (query, expected) in [("", vec![world.party.as_str()]), ("?search=Bob", vec![]), ("?externalRef=EIN:1", vec![])]
    {
        world.assert_list(&format!("{}{query}", world.parties_path()), &expected).await;
    }
    assert_eq!(counts(&world).await["parties"], 1);
    assert_eq!(each(&world.of_dock(&world.dock, "").await, "id"), [kept.id()]);
    assert_eq!(each(&world.of_organization("").await, "id"), [kept.id()]);
    let check = json!({ "dockId": world.dock, "partyId": bob, "role": "RECIPIENT" });
    assert_eq!(world.check(&world.platform, json!([check])).await[0]["assigned"], false);
    let ledger_id = other.text("ledgerParty");
    assert!(!ledger_ids(&world).await.contains(&ledger_id));
    let found = world.get(&paths::ledger_party(&ledger_id)).await;
    assert_eq!(found.json()["partyDetails"], json!([]));
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn the_history_of_a_deleted_party_stays() {
    let world = PartyWorld::new().await;
    world.assign_recipient().await;
    let before = world.platform.patch(&world.party_path(), &json!({ "name": "Anna" })).await.expect(200);
    let before = before.text("updatedAt");
    next_millisecond().await;
    world.platform.delete(&world.party_path()).await.expect(200);
    assert!(rows(&world.of_dock(&world.dock, "").await).is_empty());
    let by_dock = world.of_dock(&world.dock, &format!("?asOf={before}")).await;
    let by_organization = world.of_organization(&format!("?asOf={before}")).await;
    let key = world.platform.get("/v1/api-keys").await.json()["data"][0]["id"].clone();
    for list in [&by_dock, &by_organization] {
        let row = &list.json()["data"][0];
        assert_eq!(
            (&row["partyName"], &row["partyId"], &row["revokedBy"]),
            (&json!("Anna"), &json!(world.party), &key)
        );
        assert!(row["revokedAt"].as_str().expect("a time") > before.as_str(), "{row}");
    }
    assert_eq!(by_dock.json()["data"][0]["partyType"], "ORGANIZATION");
    let after = by_dock.json()["data"][0]["revokedAt"].as_str().expect("a time").to_owned();
    assert!(rows(&world.of_dock(&world.dock, &format!("?asOf={after}")).await).is_empty());
}

#[apply(api_test)]
async fn if_match_binds_the_deletion() {
    let world = PartyWorld::new().await;
    world.platform.patch(&world.party_path(), &json!({ "name": "Anna" })).await.expect(200);
    let target = world.party_path();
    let delete = |tag| world.send_with(Method::DELETE, &target, ("if-match", tag), None);
    delete("\"1\"").await.expect_error(412, "PRECONDITION_FAILED");
    world.get(&target).await;
    delete("\"2\"").await.expect(200);
    // A resource that does not exist has no version.
    delete("\"2\"").await.expect_error(404, "PARTY_NOT_FOUND");
}

#[apply(api_test)]
async fn only_the_own_organization_deletes_a_party() {
    let world = PartyWorld::new().await;
    let other = world.platform.create_organization("Other").await.id();
    let tenant = world.server.tenant(&other, &DIRECTORY_SCOPES).await;
    tenant.delete(&world.party_path()).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
    for client in [&tenant, &world.platform] {
        client.delete(&paths::party(&other, &world.party)).await.expect_error(404, "PARTY_NOT_FOUND");
    }
    let unknown = paths::party(&world.organization, &format!("pty_{ULID}"));
    world.platform.delete(&unknown).await.expect_error(404, "PARTY_NOT_FOUND");
    world.get(&world.party_path()).await;
}

#[apply(api_test)]
async fn a_ledger_id_is_never_used_again() {
    let world = World::new().await;
    let user = world.get("/v2/authenticated-user").await.json()["user"]["id"].clone();
    let allocate = async |hint: String, user: Option<Value>| {
        let body = json!({ "partyIdHint": hint, "identityProviderId": world.organization, "userId": user });
        world.platform.allocate_ledger_party(&body).await
    };
    let allocated = allocate("alice".to_owned(), Some(user.clone())).await.expect(200);
    let other = allocate("alice-2".to_owned(), None).await.expect(200);
    let created = world.platform.create_party(&world.organization, "Bob").await;
    let listed = world.get(&world.parties_path()).await;
    let alice = rows(&listed).iter().find(|row| row["name"] == "alice").expect("alice")["id"].clone();
    let rights = paths::ledger_user_rights(user.as_str().expect("an id"));
    assert_eq!(world.get(&rights).await.json()["rights"].as_array().expect("rights").len(), 2);
    for id in [alice.as_str().expect("an id"), &created.id()] {
        world.platform.delete(&paths::party(&world.organization, id)).await.expect(200);
    }
    // Neither the ids, nor the rights, nor the rows of lists are left.
    assert_eq!(world.get(&rights).await.json()["rights"].as_array().expect("rights").len(), 1);
    let id = |response: &TestResponse| response.json()["partyDetails"]["party"].as_str().expect("an id").to_owned();
    let tenant = world.server.tenant(&world.organization, &["ledger:admin"]).await;
    for client in [&world.platform, &tenant] {
        let listed = client.get("/v2/parties").await.expect(200);
        assert_eq!(listed.json()["partyDetails"].as_array().expect("a list").len(), 1);
        assert_eq!(listed.json()["partyDetails"][0]["party"], id(&other));
    }
    assert_eq!(world.get(&paths::ledger_party(&id(&allocated))).await.json()["partyDetails"], json!([]));
    for hint in ["alice".to_owned(), created.id()] {
        let error = allocate(hint, None).await.expect(400);
        assert_eq!(error.json()["code"], "INVALID_ARGUMENT", "{}", error.json());
    }
    // In another organization, the ids are not free either.
    let elsewhere = world.platform.create_organization("Other").await.id();
    for hint in ["alice".to_owned(), created.id()] {
        let body = json!({ "partyIdHint": hint, "identityProviderId": elsewhere });
        world.platform.allocate_ledger_party(&body).await.expect(403);
    }
    assert_consistent(&world.server).await;
}

/// The first transaction revokes a few roles. If there are more, it only deletes the party.
#[apply(api_test)]
async fn few_roles_are_revoked_in_one_or_two_transactions() {
    let wire = Wire::new();
    let server = TestServer::start_with(Options { http_client: Some(wire.layer()), ..patient() }).await;
    let client = server.platform();
    let organization = client.create_organization("Acme").await.id();
    let mut docks = Vec::new();
    for number in 0..17 {
        docks.push(client.create_dock(&organization, &format!("Dock {number}")).await.id());
    }
    for (number, transactions) in [(7, 1), (10, 2), (16, 2), (17, 4)] {
        let party = client.create_party(&organization, "Ann").await.id();
        for dock in &docks[..number] {
            client.assign(&organization, &party, dock, "RECIPIENT").await;
        }
        wire.take();
        client.delete(&paths::party(&organization, &party)).await.expect(200);
        let traffic = wire.take();
        let written = traffic.operations().into_iter().filter(|operation| *operation == "TransactWriteItems").count();
        assert_eq!(written, transactions, "{number} roles: {:?}", traffic.operations());
        let records = server.records().await;
        let current = records.iter().filter(|record| matches!(record, Record::Role(_) | Record::DockRole(_)));
        assert_eq!(current.count(), 0);
        assert_consistent(&server).await;
    }
}
