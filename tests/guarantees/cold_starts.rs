//! Each endpoint in a process that has served nothing before, as at AWS, where each has processes of its own: whatever
//! it reads once per process, it reads there itself.

use berth::{Options, StoreChoice};
use berth_functions::ENDPOINTS;
use berth_shared::http::{Access, Endpoint};
use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::samples::{Sample, Tenant, guarded};
use crate::harness::{Answer, Berth, Caller, api_test};
use crate::ledger::{Ledger, annotating};

/// Another process on the store of `berth`, and a caller of it.
async fn another(berth: &Berth) -> (Berth, Caller) {
    let store = StoreChoice::Endpoint(berth.running().store_url().expect("a store on this machine").to_owned());
    let process = Berth::start_with(Options { store, ..Options::default() }).await;
    let caller = process.with_key(berth.platform().credential().expect("the first key"));
    (process, caller)
}

#[apply(api_test)]
async fn each_endpoint_works_in_a_process_of_its_own() {
    let berth = Berth::start().await;
    let tenant = Tenant::new(&berth, "Bank of America").await;
    for (endpoint, _) in guarded() {
        let (_process, caller) = another(&berth).await;
        Sample::of(endpoint, &tenant).send(&caller).await.expect(endpoint.success);
    }
}

#[apply(api_test)]
async fn each_endpoint_of_the_ledger_does() {
    let ledger = Ledger::new().await;
    let party = ledger.party("Alice").await;
    let user = ledger.platform.get("/v2/authenticated-user").await.expect(200).json()["user"]["id"].clone();
    let user = user.as_str().expect("the user's id");
    for endpoint in ENDPOINTS.iter().filter(|endpoint| matches!(endpoint.access, Access::Ledger(_))) {
        let (_process, caller) = another(&ledger.berth).await;
        call(endpoint, &caller, &party, user).await.expect(endpoint.success);
    }
}

async fn call(endpoint: &Endpoint, caller: &Caller, party: &str, user: &str) -> Answer {
    let target = endpoint.path.replace("{party}", party).replace("{user-id}", user);
    match endpoint.method.as_str() {
        "GET" => caller.get(&target).await,
        "POST" => caller.post(&target, &json!({ "partyIdHint": "Bob" })).await,
        "PATCH" => caller.patch(&target, &annotating(party, &json!({ "a": "b" }))).await,
        other => panic!("no call of {other} {target} is known here: add it"),
    }
}
