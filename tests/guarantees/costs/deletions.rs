//! Costs of deletions.

use super::{Ledger, at_most};
use crate::harness::{TestClient, paths};

/// Measures deletions of resources with no roles, with as many as the first transaction revokes, and with many.
pub async fn measure(ledger: &mut Ledger, platform: &TestClient) {
    let org = platform.create_organization("Deletions").await.id();
    let (mut docks, mut parties) = (Vec::new(), Vec::new());
    for number in 0..40 {
        docks.push(platform.create_dock(&org, &format!("Dock {number}")).await.id());
        parties.push(platform.create_party(&org, &format!("Party {number}")).await.id());
    }
    // Reading takes 3 requests. The first transaction revokes 7 roles and the second one 9; else the sweep revokes all, 9 or
    // 10 in each transaction.
    for (roles, name, ceiling) in [
        (0, String::new(), [at_most(2, 4, 18.0, 3.0), at_most(2, 5, 44.0, 4.0)]),
        (10, ", 10 roles".to_owned(), [at_most(3, 5, 222.0, 8.0), at_most(3, 6, 246.0, 8.0)]),
        (40, ", 40 roles".to_owned(), [at_most(6, 13, 830.0, 30.0), at_most(9, 17, 860.0, 30.0)]),
    ] {
        let party = platform.create_party(&org, "Leaver").await.id();
        for dock in &docks[..roles] {
            platform.assign(&org, &party, dock, "RECIPIENT").await;
        }
        let target = paths::party(&org, &party);
        ledger.note(&format!("delete-party{name}"), ceiling[0], 200, platform.delete(&target)).await;
        let dock = platform.create_dock(&org, "Closed").await.id();
        for party in &parties[..roles] {
            platform.assign(&org, party, &dock, "RECIPIENT").await;
        }
        let tenant = ledger.server.tenant(&org, &["docks:write"]).await;
        ledger.age_keys();
        tenant.delete("/v1/docks/dock_01HQ3K9B2V6R4X8ZT1M5N7P0QS").await.expect(404);
        ledger.note(&format!("delete-dock{name}"), ceiling[1], 200, tenant.delete(&paths::dock(&dock))).await;
    }
    let empty = platform.create_organization("Empty").await.id();
    let target = paths::organization(&empty);
    ledger.note("delete-organization", at_most(2, 3, 34.0, 4.0), 200, platform.delete(&target)).await;
}
