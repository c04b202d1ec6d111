//! The DynamoDB that a function and the local server share: the server's embedded one, on a port.

use berth::Options;

use crate::harness::{StorePort, TestServer, patient};

/// Starts a server whose DynamoDB accepts signed requests on a port.
pub async fn server_with_port() -> TestServer {
    TestServer::start_with(Options { store_port: Some(0), ..patient() }).await
}

/// Returns the port of the server's DynamoDB.
pub fn port_of(server: &TestServer) -> StorePort {
    let (url, credentials) = server.running().store_port().expect("the server was started with a port");
    StorePort { url, credentials: credentials.clone() }
}
