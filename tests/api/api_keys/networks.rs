//! The networks from which an API key can be used.

use std::net::IpAddr;

use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{TestServer, api_test, checker::assert_consistent};

fn body(networks: &Value) -> Value {
    json!({ "name": "Office", "scopes": ["api-keys:write", "docks:read", "ledger:read"], "allowedIps": networks })
}

#[apply(api_test)]
async fn a_key_is_accepted_only_from_its_networks() {
    let server = TestServer::start().await;
    let created = server.platform().post_api_key(&body(&json!(["192.0.2.0/24", "127.0.0.2/32"]))).await.expect(201);
    assert_eq!(created.json()["allowedIps"], json!(["192.0.2.0/24", "127.0.0.2/32"]));
    let elsewhere = server.client(&created.text("key"));
    let inside = elsewhere.from_address(IpAddr::from([127, 0, 0, 2]));
    let unknown = server.client("dk_test_unknown").list_docks().await;
    for _ in 0..2 {
        let error = elsewhere.list_docks().await.expect_error(401, "UNAUTHORIZED");
        assert_eq!(error.json()["message"], unknown.json()["message"]);
        elsewhere.get("/v2/authenticated-user").await.expect(401);
        // From then on, the key is cached.
        inside.list_docks().await.expect(200);
        inside.get("/v2/authenticated-user").await.expect(200);
    }
    // A header does not change the address.
    for name in ["x-forwarded-for", "forwarded", "x-real-ip"] {
        let request = elsewhere.request(Method::GET, "/v1/docks").header(name, "127.0.0.2");
        request.send().await.expect_error(401, "UNAUTHORIZED");
    }
}

#[apply(api_test)]
async fn networks_are_in_cidr_notation() {
    let server = TestServer::start().await;
    let error =
        server.platform().post_api_key(&body(&json!(["192.0.2.1", "192.0.2.1/24", "::1", 7, "10.0.0.0/8"]))).await;
    assert_eq!(error.error_locations(), ["/allowedIps/0", "/allowedIps/1", "/allowedIps/2", "/allowedIps/3"]);
    let many = |count: usize| json!((0..count).map(|at| format!("10.0.{at}.0/24")).collect::<Vec<_>>());
    server.platform().post_api_key(&body(&many(20))).await.expect(201);
    for wrong in [many(21), json!("10.0.0.0/8"), json!({})] {
        assert_eq!(server.platform().post_api_key(&body(&wrong)).await.error_locations(), ["/allowedIps"]);
    }
    // An IPv4-mapped network is an IPv4 network. Without networks, there is no restriction.
    for (sent, shown) in [
        (json!(["::ffff:10.0.0.0/104", "2001:DB8::/32"]), json!(["10.0.0.0/8", "2001:db8::/32"])),
        (json!([]), json!([])),
        (Value::Null, json!([])),
    ] {
        assert_eq!(server.platform().post_api_key(&body(&sent)).await.expect(201).json()["allowedIps"], shown);
    }
}

#[apply(api_test)]
async fn a_key_grants_only_networks_within_its_own() {
    let server = TestServer::start().await;
    let own = json!(["127.0.0.0/8", "10.0.0.0/8"]);
    let created = server.platform().post_api_key(&body(&own)).await.expect(201);
    let parent = server.client(&created.text("key"));
    for (sent, shown) in [
        (json!(["127.0.0.1/32"]), json!(["127.0.0.1/32"])),
        (json!(["10.1.0.0/16", "127.0.0.0/8"]), json!(["10.1.0.0/16", "127.0.0.0/8"])),
        (json!([]), own.clone()),
        (Value::Null, own.clone()),
    ] {
        assert_eq!(parent.post_api_key(&body(&sent)).await.expect(201).json()["allowedIps"], shown);
    }
    let error = parent.post_api_key(&body(&json!(["127.0.0.1/32", "0.0.0.0/0", "192.0.2.0/24", "::/0"]))).await;
    assert_eq!(error.error_locations(), ["/allowedIps/1", "/allowedIps/2", "/allowedIps/3"]);
    assert_consistent(&server).await;
}
