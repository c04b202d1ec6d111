//! A dock with many roles. The largest size runs only on request:
//!
//!     BERTH_GROWTH=1 cargo test --test api -- deletions::large

use std::time::{Duration, Instant};

use berth::Options;
use berth_shared::store::Record;
use macro_rules_attribute::apply;

use crate::guarantees::growth::directory::Directory;
use crate::harness::checker::assert_consistent;
use crate::harness::{Fault, Mode, TestCase, TestServer, Wire, api_test, paths};

/// Maximum number of requests.
const REQUESTS: usize = 200;

/// DynamoDB is slow, and the time of a request suffices for a few steps.
#[apply(api_test)]
async fn a_dock_with_a_thousand_roles_is_deleted_by_several_requests() {
    let continued = expect_deleted(1_000, Duration::from_secs(3), Some(Duration::from_millis(150))).await;
    assert!(continued > 0, "the dock is deleted at once: the test needs a larger one");
}

inventory::submit! {
    TestCase {
        name: concat!(module_path!(), "::a_dock_with_ten_thousand_roles_is_deleted"),
        mode: Mode::OptIn("BERTH_GROWTH"),
        run: || Box::pin(a_dock_with_ten_thousand_roles_is_deleted()),
    }
}

async fn a_dock_with_ten_thousand_roles_is_deleted() {
    expect_deleted(10_000, Duration::from_secs(10), None).await;
}

/// Deletes a dock with this many roles. It is gone with the first request, however many requests the sweep takes. Returns
/// how many of them report that it is in progress.
async fn expect_deleted(roles: usize, request_timeout: Duration, delay: Option<Duration>) -> usize {
    let server = TestServer::start().await;
    let mut directory = Directory::make(&server).await;
    directory.grow_each([0, 0, roles, 0, 0, 0]).await;
    let (client, target) = (&directory.client, paths::dock(&directory.dock));
    let members = client.get(&paths::dock_parties(&directory.dock)).await.expect(200);
    assert_eq!(members.json()["meta"]["total"], roles);
    let wire = Wire::new();
    let store = server.shared_store();
    let options = Options { store, http_client: Some(wire.layer()), request_timeout, ..Options::default() };
    let process = TestServer::start_with(options).await;
    let hasty = process.client(client.credential().expect("the first key"));
    hasty.list_docks().await.expect(200);
    if let Some(delay) = delay {
        wire.always(Fault::Late(delay));
    }
    let (begun, mut continued) = (Instant::now(), 0);
    for requests in 1.. {
        let response = hasty.delete(&target).await;
        assert!(requests < REQUESTS, "the deletion ends");
        if response.status == 503 && client.get(&target).await.status == 200 {
            // On a busy machine, the time did not suffice for the first transaction.
            continue;
        }
        client.get(&target).await.expect_error(404, "DOCK_NOT_FOUND");
        let held = client.get(&paths::organization_roles(&directory.org)).await.expect(200);
        assert_eq!(held.json()["data"].as_array().expect("rows").len(), 1, "only the role in another dock");
        if response.status == 200 {
            eprintln!("a dock with {roles} roles: {requests} requests, {:.1?}", begun.elapsed());
            break;
        }
        assert_eq!(response.header("retry-after"), Some("1"));
        continued += usize::from(response.expect(503).json()["code"] == "DELETION_IN_PROGRESS");
    }
    let records = server.records().await;
    let current = records.iter().filter(|record| matches!(record, Record::DockRole(_))).count();
    let revoked = records.iter().filter(|record| matches!(record, Record::RevokedDockRole(_))).count();
    assert_eq!((current, revoked), (1, roles));
    client.delete(&target).await.expect_error(404, "DOCK_NOT_FOUND");
    assert_consistent(&server).await;
    continued
}
