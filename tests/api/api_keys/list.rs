//! `GET /v1/api-keys`.

use std::collections::BTreeSet;

use berth_shared::time::Time;
use futures::future::join_all;
use macro_rules_attribute::apply;
use serde_json::Value;

use crate::harness::{DIRECTORY_SCOPES, TestResponse, TestServer, api_test, paths, samples::Tenant, world::ids};

pub fn row<'a>(list: &'a TestResponse, id: &str) -> &'a Value {
    let rows = list.json()["data"].as_array().expect("a list");
    rows.iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("{id} is not in {}", list.json()))
}

async fn used_at(server: &TestServer, id: &str) -> Option<Time> {
    let list = server.platform().list_api_keys().await.expect(200);
    row(&list, id)["lastUsedAt"].as_str().map(|time| time.parse().expect("a time"))
}

#[apply(api_test)]
async fn keys_are_listed_newest_first_including_revoked_ones() {
    let server = TestServer::start().await;
    let platform = server.platform();
    let first = ids(&platform.list_api_keys().await.expect(200));
    let mut created = Vec::new();
    for _ in 0..3 {
        created.push(platform.create_api_key(None, &["docks:read"]).await);
        // Ids of one millisecond have no order of creation.
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    let before = Time::now();
    platform.revoke_api_key(&created[1].id()).await.expect(200);
    let list = platform.list_api_keys().await.expect(200);
    let expected = [created[2].id(), created[1].id(), created[0].id(), first[0].clone()];
    assert_eq!(ids(&list), expected);
    assert_eq!(list.json()["meta"]["total"], 4);
    let revoked: Time = row(&list, &created[1].id())["revokedAt"].as_str().expect("a time").parse().expect("a time");
    assert!(before <= revoked && revoked <= Time::now());
    // All other members are as in the creation response, which also contained the credential.
    let mut shown = created[0].json().clone();
    shown.as_object_mut().expect("an object").remove("key");
    assert_eq!(*row(&list, &created[0].id()), shown);
    let page = platform.get("/v1/api-keys?limit=2&offset=1").await.expect(200);
    assert_eq!(ids(&page), expected[1..3]);
}

#[apply(api_test)]
async fn an_organization_key_lists_its_keys_and_a_platform_key_all() {
    let server = TestServer::start().await;
    let (a, b) = (Tenant::new(&server, "A").await, Tenant::new(&server, "B").await);
    let all = server.platform().list_api_keys().await.expect(200);
    assert_eq!(all.json()["meta"]["total"], 5, "two of each tenant, and the first key");
    for (tenant, other) in [(&a, &b), (&b, &a)] {
        let filter = format!("/v1/api-keys?organizationId={}", tenant.organization);
        let own = tenant.client.list_api_keys().await.expect(200);
        assert_eq!(own.json()["meta"]["total"], 2);
        assert!(ids(&own).contains(&tenant.key) && !ids(&own).contains(&other.key));
        for client in [&tenant.client, &server.platform()] {
            assert_eq!(ids(&client.get(&filter).await.expect(200)), ids(&own));
        }
        assert_eq!(ids(&other.client.get(&filter).await.expect(200)), [""; 0]);
    }
    server.platform().get("/v1/api-keys?organizationId=A").await.expect_error(400, "VALIDATION_FAILED");
}

#[apply(api_test)]
async fn last_used_at_is_set_by_the_first_use() {
    let server = TestServer::start().await;
    let created = server.platform().create_api_key(None, &DIRECTORY_SCOPES).await;
    assert_eq!(used_at(&server, &created.id()).await, None);
    let before = Time::now();
    server.client(&created.text("key")).list_docks().await.expect(200);
    let marked = used_at(&server, &created.id()).await.expect("last use");
    assert!(before <= marked && marked <= Time::now());
    // The time is exact to the hour: a second use does not change it.
    server.client(&created.text("key")).list_docks().await.expect(200);
    assert_eq!(used_at(&server, &created.id()).await, Some(marked));
}

#[apply(api_test)]
async fn last_used_at_is_set_after_a_rejected_first_use() {
    let server = TestServer::start().await;
    for (target, status) in [(paths::ORGANIZATIONS, 403), ("/v1/docks/dock_1", 404), ("/v1/docks?limit=0", 400)] {
        let created = server.platform().create_api_key(None, &["docks:read"]).await;
        let client = server.client(&created.text("key"));
        client.get(target).await.expect(status);
        client.list_docks().await.expect(200);
        assert!(used_at(&server, &created.id()).await.is_some(), "lastUsedAt is not set after a {status}");
    }
}

#[apply(api_test)]
async fn a_page_of_60_keys_has_all_of_them_with_their_last_uses() {
    let server = TestServer::start().await;
    let platform = server.platform();
    let organization = platform.create_organization("Bank of America").await.id();
    let keys = join_all((0..60).map(|_| platform.create_api_key(Some(&organization), &["docks:read"]))).await;
    // Each key is two items, so one batch of 100 does not suffice.
    join_all(keys.iter().map(async |key| server.client(&key.text("key")).list_docks().await.expect(200))).await;
    for target in [format!("/v1/api-keys?limit=100&organizationId={organization}"), "/v1/api-keys?limit=100".to_owned()]
    {
        let list = platform.get(&target).await.expect(200);
        let listed: BTreeSet<_> = ids(&list).into_iter().collect();
        let (unused, used): (Vec<_>, Vec<_>) =
            keys.iter().partition(|key| row(&list, &key.id())["lastUsedAt"].is_null());
        assert_eq!((unused.len(), used.len()), (0, 60), "{target}");
        assert!(keys.iter().all(|key| listed.contains(&key.id())), "{target}");
        assert_eq!(list.json()["meta"]["hasMore"], false);
    }
}
