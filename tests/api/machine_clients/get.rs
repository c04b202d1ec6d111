//! `GET /v1/organizations/{orgId}/machine-clients/{machineClientId}`.

use macro_rules_attribute::apply;

use crate::harness::{TestServer, api_test, paths, samples::Tenant, samples::nonexistent, samples::normalized};

#[apply(api_test)]
async fn a_client_is_returned_without_its_secret() {
    let server = TestServer::start().await;
    let own = Tenant::new(&server, "Bank of America").await;
    let created = own.client.create_machine_client(&own.organization, &["docks:read"]).await;
    let target = paths::machine_client(&own.organization, &created.id());
    let found = own.client.get(&target).await.expect(200);
    let mut expected = created.json().clone();
    expected.as_object_mut().expect("an object").remove("clientSecret");
    assert_eq!((found.json(), found.header("etag")), (&expected, created.header("etag")));
    // A use changes `lastUsedAt` and the tag.
    own.client.access_token(&created).await;
    let used = own.client.get(&target).await.expect(200);
    assert!(used.json()["lastUsedAt"].is_string() && used.header("etag") != found.header("etag"));
}

#[apply(api_test)]
async fn a_client_of_another_organization_is_not_found() {
    let server = TestServer::start().await;
    let (own, other) = (Tenant::new(&server, "A").await, Tenant::new(&server, "B").await);
    let foreign = own.client.get(&paths::machine_client(&own.organization, &other.machine_client)).await;
    let unknown = own.client.get(&paths::machine_client(&own.organization, &nonexistent(&other.machine_client))).await;
    assert_eq!(normalized(&foreign, &[]), normalized(&unknown, &[]));
    foreign.expect_error(404, "MACHINE_CLIENT_NOT_FOUND");
    // Nor for a platform key, under the wrong organization.
    let target = paths::machine_client(&own.organization, &other.machine_client);
    server.platform().get(&target).await.expect_error(404, "MACHINE_CLIENT_NOT_FOUND");
    server.platform().get(&paths::machine_client(&other.organization, &other.machine_client)).await.expect(200);
}
