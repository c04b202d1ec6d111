//! `GET /v2/parties/{party}`, for one party and for several.

use macro_rules_attribute::apply;
use serde_json::{Value, json};

use crate::harness::{TestServer, api_test, paths};
use crate::ledger::{Ledger, assert_error, assert_redacted, parties};

#[apply(api_test)]
async fn unknown_parties_are_omitted() {
    let ledger = Ledger::new().await;
    ledger.party("Alice").await;
    let elsewhere = format!("Alice::1220{}", "0".repeat(64));
    for id in [ledger.id("Bob"), ledger.id("alice"), elsewhere, "Alice".to_owned(), "Alice::x".to_owned()] {
        let found = ledger.platform.get_ledger_party(&id).await.expect(200);
        assert_eq!(*found.json(), json!({ "partyDetails": [] }), "{id}");
    }
}

#[apply(api_test)]
async fn several_parties_are_sorted_without_duplicates() {
    let ledger = Ledger::new().await;
    for hint in ["b", "a", "c d", "a-b"] {
        ledger.party(hint).await;
    }
    let organization = ledger.platform.default_organization().await;
    let created = ledger.platform.create_party(&organization, "Ann").await.id();
    let get = async |first: &str, more: &[&str]| {
        let more: Vec<_> = more.iter().map(|hint| format!("parties={}", ledger.id(hint))).collect();
        let target = format!("{}?{}", paths::ledger_party(&ledger.id(first)), more.join("&"));
        parties(&ledger.platform.get(&target).await.expect(200))
    };
    let ids = |hints: &[&str]| hints.iter().map(|hint| ledger.id(hint)).collect::<Vec<_>>();
    assert_eq!(get("b", &["a", "b", "nobody", "a"]).await, ids(&["a", "b"]));
    assert_eq!(get("nobody", &["a-b", "a"]).await, ids(&["a-b", "a"]));
    // In a query, a space is `+` or `%20`.
    assert_eq!(get("b", &["c+d", &created]).await, ids(&["b", "c d", &created]));
    assert_eq!(get(&created, &["c%20d"]).await, ids(&["c d", &created]));
}

#[apply(api_test)]
async fn malformed_ids_are_rejected() {
    let ledger = Ledger::new().await;
    for id in ["a.b", "%C3%A9", &"a".repeat(256)] {
        assert_error(ledger.platform.get_ledger_party(id).await, 400, "INVALID_ARGUMENT");
        assert_error(ledger.platform.get(&format!("/v2/parties/a?parties={id}")).await, 400, "INVALID_ARGUMENT");
    }
}

#[apply(api_test)]
async fn paths_are_decoded_once() {
    let ledger = Ledger::new().await;
    let id = ledger.party("a b").await;
    let encoded = id.replace(':', "%3A").replace(' ', "%20");
    let found = ledger.platform.get(&format!("{}?parties={encoded}", paths::ledger_party(&encoded))).await.expect(200);
    assert_eq!(parties(&found), std::slice::from_ref(&id));
    let body = json!({ "partyDetails": { "party": id }, "updateMask": { "paths": ["local_metadata"] } });
    ledger.patch(&encoded, &body).await.expect(200);
    // An id that is encoded twice is another id, and a plus sign in a path is a plus sign.
    for other in [encoded.replace('%', "%25"), encoded.replace("%20", "+")] {
        assert_error(ledger.platform.get_ledger_party(&other).await, 400, "INVALID_ARGUMENT");
    }
}

