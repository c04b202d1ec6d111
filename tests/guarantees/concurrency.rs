//! Simultaneous requests: which of them take effect, and what each response reports.

use std::{collections::BTreeSet, time::Duration};

use berth::Options;
use futures::future::join_all;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::checker::assert_consistent;
use crate::harness::{
    Conflicts, ItemKey, PartyWorld, TestClient, TestResponse, TestServer, Wire, api_test, item_keys, paths, patient,
    world::tag,
};

/// A race is won by chance: this many rounds detect a bug that occurs once in ten times.
const ROUNDS: usize = 20;

/// Returns the responses with this status.
fn with_status(responses: &[TestResponse], status: u16) -> Vec<&TestResponse> {
    responses.iter().filter(|response| response.status == status).collect()
}

async fn count(client: &TestClient, organization: &str, of: &str) -> Value {
    client.get_organization(organization).await.expect(200).json()["_count"][of].clone()
}

#[apply(api_test)]
async fn organizations_of_one_name_get_slugs_without_gaps() {
    let wire = Wire::new();
    let server = TestServer::start_with(Options { http_client: Some(wire.layer()), ..patient() }).await;
    let client = server.platform();
    let mut undisturbed = 0;
    for round in 0.. {
        wire.take();
        let body = json!({ "name": format!("Rush {round}") });
        let created = join_all((0..64).map(|_| client.post_organization(&body))).await;
        let slugs: BTreeSet<_> = created.into_iter().map(|response| response.expect(201).text("slug")).collect();
        assert_eq!(slugs.len(), 64, "{slugs:?}");
        // A reserved number is lost if a busy machine responds too late to the DynamoDB request.
        if wire.take().abandoned() > 0 {
            assert!(round < 10 * ROUNDS, "only {undisturbed} rounds were undisturbed");
            continue;
        }
        let stem = format!("rush-{round}");
        let expected = (1..64).map(|suffix| format!("{stem}-{suffix}")).chain([stem.clone()]).collect();
        assert_eq!(slugs, expected);
        undisturbed += 1;
        if undisturbed == ROUNDS {
            break;
        }
    }
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn one_role_is_assigned_once() {
    let server = TestServer::start().await;
    let client = server.platform();
    let organization = client.create_organization("Quay").await.id();
    let dock = client.create_dock(&organization, "East").await.id();
    for round in 0..ROUNDS {
        let party = client.create_party(&organization, &format!("Party {round}")).await.id();
        let assign = || client.try_assign(&organization, &party, &dock, "RECIPIENT");
        let responses = join_all((0..64).map(|_| assign())).await;
        let [created] = with_status(&responses, 201)[..] else { panic!("{responses:#?}") };
        let error = with_status(&responses, 409);
        assert_eq!(error.len(), 63);
        for error in error {
            assert_eq!(error.json()["code"], "ROLE_ALREADY_ASSIGNED");
            assert_eq!(error.json()["conflictId"], created.id());
        }
    }
    assert_consistent(&server).await;
}

/// Returns the items of each transaction since the previous `take`.
fn transactions(wire: &Wire) -> Vec<BTreeSet<ItemKey>> {
    let requests = wire.take().0.into_iter().filter(|request| request.operation == "TransactWriteItems");
    requests.map(|request| item_keys(&request.body).into_iter().collect()).collect()
}

/// DynamoDB cancels one of two simultaneous transactions with a common item. So assignments in one dock must not all have
/// one. Two of them may have the same counter.
#[apply(api_test)]
async fn assignments_in_one_dock_do_not_exclude_each_other() {
    const PARTIES: usize = 64;
    let wire = Wire::new();
    let server = TestServer::start_with(Options { http_client: Some(wire.layer()), ..patient() }).await;
    let client = server.platform();
    let organization = client.create_organization("Lock").await.id();
    let dock = client.create_dock(&organization, "North").await.id();
    let create = |at: usize| {
        let (client, organization) = (client.clone(), organization.clone());
        async move { client.create_party(&organization, &format!("Party {at}")).await.id() }
    };
    let parties = join_all((0..PARTIES).map(create)).await;
    wire.take();
    let conflicts = Conflicts::new(Duration::from_millis(50));
    wire.with_conflicts(conflicts.clone());
    let assign = |party: &String| {
        let (client, party) = (client.clone(), party.clone());
        let (organization, dock) = (organization.clone(), dock.clone());
        async move { client.assign(&organization, &party, &dock, "RECIPIENT").await }
    };
    let roles = join_all(parties.iter().map(assign)).await;
    let assigned = transactions(&wire);
    let revoke = |role: &TestResponse| {
        let target = paths::role(&organization, &role.text("partyId"), &role.id());
        let client = client.clone();
        async move { client.delete(&target).await.expect(200) }
    };
    join_all(roles.iter().map(revoke)).await;
    for transactions in [assigned, transactions(&wire)] {
        assert!(transactions.len() >= PARTIES, "{}", transactions.len());
        let common = transactions.into_iter().reduce(|one, other| &one & &other);
        assert_eq!(common, Some(BTreeSet::new()));
    }
    let found = conflicts.found();
    let counter = format!("#DOCK#{}", dock.trim_start_matches("dock_"));
    let others: Vec<_> =
        found.keys().filter(|(pk, sk)| !pk.ends_with(&counter) || !sk.starts_with("#COUNT#")).collect();
    assert!(others.is_empty(), "{others:?}");
    assert!(found.len() > 1, "some counters had conflicts: {found:?}");
    assert_consistent(&server).await;
    // The model detects a common item: the roles of one party are counted in the party.
    let other = client.create_dock(&organization, "South").await.id();
    let assign = async |dock: &str| client.assign(&organization, &parties[0], dock, "DISTRIBUTOR").await;
    futures::future::join(assign(&dock), assign(&other)).await;
    let party = format!("PTY#{}", parties[0].trim_start_matches("pty_"));
    assert!(conflicts.found().keys().any(|(_, sk)| *sk == party), "{:?}", conflicts.found());
    assert_consistent(&server).await;
}

/// Sends one request 32 times at once with one idempotency key. Returns the response, which must be the same for all.
async fn repeated(client: &TestClient, target: &str, key: &str, body: &Value) -> TestResponse {
    let request = || client.request(Method::POST, target).header("idempotency-key", key).json(body).send();
    let responses = join_all((0..32).map(|_| request())).await;
    let first = responses[0].clone().expect(201);
    let mut replayed = 0;
    for response in &responses {
        assert_eq!((response.status, &response.body), (first.status, &first.body));
        for header in ["location", "etag", "content-type"] {
            assert_eq!(response.header(header), first.header(header));
        }
        replayed += usize::from(response.header("idempotency-replayed") == Some("true"));
    }
    assert_eq!(replayed, 31, "one request takes effect, and the others are replayed");
    first
}

#[apply(api_test)]
async fn one_idempotency_key_has_one_effect() {
    let server = TestServer::start().await;
    let client = server.platform();
    let organization = client.create_organization("Mole").await.id();
    let dock = client.create_dock(&organization, "West").await.id();
    let parties = paths::parties(&organization);
    for round in 1..=ROUNDS {
        let body = json!({ "type": "INDIVIDUAL", "name": "One of 32" });
        let party = repeated(&client, &parties, &format!("party-{round}"), &body).await.id();
        assert_eq!(count(&client, &organization, "parties").await, round);
        let body = json!({ "dockId": dock, "role": "DISTRIBUTOR" });
        let role = repeated(&client, &format!("{parties}/{party}/roles"), &format!("role-{round}"), &body).await.id();
        let held = client.get(&format!("{parties}/{party}/roles")).await.expect(200);
        assert_eq!(held.json()["data"][0]["id"], role);
        assert_eq!(held.json()["meta"]["total"], 1);
    }
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn one_idempotency_key_creates_one_organization() {
    let server = TestServer::start().await;
    let client = server.platform();
    for round in 0..ROUNDS {
        let name = format!("Twin {round}");
        client.create_organization(&name).await;
        let body = json!({ "name": name });
        let created = repeated(&client, paths::ORGANIZATIONS, &format!("twin-{round}"), &body).await.json().clone();
        let slug = created["slug"].as_str().expect("a slug");
        let suffix: usize = slug.trim_start_matches(&format!("twin-{round}-")).parse().expect("a suffix");
        let found = client.get(&format!("/v1/organizations?search={}", name.replace(' ', "%20"))).await.expect(200);
        let all = found.json()["data"].as_array().expect("rows");
        let own: Vec<_> = all.iter().filter(|organization| organization["name"] == name).collect();
        assert_eq!(own.len(), 2);
        if round + 1 == ROUNDS {
            // The other 31 requests may have reserved numbers. The next organizations get them, lowest first.
            let mut expected = 1..;
            for _ in 1..suffix.max(2) {
                let number = expected.by_ref().find(|number| *number != suffix).expect("a number");
                assert_eq!(client.create_organization(&name).await.text("slug"), format!("twin-{round}-{number}"));
            }
        }
    }
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn parties_of_one_organization_are_all_counted() {
    let server = TestServer::start().await;
    let client = server.platform();
    for round in 0..ROUNDS {
        let organization = client.create_organization(&format!("Crowd {round}")).await.id();
        let created = (0..200).map(|number| {
            let body = json!({ "type": if number % 3 == 0 { "INDIVIDUAL" } else { "ORGANIZATION" }, "name": "Guest" });
            let (client, target) = (client.clone(), paths::parties(&organization));
            async move { client.post(&target, &body).await.expect(201).id() }
        });
        let ids: BTreeSet<_> = join_all(created).await.into_iter().collect();
        assert_eq!(ids.len(), 200);
        assert_eq!(count(&client, &organization, "parties").await, 200);
    }
    assert_consistent(&server).await;
}

/// Without `If-Match` the last writer wins, but patches of different members do not undo each other.
#[apply(api_test)]
async fn concurrent_patches_of_one_party_all_take_effect() {
    let server = TestServer::start().await;
    let client = server.platform();
    let organization = client.create_organization("Slip").await.id();
    for round in 0..ROUNDS {
        let party = client.create_party(&organization, &format!("Party {round}")).await.id();
        let target = paths::party(&organization, &party);
        let patches = (0..16).map(|number| {
            let body = json!({ "metadata": { format!("key{number}"): number } });
            let (client, target) = (client.clone(), target.clone());
            async move { client.patch(&target, &body).await.expect(200) }
        });
        join_all(patches).await;
        let after = client.get(&target).await.expect(200);
        let expected: Value = (0..16).map(|number| (format!("key{number}"), json!(number))).collect();
        assert_eq!(after.json()["metadata"], expected);
        assert_eq!(after.header("etag"), Some("\"17\""));
    }
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn a_role_is_revoked_once() {
    let server = TestServer::start().await;
    let client = server.platform();
    let organization = client.create_organization("Weir").await.id();
    let dock = client.create_dock(&organization, "South").await.id();
    let party = client.create_party(&organization, "Party").await.id();
    for _ in 0..ROUNDS {
        let role = client.assign(&organization, &party, &dock, "RECIPIENT").await.id();
        let target = paths::role(&organization, &party, &role);
        let responses = join_all((0..16).map(|_| client.delete(&target))).await;
        assert_eq!((with_status(&responses, 200).len(), with_status(&responses, 404).len()), (1, 15));
    }
    assert_consistent(&server).await;
}

/// Of simultaneous changes that expect one version, one takes effect.
#[apply(api_test)]
async fn one_of_simultaneous_changes_with_if_match_takes_effect() {
    let world = PartyWorld::new().await;
    let client = &world.platform;
    for round in 0..ROUNDS {
        for target in world.resource_paths() {
            let before = tag(&world.get(&target).await);
            let names: Vec<_> = (0..16).map(|number| format!("Round {round}, {number}")).collect();
            let responses = join_all(names.iter().map(|name| world.patch_if_match(&target, &before, name))).await;
            let [changed] = with_status(&responses, 200)[..] else { panic!("{target}: {responses:#?}") };
            assert_eq!(with_status(&responses, 412).len(), 15, "{target}");
            let after = world.get(&target).await;
            assert_eq!((after.text("name"), tag(&after)), (changed.text("name"), tag(changed)), "{target}");
        }
        let key = client.create_api_key(Some(&world.organization), &["docks:read"]).await;
        for query in ["", "?descendants=true"] {
            let target = format!("{}{query}", paths::api_key(&key.id()));
            let tag = if query.is_empty() { "\"1\"" } else { "\"2\"" };
            let revoke = || client.request(Method::DELETE, &target).header("if-match", tag).send();
            let revocations = join_all((0..8).map(|_| revoke())).await;
            // A revocation of a revoked key changes no version.
            let succeeded = if query.is_empty() { 1 } else { 8 };
            assert_eq!(with_status(&revocations, 200).len(), succeeded, "{revocations:#?}");
            assert_eq!(with_status(&revocations, 412).len(), 8 - succeeded, "{revocations:#?}");
        }
    }
    assert_consistent(&world.server).await;
}
