//! Every endpoint in a new process. At AWS, each endpoint has its own processes, so it must read by itself whatever is
//! read once per process.

use berth::Options;
use berth_functions::ENDPOINTS;
use berth_shared::http::Access;
use macro_rules_attribute::apply;

use crate::harness::samples::{SampleRequest, Tenant, scoped_endpoints};
use crate::harness::{TestClient, TestServer, api_test};
use crate::ledger::{Ledger, send_sample};

/// Starts another process on the table of `server`, and returns it with a client.
async fn another(server: &TestServer) -> (TestServer, TestClient) {
    let store = server.shared_store();
    let process = TestServer::start_with(Options { store, ..Options::default() }).await;
    let client = process.client(server.platform().credential().expect("the first platform key"));
    (process, client)
}

#[apply(api_test)]
async fn every_endpoint_works_in_a_new_process() {
    let server = TestServer::start().await;
    let mut tenant = Tenant::new(&server, "Bank of America").await;
    tenant.client = server.platform();
    for (endpoint, _) in scoped_endpoints() {
        let (_process, client) = another(&server).await;
        let (tenant, _) = tenant.with_fresh_resource(endpoint, endpoint.name).await;
        SampleRequest::of(endpoint, &tenant).send(&client).await.expect(endpoint.success);
    }
}

#[apply(api_test)]
async fn every_ledger_endpoint_works_in_a_new_process() {
    let ledger = Ledger::new().await;
    let party = ledger.party("Alice").await;
    let user = ledger.platform.get("/v2/authenticated-user").await.expect(200).json()["user"]["id"].clone();
    let user = user.as_str().expect("the user's id");
    for endpoint in ENDPOINTS.iter().filter(|endpoint| matches!(endpoint.access, Access::Ledger(_))) {
        let (_process, client) = another(&ledger.server).await;
        send_sample(endpoint, &client, &party, user).await.expect(endpoint.success);
    }
}
