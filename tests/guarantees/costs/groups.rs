//! The costs of groups of recipients.

use reqwest::Method;
use serde_json::json;

use super::{Ledger, at_most};
use crate::harness::{DIRECTORY_SCOPES, TestClient, paths};

pub async fn measure(ledger: &mut Ledger, platform: &TestClient, org: &str) {
    let dock = platform.create_dock(org, "Groups").await.id();
    let [first, second] = [
        platform.create_recipient(&dock, "first@b.com").await.id(),
        platform.create_recipient(&dock, "second@b.com").await.id(),
    ];
    // A platform key first reads the owner of the dock. An organization key does not.
    let tenant = ledger.server.tenant(org, &DIRECTORY_SCOPES).await;
    ledger.age_keys();
    tenant.get(&paths::dock(&dock)).await.expect(200);
    let groups = paths::groups(&dock);
    let body = json!({ "name": "Lenders", "recipientIds": [first] });
    let name = "create-group, one recipient";
    let group = ledger.note(name, at_most(3, 3, 12.0, 4.0), 201, tenant.post(&groups, &body)).await.id();
    let target = paths::group(&dock, &group);
    ledger.note("get-group, one recipient", at_most(2, 3, 0.0, 4.0), 200, tenant.get(&target)).await;
    ledger.note("list-groups, one group", at_most(3, 4, 0.0, 4.0), 200, tenant.get(&groups)).await;
    let patch = json!({ "name": "Agents" });
    ledger.note("update-group, name", at_most(3, 4, 8.0, 4.0), 200, tenant.patch(&target, &patch)).await;
    let members = paths::group_recipients(&dock, &group);
    let body = json!({ "recipientIds": [second] });
    let name = "add-group-recipients, one recipient";
    ledger.note(name, at_most(5, 6, 8.0, 8.0), 200, tenant.post(&members, &body)).await;
    ledger.note("list-group-recipients", at_most(2, 3, 0.0, 5.0), 200, tenant.get(&members)).await;
    let removed = tenant.request(Method::DELETE, &members).json(&body).send();
    ledger.note("remove-group-recipients, one recipient", at_most(4, 5, 8.0, 8.0), 200, removed).await;
    let one = format!("{members}/{first}");
    ledger.note("remove-group-recipient", at_most(4, 5, 8.0, 8.0), 200, tenant.delete(&one)).await;
    ledger.note("delete-group", at_most(4, 5, 8.0, 4.0), 200, tenant.delete(&target)).await;
}