#[apply(api_test)]
async fn another_providers_party_is_returned_without_details() {
    let ledger = Ledger::new().await;
    let organization = ledger.platform.create_organization("Acme").await.id();
    for (hint, provider) in [("mine", ""), ("theirs", organization.as_str())] {
        let body = json!({
            "partyIdHint": hint,
            "identityProviderId": provider,
            "localMetadata": { "annotations": { "a": "x" } },
        });
        ledger.allocate(&body).await.expect(200);
    }
    let shown = async |hint: &str, provider: &str| {
        let target = format!("/v2/parties/{}{provider}", ledger.id(hint));
        let found = ledger.platform.get(&target).await.expect(200);
        found.json()["partyDetails"][0].clone()
    };
    let whole = |hint: &str, provider: &str| {
        json!({ "party": ledger.id(hint), "isLocal": true, "identityProviderId": provider,
                "localMetadata": { "resourceVersion": "0", "annotations": { "a": "x" } } })
    };
    let blank = |hint: &str, is_local: bool| -> Value {
        json!({ "party": ledger.id(hint), "isLocal": is_local, "identityProviderId": "",
                "localMetadata": { "resourceVersion": "", "annotations": {} } })
    };
    let named = format!("?identity-provider-id={organization}");
    assert_eq!(shown("mine", "").await, whole("mine", ""));
    assert_eq!(shown("mine", "?identity-provider-id=").await, whole("mine", ""));
    assert_eq!(shown("theirs", &named).await, whole("theirs", &organization));
    // The default provider knows only that the party is local. Another provider does not even know that.
    assert_eq!(shown("theirs", "").await, blank("theirs", true));
    assert_eq!(shown("mine", &named).await, blank("mine", false));
    // The provider need not exist.
    assert_eq!(shown("mine", "?identity-provider-id=unknown").await, blank("mine", false));
    let odd = format!("{}?identity-provider-id=a!", paths::ledger_party(&ledger.id("mine")));
    assert_error(ledger.platform.get(&odd).await, 400, "INVALID_FIELD");
}

#[apply(api_test)]
async fn head_returns_the_headers_of_get() {
    let ledger = Ledger::new().await;
    let id = ledger.party("a").await;
    let party = paths::ledger_party(&id);
    let gets = [paths::LEDGER_PARTIES, &party, "/v2/parties/participant-id", "/v2/version", "/v2/authenticated-user"];
    for target in gets.into_iter().chain(["/v2/state/connected-synchronizers", "/livez", "/readyz"]) {
        let (get, head) = (ledger.platform.get(target).await, ledger.platform.head(target).await.expect(200));
        assert_eq!((get.header("content-type"), get.status), (head.header("content-type"), 200), "{target}");
        assert!(head.body.is_empty(), "{target}");
    }
    ledger.platform.head("/v2/parties/a.b").await.expect(400);
    ledger.server.anonymous().head(paths::LEDGER_PARTIES).await.expect(401);
}

#[apply(api_test)]
async fn the_version_is_returned_without_a_token() {
    let server = TestServer::start().await;
    for client in [server.anonymous(), server.client("nonsense")] {
        assert!(client.get("/livez").await.expect(200).body.is_empty());
        let ready = client.get("/readyz").await.expect(200);
        let lines: Vec<_> = ready.body_text().lines().collect();
        assert!(lines.len() == 2 && lines[0].starts_with("[+] "), "{lines:?}");
        let version = client.get("/v2/version").await.expect(200);
        assert!(version.text("version").starts_with("3.4."));
        let features = &version.json()["features"];
        for (pointer, found) in [
            ("/experimental/staticTime/supported", json!(false)),
            ("/experimental/commandInspectionService/supported", json!(false)),
            ("/userManagement/supported", json!(true)),
            ("/userManagement/maxRightsPerUser", json!(1000)),
            ("/userManagement/maxUsersPageSize", json!(1000)),
            ("/partyManagement/maxPartiesPageSize", json!(10_000)),
            ("/offsetCheckpoint/maxOffsetCheckpointEmissionDelay/seconds", json!(75)),
            ("/offsetCheckpoint/maxOffsetCheckpointEmissionDelay/unknownFields/fields", json!({})),
            ("/packageFeature/maxVettedPackagesPageSize", json!(100)),
        ] {
            assert_eq!(features.pointer(pointer), Some(&found), "{pointer}");
        }
        assert_redacted(client.get("/v2/parties/participant-id").await, 401);
    }
}
