//! The lineage of API keys: their creators, and the revocation of their descendants.

use std::{collections::BTreeMap, time::Duration};

use berth::Options;
use berth_shared::store::Record;
use futures::future::join_all;
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::json;

use super::list::row;
use crate::harness::checker::assert_consistent;
use crate::harness::{Fault, TestClient, TestResponse, TestServer, Wire, api_test, paths};

const SCOPES: [&str; 2] = ["api-keys:write", "docks:read"];

/// A key with a client that authenticates with it.
struct Key {
    id: String,
    client: TestClient,
}

impl Key {
    async fn new(creator: &TestClient, organization: Option<&str>) -> Self {
        let created = creator.create_api_key(organization, &SCOPES).await;
        Self { id: created.id(), client: creator.with_credential(&created.text("key")) }
    }

    /// Creates a key with this key.
    async fn child(&self) -> Self {
        Self::new(&self.client, None).await
    }
}

async fn revoke_all(client: &TestClient, id: &str) -> TestResponse {
    client.delete(&format!("{}?descendants=true", paths::api_key(id))).await
}

/// Returns whether each key of the table is revoked.
async fn revoked(server: &TestServer) -> BTreeMap<String, bool> {
    let records = server.records().await.into_iter();
    let keys = records.filter_map(|record| match record {
        Record::ApiKey(record) => Some((record.key.id.to_string(), record.key.revoked_at.is_some())),
        _ => None,
    });
    keys.collect()
}

