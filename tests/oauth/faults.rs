//! Faults of DynamoDB in the OAuth dialect.

use std::time::Duration;

use berth_shared::store::Record;
use macro_rules_attribute::apply;
use serde_json::json;

use super::{OAuth, expect_oauth_error};
use crate::harness::{Fault, api_test, checker::assert_consistent, paths};

/// Returns the number of access tokens in the table.
async fn tokens(oauth: &OAuth) -> usize {
    oauth.server.records().await.iter().filter(|record| matches!(record, Record::AccessToken(_))).count()
}

#[apply(api_test)]
async fn a_transient_fault_issues_and_revokes_one_token() {
    let oauth = OAuth::new().await;
    for fault in [
        Fault::throttled(),
        Fault::canceled(&["TransactionConflict", "None"]),
        Fault::error(500, "InternalServerError"),
        Fault::ResponseLost,
        Fault::ConnectionRefused,
        Fault::Late(Duration::from_millis(50)),
    ] {
        let before = tokens(&oauth).await;
        oauth.wire.once("TransactWriteItems", fault.clone());
        let token = oauth.token().await;
        assert_eq!((oauth.wire.clear_faults(), tokens(&oauth).await), (1, before + 1), "{fault:?}");
        oauth.wire.once("TransactWriteItems", fault.clone());
        let body = oauth.grant(&json!({ "token": token }));
        oauth.server.anonymous().post(paths::OAUTH_REVOKE, &body).await.expect(200);
        assert_eq!((oauth.wire.clear_faults(), tokens(&oauth).await), (1, before), "{fault:?}");
        assert_consistent(&oauth.server).await;
    }
}

#[apply(api_test)]
async fn a_defect_is_a_server_error_without_details() {
    let oauth = OAuth::new().await;
    let token = oauth.token().await;
    let mistake = || Fault::error(400, "IdempotentParameterMismatchException");
    oauth.wire.once("TransactWriteItems", mistake());
    expect_oauth_error(&oauth.issue(json!({})).await, 500, "server_error");
    oauth.wire.clear_faults();
    for path in [paths::OAUTH_INTROSPECT, paths::OAUTH_REVOKE] {
        oauth.wire.once("BatchGetItem", Fault::error(400, "ValidationException"));
        let response = oauth.server.platform().post(path, &json!({ "token": token })).await;
        expect_oauth_error(&response, 500, "server_error");
        oauth.wire.clear_faults();
    }
    assert!(oauth.is_active(&token).await);
}
