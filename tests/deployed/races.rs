//! Two execution environments at the same moment: two processes that share nothing but the table.

use std::collections::BTreeSet;

use futures::future::join;
use macro_rules_attribute::apply;
use serde_json::json;

use super::function::{Function, event};
use crate::harness::checker::expect_whole;
use crate::harness::{Berth, api_test};

/// A race is won by chance: what goes wrong once in ten times is found in so many rounds.
const ROUNDS: usize = 25;

#[apply(api_test)]
async fn two_environments_never_make_one_slug_twice() {
    let berth = Berth::start().await;
    let caller = berth.platform();
    let store = berth.running().store_url().expect("a store on this machine");
    let one = Function::start("create-organization", store, 10);
    let other = Function::start("create-organization", store, 10);
    let mut event = event("create-organization", &[("BERTH_KEY", caller.credential().expect("a key"))]);
    for round in 0..ROUNDS {
        event["body"] = json!(json!({ "name": format!("Rush {round}") }).to_string());
        let (first, second) = join(one.invoke(&event), other.invoke(&event)).await;
        let slugs = [first, second].map(|answer| answer.expect(201).json()["slug"].clone());
        let slugs: BTreeSet<_> = slugs.iter().map(|slug| slug.as_str().expect("a slug").to_owned()).collect();
        assert_eq!(slugs, [format!("rush-{round}"), format!("rush-{round}-1")].into());
    }
    expect_whole(&berth).await;
}

#[apply(api_test)]
async fn two_environments_assign_a_role_once() {
    let berth = Berth::start().await;
    let caller = berth.platform();
    let store = berth.running().store_url().expect("a store on this machine");
    let one = Function::start("assign-role", store, 10);
    let other = Function::start("assign-role", store, 10);
    let organization = caller.create_organization("Quay").await.id();
    let dock = caller.create_dock(&organization, "East").await.id();
    let mut first_won = 0;
    for round in 0..ROUNDS {
        let party = caller.create_party(&organization, &format!("Party {round}")).await.id();
        let key = caller.credential().expect("a key");
        let values = [("BERTH_KEY", key), ("ORG_ID", &organization), ("DOCK_ID", &dock), ("PARTY_ID", &party)];
        let event = event("assign-role", &values);
        let (first, second) = join(one.invoke(&event), other.invoke(&event)).await;
        let first_has_won = first.status == 201;
        first_won += usize::from(first_has_won);
        let (made, refused) = if first_has_won { (first, second) } else { (second, first) };
        let (made, refused) = (made.expect(201).json(), refused.expect(409).json());
        assert_eq!((&refused["code"], &refused["conflictId"]), (&json!("ROLE_ALREADY_ASSIGNED"), &made["id"]));
    }
    println!("of {ROUNDS} races for a role the first environment has won {first_won}");
    expect_whole(&berth).await;
}
