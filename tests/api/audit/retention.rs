//! The retention of audit entries.

use berth::Options;
use berth_shared::{
    store::{Item, Record},
    time::{Clock, Time},
};
use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::{TestServer, api_test, checker::assert_consistent, paths, patient};

const DAY: u64 = 24 * 60 * 60 * 1000;

async fn server(days: &str) -> (TestServer, Clock) {
    let clock = Clock::default();
    let audit_retention = days.parse().expect("a retention");
    let server = TestServer::start_with(Options { audit_retention, clock: clock.clone(), ..patient() }).await;
    (server, clock)
}

#[apply(api_test)]
async fn an_entry_shows_when_it_is_deleted() {
    let (server, clock) = server("7").await;
    let platform = server.platform();
    let organization = platform.create_organization("Acme").await.id();
    let body = json!({ "organizationId": organization, "entityType": "artifact", "entityId": "a", "action": "create" });
    platform.post(paths::AUDIT_LOGS, &body).await.expect(201);
    let target = format!("{}?organizationId={organization}", paths::AUDIT_LOGS);
    let page = platform.get(&target).await.expect(200);
    let rows = page.json()["data"].as_array().expect("rows").clone();
    assert_eq!(rows.len(), 2);
    let time = |value: &Value| value.as_str().expect("a time").parse::<Time>().expect("a time");
    for row in &rows {
        let (created, end) = (time(&row["createdAt"]), time(&row["expiresAt"]));
        assert_eq!(end, created.plus_millis(7 * DAY), "{row}");
    }
    // Every item of the trail has the time from which DynamoDB deletes it, and no other item of the organization has one.
    for item in server.items().await {
        let is_audit = matches!(Record::from_item(&item), Ok(Record::AuditEntry(_) | Record::AuditRow(_)));
        let ttl = ttl(&item);
        assert!(!is_audit || ttl.is_some_and(|ttl| ttl > clock.now().seconds_since_epoch()), "{item:?}");
    }
    // An entry that DynamoDB has not deleted yet is not listed.
    clock.advance(7 * DAY);
    let filters = ["", "&action=organization.created", "&entityType=artifact", "&entityId=a"];
    for filter in filters {
        let page = platform.get(&format!("{target}{filter}")).await.expect(200);
        assert_eq!(page.json()["data"], json!([]), "{filter}");
    }
    let target = format!("{}?organizationId={organization}", paths::entity_audit_logs("artifact", "a"));
    platform.get(&target).await.expect_error(404, "AUDIT_ENTRY_NOT_FOUND");
    assert_consistent(&server).await;
}

fn ttl(item: &Item) -> Option<u64> {
    item.get("ttl")?.as_n().ok()?.parse().ok()
}

#[apply(api_test)]
async fn entries_are_kept_for_ever_by_default() {
    let (server, clock) = server("0").await;
    let platform = server.platform();
    let organization = platform.create_organization("Acme").await.id();
    clock.advance(36_500 * DAY);
    let page = platform.get(&format!("{}?organizationId={organization}", paths::AUDIT_LOGS)).await.expect(200);
    assert_eq!(page.json()["data"][0]["expiresAt"], Value::Null);
    for item in server.items().await {
        let is_audit = matches!(Record::from_item(&item), Ok(Record::AuditEntry(_) | Record::AuditRow(_)));
        assert!(!is_audit || ttl(&item).is_none(), "{item:?}");
    }
}
