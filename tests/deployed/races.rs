//! Concurrent requests in two execution environments, which share nothing but the table.

use std::collections::BTreeSet;

use futures::future::join;
use macro_rules_attribute::apply;
use serde_json::json;

use super::{
    function::{Function, event},
    store::{port_of, server_with_port},
};
use crate::harness::api_test;
use crate::harness::checker::assert_consistent;

/// A race is won by chance: this many rounds detect a bug that occurs once in ten times.
const ROUNDS: usize = 25;

#[apply(api_test)]
async fn two_environments_never_create_one_slug_twice() {
    let server = server_with_port().await;
    let client = server.platform();
    let store = port_of(&server);
    let one = Function::start("create-organization", &store, 10);
    let other = Function::start("create-organization", &store, 10);
    let mut event = event("create-organization", &[("BERTH_KEY", client.credential().expect("a key"))]);
    for round in 0..ROUNDS {
        event["body"] = json!(json!({ "name": format!("Rush {round}") }).to_string());
        let (first, second) = join(one.invoke(&event), other.invoke(&event)).await;
        let slugs = [first, second].map(|response| response.expect(201).json()["slug"].clone());
        let slugs: BTreeSet<_> = slugs.iter().map(|slug| slug.as_str().expect("a slug").to_owned()).collect();
        assert_eq!(slugs, [format!("rush-{round}"), format!("rush-{round}-1")].into());
    }
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn two_environments_assign_a_role_once() {
    let server = server_with_port().await;
    let client = server.platform();
    let store = port_of(&server);
    let one = Function::start("assign-role", &store, 10);
    let other = Function::start("assign-role", &store, 10);
    let organization = client.create_organization("Quay").await.id();
    let dock = client.create_dock(&organization, "East").await.id();
    let mut first_won = 0;
    for round in 0..ROUNDS {
        let party = client.create_party(&organization, &format!("Party {round}")).await.id();
        let key = client.credential().expect("a key");
        let values = [("BERTH_KEY", key), ("ORG_ID", &organization), ("DOCK_ID", &dock), ("PARTY_ID", &party)];
        let event = event("assign-role", &values);
        let (first, second) = join(one.invoke(&event), other.invoke(&event)).await;
        let first_has_won = first.status == 201;
        first_won += usize::from(first_has_won);
        let (created, error) = if first_has_won { (first, second) } else { (second, first) };
        let (created, error) = (created.expect(201).json(), error.expect(409).json());
        assert_eq!((&error["code"], &error["conflictId"]), (&json!("ROLE_ALREADY_ASSIGNED"), &created["id"]));
    }
    println!("the first environment won {first_won} of {ROUNDS} races for a role");
    assert_consistent(&server).await;
}
