//! `POST /v1/docks/{dockId}/recipients/batch`.

use std::collections::BTreeSet;

use berth::Options;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use super::{body, body_of};
use crate::harness::checker::assert_consistent;
use crate::harness::samples::nonexistent;
use crate::harness::{Fault, PartyWorld, TestClient, TestResponse, TestServer, Wire, api_test, paths, patient};

async fn post(client: &TestClient, dock: &str, recipients: &[Value]) -> TestResponse {
    client.post(&format!("{}/batch", paths::recipients(dock)), &json!({ "recipients": recipients })).await
}

/// Returns the e-mail addresses of the created recipients.
fn created(response: &TestResponse) -> Vec<&str> {
    let rows = response.json()["recipients"].as_array().expect("recipients");
    rows.iter().map(|row| row["email"].as_str().expect("an address")).collect()
}

/// Returns the index and the code of each error.
fn errors(response: &TestResponse) -> Vec<(u64, &str)> {
    let errors = response.json()["errors"].as_array().expect("errors");
    errors
        .iter()
        .map(|error| (error["index"].as_u64().expect("index"), error["code"].as_str().expect("code")))
        .collect()
}

#[apply(api_test)]
async fn each_recipient_is_created_or_rejected_on_its_own() {
    let world = PartyWorld::new().await;
    world.post_recipient(&body("taken@example.com")).await.expect(201);
    let recipients = [
        body_of("a@example.com", &world.party),
        json!({ "name": "", "email": "x" }),
        body("Taken@example.com"),
        json!("text"),
        body("b@example.com"),
        body("B@example.com"),
        body_of("c@example.com", &nonexistent(&world.party)),
    ];
    let response = post(&world.platform, &world.dock, &recipients).await.expect(200);
    assert_eq!(created(&response), ["a@example.com", "b@example.com"]);
    assert_eq!(
        errors(&response),
        [
            (1, "VALIDATION_FAILED"),
            (2, "EMAIL_ALREADY_USED"),
            (3, "VALIDATION_FAILED"),
            (5, "EMAIL_ALREADY_USED"),
            (6, "PARTY_NOT_FOUND"),
        ]
    );
    assert_eq!((&response.json()["success"], &response.json()["failed"]), (&json!(2), &json!(5)));
    let invalid = &response.json()["errors"];
    let places: Vec<_> =
        invalid[0]["errors"].as_array().expect("errors").iter().map(|error| &error["pointer"]).collect();
    assert_eq!(places, [&json!("/recipients/1/name"), &json!("/recipients/1/email")]);
    assert_eq!(invalid[2]["errors"][0]["pointer"], json!("/recipients/3"));
    assert!(invalid[1].get("errors").is_none(), "{invalid}");
    // A created recipient is as a read returns it.
    let first = &response.json()["recipients"][0];
    let path = paths::recipient(&world.dock, first["id"].as_str().expect("an id"));
    assert_eq!(world.get(&path).await.json(), first);
    assert_eq!(world.held().await, [first["roleId"].as_str().expect("a role")]);
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn a_batch_has_1_to_100_recipients() {
    let world = PartyWorld::new().await;
    let bodies = |count: usize| (0..count).map(|at| body_of(&format!("r{at}@example.com"), &world.party)).collect();
    for count in [0, 101] {
        let recipients: Vec<Value> = bodies(count);
        assert_eq!(post(&world.platform, &world.dock, &recipients).await.error_locations(), ["/recipients"], "{count}");
    }
    let recipients: Vec<Value> = bodies(100);
    let response = post(&world.platform, &world.dock, &recipients).await.expect(200);
    let sent: Vec<_> = recipients.iter().map(|recipient| recipient["email"].as_str().expect("an address")).collect();
    assert_eq!(created(&response), sent, "in the order sent");
    assert_eq!(world.held().await.len(), 1);
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn strict_handling_rejects_unknown_members_of_recipients() {
    let world = PartyWorld::new().await;
    let mut unknown = body("a@example.com");
    unknown["phone"] = json!("1");
    let target = format!("{}/batch", world.recipients_path());
    let request = world.platform.request(Method::POST, &target).json(&json!({ "recipients": [unknown] }));
    let error = request.header("prefer", "handling=strict").send().await;
    assert_eq!(error.error_locations(), ["/recipients/0/phone"]);
    post(&world.platform, &world.dock, &[unknown]).await.expect(200);
}

/// DynamoDB becomes unavailable in the middle. The same request with the same `Idempotency-Key` creates the rest.
#[apply(api_test)]
async fn a_repetition_with_the_same_key_creates_the_rest() {
    let wire = Wire::new();
    let server = TestServer::start_with(Options { http_client: Some(wire.layer()), ..patient() }).await;
    let client = server.platform();
    let organization = client.create_organization("Storm").await.id();
    let dock = client.create_dock(&organization, "Dock").await.id();
    let target = format!("{}/batch", paths::recipients(&dock));
    let recipients: Vec<_> = (0..40).map(|at| body(&format!("r{at}@example.com"))).collect();
    let batch = json!({ "recipients": recipients });
    let send = |id: &str| {
        let request = client.request(Method::POST, &target).header("idempotency-key", "once").json(&batch);
        request.header("x-request-id", id).send()
    };
    let mut begun = 0;
    wire.plan("batch-first", move |operation| {
        begun += usize::from(operation == "TransactWriteItems");
        (begun > 17).then(|| Fault::error(400, "ExpiredTokenException"))
    });
    send("batch-first").await.expect_error(503, "STORE_UNAVAILABLE");
    assert!(wire.end_plan("batch-first") > 0);
    let listed = async || client.get(&format!("{}?limit=100", paths::recipients(&dock))).await.expect(200);
    let before = listed().await;
    assert_eq!(before.json()["meta"]["total"], 17);
    let again = send("batch-again").await.expect(200);
    assert_eq!((&again.json()["success"], again.header("idempotency-replayed")), (&json!(40), None));
    let ids = |list: &Value| -> BTreeSet<String> {
        list.as_array().expect("rows").iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
    };
    let (first, all) = (ids(&before.json()["data"]), ids(&again.json()["recipients"]));
    assert!(first.is_subset(&all), "those of the first request are returned as they were created");
    assert_eq!(ids(&listed().await.json()["data"]), all);
    let third = send("batch-third").await.expect(200);
    assert_eq!((third.body.clone(), third.header("idempotency-replayed")), (again.body.clone(), Some("true")));
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn a_repetition_tries_rejected_recipients_again() {
    let world = PartyWorld::new().await;
    let taken = world.new_recipient(&body("b@example.com")).await;
    let target = format!("{}/batch", world.recipients_path());
    let batch = json!({ "recipients": [body("a@example.com"), body("b@example.com")] });
    let send = || world.platform.request(Method::POST, &target).header("idempotency-key", "k").json(&batch).send();
    let first = send().await.expect(200);
    assert_eq!(errors(&first), [(1, "EMAIL_ALREADY_USED")]);
    world.platform.delete(&taken).await.expect(200);
    let second = send().await.expect(200);
    assert_eq!(
        (created(&second), second.header("idempotency-replayed")),
        (vec!["a@example.com", "b@example.com"], None)
    );
    assert_eq!(second.json()["recipients"][0], first.json()["recipients"][0]);
    // The key belongs to this request, whichever of its recipients were created.
    let other = json!({ "recipients": [body("c@example.com")] });
    let reused = world.platform.request(Method::POST, &target).header("idempotency-key", "k").json(&other).send();
    reused.await.expect_error(422, "IDEMPOTENCY_KEY_REUSED");
    let single = world.platform.request(Method::POST, &world.recipients_path()).header("idempotency-key", "k");
    single.json(&body("c@example.com")).send().await.expect_error(422, "IDEMPOTENCY_KEY_REUSED");
    assert_consistent(&world.server).await;
}

#[apply(api_test)]
async fn an_unknown_dock_is_not_found() {
    let world = PartyWorld::new().await;
    let tenant = world.server.tenant(&world.organization, &["recipients:write"]).await;
    for client in [&world.platform, &tenant] {
        let response = post(client, &nonexistent(&world.dock), &[body("a@example.com")]).await;
        response.expect_error(404, "DOCK_NOT_FOUND");
    }
}
