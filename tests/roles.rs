//! Roles: assigned, revoked, seen from both sides, looked back at, and checked.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::harness::{Answer, Berth, Caller, DIRECTORY_SCOPES, tests};

const ULID: &str = "01HQ3K9B2V6R4X8ZT1M5N7P0QS";

pub fn tests() -> Vec<Trial> {
    tests![
        a_party_may_hold_both_roles_in_one_dock,
        a_role_that_is_assigned_again_is_another_one,
        a_role_that_is_gone_cannot_be_revoked,
        a_role_is_found_under_its_own_party_only,
        roles_of_a_party_are_filtered_by_role_and_dock,
        both_directions_tell_the_same,
        names_in_both_directions_are_those_of_now,
        the_past_is_told_to_the_millisecond,
        the_past_is_filtered_like_the_present,
        the_past_of_a_dock_has_every_spell_of_a_role,
        a_time_to_look_back_at_has_any_offset_and_is_not_to_come,
        checks_are_answered_in_the_order_asked,
        checks_do_not_tell_foreign_roles_from_unknown_ones,
    ]
}

struct World {
    berth: Berth,
    platform: Caller,
    organization: String,
    dock: String,
    party: String,
}

fn rows(answer: &Answer) -> &Vec<Value> {
    let rows = answer.json()["data"].as_array().expect("data");
    let meta = &answer.json()["meta"];
    assert_eq!((&meta["total"], &meta["hasMore"]), (&json!(rows.len()), &json!(false)), "the whole list");
    rows
}

/// What the rows say of one member.
fn each<'a>(answer: &'a Answer, member: &str) -> Vec<&'a str> {
    rows(answer).iter().map(|row| row[member].as_str().unwrap_or("null")).collect()
}

/// `time`, some milliseconds later.
fn later(time: &str, millis: i64) -> String {
    let time: Timestamp = time.parse().expect("a time");
    format!("{:.3}", time + SignedDuration::from_millis(millis))
}

impl World {
    async fn new() -> Self {
        let berth = Berth::start().await;
        let platform = berth.platform();
        let organization = platform.create_organization("Acme").await.id();
        let dock = platform.create_dock(&organization, "Desk").await.id();
        let party = platform.create_party(&organization, "Ann").await.id();
        Self { berth, platform, organization, dock, party }
    }

    fn roles(&self, party: &str) -> String {
        format!("/v1/organizations/{}/parties/{party}/roles", self.organization)
    }

    async fn assign(&self, party: &str, dock: &str, role: &str) -> Answer {
        self.platform.assign(&self.organization, party, dock, role).await
    }

    async fn revoke(&self, role: &Answer) {
        let target = format!("{}/{}", self.roles(&role.text("partyId")), role.id());
        assert_eq!(self.platform.delete(&target).await.expect(200).json(), &json!({ "success": true }));
    }

    async fn of_party(&self, query: &str) -> Answer {
        self.platform.get(&format!("{}{query}", self.roles(&self.party))).await.expect(200)
    }

    async fn of_dock(&self, dock: &str, query: &str) -> Answer {
        self.platform.get(&format!("/v1/docks/{dock}/parties{query}")).await.expect(200)
    }

    async fn check(&self, caller: &Caller, checks: Value) -> Value {
        let target = format!("/v1/organizations/{}/roles/check", self.organization);
        caller.post(&target, &json!({ "checks": checks })).await.expect(200).json()["results"].clone()
    }
}

