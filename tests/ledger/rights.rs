//! The maximum number of rights of a user.

use futures::{StreamExt, future::join_all, stream};
use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::{TestClient, api_test};
use crate::ledger::{Ledger, assert_error};

/// Maximum number of rights of a user. An admin right is one of them.
const MAX: usize = 1000;

/// Returns the rights of a user.
async fn rights(client: &TestClient, user: &str) -> Vec<Value> {
    let response = client.list_ledger_user_rights(user).await.expect(200);
    response.json()["rights"].as_array().expect("a list").clone()
}

#[apply(api_test)]
async fn a_user_never_has_more_than_1000_rights() {
    let ledger = Ledger::new().await;
    let (client, user) = ledger.user(&["ledger:admin"]).await;
    let allocate =
        async |hint: String| client.allocate_ledger_party(&json!({ "partyIdHint": hint, "userId": user })).await;
    let first = (0..MAX - 2).map(|at| allocate(format!("first {at:03}")));
    for created in stream::iter(first).buffer_unordered(16).collect::<Vec<_>>().await {
        created.expect(200);
    }
    assert_eq!(rights(&client, &user).await.len(), MAX - 1);
    // One right is left. Of simultaneous allocations, one gets it.
    let responses = join_all((0..64).map(|at| allocate(format!("last {at:02}")))).await;
    let (created, rejected): (Vec<_>, Vec<_>) = responses.into_iter().partition(|response| response.status == 200);
    assert_eq!((created.len(), rejected.len()), (1, 63));
    for error in rejected {
        let error = assert_error(error, 400, "TOO_MANY_USER_RIGHTS");
        let cause =
            format!("granting user rights for a new party failed, as user \"{user}\" would have too many rights.");
        assert_eq!(error.text("cause"), cause);
        assert_eq!(error.json()["resources"], json!([["USER", user]]));
    }
    let held = rights(&client, &user).await;
    assert_eq!(held.len(), MAX);
    // Nothing was created with an error: the rights and the parties are the same, and each other hint is free.
    let list = ledger.list("?filter-party=last").await;
    assert_eq!(list, [created[0].json()["partyDetails"]["party"].as_str().expect("an id")]);
    assert!(held.contains(&json!({ "kind": { "CanActAs": { "value": { "party": list[0] } } } })));
    let free = (0..64).map(|at| format!("last {at:02}")).find(|hint| ledger.id(hint) != list[0]).expect("a hint");
    assert_error(allocate(free.clone()).await, 400, "TOO_MANY_USER_RIGHTS");
    // A used hint is reported before the rights.
    assert_error(allocate("first 000".to_owned()).await, 400, "INVALID_ARGUMENT");
    ledger.party(&free.replace(' ', "-")).await;
    client.allocate_ledger_party(&json!({ "partyIdHint": free })).await.expect(200);
    // Another user is not affected.
    let (other, id) = ledger.user(&["ledger:admin"]).await;
    other.allocate_ledger_party(&json!({ "userId": id })).await.expect(200);
    assert_eq!(rights(&other, &id).await.len(), 2);
}
