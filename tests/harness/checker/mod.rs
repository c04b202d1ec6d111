//! The consistency checker: reads the whole table and reports every invariant that does not hold.

mod credentials;
mod deletions;
mod invariants;
mod recipients;
mod table;

use aws_sdk_dynamodb::Client;

use crate::harness::TestServer;
use table::Table;

/// Returns the violated invariants of a table, each as the name of its rule and the violation.
pub async fn check(client: &Client, table: &str) -> Vec<String> {
    let table = Table::read(client, table).await;
    let mut found = Vec::new();
    for (name, rule) in invariants::RULES {
        let mut violations = Vec::new();
        rule(&table, &mut violations);
        found.extend(violations.into_iter().map(|violation| format!("{name}: {violation}")));
    }
    found
}

/// Asserts that every invariant holds in the table of a server.
pub async fn assert_consistent(server: &TestServer) {
    let found = check(server.running().client(), server.running().table()).await;
    assert!(found.is_empty(), "{found:#?}");
}
