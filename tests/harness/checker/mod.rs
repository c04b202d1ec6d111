//! The consistency checker: reads the whole table and reports every invariant that does not hold.

mod invariants;
mod table;

use aws_sdk_dynamodb::Client;

use crate::harness::TestServer;
use table::Table;

/// What does not hold in the table: the name of the rule, and what breaks it.
pub async fn check(client: &Client, table: &str) -> Vec<String> {
    let table = Table::read(client, table).await;
    let mut found = Vec::new();
    for (name, rule) in invariants::RULES {
        let mut broken = Vec::new();
        rule(&table, &mut broken);
        found.extend(broken.into_iter().map(|what| format!("{name}: {what}")));
    }
    found
}

/// Fails where something does not hold in a server's table.
pub async fn assert_consistent(server: &TestServer) {
    let found = check(server.running().client(), server.running().table()).await;
    assert!(found.is_empty(), "{found:#?}");
}