#[apply(api_test)]
async fn a_key_names_its_creator() {
    let server = TestServer::start().await;
    let platform = server.platform();
    let first = platform.list_api_keys().await.json()["data"][0].clone();
    assert_eq!(first["createdBy"], "operator");
    let organization = platform.create_organization("Bank of America").await.id();
    let parent = Key::new(&platform, Some(&organization)).await;
    let child = parent.child().await;
    let list = platform.list_api_keys().await.expect(200);
    assert_eq!(row(&list, &parent.id)["createdBy"], first["id"]);
    assert_eq!(row(&list, &child.id)["createdBy"], parent.id);
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn a_revoked_key_creates_no_key_even_while_it_is_cached() {
    let server = TestServer::start().await;
    let parent = Key::new(&server.platform(), None).await;
    let child = parent.child().await;
    server.platform().revoke_api_key(&parent.id).await.expect(200);
    // This process has verified the key and accepts it for a while, but not for the creation of keys.
    parent.client.list_docks().await.expect(200);
    let body = json!({ "name": "Late", "scopes": SCOPES });
    let error = parent.client.post_api_key(&body).await.expect_error(401, "UNAUTHORIZED");
    assert_eq!(error.json()["message"], "Invalid or expired API key");
    assert_eq!(server.platform().list_api_keys().await.json()["meta"]["total"], 3);
    child.client.post_api_key(&body).await.expect(201);
}

#[apply(api_test)]
async fn a_key_revokes_only_keys_whose_scopes_it_holds() {
    let server = TestServer::start().await;
    let platform = server.platform();
    let organization = platform.create_organization("Bank of America").await.id();
    let holder = Key::new(&platform, Some(&organization)).await;
    let equal = platform.create_api_key(Some(&organization), &SCOPES).await.id();
    let stronger =
        platform.create_api_key(Some(&organization), &["docks:read", "docks:write", "roles:read"]).await.id();
    for query in ["", "?descendants=true", "?descendants=false"] {
        let target = format!("{}{query}", paths::api_key(&stronger));
        let error = holder.client.delete(&target).await.expect_error(403, "SCOPE_NOT_HELD");
        assert!(error.text("detail").contains("docks:write"), "{}", error.json());
        // The check precedes that of the version.
        let request = holder.client.request(Method::DELETE, &target).header("if-match", "\"7\"");
        request.send().await.expect_error(403, "SCOPE_NOT_HELD");
    }
    assert_eq!(row(&platform.list_api_keys().await, &stronger)["revokedAt"], json!(null));
    platform.revoke_api_key(&stronger).await.expect(200);
    holder.client.revoke_api_key(&stronger).await.expect_error(403, "SCOPE_NOT_HELD");
    holder.client.revoke_api_key(&equal).await.expect(200);
    // A key holds its own scopes.
    holder.client.revoke_api_key(&holder.id).await.expect(200);
}

#[apply(api_test)]
async fn all_descendants_are_revoked() {
    let server = TestServer::start().await;
    let platform = server.platform();
    let organization = platform.create_organization("Bank of America").await.id();
    let root = Key::new(&platform, None).await;
    let sibling = Key::new(&platform, None).await;
    let child = Key::new(&root.client, Some(&organization)).await;
    let grandchild = child.child().await;
    let youngest = grandchild.child().await;
    let other = root.child().await;
    // Without the parameter, only the key itself is revoked.
    for query in ["", "?descendants=false"] {
        platform.delete(&format!("{}{query}", paths::api_key(&other.id))).await.expect(200);
    }
    let found = revoked(&server).await;
    assert!(found[&other.id] && !found[&root.id] && !found[&youngest.id], "{found:?}");
    let audited = async || {
        let records = server.records().await.into_iter();
        records.filter(|record| !matches!(record, Record::AuditRow(_))).count()
    };
    let before = audited().await;
    assert_eq!(*revoke_all(&platform, &root.id).await.expect(200).json(), json!({ "success": true }));
    let found = revoked(&server).await;
    for key in [&root, &child, &grandchild, &youngest, &other] {
        assert!(found[&key.id], "{} of {found:?}", key.id);
    }
    assert!(!found[&sibling.id]);
    assert_eq!(audited().await, before + 4, "an audit entry for each key, and nothing else");
    sibling.client.list_docks().await.expect(200);
    // A repetition changes nothing.
    let before = server.items().await.len();
    revoke_all(&platform, &root.id).await.expect(200);
    assert_eq!(server.items().await.len(), before);
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn descendants_of_revoked_keys_are_revoked() {
    let server = TestServer::start().await;
    let platform = server.platform();
    let root = Key::new(&platform, None).await;
    let child = root.child().await;
    let grandchild = child.child().await;
    let youngest = grandchild.child().await;
    // The root and a key between it and a live one are revoked already.
    for key in [&root, &grandchild] {
        platform.revoke_api_key(&key.id).await.expect(200);
    }
    assert!(!revoked(&server).await[&youngest.id]);
    revoke_all(&platform, &root.id).await.expect(200);
    let found = revoked(&server).await;
    assert!(found[&child.id] && found[&youngest.id], "{found:?}");
    assert_consistent(&server).await;
}

#[apply(api_test)]
async fn if_match_also_binds_the_revocation_of_descendants() {
    let server = TestServer::start().await;
    let platform = server.platform();
    let root = Key::new(&platform, None).await;
    let child = root.child().await;
    let target = format!("{}?descendants=true", paths::api_key(&root.id));
    let stale = platform.request(Method::DELETE, &target).header("if-match", "\"2\"").send().await;
    stale.expect_error(412, "PRECONDITION_FAILED");
    assert!(!revoked(&server).await[&child.id]);
    platform.request(Method::DELETE, &target).header("if-match", "\"1\"").send().await.expect(200);
    assert!(revoked(&server).await[&child.id]);
}

#[apply(api_test)]
async fn descendants_is_true_or_false() {
    let server = TestServer::start().await;
    let key = Key::new(&server.platform(), None).await;
    for wrong in ["", "1", "TRUE", "yes", "true&descendants=true"] {
        let target = format!("{}?descendants={wrong}", paths::api_key(&key.id));
        assert_eq!(server.platform().delete(&target).await.error_locations(), ["descendants"], "{wrong}");
    }
    assert!(!revoked(&server).await[&key.id]);
}

#[apply(api_test)]
async fn a_revocation_that_takes_too_long_continues() {
    let server = TestServer::start().await;
    let platform = server.platform();
    let root = Key::new(&platform, None).await;
    // A wide tree, of which one transaction revokes a part, with a deep branch.
    let mut children = join_all((0..8).map(|_| root.child())).await;
    for _ in 0..10 {
        children.extend(join_all((0..8).map(|_| root.child())).await);
    }
    let mut deepest = children.pop().expect("a child");
    for _ in 0..6 {
        deepest = deepest.child().await;
    }
    // A process for which DynamoDB is slow.
    let wire = Wire::new();
    let store = server.shared_store();
    let request_timeout = Duration::from_millis(2500);
    let options = Options { store, http_client: Some(wire.layer()), request_timeout, ..Options::default() };
    let slow = TestServer::start_with(options).await;
    let client = slow.client(platform.credential().expect("a key"));
    wire.always(Fault::Late(Duration::from_millis(100)));
    let mut continued = 0;
    let mut done = 0;
    loop {
        let response = revoke_all(&client, &root.id).await;
        if response.status == 200 {
            break;
        }
        assert_eq!(response.header("retry-after"), Some("1"));
        let is_continued = response.expect(503).json()["code"] == "REVOCATION_IN_PROGRESS";
        continued += usize::from(is_continued);
        let found = revoked(&server).await.values().filter(|revoked| **revoked).count();
        assert!(!is_continued || found > done, "every request makes progress");
        done = found;
        // A partial revocation is consistent.
        assert_consistent(&server).await;
    }
    assert!(continued > 0, "the tree is revoked at once: the test needs a larger one");
    let found = revoked(&server).await;
    assert_eq!(found.values().filter(|revoked| !**revoked).count(), 1, "only the first key is live: {found:?}");
    let pending = server.records().await.into_iter().filter(|record| matches!(record, Record::PendingRevocation(_)));
    assert_eq!(pending.count(), 0);
}

#[apply(api_test)]
async fn no_key_that_is_created_meanwhile_escapes() {
    let server = TestServer::start().await;
    let platform = server.platform();
    for round in 0..10 {
        let root = Key::new(&platform, None).await;
        let child = root.child().await;
        let body = json!({ "name": format!("Round {round}"), "scopes": SCOPES });
        let creators = [&root, &child, &root, &child];
        let creations = join_all((0..12).map(|number| creators[number % 4].client.post_api_key(&body)));
        let revocations = join_all((0..2).map(|_| revoke_all(&platform, &root.id)));
        let (created, ended) = futures::join!(creations, revocations);
        for response in ended {
            response.expect(200);
        }
        let found = revoked(&server).await;
        for response in created {
            // The key was created before the revocation of its creator, or not at all.
            if response.status == 201 {
                assert!(found[&response.id()], "round {round}: {} is live", response.id());
            } else {
                response.expect_error(401, "UNAUTHORIZED");
            }
        }
        assert_eq!(found.values().filter(|revoked| !**revoked).count(), 1, "round {round}: {found:?}");
    }
    assert_consistent(&server).await;
}
