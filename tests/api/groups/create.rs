//! `POST /v1/docks/{dockId}/groups`.

use berth::Options;
use berth_shared::id;
use futures::future::join_all;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use super::{members, refs};
use crate::api::documented::{check_id, check_members, check_time};
use crate::guarantees::isolation::tenants::two_tenants;
use crate::harness::checker::assert_consistent;
use crate::harness::samples::nonexistent;
use crate::harness::{Fault, PartyWorld, TestServer, Wire, api_test, paths, patient};

#[apply(api_test)]
async fn a_group_shows_its_recipients() {
    let world = PartyWorld::new().await;
    let ids = world.new_recipients(3).await;
    let twice = [refs(&ids), refs(&ids)].concat();
    let body = json!({ "name": " Lenders ", "description": "Monthly report", "recipientIds": twice });
    let created = world.platform.post(&world.groups_path(), &body).await.expect(201);
    let shown = created.json();
    let names = ["id", "dockId", "name", "description", "recipientCount", "recipients", "createdAt", "updatedAt"];
    check_members(shown, &names);
    check_id::<id::Group>(&shown["id"], "grp_");
    check_time(&shown["createdAt"]);
    assert_eq!((created.text("name"), created.text("description")), ("Lenders".into(), "Monthly report".into()));
    assert_eq!((&shown["recipientCount"], members(&created)), (&json!(3), refs(&ids)));
    check_members(&shown["recipients"][0], &["id", "name", "email"]);
    let path = paths::group(&world.dock, &created.id());
    assert_eq!(created.header("location"), Some(path.as_str()));
    let read = world.get(&path).await;
    assert_eq!((read.json(), read.header("etag")), (shown, created.header("etag")));
    let empty = world.platform.post(&world.groups_path(), &json!({ "name": "Empty" })).await.expect(201);
    assert_eq!((&empty.json()["description"], &empty.json()["recipientCount"]), (&Value::Null, &json!(0)));
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn an_invalid_group_is_rejected() {
    let world = PartyWorld::new().await;
    let ids: Vec<_> = (0..101).map(|_| nonexistent(&format!("rcp_{}", "0".repeat(26)))).collect();
    let long = "x".repeat(1_001);
    for (body, places) in [
        (json!({}), vec!["/name"]),
        (
            json!({ "name": "", "description": long, "recipientIds": "x" }),
            vec!["/name", "/description", "/recipientIds"],
        ),
        (json!({ "name": "G", "recipientIds": ["x"] }), vec!["/recipientIds/0"]),
        (json!({ "name": "G", "recipientIds": ids }), vec!["/recipientIds"]),
    ] {
        assert_eq!(world.platform.post(&world.groups_path(), &body).await.error_locations(), places);
    }
}

#[apply(api_test)]
async fn an_unknown_or_foreign_recipient_is_named_and_no_group_is_created() {
    let server = TestServer::start().await;
    let (a, b) = two_tenants(&server).await;
    let other = server.platform().create_dock(&a.organization, "Other").await.id();
    let elsewhere = server.platform().create_recipient(&other, "x@example.com").await.id();
    for unknown in [&b.recipient, &nonexistent(&a.recipient), &elsewhere] {
        let body = json!({ "name": "New", "recipientIds": [a.recipient, unknown] });
        for client in [&a.client, &server.platform()] {
            let error = client.post(&paths::groups(&a.dock), &body).await.expect_error(404, "RECIPIENT_NOT_FOUND");
            assert!(error.text("detail").contains(unknown), "{}", error.json());
        }
    }
    let list = a.client.get(&paths::groups(&a.dock)).await.expect(200);
    assert_eq!(list.json()["meta"]["total"], 1);
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn of_simultaneous_groups_with_one_name_one_is_created() {
    let world = PartyWorld::new().await;
    let (target, body) = (world.groups_path(), json!({ "name": "Rush" }));
    let responses = join_all((0..16).map(|_| world.platform.post(&target, &body))).await;
    let created: Vec<_> = responses.iter().filter(|response| response.status == 201).collect();
    let [winner] = created.as_slice() else { panic!("{} were created", created.len()) };
    for loser in responses.iter().filter(|response| response.status != 201) {
        assert_eq!((loser.status, &loser.json()["conflictId"]), (409, &json!(winner.id())), "{}", loser.json());
    }
    // Names are compared exactly, and per dock.
    world.new_group("RUSH", &[]).await;
    let other = world.platform.create_dock(&world.organization, "Other").await.id();
    world.platform.create_group(&other, "Rush", &[]).await;
    assert_consistent(&world.server).await;
}

/// A large group takes several transactions. DynamoDB becomes unavailable after the first, and the repetition with the same
/// key adds the rest.
#[apply(api_test)]
async fn a_repetition_completes_a_large_group() {
    let wire = Wire::new();
    let server = TestServer::start_with(Options { http_client: Some(wire.layer()), ..patient() }).await;
    let client = server.platform();
    let organization = client.create_organization("Storm").await.id();
    let dock = client.create_dock(&organization, "Dock").await.id();
    let mut ids = Vec::new();
    for at in 0..100 {
        ids.push(client.create_recipient(&dock, &format!("r{at}@example.com")).await.id());
    }
    let body = json!({ "name": "Large", "recipientIds": ids });
    let target = paths::groups(&dock);
    let send = |id: &str| {
        let request = client.request(Method::POST, &target).header("idempotency-key", "once");
        request.header("x-request-id", id).json(&body).send()
    };
    let mut begun = 0;
    wire.plan("group-first", move |operation| {
        begun += usize::from(operation == "TransactWriteItems");
        (begun > 1).then(|| Fault::error(400, "ExpiredTokenException"))
    });
    send("group-first").await.expect_error(503, "STORE_UNAVAILABLE");
    assert!(wire.end_plan("group-first") > 0);
    assert_consistent(&server).await;
    let again = send("group-again").await.expect(201);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!((&again.json()["recipientCount"], members(&again).len()), (&json!(100), 100));
    let read = client.get(&paths::group(&dock, &again.id())).await.expect(200);
    assert_eq!((read.json()["recipientCount"].clone(), members(&read)), (json!(100), members(&again)));
    assert_consistent(&server).await;
}
