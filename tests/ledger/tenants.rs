//! Who sees what on the ledger, for every endpoint of its list.

use std::collections::BTreeMap;

use berth_functions::ENDPOINTS;
use berth_shared::http::{Access, Endpoint};
use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::{Answer, Caller, api_test, paths};
use crate::ledger::{Ledger, annotating, parties, redacted, refused};

fn guarded() -> impl Iterator<Item = &'static Endpoint> {
    ENDPOINTS.iter().filter(|endpoint| matches!(endpoint.access, Access::Ledger(_)))
}

/// A call of the endpoint about this party and this user. A new endpoint needs a row here.
async fn send(endpoint: &Endpoint, caller: &Caller, party: &str, user: &str) -> Answer {
    let body = match endpoint.name {
        "allocate-ledger-party" => Some(json!({})),
        "update-ledger-party" => Some(annotating(party, &json!({ "a": "x" }))),
        "list-ledger-parties"
        | "get-ledger-party"
        | "get-participant-id"
        | "authenticated-user"
        | "get-ledger-user"
        | "list-ledger-user-rights"
        | "connected-synchronizers" => None,
        other => panic!("{other} has no sample: add it to tests/ledger/tenants.rs"),
    };
    let target = endpoint.path.replace("{party}", party).replace("{user-id}", user);
    assert!(!target.contains('{'), "{} has a parameter that has no sample", endpoint.name);
    let call = caller.call(endpoint.method.clone(), &target);
    match body {
        Some(body) => call.json(&body).send().await,
        None => call.send().await,
    }
}

/// Two organizations, each with a party `<hint>` and a caller: the key's id comes with it.
struct Tenants {
    ledger: Ledger,
    other: String,
    own: String,
    caller: Caller,
    user: String,
}

impl Tenants {
    async fn new() -> Self {
        let ledger = Ledger::new().await;
        let mut organizations = Vec::new();
        for hint in ["theirs", "mine"] {
            let organization = ledger.platform.create_organization(hint).await.id();
            let body = json!({ "partyIdHint": hint, "identityProviderId": organization });
            ledger.allocate(&body).await.expect(200);
            organizations.push(organization);
        }
        let own = organizations.pop().expect("two organizations");
        let other = organizations.pop().expect("two organizations");
        let key = ledger.platform.create_api_key(Some(&own), &["ledger:admin"]).await;
        let caller = ledger.berth.with_key(&key.text("key"));
        Self { ledger, other, own, caller, user: key.id() }
    }
}

#[apply(api_test)]
async fn nobody_and_keys_without_a_scope_are_told_nothing() {
    let Tenants { ledger, own, .. } = Tenants::new().await;
    let berth = &ledger.berth;
    let revoked = ledger.platform.create_api_key(None, &["ledger:admin"]).await;
    ledger.platform.revoke_api_key(&revoked.id()).await.expect(200);
    let scopes = ["organizations:read", "parties:read", "parties:write"];
    let unscoped = [ledger.user(&scopes).await.0, berth.tenant(&own, &scopes).await];
    let mut walked = 0;
    for endpoint in guarded() {
        for caller in [berth.nobody(), berth.with_key("dk_live_a1b2c3d4"), berth.with_key(&revoked.text("key"))] {
            redacted(send(endpoint, &caller, &ledger.id("mine"), "alice").await, 401);
        }
        for caller in &unscoped {
            redacted(send(endpoint, caller, &ledger.id("mine"), "alice").await, 403);
        }
        walked += 1;
    }
    assert_eq!(walked, 9);
}

/// What an answer tells, without its trace and with `<id>` in place of the id.
fn told(answer: &Answer, id: &str) -> (u16, BTreeMap<String, Value>) {
    let text = String::from_utf8_lossy(&answer.body).replace(id, "<id>");
    let mut body: BTreeMap<String, Value> = serde_json::from_str(&text).expect("an object");
    body.remove("traceId");
    if let Some(context) = body.get_mut("context").and_then(Value::as_object_mut) {
        context.remove("tid");
    }
    (answer.status, body)
}

