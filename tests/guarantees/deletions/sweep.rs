//! The sweep of a deletion, interrupted and continued.

use berth_shared::store::Record;
use futures::future::join_all;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::json;

use super::{Crowd, View, assert_same, unhurried, without_ends};
use crate::harness::{
    Fault, TestServer, Wire, api_test, checker::assert_consistent, next_millisecond, paths, samples::unique_email,
};

/// A dock and a party are deleted, and each sweep stops at some point. Lists, totals, checks and the history are the same
/// from the first transaction on.
#[apply(api_test)]
async fn every_response_is_the_same_during_and_after_the_sweep() {
    let crowd = Crowd::new().await;
    let time = crowd.client.create_party(&crowd.organization, "Late").await.text("createdAt");
    next_millisecond().await;
    let before = crowd.views(&[&time]).await;
    let (dock, party) = (paths::dock(&crowd.docks[0]), paths::party(&crowd.organization, &crowd.parties[0]));
    crowd.interrupted(&dock, 1).await.expect(503);
    let all = crowd.current().await;
    assert_consistent(&crowd.server).await;
    let end = crowd.client.create_party(&crowd.organization, "Later").await.text("createdAt");
    let times = [time.as_str(), end.as_str()];
    let during = crowd.views(&times).await;
    let list = format!("{}?limit=100", paths::roles(&crowd.organization, &crowd.parties[1]));
    let total = |views: &[View]| views.iter().find(|(target, ..)| *target == list).expect("it").2["total"].clone();
    assert_eq!((total(&before), total(&during)), (json!(2), json!(0)));
    // The history before the deletion is as it was, except that the path of the dock itself no longer exists.
    let past = |views: &[View]| {
        let views = without_ends(views.to_vec(), &[&time]);
        views.into_iter().filter(|(target, ..)| !target.contains(&dock)).collect::<Vec<_>>()
    };
    assert_same(&past(&before), &past(&during), "before and during the sweep");
    // The next request revokes some of the roles, and stops.
    crowd.interrupted(&dock, 1).await.expect(503);
    let rest = crowd.current().await;
    assert!(0 < rest && rest < all, "{rest} of {all}");
    assert_same(&during, &crowd.views(&times).await, "in the middle of the sweep");
    // The party is deleted during the sweep of the dock. They have roles in common.
    crowd.interrupted(&party, 1).await.expect(503);
    assert_consistent(&crowd.server).await;
    let both = crowd.views(&times).await;
    for target in [&party, &dock] {
        crowd.client.delete(target).await.expect(200);
        assert_same(&both, &crowd.views(&times).await, "during and after the sweep");
    }
    assert_consistent(&crowd.server).await;
    assert_eq!(crowd.current().await, 0);
    for target in [&party, &dock] {
        crowd.client.delete(target).await.expect(404);
    }
}

#[apply(api_test)]
async fn a_deletion_in_progress_continues_with_its_if_match() {
    let crowd = Crowd::new().await;
    for target in [paths::dock(&crowd.docks[0]), paths::party(&crowd.organization, &crowd.parties[0])] {
        crowd.client.patch(&target, &json!({ "name": "Last" })).await.expect(200);
        crowd.interrupted(&target, 1).await.expect(503);
        let delete = |tag| crowd.client.request(Method::DELETE, &target).header("if-match", tag).send();
        delete("\"1\"").await.expect_error(412, "PRECONDITION_FAILED");
        crowd.client.get(&target).await.expect(404);
        delete("\"2\"").await.expect(200);
        delete("\"2\"").await.expect(404);
    }
    assert_eq!(crowd.current().await, 0);
    assert_consistent(&crowd.server).await;
}

/// An organization key continues a deletion, and another organization does not see it.
#[apply(api_test)]
async fn only_the_own_organization_continues_a_deletion() {
    let crowd = Crowd::new().await;
    let other = crowd.client.create_organization("Other").await.id();
    let scopes = ["docks:write", "parties:write"];
    let (own, foreign) =
        (crowd.server.tenant(&crowd.organization, &scopes).await, crowd.server.tenant(&other, &scopes).await);
    for target in [paths::dock(&crowd.docks[0]), paths::party(&crowd.organization, &crowd.parties[0])] {
        crowd.interrupted(&target, 1).await.expect(503);
        foreign.delete(&target).await.expect(404);
        assert!(crowd.current().await > 0);
        own.delete(&target).await.expect(200);
    }
    assert_eq!(crowd.current().await, 0);
    assert_consistent(&crowd.server).await;
}