async fn a_party_may_hold_both_roles_in_one_dock() {
    let world = World::new().await;
    let first = world.assign(&world.party, &world.dock, "RECIPIENT").await;
    let second = world.assign(&world.party, &world.dock, "DISTRIBUTOR").await;
    assert_eq!(each(&world.of_party("").await, "id"), [second.id(), first.id()]);
    // In a dock the distributor's row comes first.
    assert_eq!(each(&world.of_dock(&world.dock, "").await, "role"), ["DISTRIBUTOR", "RECIPIENT"]);
    for (role, held) in [("RECIPIENT", &first), ("DISTRIBUTOR", &second)] {
        let again = world.platform.try_assign(&world.organization, &world.party, &world.dock, role).await;
        assert_eq!(again.refused(409, "ROLE_ALREADY_ASSIGNED").json()["conflictId"], json!(held.id()));
    }
    world.revoke(&first).await;
    assert_eq!(each(&world.of_party("").await, "id"), [second.id()]);
    assert_eq!(each(&world.of_dock(&world.dock, "").await, "id"), [second.id()]);
}

async fn a_role_that_is_assigned_again_is_another_one() {
    let world = World::new().await;
    let first = world.assign(&world.party, &world.dock, "RECIPIENT").await;
    world.revoke(&first).await;
    let second = world.assign(&world.party, &world.dock, "RECIPIENT").await;
    assert_ne!(first.id(), second.id());
    for list in [world.of_party("").await, world.of_dock(&world.dock, "").await] {
        assert_eq!(each(&list, "id"), [second.id()]);
        assert_eq!(each(&list, "createdAt"), [second.text("createdAt")]);
    }
}

async fn a_role_that_is_gone_cannot_be_revoked() {
    let world = World::new().await;
    let role = world.assign(&world.party, &world.dock, "RECIPIENT").await;
    world.revoke(&role).await;
    for id in [role.id(), format!("dpr_{ULID}")] {
        let target = format!("{}/{id}", world.roles(&world.party));
        world.platform.delete(&target).await.refused(404, "ROLE_NOT_FOUND");
    }
    assert!(rows(&world.of_party("").await).is_empty());
}

async fn a_role_is_found_under_its_own_party_only() {
    let world = World::new().await;
    let role = world.assign(&world.party, &world.dock, "RECIPIENT").await;
    let other_party = world.platform.create_party(&world.organization, "Bob").await.id();
    let other = world.platform.create_organization("Other").await.id();
    let foreign = format!("/v1/organizations/{other}/parties/{}/roles/{}", world.party, role.id());
    for target in [format!("{}/{}", world.roles(&other_party), role.id()), foreign] {
        world.platform.delete(&target).await.refused(404, "ROLE_NOT_FOUND");
    }
    let tenant = world.berth.tenant(&other, &DIRECTORY_SCOPES).await;
    let target = format!("{}/{}", world.roles(&world.party), role.id());
    tenant.delete(&target).await.refused(404, "ORGANIZATION_NOT_FOUND");
    assert_eq!(each(&world.of_party("").await, "id"), [role.id()]);
}

async fn roles_of_a_party_are_filtered_by_role_and_dock() {
    let world = World::new().await;
    let second = world.platform.create_dock(&world.organization, "Second").await.id();
    let a = world.assign(&world.party, &world.dock, "RECIPIENT").await.id();
    let b = world.assign(&world.party, &second, "RECIPIENT").await.id();
    let c = world.assign(&world.party, &second, "DISTRIBUTOR").await.id();
    let (dock, none) = (&world.dock, format!("dock_{ULID}"));
    for (filter, wanted) in [
        (String::new(), vec![&c, &b, &a]),
        ("?role=RECIPIENT".to_owned(), vec![&b, &a]),
        ("?role=DISTRIBUTOR".to_owned(), vec![&c]),
        (format!("?dockId={second}"), vec![&c, &b]),
        (format!("?dockId={dock}"), vec![&a]),
        (format!("?dockId={second}&role=RECIPIENT"), vec![&b]),
        (format!("?dockId={dock}&role=DISTRIBUTOR"), vec![]),
        (format!("?dockId={none}"), vec![]),
    ] {
        assert_eq!(each(&world.of_party(&filter).await, "id").iter().collect::<Vec<_>>(), wanted, "{filter}");
    }
    // One row a page, by offset.
    for (offset, wanted) in [(0, &c), (1, &b)] {
        let page = world.of_party(&format!("?dockId={second}&limit=1&offset={offset}")).await;
        assert_eq!((&page.json()["data"][0]["id"], &page.json()["meta"]["total"]), (&json!(wanted), &json!(2)));
    }
}