#[apply(api_test)]
async fn another_tenants_party_is_like_one_that_never_was() {
    let Tenants { ledger, other, caller, .. } = Tenants::new().await;
    let made = ledger.platform.create_party(&other, "Ann").await.text("ledgerParty");
    let key = ledger.platform.create_api_key(Some(&other), &["ledger:admin"]).await.id();
    let last = if key.ends_with('0') { "1" } else { "0" };
    let never_user = format!("{}{last}", &key[..key.len() - 1]);
    let never = ledger.id("never");
    let mut compared = 0;
    for endpoint in guarded().filter(|endpoint| endpoint.path.contains('{')) {
        for theirs in [ledger.id("theirs"), made.clone()] {
            let (foreign, unknown) =
                (send(endpoint, &caller, &theirs, &key).await, send(endpoint, &caller, &never, &never_user).await);
            let (id, never) = if endpoint.path.contains("{party}") { (&theirs, &never) } else { (&key, &never_user) };
            assert_eq!(told(&foreign, id), told(&unknown, never), "{}", endpoint.name);
            let is_nothing = foreign.status == 404 || foreign.json()["partyDetails"] == json!([]);
            assert!(is_nothing, "{}: {}", endpoint.name, foreign.json());
            compared += 1;
        }
    }
    assert_eq!(compared, 8);
    let several = format!("{}?parties={}&parties={made}", paths::ledger_party(&ledger.id("mine")), ledger.id("theirs"));
    assert_eq!(parties(&caller.get(&several).await.expect(200)), [ledger.id("mine")]);
    let untouched = ledger.platform.get(&format!("/v2/parties?identity-provider-id={other}")).await.expect(200);
    for party in untouched.json()["partyDetails"].as_array().expect("a list") {
        assert_eq!(party["localMetadata"], json!({ "resourceVersion": "0", "annotations": {} }));
    }
}

#[apply(api_test)]
async fn tenants_may_not_name_each_other() {
    let Tenants { ledger, other, own, caller, .. } = Tenants::new().await;
    let default = ledger.platform.default_organization().await;
    let id = ledger.id("mine");
    let patched = |provider: &str| {
        let mut body = annotating(&id, &json!({}));
        body["partyDetails"]["identityProviderId"] = json!(provider);
        body
    };
    for provider in [other.as_str(), &default, &crate::harness::samples::unknown(&other), "nobodys"] {
        redacted(caller.get(&format!("/v2/parties?identity-provider-id={provider}")).await, 403);
        redacted(caller.get(&format!("{}?identity-provider-id={provider}", paths::ledger_party(&id))).await, 403);
        redacted(caller.allocate_ledger_party(&json!({ "identityProviderId": provider })).await, 403);
        redacted(caller.update_ledger_party(&id, &patched(provider)).await, 403);
    }
    for provider in ["", own.as_str()] {
        let made = caller.allocate_ledger_party(&json!({ "identityProviderId": provider })).await.expect(200);
        assert_eq!(made.json()["partyDetails"]["identityProviderId"], json!(own));
        let changed = caller.update_ledger_party(&id, &patched(provider)).await.expect(200);
        assert_eq!(changed.json()["partyDetails"]["identityProviderId"], json!(own));
        let listed = caller.get(&format!("/v2/parties?identity-provider-id={provider}")).await.expect(200);
        assert!(parties(&listed).contains(&id) && !parties(&listed).contains(&ledger.id("theirs")));
    }
    // A hint is one for all: whose it is, is not told.
    redacted(caller.allocate_ledger_party(&json!({ "partyIdHint": "theirs" })).await, 403);
    refused(caller.allocate_ledger_party(&json!({ "partyIdHint": "mine" })).await, 400, "INVALID_ARGUMENT");
}

#[apply(api_test)]
async fn a_tenants_parties_are_its_own() {
    let Tenants { ledger, own, caller, user, .. } = Tenants::new().await;
    for endpoint in guarded() {
        send(endpoint, &caller, &ledger.id("mine"), &user).await.expect(200);
    }
    let listed = caller.list_ledger_parties().await.expect(200);
    for party in listed.json()["partyDetails"].as_array().expect("a list") {
        assert_eq!(party["identityProviderId"], json!(own));
    }
    // An organization's reader reads its own, and no more.
    let reader = ledger.berth.tenant(&own, &["ledger:read"]).await;
    for (hint, shown) in [("mine", 1), ("theirs", 0)] {
        let found = reader.get_ledger_party(&ledger.id(hint)).await.expect(200);
        assert_eq!(parties(&found).len(), shown);
    }
    redacted(reader.list_ledger_parties().await, 403);
}
