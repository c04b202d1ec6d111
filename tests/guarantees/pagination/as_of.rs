//! Pagination of the lists of roles while roles are revoked and assigned again.

use std::sync::Arc;

use berth::Options;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use super::pages::{By, paginate};
use crate::harness::{
    Fault, PartyWorld, TestServer, Wire, api_test, checker::assert_consistent, next_millisecond, paths,
};

/// Number of parties of the dock, and of docks of the party.
const EACH: usize = 8;

/// A party with both roles in a dock, of which one was revoked, is listed as it was.
#[apply(api_test)]
async fn a_revoked_role_keeps_its_place() {
    let world = PartyWorld::new().await;
    let first = world.assign(&world.party, &world.dock, "DISTRIBUTOR").await;
    let second = world.assign(&world.party, &world.dock, "RECIPIENT").await;
    let other = world.platform.create_party(&world.organization, "Newer").await.id();
    let third = world.assign(&other, &world.dock, "RECIPIENT").await;
    let time = third.text("createdAt");
    next_millisecond().await;
    world.revoke(&second).await;
    for limit in 1..=4 {
        for by in [By::Cursor, By::Link] {
            let target = format!("{}?asOf={time}&limit={limit}", paths::dock_parties(&world.dock));
            let (_, rows) = paginate(&world.platform, &target, by, async |_| ()).await;
            assert_eq!(ids(&rows), [third.id(), first.id(), second.id()], "{target}");
        }
    }
}

/// A role that is revoked between the queries of one page is on the page, once.
#[apply(api_test)]
async fn a_role_that_is_revoked_meanwhile_is_listed() {
    let world = PartyWorld::new().await;
    let wire = Wire::new();
    let options = Options { store: world.server.shared_store(), http_client: Some(wire.layer()), ..Options::default() };
    let slow = TestServer::start_with(options).await;
    let client = slow.client(world.platform.credential().expect("a key"));
    let of_organization = paths::organization_roles(&world.organization);
    let lists = [
        format!("{}?", paths::dock_parties(&world.dock)),
        format!("{}?", paths::roles(&world.organization, &world.party)),
        format!("{of_organization}?"),
        format!("{of_organization}?dockId={}&", world.dock),
        format!("{of_organization}?partyId={}&", world.party),
    ];
    for (id, list) in ["moved-1", "moved-2", "moved-3", "moved-4", "moved-5"].into_iter().zip(lists) {
        let role = world.assign(&world.party, &world.dock, "DISTRIBUTOR").await.expect(201);
        let mut is_first = true;
        // The query of the current roles arrives after the revocation.
        let step = Arc::new(Barrier::new(2));
        let held = Fault::Held(Arc::clone(&step));
        wire.plan(id, move |operation| (operation == "Query" && std::mem::take(&mut is_first)).then(|| held.clone()));
        let target = format!("{list}asOf={}", role.text("createdAt"));
        let listed = client.request(Method::GET, &target).header("x-request-id", id).send();
        let revoked = async {
            step.wait().await;
            world.revoke(&role).await;
            step.wait().await;
        };
        let (listed, ()) = tokio::join!(listed, revoked);
        let listed = listed.expect(200);
        assert_eq!(wire.end_plan(id), 1, "{target}");
        assert_eq!(
            (crate::harness::world::ids(&listed), &listed.json()["meta"]["total"]),
            (vec![role.id()], &json!(1))
        );
    }
}

fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
}

/// Between the pages, roles that are listed already, the role at the end of the page, and roles that are not listed yet
/// are revoked, and some are assigned again.
#[apply(api_test)]
async fn pagination_is_complete_while_roles_are_revoked() {
    let world = PartyWorld::new().await;
    let (organization, client) = (&world.organization, &world.platform);
    let (mut of_dock, mut of_party) = (Vec::new(), Vec::new());
    for at in 0..EACH {
        let party = client.create_party(organization, &format!("Party {at}")).await.id();
        let dock = client.create_dock(organization, &format!("Dock {at}")).await.id();
        for role in ["RECIPIENT", "DISTRIBUTOR"] {
            of_dock.push(world.assign(&party, &world.dock, role).await);
            of_party.push(world.assign(&world.party, &dock, role).await);
        }
        // Periods that ended before. They are not listed.
        let role = of_dock.last().expect("a role");
        world.revoke(role).await;
        *of_dock.last_mut().expect("a role") = world.assign(&party, &world.dock, "DISTRIBUTOR").await;
    }
    let dock = of_dock.iter().rev().map(|role| role.id()).collect::<Vec<_>>();
    let party = of_party.iter().rev().map(|role| role.id()).collect::<Vec<_>>();
    for (list, roles, stood) in [
        (paths::dock_parties(&world.dock), &of_dock, &dock),
        (paths::roles(organization, &world.party), &of_party, &party),
    ] {
        let mut held = roles.clone();
        for (turn, filter) in ["", "&role=RECIPIENT", "&role=DISTRIBUTOR"].into_iter().enumerate() {
            for (by, limit) in [(By::Cursor, 1), (By::Link, 1), (By::Cursor, 5), (By::Link, 4)] {
                next_millisecond().await;
                let begun = held.iter().map(|role| role.text("createdAt")).max().expect("a role");
                let wanted: Vec<String> = held
                    .iter()
                    .rev()
                    .filter(|role| filter.is_empty() || filter.ends_with(&role.text("role")))
                    .map(|role| role.id())
                    .collect();
                let changed = std::cell::RefCell::new(held.clone());
                let between = |page: usize| {
                    let (world, changed) = (&world, &changed);
                    async move {
                        let at = (page * 5 + turn) % (2 * EACH);
                        let role = changed.borrow()[at].clone();
                        if page > EACH {
                            return;
                        }
                        world.revoke(&role).await;
                        let again = world.assign(&role.text("partyId"), &role.text("dockId"), &role.text("role")).await;
                        changed.borrow_mut()[at] = again;
                    }
                };
                let target = format!("{list}?asOf={begun}&limit={limit}{filter}");
                let (_, rows) = paginate(client, &target, by, between).await;
                let listed = ids(&rows);
                assert!(in_any_order(&listed, &wanted), "{target}: {listed:?}, not {wanted:?}");
                held = changed.into_inner();
            }
        }
        // The first state is still the same list.
        let then = roles.iter().map(|role| role.text("createdAt")).max().expect("a role");
        let target = format!("{list}?asOf={then}&limit=7");
        let (_, rows) = paginate(client, &target, By::Cursor, async |_| ()).await;
        assert_eq!(&ids(&rows), stood, "{list}");
    }
    assert_consistent(&world.server).await;
}