async fn both_directions_tell_the_same() {
    let world = World::new().await;
    let mut docks = vec![world.dock.clone()];
    let mut parties = vec![world.party.clone()];
    for at in 0..3 {
        docks.push(world.platform.create_dock(&world.organization, &format!("D{at}")).await.id());
        parties.push(world.platform.create_party(&world.organization, &format!("P{at}")).await.id());
    }
    for (p, party) in parties.iter().enumerate() {
        for (d, dock) in docks.iter().enumerate() {
            let role = world.assign(party, dock, if (p + d) % 2 == 0 { "RECIPIENT" } else { "DISTRIBUTOR" }).await;
            if (p + d) % 3 == 0 {
                world.revoke(&role).await;
            }
        }
    }
    let shared = |row: &Value| ["id", "dockId", "partyId", "role", "createdAt"].map(|member| row[member].to_string());
    for filter in ["", "?role=RECIPIENT", "?role=DISTRIBUTOR"] {
        let (mut by_party, mut by_dock) = (Vec::new(), Vec::new());
        for party in &parties {
            let list = world.platform.get(&format!("{}{filter}", world.roles(party))).await.expect(200);
            by_party.extend(rows(&list).iter().map(shared));
        }
        for dock in &docks {
            by_dock.extend(rows(&world.of_dock(dock, filter).await).iter().map(shared));
        }
        by_party.sort();
        by_dock.sort();
        assert_eq!(by_party, by_dock, "{filter}");
        assert!(by_party.len() >= 4, "{filter}");
    }
}

async fn names_in_both_directions_are_those_of_now() {
    let world = World::new().await;
    world.assign(&world.party, &world.dock, "RECIPIENT").await;
    let past = world.assign(&world.party, &world.dock, "DISTRIBUTOR").await;
    let then = past.text("createdAt");
    sleep(Duration::from_millis(5)).await;
    world.revoke(&past).await;
    let party = format!("/v1/organizations/{}/parties/{}", world.organization, world.party);
    world.platform.patch(&format!("/v1/docks/{}", world.dock), &json!({ "name": "Counter" })).await.expect(200);
    world.platform.patch(&party, &json!({ "name": "Anna", "type": "INDIVIDUAL" })).await.expect(200);
    for (query, count) in [(String::new(), 1), (format!("?asOf={then}"), 2)] {
        assert_eq!(each(&world.of_party(&query).await, "dockName"), vec!["Counter"; count], "{query}");
        let list = world.of_dock(&world.dock, &query).await;
        assert_eq!(each(&list, "partyName"), vec!["Anna"; count], "{query}");
        assert_eq!(each(&list, "partyType"), vec!["INDIVIDUAL"; count], "{query}");
    }
}

