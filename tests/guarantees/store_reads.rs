//! Reads of DynamoDB that are stale or partial: what a client may see, and what it must not.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use berth::Options;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{DIRECTORY_SCOPES, Fault, Lag, TestServer, Wire, api_test, paths, patient};

/// Number of writes that an eventually consistent read does not see yet.
const WRITES: usize = 4;

const UNKNOWN_PARTY: &str = "a created party is not found";
const UNKNOWN_KEY: &str = "a created key is rejected";
const OLD_PARTY: &str = "a party read with no-cache is an old one";
const OLD_LIST: &str = "a list has old rows";
const OLD_CHECK: &str = "a role check does not find a created role";
const OLD_NAME: &str = "a list of roles has an old name";

/// Rewrites a read of an operation.
type Rewrite = fn(&str, &mut Value) -> bool;

/// Reads what was just written, with eventually consistent reads that lag. Returns what is wrong, and whether a read
/// without `no-cache` returned an old party.
async fn read_own_writes(rewrite: Option<Rewrite>) -> (Vec<&'static str>, bool) {
    let wire = Wire::lagging(Lag::new(WRITES).await);
    let server = TestServer::start_with(Options { http_client: Some(wire.layer()), ..patient() }).await;
    let client = server.platform();
    let organization = client.create_organization("Lag").await.id();
    let dock = client.create_dock(&organization, "Old").await.id();
    if let Some(rewrite) = rewrite {
        wire.rewrite(rewrite);
    }
    let mut wrong = Vec::new();
    let mut expect = |holds: bool, otherwise: &'static str| {
        if !holds {
            wrong.push(otherwise);
        }
    };
    let party = client.create_party(&organization, "Old").await.id();
    let target = paths::party(&organization, &party);
    expect(client.get(&target).await.status == 200, UNKNOWN_PARTY);
    let key = client.create_api_key(Some(&organization), &DIRECTORY_SCOPES).await.text("key");
    expect(server.client(&key).get(&target).await.status != 401, UNKNOWN_KEY);
    let role = client.assign(&organization, &party, &dock, "RECIPIENT").await.id();
    let check = json!({ "checks": [{ "dockId": dock, "partyId": party, "role": "RECIPIENT" }] });
    let checked = client.post(&paths::role_checks(&organization), &check).await.expect(200);
    expect(checked.json()["results"][0]["roleId"] == role, OLD_CHECK);
    // A lagging read can see the party, and not yet its change.
    for _ in 0..WRITES {
        client.create_organization("Other").await;
    }
    wire.take();
    client.update_dock(&dock, &json!({ "name": "New" })).await.expect(200);
    let renamed = client.patch(&target, &json!({ "name": "New" })).await;
    let read = client.get(&target).await;
    let is_old = read.status == 200 && read.text("name") == "Old";
    for value in ["no-cache", "max-age=0, No-Cache"] {
        let latest = client.request(Method::GET, &target).header("cache-control", value).send().await;
        let is_new =
            latest.status == 200 && latest.text("name") == "New" && renamed.header("etag") == latest.header("etag");
        expect(is_new, OLD_PARTY);
    }
    let listed = client.get(&paths::parties(&organization)).await;
    expect(listed.status == 200 && listed.json()["data"][0]["name"] == "New", OLD_LIST);
    let roles = client.get(&paths::roles(&organization, &party)).await;
    expect(roles.status == 200 && roles.json()["data"][0]["dockName"] == "New", OLD_NAME);
    assert!(rewrite.is_none() || wire.rewritten() > 0, "a rewrite that changes nothing");
    (wrong, is_old)
}

/// Removes `ConsistentRead` from the reads of items with this beginning of the partition key and of the sort key.
fn weaken(operation: &str, request: &mut Value, (pk, sk): (&str, &str)) -> bool {
    let begins =
        |name: &str, beginning: &str| request["Key"][name]["S"].as_str().is_some_and(|key| key.starts_with(beginning));
    let is_strong = operation == "GetItem" && request["ConsistentRead"] == true && begins("pk", pk) && begins("sk", sk);
    if is_strong {
        request["ConsistentRead"] = json!(false);
    }
    is_strong
}

#[apply(api_test)]
async fn a_client_reads_its_writes_although_dynamodb_lags() {
    let (wrong, is_old) = read_own_writes(None).await;
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(is_old, "the reads lag");
}

/// Mutation tests: reads that lack their strong consistency are detected.
#[apply(api_test)]
async fn a_missing_second_read_is_detected() {
    let (wrong, _) = read_own_writes(Some(|operation, request| weaken(operation, request, ("ORG#", "PTY#")))).await;
    assert_eq!(wrong, [UNKNOWN_PARTY, OLD_PARTY, OLD_PARTY]);
    let (wrong, _) = read_own_writes(Some(|operation, request| weaken(operation, request, ("KEY#", "KEY")))).await;
    assert_eq!(wrong, [UNKNOWN_KEY]);
}

