//! The endpoints about the service itself.

use berth_shared::http::{Access, Handler};
use libtest_mimic::Trial;
use reqwest::Method;
use serde_json::Value;

use crate::harness::{Berth, tests};

pub fn tests() -> Vec<Trial> {
    tests![
        health_tells_the_version_without_a_credential,
        the_contract_is_served_as_it_is_checked_in,
        strict_handling_holds_without_a_credential_too,
        what_no_route_matches_is_told_whatever_comes_with_it,
    ]
}

async fn health_tells_the_version_without_a_credential() {
    let berth = Berth::start().await;
    let health = berth.nobody().get("/v1/healthz").await.expect(200);
    assert_eq!(health.text("status"), "ok");
    assert_eq!(health.text("version"), env!("CARGO_PKG_VERSION"));
}

async fn the_contract_is_served_as_it_is_checked_in() {
    let berth = Berth::start().await;
    let served = berth.nobody().get("/openapi.json").await.expect(200);
    let checked_in: Value = serde_json::from_str(include_str!("../openapi.json")).expect("openapi.json is JSON");
    assert_eq!(*served.json(), checked_in);
}

async fn strict_handling_holds_without_a_credential_too() {
    let berth = Berth::start().await;
    for endpoint in berth_functions::ENDPOINTS {
        if endpoint.access != Access::Public || endpoint.method != Method::GET {
            continue;
        }
        let target = format!("{}?verbose=1", endpoint.path);
        berth.nobody().get(&target).await.expect(endpoint.success);
        if let Handler::Other(_) = endpoint.handler {
            // The ledger's dialect knows no such preference.
            continue;
        }
        let strict = berth.nobody().call(Method::GET, &target).header("prefer", "handling=strict");
        strict.send().await.refused(400, "VALIDATION_FAILED");
    }
}

async fn what_no_route_matches_is_told_whatever_comes_with_it() {
    let berth = Berth::start().await;
    for (target, status, code) in
        [("/v1/docks", 405, "METHOD_NOT_ALLOWED"), ("/v1/nothing?a=1&a=2", 404, "ROUTE_NOT_FOUND")]
    {
        for (name, value) in [("if-match", "3"), ("if-none-match", ""), ("prefer", "handling=strict")] {
            let call = berth.nobody().call(Method::PUT, target).header(name, value);
            call.send().await.refused(status, code);
        }
    }
}