fn in_any_order(one: &[String], other: &[String]) -> bool {
    let sorted = |ids: &[String]| {
        let mut ids = ids.to_vec();
        ids.sort();
        ids
    };
    sorted(one) == sorted(other)
}

/// Without `asOf`, a list has the roles that are held while it is read: one that is revoked may be missing, and no other.
#[apply(api_test)]
async fn no_role_is_lost_when_another_is_revoked() {
    let world = PartyWorld::new().await;
    let (organization, client) = (&world.organization, &world.platform);
    for by in [By::Cursor, By::Link] {
        let (mut unrevoked, mut revoked) = (Vec::new(), Vec::new());
        let dock = client.create_dock(organization, "Busy").await.id();
        let holder = client.create_party(organization, "Holder").await.id();
        let mut of_holder = (Vec::new(), Vec::new());
        for at in 0..20 {
            let party = client.create_party(organization, &format!("Party {at}")).await.id();
            let other = client.create_dock(organization, &format!("Dock {at}")).await.id();
            let (role, held) =
                (world.assign(&party, &dock, "RECIPIENT").await, world.assign(&holder, &other, "RECIPIENT").await);
            if at % 3 == 0 {
                unrevoked.push(role.id());
                of_holder.0.push(held.id());
            } else {
                revoked.push(role);
                of_holder.1.push(held);
            }
        }
        for (list, unrevoked, revoked) in [
            (paths::dock_parties(&dock), &unrevoked, &revoked),
            (format!("{}?role=RECIPIENT", paths::roles(organization, &holder)), &of_holder.0, &of_holder.1),
        ] {
            // The newest first: revoked in the order in which they are listed.
            let between = |page: usize| {
                let (world, role) = (&world, revoked.iter().rev().nth(page - 1));
                async move {
                    if let Some(role) = role {
                        world.revoke(role).await;
                    }
                }
            };
            let target = format!("{list}{}limit=3", if list.contains('?') { '&' } else { '?' });
            let (seen, _) = paginate(client, &target, by, between).await;
            super::pages::expect_each_once(&seen, unrevoked);
            let twice: Vec<_> = seen.iter().filter(|(_, times)| **times > 1).collect();
            assert!(twice.is_empty(), "{target}: {twice:?}");
        }
    }
}

/// A cursor with `dockId` continues a list of at most two rows.
#[apply(api_test)]
async fn a_cursor_within_a_dock_repeats_no_role() {
    let world = PartyWorld::new().await;
    let first = world.assign(&world.party, &world.dock, "DISTRIBUTOR").await;
    let second = world.assign(&world.party, &world.dock, "RECIPIENT").await;
    let list = format!("{}?dockId={}&limit=1", world.roles_path(&world.party), world.dock);
    for by in [By::Cursor, By::Link] {
        let (_, rows) = paginate(&world.platform, &list, by, async |_| ()).await;
        assert_eq!(ids(&rows), [second.id(), first.id()]);
    }
    // The listed role is revoked and assigned again: the new one is before the cursor.
    let again = async |_| {
        world.revoke(&second).await;
        world.assign(&world.party, &world.dock, "RECIPIENT").await;
    };
    let page = world.get(&list).await;
    let next = super::pages::next(&page, &list, By::Cursor).expect("a next page");
    again(0).await;
    let rest = world.get(&next).await;
    assert_eq!((&rest.json()["data"][0]["id"], &rest.json()["meta"]["hasMore"]), (&json!(first.id()), &json!(false)));
}