/// An ignored `no-cache` differs from a missing second read: a party that is not found is still read again.
#[apply(api_test)]
async fn an_ignored_header_is_detected() {
    let (wrong, _) = read_own_writes(Some(|operation, request| {
        // Only this read follows a change of the party. The second reads follow one that found nothing.
        static CHANGED: AtomicBool = AtomicBool::new(false);
        if operation == "TransactWriteItems" && request.to_string().contains(":set_version") {
            CHANGED.store(true, Ordering::SeqCst);
        }
        CHANGED.load(Ordering::SeqCst) && weaken(operation, request, ("ORG#", "PTY#"))
    }))
    .await;
    assert_eq!(wrong, [OLD_PARTY, OLD_PARTY]);
}

#[apply(api_test)]
async fn an_eventually_consistent_list_is_detected() {
    let (wrong, _) = read_own_writes(Some(|operation, request| {
        let is_query = operation == "Query";
        if is_query {
            request["ConsistentRead"] = json!(false);
        }
        is_query
    }))
    .await;
    assert!(wrong.contains(&OLD_LIST), "{wrong:?}");
    let (wrong, _) = read_own_writes(Some(|operation, request| {
        let tables = request["RequestItems"].as_object_mut().filter(|_| operation == "BatchGetItem");
        let Some(tables) = tables else { return false };
        tables.values_mut().for_each(|table| table["ConsistentRead"] = json!(false));
        true
    }))
    .await;
    assert_eq!(wrong, [OLD_CHECK, OLD_NAME]);
}

/// DynamoDB may process only some keys of a batch.
#[apply(api_test)]
async fn a_partial_batch_is_completed() {
    let wire = Wire::new();
    let server = TestServer::start_with(Options { http_client: Some(wire.layer()), ..patient() }).await;
    let client = server.platform();
    let organization = client.create_organization("Parts").await.id();
    let party = client.create_party(&organization, "Ann").await.id();
    let mut checks = Vec::new();
    for at in 0..25 {
        let dock = client.create_dock(&organization, &format!("Dock {at}")).await.id();
        client.assign(&organization, &party, &dock, "RECIPIENT").await;
        client.create_api_key(Some(&organization), &["docks:read"]).await;
        let body = json!({ "type": "INDIVIDUAL", "name": "Same", "externalRef": "ref" });
        client.post(&paths::parties(&organization), &body).await.expect(201);
        checks.push(json!({ "dockId": dock, "partyId": party, "role": "RECIPIENT" }));
    }
    let first = checks[0]["dockId"].as_str().expect("an id").to_owned();
    let lists = [
        "/v1/docks?limit=100".to_owned(),
        format!("/v1/api-keys?limit=100&organizationId={organization}"),
        format!("{}?externalRef=ref&limit=100", paths::parties(&organization)),
        format!("{}?limit=100", paths::roles(&organization, &party)),
        format!("{}?dockId={first}", paths::roles(&organization, &party)),
        format!("{}?limit=100", paths::dock_parties(&first)),
    ];
    let responses = async || {
        let mut bodies = Vec::new();
        for list in &lists {
            bodies.push(client.get(list).await.expect(200).json().clone());
        }
        let checked = client.post(&paths::role_checks(&organization), &json!({ "checks": checks })).await;
        bodies.push(checked.expect(200).json().clone());
        bodies
    };
    let whole = responses().await;
    wire.always(Fault::PartialBatch);
    assert_eq!(responses().await, whole);
    assert!(wire.clear_faults() > lists.len());
    assert!(whole.iter().all(|body| !body["data"].is_array() || !body["data"][0].is_null()));
}

/// If DynamoDB processes no key at all, Berth waits between its attempts, and gives up in time.
#[apply(api_test)]
async fn a_batch_without_progress_is_retried_with_pauses() {
    let wire = Wire::new();
    let options = Options { http_client: Some(wire.layer()), request_timeout: Duration::from_secs(3), ..patient() };
    let server = TestServer::start_with(options).await;
    let client = server.platform();
    let organization = client.create_organization("Busy").await.id();
    client.create_dock(&organization, "Desk").await;
    client.list_docks().await.expect(200);
    wire.take();
    wire.once("BatchGetItem", Fault::EmptyBatch);
    wire.once("BatchGetItem", Fault::EmptyBatch);
    let docks = client.list_docks().await.expect(200);
    assert_eq!(docks.json()["data"][0]["name"], "Desk");
    assert_eq!(wire.take().operations().iter().filter(|operation| **operation == "BatchGetItem").count(), 3);
    wire.always(Fault::EmptyBatch);
    client.list_docks().await.expect_error(503, "STORE_UNAVAILABLE");
    wire.clear_faults();
    let attempts = wire.take().operations().iter().filter(|operation| **operation == "BatchGetItem").count();
    assert!((3..60).contains(&attempts), "{attempts} attempts");
}
