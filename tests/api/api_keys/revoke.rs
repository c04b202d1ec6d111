//! `DELETE /v1/api-keys/{keyId}`.

use berth::{Options, StoreChoice};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use super::list::row;
use crate::harness::{Berth, api_test, paths, samples::Tenant, samples::comparable, samples::unknown};

#[apply(api_test)]
async fn revoking_a_revoked_key_changes_nothing() {
    let berth = Berth::start().await;
    let own = Tenant::new(&berth, "A").await;
    let target = paths::api_key(&own.key);
    let revoked = own.caller.delete(&target).await.expect(200);
    assert_eq!(*revoked.json(), json!({ "success": true }));
    let once = own.caller.list_api_keys().await.expect(200);
    let table = berth.items().await.len();
    let again = own.caller.delete(&target).await.expect(200);
    assert_eq!(*again.json(), json!({ "success": true }));
    let twice = own.caller.list_api_keys().await.expect(200);
    assert_eq!(row(&twice, &own.key), row(&once, &own.key));
    assert_eq!(berth.items().await.len(), table, "nothing happened that the audit trail would tell of");
}

#[apply(api_test)]
async fn revoking_respects_if_match() {
    let berth = Berth::start().await;
    let made = berth.platform().create_api_key(None, &["docks:read"]).await;
    let tag = made.header("etag").expect("a tag").to_owned();
    let target = paths::api_key(&made.id());
    let revoke = |tag: &str| berth.platform().call(Method::DELETE, &target).header("if-match", tag).send();
    for stale in ["\"7\"", "W/\"1\""] {
        revoke(stale).await.refused(412, "PRECONDITION_FAILED");
    }
    revoke("1").await.refused(400, "VALIDATION_FAILED");
    assert_eq!(row(&berth.platform().list_api_keys().await, &made.id())["revokedAt"], Value::Null);
    revoke(&format!("\"7\", {tag}")).await.expect(200);
    // It is in another version now.
    revoke(&tag).await.refused(412, "PRECONDITION_FAILED");
    revoke("*").await.expect(200);
}

#[apply(api_test)]
async fn a_revoked_key_is_unauthorized() {
    let berth = Berth::start().await;
    let store = StoreChoice::Endpoint(berth.running().store_url().expect("a local store").to_owned());
    let another = Berth::start_with(Options { store, ..Options::default() }).await;
    let unused = berth.platform().create_api_key(None, &["docks:read"]).await;
    let used = berth.platform().create_api_key(None, &["docks:read"]).await;
    berth.with_key(&used.text("key")).list_docks().await.expect(200);
    for key in [&unused, &used] {
        berth.platform().revoke_api_key(&key.id()).await.expect(200);
        // Only a process that has just proved a key may go on for a while.
        another.with_key(&key.text("key")).list_docks().await.refused(401, "UNAUTHORIZED");
    }
    berth.with_key(&unused.text("key")).list_docks().await.refused(401, "UNAUTHORIZED");
    // Those who made it are not concerned.
    berth.platform().list_docks().await.expect(200);
}

#[apply(api_test)]
async fn an_organization_key_does_not_find_a_platform_key() {
    let berth = Berth::start().await;
    let own = Tenant::new(&berth, "Premier Title Services").await;
    let platforms = berth.platform().create_api_key(None, &["docks:read"]).await;
    let told = own.caller.revoke_api_key(&platforms.id()).await;
    let untold = own.caller.revoke_api_key(&unknown(&platforms.id())).await;
    assert_eq!(comparable(&told, &[]), comparable(&untold, &[]));
    told.refused(404, "API_KEY_NOT_FOUND");
    // It goes on working.
    berth.with_key(&platforms.text("key")).list_docks().await.expect(200);
}