/// Several requests sweep at once, each with lost responses and conflicts.
#[apply(api_test)]
async fn simultaneous_sweeps_revoke_every_role_once() {
    let crowd = Crowd::new().await;
    let process =
        TestServer::start_with(berth::Options { store: crowd.server.shared_store(), ..unhurried(&crowd.wire) });
    let process = process.await;
    let client = process.client(crowd.client.credential().expect("the first key"));
    let (dock, party) = (paths::dock(&crowd.docks[0]), paths::party(&crowd.organization, &crowd.parties[0]));
    let faults = [Fault::ResponseLost, Fault::Torn, Fault::throttled(), Fault::error(500, "InternalServerError")];
    let requests = (0..12).map(|number| {
        let id = format!("sweep-{number}");
        let mut at = 0;
        let fault = faults[number % faults.len()].clone();
        crowd.wire.plan(&id, move |_| {
            at += 1;
            (at % 3 == 0).then(|| fault.clone())
        });
        let target = if number % 2 == 0 { &dock } else { &party };
        let client = &client;
        async move { client.request(Method::DELETE, target).header("x-request-id", &id).send().await }
    });
    for response in join_all(requests).await {
        assert!(matches!(response.status, 200 | 404), "{}", response.body_text());
    }
    for target in [&dock, &party] {
        crowd.client.delete(target).await.expect(404);
    }
    assert_eq!(crowd.current().await, 0);
    // The checker compares revoked roles with their audit entries: each is revoked once.
    assert_consistent(&crowd.server).await;
}

/// Roles are assigned and revoked while their dock is deleted and swept.
#[apply(api_test)]
async fn writes_during_a_sweep_lose() {
    let crowd = Crowd::new().await;
    let (dock, party) = (&crowd.docks[0], &crowd.parties[1]);
    crowd.interrupted(&paths::dock(dock), 1).await.expect(503);
    let again = crowd.client.try_assign(&crowd.organization, party, dock, "RECIPIENT").await;
    again.expect_error(404, "DOCK_NOT_FOUND");
    for (party, role) in &crowd.roles[..4] {
        let target = paths::role(&crowd.organization, party, role);
        crowd.client.delete(&target).await.expect_error(404, "ROLE_NOT_FOUND");
        crowd.client.get(&target).await.expect_error(404, "ROLE_NOT_FOUND");
    }
    // A party is deleted during the sweep, in one transaction. Its roles ended with the dock.
    crowd.client.delete(&paths::party(&crowd.organization, party)).await.expect(200);
    assert_consistent(&crowd.server).await;
    crowd.client.delete(&paths::dock(dock)).await.expect(200);
    assert_consistent(&crowd.server).await;
}

/// The deletion of an organization first ends the deletions of its docks and parties.
#[apply(api_test)]
async fn the_deletion_of_an_organization_continues_those_in_it() {
    let crowd = Crowd::new().await;
    for dock in &crowd.docks[1..] {
        crowd.client.delete(&paths::dock(dock)).await.expect(200);
    }
    // Only the dock and its parties are left. The first party has other roles no more.
    let busy = crowd.client.create_party(&crowd.organization, "Busy").await.id();
    let mut docks = Vec::new();
    for number in 0..15 {
        let dock = crowd.client.create_dock(&crowd.organization, &format!("New {number}")).await.id();
        crowd.client.assign(&crowd.organization, &busy, &dock, "RECIPIENT").await;
        docks.push(dock);
    }
    crowd.interrupted(&paths::party(&crowd.organization, &busy), 1).await.expect(503);
    crowd.interrupted(&paths::dock(&crowd.docks[0]), 1).await.expect(503);
    // The other docks and parties go in one transaction each, with the roles that wait for the sweeps.
    let target = paths::organization(&crowd.organization);
    let error = crowd.client.delete(&target).await.expect_error(409, "ORGANIZATION_NOT_EMPTY");
    assert_eq!(error.json()["counts"], json!({ "docks": 15, "parties": 18, "machineClients": 0, "apiKeys": 0 }));
    for dock in &docks[1..] {
        crowd.client.delete(&paths::dock(dock)).await.expect(200);
    }
    for party in &crowd.parties[1..] {
        crowd.client.delete(&paths::party(&crowd.organization, party)).await.expect(200);
    }
    assert_consistent(&crowd.server).await;
    assert_eq!(crowd.current().await, 6, "two items for each of one role of the busy party and two of the first");
    // The roles of the first party change while it is deleted, so they are left to a sweep, which is interrupted.
    crowd.wire.plan("changed", {
        let mut transactions = 0;
        move |operation| {
            transactions += usize::from(operation == "TransactWriteItems");
            match transactions {
                1 if operation == "TransactWriteItems" => Some(Fault::canceled(&["ConditionalCheckFailed"])),
                3.. => Some(Fault::throttled()),
                _ => None,
            }
        }
    });
    let first = paths::party(&crowd.organization, &crowd.parties[0]);
    let request = crowd.hasty_client().request(Method::DELETE, &first).header("x-request-id", "changed");
    request.send().await.expect(503);
    crowd.wire.end_plan("changed");
    crowd.client.delete(&paths::dock(&docks[0])).await.expect(200);
    assert_eq!(crowd.current().await, 4, "two items for each of two roles");
    assert_consistent(&crowd.server).await;
    crowd.client.delete(&target).await.expect(200);
    assert_eq!(crowd.current().await, 0);
    assert_consistent(&crowd.server).await;
    crowd.client.delete(&target).await.expect_error(404, "ORGANIZATION_NOT_FOUND");
    crowd.client.delete(&paths::dock(&crowd.docks[0])).await.expect_error(404, "DOCK_NOT_FOUND");
}

