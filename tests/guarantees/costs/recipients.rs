//! The costs of recipients.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Ledger, at_most, cursor};
use crate::harness::{DIRECTORY_SCOPES, TestClient, paths};

pub async fn measure(ledger: &mut Ledger, platform: &TestClient, org: &str) {
    let dock = platform.create_dock(org, "Recipients").await.id();
    let [party, other] = [platform.create_party(org, "Ann").await.id(), platform.create_party(org, "Bob").await.id()];
    // A platform key first reads the owner of the dock. An organization key does not.
    let tenant = ledger.server.tenant(org, &DIRECTORY_SCOPES).await;
    ledger.age_keys();
    tenant.get(&paths::dock(&dock)).await.expect(200);
    let target = paths::recipients(&dock);
    let body = |email: &str, party: Option<&str>| json!({ "name": "Jane", "email": email, "partyId": party });
    let post = |body: &Value| tenant.request(Method::POST, &target).json(body).send();
    let created = ledger.note("create-recipient", at_most(1, 1, 10.0, 0.0), 201, post(&body("a@b.com", None))).await;
    let one = paths::recipient(&dock, &created.id());
    let linked = post(&body("b@b.com", Some(&party)));
    let linked = ledger.note("create-recipient, role assigned", at_most(1, 1, 18.0, 0.0), 201, linked).await;
    let held = post(&body("c@b.com", Some(&party)));
    ledger.note("create-recipient, role held", at_most(2, 2, 12.0, 0.0), 201, held).await;
    let keyed = tenant.request(Method::POST, &target).header("idempotency-key", "recipient");
    let keyed = keyed.json(&body("d@b.com", Some(&other))).send();
    let name = "create-recipient, role assigned, Idempotency-Key";
    ledger.note(name, at_most(1, 1, 20.0, 0.0), 201, keyed).await;
    let duplicate = post(&body("a@b.com", None));
    ledger.note("create-recipient rejected: used address", at_most(1, 1, 0.0, 0.0), 409, duplicate).await;
    ledger.note("get-recipient", at_most(1, 1, 0.0, 2.0), 200, tenant.get(&one)).await;
    let with_role = paths::recipient(&dock, &linked.id());
    ledger.note("get-recipient, with a party", at_most(2, 2, 0.0, 4.0), 200, tenant.get(&with_role)).await;
    let patch = json!({ "name": "Joan" });
    ledger.note("update-recipient", at_most(2, 2, 4.0, 2.0), 200, tenant.patch(&one, &patch)).await;
    let patch = json!({ "email": "e@b.com" });
    ledger.note("update-recipient, email", at_most(2, 2, 8.0, 2.0), 200, tenant.patch(&one, &patch)).await;
    let batch = json!({ "recipients": [body("batch@b.com", None)] });
    let batch = tenant.request(Method::POST, &format!("{target}/batch")).json(&batch).send();
    ledger.note("create-recipients-batch, one recipient", at_most(1, 1, 10.0, 0.0), 200, batch).await;
    for number in 0..45 {
        post(&body(&format!("r{number}@b.com"), Some(&party))).await.expect(201);
    }
    let page = tenant.get(&format!("{target}?limit=20")).await.expect(200);
    let by_cursor = format!("{target}?limit=20&cursor={}", cursor(&page));
    // The page and the counters, and then one party with its role.
    let name = "list-recipients, a page of 20 by cursor";
    ledger.note(name, at_most(2, 3, 0.0, 6.0), 200, tenant.get(&by_cursor)).await;
    let by_email = format!("{target}?email=b@b.com");
    ledger.note("list-recipients by email", at_most(3, 4, 0.0, 6.0), 200, tenant.get(&by_email)).await;
    ledger.note("delete-recipient", at_most(2, 2, 10.0, 2.0), 200, tenant.delete(&one)).await;
}
