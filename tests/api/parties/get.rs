//! `GET /v1/organizations/{orgId}/parties/{partyId}`.

use macro_rules_attribute::apply;
use serde_json::json;

use crate::guarantees::isolation::tenants::{is_nothing, two_tenants};
use crate::harness::{TestServer, api_test, paths};

#[apply(api_test)]
async fn another_tenants_party_is_not_found_under_the_own_organization() {
    let server = TestServer::start().await;
    let (other, own) = two_tenants(&server).await;
    let target = paths::party(&own.organization, &other.party);
    for latest in ["max-age=0", "no-cache"] {
        let request = own.client.request(reqwest::Method::GET, &target).header("cache-control", latest);
        request.send().await.expect_error(404, "PARTY_NOT_FOUND");
    }
    // The role belongs to the other tenant, too: the path does not matter.
    own.client.delete(&format!("{target}/roles/{}", other.role)).await.expect_error(404, "ROLE_NOT_FOUND");
}

#[apply(api_test)]
async fn a_platform_key_does_not_find_a_party_under_another_organization() {
    let server = TestServer::start().await;
    let (a, b) = two_tenants(&server).await;
    let platform = server.platform();
    let party = paths::party(&a.organization, &b.party);
    platform.get(&party).await.expect_error(404, "PARTY_NOT_FOUND");
    platform.patch(&party, &json!({ "name": "Mine" })).await.expect_error(404, "PARTY_NOT_FOUND");
    platform.get(&format!("{party}/roles")).await.expect_error(404, "PARTY_NOT_FOUND");
    platform.delete(&format!("{party}/roles/{}", b.role)).await.expect_error(404, "ROLE_NOT_FOUND");
    // A check under the wrong organization does not find the role.
    let checks = json!({ "checks": [{ "dockId": b.dock, "partyId": b.party, "role": "DISTRIBUTOR" }] });
    let response = platform.check_roles(&a.organization, &checks).await;
    assert!(is_nothing(&response.expect(200)));
}
