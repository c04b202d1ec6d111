//! `asOf` of both lists of roles.

use jiff::{SignedDuration, Timestamp};
use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::{PartyWorld, api_test, next_millisecond, paths, world::each, world::rows};

/// Returns `time` plus some milliseconds.
fn later(time: &str, millis: i64) -> String {
    let time: Timestamp = time.parse().expect("a time");
    format!("{:.3}", time + SignedDuration::from_millis(millis))
}

#[apply(api_test)]
async fn as_of_is_exact_to_the_millisecond() {
    let world = PartyWorld::new().await;
    let key = world.platform.create_api_key(Some(&world.organization), &["roles:write"]).await;
    let actor = world.server.client(&key.text("key"));
    let first = world.assign(&world.party, &world.dock, "RECIPIENT").await;
    let begin = first.text("createdAt");
    next_millisecond().await;
    // The key that revokes may differ from the key that assigned.
    actor.delete(&format!("{}/{}", world.roles_path(&world.party), first.id())).await.expect(200);
    let ended = world.of_party(&format!("?asOf={begin}")).await;
    let end = rows(&ended)[0]["revokedAt"].as_str().expect("a time").to_owned();
    assert!(end > begin, "{end} {begin}");
    next_millisecond().await;
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
    // Without `asOf`, the list does not contain the end of a role.
    let row = rows(&world.of_party("").await)[0].clone();
    assert!(row.get("revokedAt").is_none() && row.get("revokedBy").is_none(), "{row}");
}

#[apply(api_test)]
async fn as_of_accepts_any_offset_and_rejects_the_future() {
    let world = PartyWorld::new().await;
    let role = world.assign(&world.party, &world.dock, "RECIPIENT").await;
    let begin: Timestamp = role.text("createdAt").parse().expect("a time");
    let dock = paths::dock_parties(&world.dock);
    for list in [world.roles_path(&world.party), dock] {
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
            assert_eq!(
                world.platform.get(&format!("{list}?asOf={wrong}")).await.error_locations(),
                ["asOf"],
                "{wrong}"
            );
        }
    }
}

#[apply(api_test)]
async fn as_of_accepts_every_year_of_rfc_3339() {
    let world = PartyWorld::new().await;
    world.assign_recipient().await;
    for time in
        ["0000-01-01T00:00:00Z", "0000-01-01T00:00:00%2B23:59", "0999-02-28T12:00:00Z", "1969-12-31T23:59:59.999Z"]
    {
        let query = format!("?asOf={time}");
        for list in [world.of_party(&query).await, world.of_dock(&world.dock, &query).await] {
            assert!(rows(&list).is_empty(), "{time}");
        }
    }
    for (time, reason) in [("9999-12-31T23:59:59.999Z", "future"), ("9999-12-31T23:59:59-00:01", "9999-12-31")] {
        let error = world.platform.get(&format!("{}?asOf={time}", world.roles_path(&world.party))).await;
        assert_eq!(error.error_locations(), ["asOf"], "{time}");
        assert!(error.text("detail").contains(reason), "{}", error.json());
    }
}
