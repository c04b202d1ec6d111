//! A published client for Canton's JSON Ledger API works with Berth unchanged.

use std::collections::{BTreeSet, HashMap};

use canton_api_client::{
    apis::{
        Error, ResponseContent,
        configuration::{ApiKey, Configuration},
        default_api as ledger,
    },
    models::{
        AllocatePartyRequest, FieldMask, JsCantonError, Kind, ObjectMeta, PartyDetails, UnknownFieldSet,
        UpdatePartyDetailsRequest, connected_synchronizer::Permission,
    },
};
use macro_rules_attribute::apply;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::harness::{TestClient, TestServer, api_test, paths};

/// Returns the published client with the credential of `client`.
fn client(server: &TestServer, client: &TestClient) -> Configuration {
    Configuration {
        base_path: server.running().url(),
        bearer_access_token: client.credential().map(ToOwned::to_owned),
        ..Configuration::new()
    }
}

/// Starts a server, and returns it with a published client that has the first platform key.
async fn started() -> (TestServer, Configuration) {
    let server = TestServer::start().await;
    let admin = client(&server, &server.platform());
    (server, admin)
}

fn annotations(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn request(hint: &str, pairs: &[(&str, &str)]) -> AllocatePartyRequest {
    AllocatePartyRequest {
        party_id_hint: Some(hint.to_owned()),
        local_metadata: Some(Box::new(ObjectMeta { resource_version: None, annotations: Some(annotations(pairs)) })),
        ..AllocatePartyRequest::new()
    }
}

async fn allocate(client: &Configuration, hint: &str, pairs: &[(&str, &str)]) -> PartyDetails {
    *ledger::post_v2_parties(client, request(hint, pairs)).await.expect("the party is allocated").party_details
}

/// Returns an update of annotations, with `version` if there is one.
fn change(party: &str, version: Option<&str>, pairs: &[(&str, &str)]) -> UpdatePartyDetailsRequest {
    let metadata =
        ObjectMeta { resource_version: version.map(ToOwned::to_owned), annotations: Some(annotations(pairs)) };
    let details = PartyDetails { local_metadata: Some(Box::new(metadata)), ..PartyDetails::new(party.to_owned()) };
    // The client always sends `unknownFields` in a mask, empty.
    let mask = FieldMask {
        paths: Some(vec!["local_metadata.annotations".to_owned()]),
        ..FieldMask::new(UnknownFieldSet::default())
    };
    UpdatePartyDetailsRequest::new(details, mask)
}

fn version(party: &PartyDetails) -> &str {
    party.local_metadata.as_ref().and_then(|meta| meta.resource_version.as_deref()).expect("a version")
}

fn shown(party: &PartyDetails) -> &HashMap<String, String> {
    party.local_metadata.as_ref().and_then(|meta| meta.annotations.as_ref()).expect("annotations")
}

/// Returns the error of a response as the client's type, if it has this status.
///
/// The client has one enum for each request. They are untagged and equal, so their JSON is the body.
#[track_caller]
fn assert_error<T: std::fmt::Debug, E: std::fmt::Debug + Serialize + DeserializeOwned>(
    response: Result<T, Error<E>>,
    status: u16,
) -> JsCantonError {
    match response {
        Err(Error::ResponseError(ResponseContent { status: found, content, entity })) => {
            assert_eq!(found.as_u16(), status, "{content}");
            let entity = entity.expect("the client decodes the body");
            serde_json::from_value(json!(entity)).expect("the body is the ledger's error")
        }
        other => panic!("not an error response: {other:?}"),
    }
}

#[apply(api_test)]
async fn the_service_describes_itself() {
    let server = TestServer::start().await;
    // These endpoints need no credential.
    let anonymous = client(&server, &server.anonymous());
    ledger::get_livez(&anonymous).await.expect("alive");
    let ready = ledger::get_readyz(&anonymous).await.expect("ready");
    assert!(ready.starts_with("[+] ") && ready.ends_with("readyz check passed"), "{ready}");
    let found = ledger::get_v2_version(&anonymous).await.expect("a version");
    assert!(found.version.starts_with("3.4."), "{}", found.version);
    let largest = found.features.party_management.max_parties_page_size;
    let admin = client(&server, &server.platform());
    ledger::get_v2_parties(&admin, None, None, Some(largest), None).await.expect("the largest page");
    let beyond = ledger::get_v2_parties(&admin, None, None, Some(largest + 1), None).await;
    assert_eq!(assert_error(beyond, 400).code, "INVALID_ARGUMENT");
}

#[apply(api_test)]
async fn the_authenticated_user_is_returned() {
    let (_berth, admin) = started().await;
    let user = ledger::get_v2_authenticated_user(&admin, None).await.expect("a user").user;
    assert!(user.id.starts_with("key_") && user.is_deactivated == Some(false), "{user:?}");
    assert_eq!(user.identity_provider_id.as_deref(), Some(""));
    let same = ledger::get_v2_users_user_id(&admin, &user.id, None).await.expect("the same user").user;
    assert_eq!(same, user);
    let rights = ledger::get_v2_users_user_id_rights(&admin, &user.id).await.expect("rights").rights;
    let kinds: Vec<_> = rights.expect("a list").into_iter().filter_map(|right| right.kind).collect();
    assert!(matches!(kinds.iter().map(AsRef::as_ref).collect::<Vec<_>>()[..], [Kind::KindOneOf8(_)]), "{kinds:?}");

    let nonexistent = assert_error(ledger::get_v2_users_user_id(&admin, "somebody", None).await, 404);
    assert_eq!(nonexistent.code, "USER_NOT_FOUND");
    assert_eq!(nonexistent.resources, Some(vec![vec!["USER".to_owned(), "somebody".to_owned()]]));

    let participant = ledger::get_v2_parties_participant_id(&admin).await.expect("an id").participant_id;
    let synchronizers = ledger::get_v2_state_connected_synchronizers(&admin, None, None, None).await;
    let synchronizers = synchronizers.expect("synchronizers").connected_synchronizers.expect("a list");
    let [synchronizer] = synchronizers.as_slice() else { panic!("one synchronizer: {synchronizers:?}") };
    let namespace = participant.strip_prefix("participant::").expect("the name of the participant");
    assert_eq!(synchronizer.synchronizer_id, format!("berth::{namespace}"));
    assert_eq!(synchronizer.permission, Some(Permission::ParticipantPermissionUnspecified));
}

#[apply(api_test)]
async fn a_party_with_a_hint_is_allocated_and_read() {
    let (_berth, admin) = started().await;
    let participant = ledger::get_v2_parties_participant_id(&admin).await.expect("an id").participant_id;
    let (_, namespace) = participant.split_once("::").expect("a namespace");
    let request = AllocatePartyRequest {
        // Wallets send the synchronizer that they found.
        synchronizer_id: Some(format!("berth::{namespace}")),
        ..request("Alice", &[("region", "emea"), ("example.com/desk", "7")])
    };
    let created = ledger::post_v2_parties(&admin, request).await.expect("the party is allocated").party_details;
    assert_eq!(created.party, format!("Alice::{namespace}"));
    assert_eq!((created.is_local, created.identity_provider_id.as_deref()), (Some(true), Some("")));
    assert_eq!(version(&created), "0");
    assert_eq!(shown(&created), &annotations(&[("region", "emea"), ("example.com/desk", "7")]));
    let read = ledger::get_v2_parties_party(&admin, &created.party, None, None).await.expect("the party is read");
    assert_eq!(read.party_details, [*created]);
}

#[apply(api_test)]
async fn a_party_without_a_hint_has_a_generated_one() {
    let (_berth, admin) = started().await;
    let mut ids = BTreeSet::new();
    for _ in 0..2 {
        let response = ledger::post_v2_parties(&admin, AllocatePartyRequest::new()).await;
        let created = response.expect("the party is allocated").party_details;
        let (hint, _) = created.party.split_once("::").expect("a namespace");
        assert!(hint.strip_prefix("party-").is_some_and(|uuid| uuid.len() == 36), "{hint}");
        assert!(shown(&created).is_empty());
        ids.insert(created.party);
    }
    assert_eq!(ids.len(), 2);
}

#[apply(api_test)]
async fn the_allocating_user_may_act_as_the_party() {
    let (_berth, admin) = started().await;
    let user = ledger::get_v2_authenticated_user(&admin, None).await.expect("a user").user.id;
    let request = AllocatePartyRequest { user_id: Some(user.clone()), ..request("Alice", &[]) };
    let created = ledger::post_v2_parties(&admin, request).await.expect("the party is allocated").party_details;
    let rights = ledger::get_v2_users_user_id_rights(&admin, &user).await.expect("rights").rights;
    let acts: Vec<_> = rights
        .expect("a list")
        .into_iter()
        .filter_map(|right| match right.kind.map(|kind| *kind) {
            Some(Kind::KindOneOf(right)) => Some(right.can_act_as.value.party),
            _ => None,
        })
        .collect();
    assert_eq!(acts, [created.party]);
}

#[apply(api_test)]
async fn parties_are_listed_in_pages() {
    let (_berth, admin) = started().await;
    let mut created = Vec::new();
    // Byte order: capitals, underscore, small letters. A hyphen sorts before the colon of the namespace.
    for hint in ["bob", "Alice", "alice-2", "_x", "alice", "Zoe", "alice_2"] {
        created.push(allocate(&admin, hint, &[]).await.party);
    }
    created.sort();
    let (mut seen, mut token, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = ledger::get_v2_parties(&admin, None, None, Some(3), token.as_deref()).await.expect("a page");
        pages += 1;
        seen.extend(page.party_details.into_iter().map(|party| party.party));
        token = page.next_page_token.filter(|token| !token.is_empty());
        if token.is_none() {
            break;
        }
    }
    assert_eq!((seen, pages), (created.clone(), 3));
    let whole = ledger::get_v2_parties(&admin, None, None, None, None).await.expect("all of them");
    assert_eq!(whole.party_details.into_iter().map(|party| party.party).collect::<Vec<_>>(), created);
    assert_eq!(whole.next_page_token.as_deref(), Some(""));
    let some = ledger::get_v2_parties(&admin, None, Some("alice"), None, None).await.expect("some of them");
    let some: Vec<_> = some.party_details.into_iter().map(|party| party.party).collect();
    assert!(some.len() == 3 && some.iter().all(|id| id.starts_with("alice")), "{some:?}");
    let odd = ledger::get_v2_parties(&admin, None, None, None, Some("no token")).await;
    assert_eq!(assert_error(odd, 400).code, "INVALID_ARGUMENT");
    let negative = ledger::get_v2_parties(&admin, None, None, Some(-1), None).await;
    assert_eq!(assert_error(negative, 400).code, "INVALID_ARGUMENT");
}

#[apply(api_test)]
async fn several_parties_are_read_at_once() {
    let (_berth, admin) = started().await;
    let alice = allocate(&admin, "Alice", &[("region", "emea")]).await;
    let bob = allocate(&admin, "Bob", &[]).await;
    let unknown = alice.party.replacen("Alice", "Nobody", 1);
    let more = vec![alice.party.clone(), unknown.clone(), bob.party.clone()];
    let found = ledger::get_v2_parties_party(&admin, &bob.party, Some(""), Some(more)).await.expect("both");
    assert_eq!(found.party_details, [alice, bob]);
    let found = ledger::get_v2_parties_party(&admin, &unknown, None, None).await.expect("an empty list");
    assert_eq!(found.party_details, []);
    // The client encodes a space as `+`, which is a plus sign in a path.
    let found = ledger::get_v2_parties_party(&admin, "two words", None, None).await;
    assert_eq!(assert_error(found, 400).code, "INVALID_ARGUMENT");
}

#[apply(api_test)]
async fn a_patch_merges_annotations() {
    let (_berth, admin) = started().await;
    let id = allocate(&admin, "Alice", &[("region", "emea"), ("desk", "7")]).await.party;
    let changed = change(&id, Some("0"), &[("region", "apac"), ("tier", "gold"), ("desk", "")]);
    let changed = ledger::patch_v2_parties_party(&admin, &id, changed).await.expect("a change").party_details;
    assert_eq!(version(&changed), "1");
    assert_eq!(shown(&changed), &annotations(&[("region", "apac"), ("tier", "gold")]));
    // Without a version, the update applies to the current state.
    let changed = ledger::patch_v2_parties_party(&admin, &id, change(&id, None, &[("desk", "9")])).await;
    let changed = changed.expect("a change").party_details;
    assert_eq!(version(&changed), "2");
    assert_eq!(shown(&changed), &annotations(&[("region", "apac"), ("tier", "gold"), ("desk", "9")]));
    let read = ledger::get_v2_parties_party(&admin, &id, None, None).await.expect("the party is read");
    assert_eq!(read.party_details, [*changed]);
}

#[apply(api_test)]
async fn a_stale_version_is_a_conflict() {
    let (_berth, admin) = started().await;
    let id = allocate(&admin, "Alice", &[]).await.party;
    let first = change(&id, Some("0"), &[("seen", "first")]);
    ledger::patch_v2_parties_party(&admin, &id, first).await.expect("a change");
    let stale = change(&id, Some("0"), &[("seen", "second")]);
    let stale = assert_error(ledger::patch_v2_parties_party(&admin, &id, stale).await, 409);
    assert_eq!(stale.code, "CONCURRENT_PARTY_DETAILS_UPDATE_DETECTED");
    assert_eq!((stale.error_category, stale.grpc_code_value), (2, Some(10)));
    assert_eq!(stale.retry_info.as_deref(), Some("1 second"));
    assert_eq!(stale.resources, Some(vec![vec!["PARTY".to_owned(), id.clone()]]));
    let read = ledger::get_v2_parties_party(&admin, &id, None, None).await.expect("the party is read").party_details;
    assert_eq!(shown(&read[0]), &annotations(&[("seen", "first")]));
}

#[apply(api_test)]
async fn a_used_hint_is_rejected() {
    let (_berth, admin) = started().await;
    allocate(&admin, "Alice", &[]).await;
    let again = assert_error(ledger::post_v2_parties(&admin, request("Alice", &[])).await, 400);
    assert_eq!((again.code.as_str(), again.error_category, again.grpc_code_value), ("INVALID_ARGUMENT", 8, Some(3)));
    assert!(again.cause.contains("Party already exists"), "{}", again.cause);
    assert!(again.correlation_id.is_some() && again.correlation_id == again.trace_id, "{again:?}");
    assert_eq!(again.context.get("category").map(String::as_str), Some("8"));
}

#[apply(api_test)]
async fn errors_are_decoded_as_the_clients_types() {
    let (_berth, admin) = started().await;
    let id = allocate(&admin, "Alice", &[]).await.party;
    for (hint, key, value) in [("Al!ce", "a", "b"), ("Bob", "a/b/c", "d"), ("Bob", "a", "")] {
        let error = assert_error(ledger::post_v2_parties(&admin, request(hint, &[(key, value)])).await, 400);
        assert_eq!(error.code, "INVALID_ARGUMENT", "{hint} {key} {value}");
    }
    let elsewhere = AllocatePartyRequest { synchronizer_id: Some("other::1220".to_owned()), ..request("Bob", &[]) };
    let error = assert_error(ledger::post_v2_parties(&admin, elsewhere).await, 400);
    assert_eq!((error.code.as_str(), error.error_category), ("NOT_CONNECTED_TO_SYNCHRONIZER", 9));

    let unknown = id.replacen("Alice", "Nobody", 1);
    let nonexistent = ledger::patch_v2_parties_party(&admin, &unknown, change(&unknown, None, &[("a", "b")])).await;
    let nonexistent = assert_error(nonexistent, 404);
    assert_eq!((nonexistent.code.as_str(), nonexistent.error_category), ("PARTY_NOT_FOUND", 11));
    assert_eq!(nonexistent.resources, Some(vec![vec!["PARTY".to_owned(), unknown.clone()]]));

    let other = assert_error(ledger::patch_v2_parties_party(&admin, &id, change(&unknown, None, &[])).await, 400);
    assert_eq!((other.code.as_str(), other.definite_answer), ("INVALID_ARGUMENT", Some(false)));
    assert!(other.context.is_empty());

    for path in ["localMetadata", "nothing"] {
        let mut odd = change(&id, None, &[("a", "b")]);
        odd.update_mask.paths = Some(vec![path.to_owned()]);
        let odd = assert_error(ledger::patch_v2_parties_party(&admin, &id, odd).await, 400);
        assert_eq!(odd.code, "INVALID_PARTY_DETAILS_UPDATE_REQUEST", "{path}");
    }
}

#[apply(api_test)]
async fn an_invalid_token_is_rejected() {
    let (server, mut admin) = started().await;
    let reader = server.platform().create_api_key(None, &["ledger:read"]).await.text("key");
    let other = server.platform().create_api_key(None, &["parties:read"]).await.text("key");
    let assert_redacted = |error: JsCantonError, grpc: i32| {
        assert_eq!((error.code.as_str(), error.error_category, error.grpc_code_value), ("NA", -1, Some(grpc)));
        assert_eq!(error.cause, "A security-sensitive error has been received");
        assert!(error.trace_id.is_some() && error.trace_id == error.correlation_id);
    };
    for token in [Some("eyJhbGciOiJub25lIn0.e30.".to_owned()), Some("dk_test_nobody".to_owned()), None] {
        admin.bearer_access_token = token;
        assert_redacted(assert_error(ledger::get_v2_parties_participant_id(&admin).await, 401), 16);
        assert_redacted(assert_error(ledger::post_v2_parties(&admin, request("Alice", &[])).await, 401), 16);
    }
    // A read scope permits reads only. A key without a ledger scope is forbidden everything.
    admin.bearer_access_token = Some(reader);
    ledger::get_v2_parties_participant_id(&admin).await.expect("an id");
    assert_redacted(assert_error(ledger::post_v2_parties(&admin, request("Alice", &[])).await, 403), 7);
    assert_redacted(assert_error(ledger::get_v2_parties(&admin, None, None, None, None).await, 403), 7);
    admin.bearer_access_token = Some(other);
    assert_redacted(assert_error(ledger::get_v2_parties_participant_id(&admin).await, 403), 7);
    // An empty token is undecodable: the response is a text, which the client does not decode.
    admin.bearer_access_token = Some(String::new());
    match ledger::get_v2_parties_participant_id(&admin).await {
        Err(Error::ResponseError(error)) => {
            assert_eq!((error.status.as_u16(), error.entity.is_none()), (400, true), "{}", error.content);
        }
        other => panic!("not an error response: {other:?}"),
    }
}

#[apply(api_test)]
async fn a_key_can_be_sent_in_either_header() {
    let (_berth, mut admin) = started().await;
    let token = admin.bearer_access_token.take().expect("a key");
    admin.api_key = Some(ApiKey { prefix: None, key: format!("jwt.token.{token}") });
    allocate(&admin, "Alice", &[]).await;
}

#[apply(api_test)]
async fn an_organization_key_lists_only_its_parties() {
    let (server, admin) = started().await;
    let organization = server.platform().create_organization("Acme").await.id();
    let own = client(&server, &server.tenant(&organization, &["ledger:admin"]).await);
    let alice = allocate(&own, "Alice", &[]).await;
    assert_eq!(alice.identity_provider_id.as_deref(), Some(organization.as_str()));
    let bob = allocate(&admin, "Bob", &[]).await;
    let ids = |page: canton_api_client::models::ListKnownPartiesResponse| {
        page.party_details.into_iter().map(|party| party.party).collect::<Vec<_>>()
    };
    let listed = ledger::get_v2_parties(&own, None, None, None, None).await.expect("its own");
    assert_eq!(ids(listed), [alice.party.as_str()]);
    // A platform key lists all parties, and those of the named provider in full.
    let listed = ledger::get_v2_parties(&admin, Some(&organization), None, None, None).await.expect("all parties");
    assert_eq!(listed.party_details[0], alice);
    assert_eq!(ids(listed), [alice.party, bob.party]);
    let user = ledger::get_v2_authenticated_user(&own, None).await.expect("a user").user;
    let rights = ledger::get_v2_users_user_id_rights(&own, &user.id).await.expect("rights").rights;
    let kinds: Vec<_> = rights.expect("a list").into_iter().filter_map(|right| right.kind).collect();
    assert!(matches!(kinds.iter().map(AsRef::as_ref).collect::<Vec<_>>()[..], [Kind::KindOneOf7(_)]), "{kinds:?}");
}

#[apply(api_test)]
async fn a_party_of_the_rest_dialect_can_be_listed_and_updated() {
    let (server, admin) = started().await;
    let organization = server.platform().create_organization("Acme").await.id();
    let body = json!({ "type": "ORGANIZATION", "name": "Title", "metadata": { "tier": "gold", "desks": [1, 2] } });
    let target = paths::parties(&organization);
    let created = server.platform().post(&target, &body).await.expect(201).id();
    let listed = ledger::get_v2_parties(&admin, Some(&organization), None, None, None).await.expect("the party");
    let [party] = listed.party_details.as_slice() else { panic!("one party") };
    assert!(party.party.starts_with(&format!("{created}::")), "{party:?}");
    assert_eq!((version(party), shown(party)), ("0", &annotations(&[("tier", "gold")])));
    let mut changed = change(&party.party, Some("0"), &[("tier", "silver")]);
    changed.party_details.identity_provider_id = Some(organization.clone());
    let changed = ledger::patch_v2_parties_party(&admin, &party.party, changed).await.expect("a change");
    assert_eq!(version(&changed.party_details), "1");
    let read = server.platform().get(&format!("{target}/{created}")).await.expect(200);
    let expected: Value = json!({ "tier": "silver", "desks": [1, 2] });
    assert_eq!(read.json()["metadata"], expected);
}
