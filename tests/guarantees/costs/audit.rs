//! Costs of the audit trail.

use serde_json::json;

use super::{Ledger, at_most, cursor};
use crate::harness::{TestClient, paths};

/// Measures the pages of the audit trail: without a filter, and by each one.
pub async fn measure(ledger: &mut Ledger, platform: &TestClient, org: &str, (dock, party): (&str, &str)) {
    let list = format!("{}?organizationId={org}&limit=20", paths::AUDIT_LOGS);
    let first = platform.get(&list).await.expect(200);
    let actor = first.json()["data"][0]["actor"]["id"].as_str().expect("an id").to_owned();
    for (name, filter) in [
        ("list-audit-entries, a page of 20 by cursor", String::new()),
        ("list-audit-entries by dockId, a page of 20 by cursor", format!("&dockId={dock}")),
        ("list-audit-entries by actorId, a page of 20 by cursor", format!("&actorId={actor}")),
        ("list-audit-entries by action, a page of 20 by cursor", "&action=party.role.assigned".to_owned()),
    ] {
        let target = format!("{list}{filter}");
        let page = platform.get(&target).await.expect(200);
        // 20 rows of about 750 bytes.
        let target = format!("{target}&cursor={}", cursor(&page));
        ledger.note(name, at_most(1, 1, 0.0, 5.0), 200, platform.get(&target)).await;
    }
    // One query for each action of the type.
    let target = format!("{list}&entityType=role");
    let name = "list-audit-entries by entityType, a page of 20";
    ledger.note(name, at_most(1, 2, 0.0, 6.0), 200, platform.get(&target)).await;
    let body =
        json!({ "dockId": dock, "organizationId": org, "entityType": "artifact", "entityId": "a", "action": "create" });
    let append = platform.post(paths::AUDIT_LOGS, &body);
    ledger.note("create-audit-entry", at_most(1, 1, 14.0, 0.0), 201, append).await;
    let target = format!("{}?organizationId={org}", paths::entity_audit_logs("party", party));
    ledger.note("list-audit-entries-by-entity", at_most(1, 2, 0.0, 2.0), 200, platform.get(&target)).await;
}