#[apply(api_test)]
async fn the_deletion_of_an_organization_continues_that_of_recipients_and_groups() {
    let crowd = Crowd::new().await;
    let organization = crowd.client.create_organization("Lenders").await.id();
    let dock = crowd.client.create_dock(&organization, "Underwriting").await.id();
    let mut recipients = Vec::new();
    for _ in 0..25 {
        recipients.push(crowd.client.create_recipient(&dock, &unique_email()).await.id());
    }
    let members: Vec<&str> = recipients.iter().map(String::as_str).collect();
    for name in ["All", "Others"] {
        crowd.client.create_group(&dock, name, &members).await;
    }
    crowd.interrupted(&paths::dock(&dock), 1).await.expect(503);
    assert_consistent(&crowd.server).await;
    crowd.client.delete(&paths::organization(&organization)).await.expect(200);
    assert_consistent(&crowd.server).await;
    let records = crowd.server.records().await;
    let is_left = |record: &&Record| {
        matches!(record, Record::Recipient(_) | Record::RecipientEmail(_) | Record::Group(_) | Record::GroupMember(_))
    };
    assert_eq!(records.iter().filter(is_left).count(), 0);
}

/// Every transaction of a deletion may be the last one of its request.
#[apply(api_test)]
async fn a_deletion_continues_from_every_point() {
    for fault in [Fault::throttled(), Fault::ResponseLost] {
        let crowd = Crowd::new().await;
        let target = paths::party(&crowd.organization, &crowd.parties[0]);
        let mut requests = 0;
        loop {
            // Each request succeeds once, and then has only faults.
            let fault = fault.clone();
            let mut written = false;
            crowd.wire.plan("partial", move |operation| {
                let is_write = operation == "TransactWriteItems";
                let due = is_write && written;
                written |= is_write;
                due.then(|| fault.clone())
            });
            let request = crowd.hasty_client().request(Method::DELETE, &target).header("x-request-id", "partial");
            let response = request.send().await;
            crowd.wire.end_plan("partial");
            requests += 1;
            if response.status == 200 || response.status == 404 {
                break;
            }
            assert!(requests < 20, "the deletion ends: {}", response.body_text());
        }
        assert!(requests > 1);
        crowd.client.delete(&target).await.expect_error(404, "PARTY_NOT_FOUND");
        assert_consistent(&crowd.server).await;
        assert_eq!(crowd.current().await, 68, "two items for each of two roles of the 17 other parties");
    }
}

/// A wire without faults, to count the transactions of a deletion.
#[apply(api_test)]
async fn a_sweep_revokes_ten_roles_in_a_transaction() {
    let wire = Wire::new();
    let server = TestServer::start_with(unhurried(&wire)).await;
    let client = server.platform();
    let organization = client.create_organization("Acme").await.id();
    let dock = client.create_dock(&organization, "Dock").await.id();
    for number in 0..33 {
        let party = client.create_party(&organization, &format!("Party {number}")).await.id();
        client.assign(&organization, &party, &dock, "RECIPIENT").await;
    }
    wire.take();
    client.delete(&paths::dock(&dock)).await.expect(200);
    let traffic = wire.take();
    let written = traffic.operations().into_iter().filter(|operation| *operation == "TransactWriteItems").count();
    // The deletion, 10 + 10 + 10 + 3 roles, and the end.
    assert_eq!(written, 6, "{:?}", traffic.operations());
    assert_consistent(&server).await;
}
