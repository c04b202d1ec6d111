//! `GET /v1/api-keys`.

use berth_shared::time::Time;
use macro_rules_attribute::apply;
use serde_json::Value;

use crate::harness::{Answer, Berth, DIRECTORY_SCOPES, api_test, paths, samples::Tenant, world::ids};

pub fn row<'a>(list: &'a Answer, id: &str) -> &'a Value {
    let rows = list.json()["data"].as_array().expect("a list");
    rows.iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("{id} is not in {}", list.json()))
}

async fn used_at(berth: &Berth, id: &str) -> Option<Time> {
    let list = berth.platform().list_api_keys().await.expect(200);
    row(&list, id)["lastUsedAt"].as_str().map(|time| time.parse().expect("a time"))
}

#[apply(api_test)]
async fn keys_are_listed_newest_first_including_revoked_ones() {
    let berth = Berth::start().await;
    let platform = berth.platform();
    let first = ids(&platform.list_api_keys().await.expect(200));
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(platform.create_api_key(None, &["docks:read"]).await);
        // Ids of one millisecond have no order of making.
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    let before = Time::now();
    platform.revoke_api_key(&made[1].id()).await.expect(200);
    let list = platform.list_api_keys().await.expect(200);
    let expected = [made[2].id(), made[1].id(), made[0].id(), first[0].clone()];
    assert_eq!(ids(&list), expected);
    assert_eq!(list.json()["meta"]["total"], 4);
    let revoked: Time = row(&list, &made[1].id())["revokedAt"].as_str().expect("a time").parse().expect("a time");
    assert!(before <= revoked && revoked <= Time::now());
    // All else is as it was shown at first, without the credential.
    let mut shown = made[0].json().clone();
    shown.as_object_mut().expect("an object").remove("key");
    assert_eq!(*row(&list, &made[0].id()), shown);
    let page = platform.get("/v1/api-keys?limit=2&offset=1").await.expect(200);
    assert_eq!(ids(&page), expected[1..3]);
}

#[apply(api_test)]
async fn an_organization_key_lists_its_keys_and_a_platform_key_all() {
    let berth = Berth::start().await;
    let (a, b) = (Tenant::new(&berth, "A").await, Tenant::new(&berth, "B").await);
    let all = berth.platform().list_api_keys().await.expect(200);
    assert_eq!(all.json()["meta"]["total"], 5, "two of each tenant, and the first key");
    for (tenant, other) in [(&a, &b), (&b, &a)] {
        let filter = format!("/v1/api-keys?organizationId={}", tenant.organization);
        let own = tenant.caller.list_api_keys().await.expect(200);
        assert_eq!(own.json()["meta"]["total"], 2);
        assert!(ids(&own).contains(&tenant.key) && !ids(&own).contains(&other.key));
        for caller in [&tenant.caller, &berth.platform()] {
            assert_eq!(ids(&caller.get(&filter).await.expect(200)), ids(&own));
        }
        assert_eq!(ids(&other.caller.get(&filter).await.expect(200)), [""; 0]);
    }
    berth.platform().get("/v1/api-keys?organizationId=A").await.refused(400, "VALIDATION_FAILED");
}

#[apply(api_test)]
async fn last_used_at_is_set_by_the_first_use() {
    let berth = Berth::start().await;
    let made = berth.platform().create_api_key(None, &DIRECTORY_SCOPES).await;
    assert_eq!(used_at(&berth, &made.id()).await, None);
    let before = Time::now();
    berth.with_key(&made.text("key")).list_docks().await.expect(200);
    let marked = used_at(&berth, &made.id()).await.expect("it was used");
    assert!(before <= marked && marked <= Time::now());
    // To the hour: the next call is no news.
    berth.with_key(&made.text("key")).list_docks().await.expect(200);
    assert_eq!(used_at(&berth, &made.id()).await, Some(marked));
}

#[apply(api_test)]
async fn last_used_at_is_set_after_a_rejected_first_use() {
    let berth = Berth::start().await;
    for (target, status) in [(paths::ORGANIZATIONS, 403), ("/v1/docks/dock_1", 404), ("/v1/docks?limit=0", 400)] {
        let made = berth.platform().create_api_key(None, &["docks:read"]).await;
        let caller = berth.with_key(&made.text("key"));
        caller.get(target).await.expect(status);
        caller.list_docks().await.expect(200);
        assert!(used_at(&berth, &made.id()).await.is_some(), "after a {status}, the use is never marked");
    }
}