async fn the_past_is_told_to_the_millisecond() {
    let world = World::new().await;
    let key = world.platform.create_api_key(Some(&world.organization), &["roles:write"]).await;
    let actor = world.berth.with_key(&key.text("key"));
    let first = world.assign(&world.party, &world.dock, "RECIPIENT").await;
    let begin = first.text("createdAt");
    sleep(Duration::from_millis(5)).await;
    // Who revokes need not be who assigned.
    actor.delete(&format!("{}/{}", world.roles(&world.party), first.id())).await.expect(200);
    let ended = world.of_party(&format!("?asOf={begin}")).await;
    let end = rows(&ended)[0]["revokedAt"].as_str().expect("its end").to_owned();
    assert!(end > begin, "{end} {begin}");
    sleep(Duration::from_millis(5)).await;
    let second = world.assign(&world.party, &world.dock, "RECIPIENT").await;
    let again = second.text("createdAt");
    for (instant, held) in [
        (later(&begin, -1), None),
        (begin.clone(), Some(&first)),
        (later(&begin, 1), Some(&first)),
        (later(&end, -1), Some(&first)),
        (end.clone(), None),
        (later(&again, -1), None),
        (again.clone(), Some(&second)),
        ("1970-01-01T00:00:00Z".to_owned(), None),
    ] {
        for list in [
            world.of_party(&format!("?asOf={instant}")).await,
            world.of_dock(&world.dock, &format!("?asOf={instant}")).await,
        ] {
            assert_eq!(each(&list, "id"), held.iter().map(|role| role.id()).collect::<Vec<_>>(), "{instant}");
            for row in rows(&list) {
                let lives = row["id"] == second.id();
                let wanted = if lives { (Value::Null, Value::Null) } else { (json!(end), json!(key.id())) };
                assert_eq!((row["revokedAt"].clone(), row["revokedBy"].clone()), wanted, "{instant}");
            }
        }
    }
    // Without asOf nothing of the end is told.
    let row = rows(&world.of_party("").await)[0].clone();
    assert!(row.get("revokedAt").is_none() && row.get("revokedBy").is_none(), "{row}");
}

async fn the_past_is_filtered_like_the_present() {
    let world = World::new().await;
    let second = world.platform.create_dock(&world.organization, "Second").await.id();
    let a = world.assign(&world.party, &world.dock, "RECIPIENT").await;
    let b = world.assign(&world.party, &second, "RECIPIENT").await;
    let c = world.assign(&world.party, &second, "DISTRIBUTOR").await;
    let then = c.text("createdAt");
    sleep(Duration::from_millis(5)).await;
    world.revoke(&a).await;
    world.revoke(&c).await;
    for (filter, wanted) in [
        (String::new(), vec![&c, &b, &a]),
        ("&role=RECIPIENT".to_owned(), vec![&b, &a]),
        (format!("&dockId={second}"), vec![&c, &b]),
        (format!("&dockId={}&role=DISTRIBUTOR", world.dock), vec![]),
        (format!("&dockId={second}&role=DISTRIBUTOR"), vec![&c]),
    ] {
        let wanted: Vec<_> = wanted.into_iter().map(Answer::id).collect();
        let list = world.of_party(&format!("?asOf={then}{filter}")).await;
        assert_eq!(each(&list, "id"), wanted, "{filter}");
        // The same rows, one a page.
        let mut found = Vec::new();
        for offset in 0..wanted.len() {
            let page = world.of_party(&format!("?asOf={then}{filter}&limit=1&offset={offset}")).await;
            assert_eq!(page.json()["meta"]["total"], wanted.len());
            found.push(page.json()["data"][0]["id"].as_str().expect("an id").to_owned());
        }
        assert_eq!(found, wanted, "{filter}");
    }
    for (role, held) in [("DISTRIBUTOR", &c), ("RECIPIENT", &b)] {
        assert_eq!(each(&world.of_dock(&second, &format!("?asOf={then}&role={role}")).await, "id"), [held.id()]);
    }
}

async fn the_past_of_a_dock_has_every_spell_of_a_role() {
    let world = World::new().await;
    let mut spells = Vec::new();
    for _ in 0..3 {
        let role = world.assign(&world.party, &world.dock, "DISTRIBUTOR").await;
        spells.push(role.clone());
        sleep(Duration::from_millis(3)).await;
        world.revoke(&role).await;
        sleep(Duration::from_millis(3)).await;
    }
    for spell in spells {
        let begin = spell.text("createdAt");
        for list in [
            world.of_party(&format!("?asOf={begin}")).await,
            world.of_dock(&world.dock, &format!("?asOf={begin}")).await,
        ] {
            assert_eq!(each(&list, "id"), [spell.id()]);
        }
    }
    assert!(rows(&world.of_dock(&world.dock, "").await).is_empty());
}

async fn a_time_to_look_back_at_has_any_offset_and_is_not_to_come() {
    let world = World::new().await;
    let role = world.assign(&world.party, &world.dock, "RECIPIENT").await;
    let begin: Timestamp = role.text("createdAt").parse().expect("a time");
    let dock = format!("/v1/docks/{}/parties", world.dock);
    for list in [world.roles(&world.party), dock] {
        for (hours, held) in [(2, 1), (-11, 1), (0, 1)] {
            let local = begin.display_with_offset(jiff::tz::offset(hours)).to_string().replace('+', "%2B");
            let page = world.platform.get(&format!("{list}?asOf={local}")).await.expect(200);
            assert_eq!(rows(&page).len(), held, "{local}");
            // The same digits at another offset are another time.
            let before = begin.display_with_offset(jiff::tz::offset(hours)).to_string();
            let before = format!("{}%2B13:00", &before[..before.len() - 6]);
            assert!(
                rows(&world.platform.get(&format!("{list}?asOf={before}")).await.expect(200)).is_empty(),
                "{before}"
            );
        }
        let future = later(&format!("{:.3}", Timestamp::now()), 60_000);
        for wrong in [
            &future,
            "2999-01-01T00:00:00Z",
            "2024-03-01",
            "now",
            "1709294400000",
            "2024-03-01T12:00:00",
            "2024-02-30T12:00:00Z",
        ] {
            assert_eq!(world.platform.get(&format!("{list}?asOf={wrong}")).await.failures(), ["asOf"], "{wrong}");
        }
    }
}

async fn checks_are_answered_in_the_order_asked() {
    let world = World::new().await;
    let held = world.assign(&world.party, &world.dock, "RECIPIENT").await.id();
    let ended = world.assign(&world.party, &world.dock, "DISTRIBUTOR").await;
    world.revoke(&ended).await;
    let check = |dock: &str, party: &str, role: &str| json!({ "dockId": dock, "partyId": party, "role": role });
    let (dock, party) = (world.dock.as_str(), world.party.as_str());
    let (no_dock, no_party) = (format!("dock_{ULID}"), format!("pty_{ULID}"));
    let asked = [
        (check(dock, party, "RECIPIENT"), Some(&held)),
        (check(dock, &no_party, "RECIPIENT"), None),
        (check(dock, party, "DISTRIBUTOR"), None),
        (check(&no_dock, party, "RECIPIENT"), None),
        (check(dock, party, "RECIPIENT"), Some(&held)),
        (check(dock, &no_party, "RECIPIENT"), None),
    ];
    let checks: Vec<_> = asked.iter().map(|(check, _)| check.clone()).collect();
    let results = world.check(&world.platform, json!(checks)).await;
    for (at, (mut wanted, held)) in asked.into_iter().enumerate() {
        wanted["assigned"] = json!(held.is_some());
        wanted["roleId"] = json!(held);
        assert_eq!(results[at], wanted, "{at}");
    }
    assert_eq!(results.as_array().map(Vec::len), Some(6));
    let unknown = format!("/v1/organizations/org_{ULID}/roles/check");
    let body = json!({ "checks": checks });
    world.platform.post(&unknown, &body).await.refused(404, "ORGANIZATION_NOT_FOUND");
}

async fn checks_do_not_tell_foreign_roles_from_unknown_ones() {
    let world = World::new().await;
    let other = world.platform.create_organization("Other").await.id();
    let dock = world.platform.create_dock(&other, "D").await.id();
    let party = world.platform.create_party(&other, "P").await.id();
    world.platform.assign(&other, &party, &dock, "RECIPIENT").await;
    let check = json!([{ "dockId": dock, "partyId": party, "role": "RECIPIENT" }]);
    let tenant = world.berth.tenant(&world.organization, &["roles:read"]).await;
    // Not even the platform's key sees it through this organization.
    for caller in [&tenant, &world.platform] {
        let result = world.check(caller, check.clone()).await[0].clone();
        assert_eq!((&result["assigned"], &result["roleId"]), (&json!(false), &Value::Null));
    }
}
