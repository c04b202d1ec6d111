//! API keys: what they look like, who may make which, and what is kept of them.

use berth::{Options, StoreChoice};
use berth_shared::{credentials::Scope, time::Time};
use libtest_mimic::Trial;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    harness::{Answer, Berth, DIRECTORY_SCOPES, tests},
    samples::{Tenant, unknown},
};

pub fn tests() -> Vec<Trial> {
    tests![
        a_new_key_is_shown_whole_with_its_credential,
        a_credential_has_its_documented_form_and_checksum,
        no_two_credentials_are_alike,
        the_store_holds_a_digest_and_nothing_of_the_secret,
        a_key_hands_on_only_scopes_that_it_holds,
        scopes_that_are_unknown_none_or_of_another_type_are_told_by_place,
        scopes_are_a_set_in_one_order,
        an_organizations_key_makes_keys_of_its_own_organization_only,
        a_key_for_an_organization_that_does_not_exist_is_404,
        an_expiry_in_the_past_is_refused_and_any_offset_is_read,
        lists_show_keys_newest_first_and_revoked_ones_too,
        a_tenant_sees_its_own_keys_and_the_platform_everybodys,
        revoking_again_changes_nothing,
        revoking_honours_if_match,
        a_revoked_key_is_refused,
        a_key_that_is_used_says_so,
        a_key_whose_first_use_was_refused_says_so,
    ]
}

/// The digits of base62, in the order of their values.
const BASE62: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// CRC-32 of a text in six digits of base62.
fn checksum(text: &str) -> String {
    let mut rest = crc32fast::hash(text.as_bytes()) as usize;
    let mut digits = Vec::new();
    for _ in 0..6 {
        digits.push(&BASE62[rest % 62..=rest % 62]);
        rest /= 62;
    }
    digits.into_iter().rev().collect()
}

/// The parts of a credential: prefix, key id, secret, checksum.
fn parts(credential: &str) -> (&str, &str, &str, &str) {
    let (prefix, rest) = credential.split_at("dk_test_".len());
    let (id, rest) = rest.split_once('_').expect("an underscore before the secret");
    let (secret, sum) = rest.split_at(rest.len() - 6);
    (prefix, id, secret, sum)
}

fn row<'a>(list: &'a Answer, id: &str) -> &'a Value {
    let rows = list.json()["data"].as_array().expect("a list");
    rows.iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("{id} is not in {}", list.json()))
}

fn ids(list: &Answer) -> Vec<String> {
    let rows = list.json()["data"].as_array().expect("a list").iter();
    rows.map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
}

async fn a_new_key_is_shown_whole_with_its_credential() {
    let berth = Berth::start().await;
    let organization = berth.platform().create_organization("Bank of America").await.id();
    let before = Time::now();
    let body = json!({
        "name": "  Onboarding ",
        "scopes": ["parties:read", "parties:write"],
        "organizationId": organization,
        "expiresAt": "2999-01-01T00:00:00Z",
    });
    let made = berth.platform().post("/v1/api-keys", &body).await.expect(201);
    let credential = made.text("key");
    let created: Time = made.text("createdAt").parse().expect("a time");
    assert!(before <= created && created <= Time::now());
    let expected = json!({
        "id": made.id(),
        "organizationId": organization,
        "name": "Onboarding",
        "scopes": ["parties:read", "parties:write"],
        "environment": "test",
        "start": &credential[..14],
        "expiresAt": "2999-01-01T00:00:00.000Z",
        "lastUsedAt": null,
        "createdAt": created.to_string(),
        "revokedAt": null,
        "key": credential,
    });
    assert_eq!(*made.json(), expected);
    assert_eq!(made.header("location"), Some(format!("/v1/api-keys/{}", made.id()).as_str()));
    assert_eq!(made.header("etag"), Some("\"1\""));
    // A key of the platform belongs to no organization.
    let made = berth.platform().create_api_key(None, &["docks:read"]).await;
    assert_eq!((&made.json()["organizationId"], &made.json()["expiresAt"]), (&Value::Null, &Value::Null));
}

async fn a_credential_has_its_documented_form_and_checksum() {
    let berth = Berth::start().await;
    let options = Options { environment: berth_shared::Environment::Live, ..Options::default() };
    let live = Berth::start_with(options).await;
    // CRC-32 of "123456789" is 0xCBF43926, the check value of IEEE's polynomial: 3421780262 in base62.
    assert_eq!(checksum("123456789"), "3jZRME");
    for (berth, prefix, environment) in [(&berth, "dk_test_", "test"), (&live, "dk_live_", "live")] {
        let made = berth.platform().create_api_key(None, &["docks:read"]).await;
        let first = berth.platform().credential().expect("a first key").to_owned();
        for credential in [made.text("key"), first] {
            let (start, id, secret, sum) = parts(&credential);
            assert_eq!((start, id.len(), secret.len(), sum.len()), (prefix, 22, 43, 6), "{credential}");
            assert!([id, secret, sum].iter().all(|part| part.chars().all(|digit| BASE62.contains(digit))));
            assert_eq!(sum, checksum(&credential[..credential.len() - 6]));
        }
        assert_eq!(made.text("environment"), environment);
        assert!(made.text("start").starts_with(prefix));
        // What may be shown later is nothing of the secret, and a part of what is in front of it.
        let key = made.text("key");
        assert!(key.find(parts(&key).2).is_some_and(|secret| made.text("start").len() < secret));
    }
}

async fn no_two_credentials_are_alike() {
    let berth = Berth::start().await;
    let one = berth.platform().create_api_key(None, &["docks:read"]).await.text("key");
    let other = berth.platform().create_api_key(None, &["docks:read"]).await.text("key");
    let ((_, id, secret, _), (_, other_id, other_secret, _)) = (parts(&one), parts(&other));
    assert!(id != other_id && secret != other_secret);
    // The secret of one does not go with the id of the other, though the checksum is right.
    let mixed = format!("dk_test_{id}_{other_secret}");
    let mixed = format!("{mixed}{}", checksum(&mixed));
    berth.with_key(&mixed).get("/v1/docks").await.refused(401, "UNAUTHORIZED");
    berth.with_key(&one).get("/v1/docks").await.expect(200);
}

async fn the_store_holds_a_digest_and_nothing_of_the_secret() {
    let berth = Berth::start().await;
    let body = json!({ "name": "Reader", "scopes": ["docks:read"] });
    let call = berth.platform().call(Method::POST, "/v1/api-keys").header("idempotency-key", "k");
    let made = call.json(&body).send().await.expect(201);
    let credential = made.text("key");
    berth.with_key(&credential).get("/v1/docks").await.expect(200);
    berth.platform().delete(&format!("/v1/api-keys/{}", made.id())).await.expect(200);
    let first = berth.platform().credential().expect("a first key").to_owned();
    // Key, list rows, use, audit entries and the idempotency record are all in there.
    let table = format!("{:?}", berth.items().await);
    assert!(table.contains(&made.text("start")) && table.contains("fingerprint"), "{table}");
    for credential in [&credential, &first] {
        let (_, _, secret, _) = parts(credential);
        assert!(!table.contains(credential.as_str()) && !table.contains(secret));
        // Nor a part of it that would spare a guesser the rest.
        assert!(!table.contains(&secret[..12]) && !table.contains(&secret[secret.len() - 12..]));
    }
}

async fn a_key_hands_on_only_scopes_that_it_holds() {
    let berth = Berth::start().await;
    let organization = berth.platform().create_organization("Bank of America").await.id();
    let holder = berth.tenant(&organization, &["api-keys:write", "docks:read"]).await;
    holder.create_api_key(None, &["api-keys:write", "docks:read"]).await;
    for scopes in [json!(["docks:write"]), json!(["docks:read", "docks:write"]), json!(["api-keys:read"])] {
        let refused = holder.post("/v1/api-keys", &json!({ "name": "More", "scopes": scopes })).await;
        let refused = refused.refused(403, "SCOPE_NOT_HELD");
        let lacking = scopes.as_array().and_then(|scopes| scopes.last()).and_then(Value::as_str).expect("a scope");
        assert!(refused.text("detail").contains(lacking), "{}", refused.json());
    }
    // The platform's first key holds everything there is.
    let all: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    assert_eq!(berth.platform().create_api_key(None, &all).await.json()["scopes"], json!(all));
}

async fn scopes_that_are_unknown_none_or_of_another_type_are_told_by_place() {
    let berth = Berth::start().await;
    for (scopes, pointers) in [
        (json!(["docks:fly"]), vec!["/scopes/0"]),
        (json!(["docks:read", "", "DOCKS:READ", 7]), vec!["/scopes/1", "/scopes/2", "/scopes/3"]),
        (json!([]), vec!["/scopes"]),
        (json!("docks:read"), vec!["/scopes"]),
        (Value::Null, vec!["/scopes"]),
    ] {
        let refused = berth.platform().post("/v1/api-keys", &json!({ "name": "Reader", "scopes": scopes })).await;
        let refused = refused.refused(400, "VALIDATION_FAILED");
        let errors = refused.json()["errors"].as_array().expect("errors").clone();
        let found: Vec<_> = errors.iter().map(|error| error["pointer"].as_str().expect("a pointer")).collect();
        assert_eq!(found, pointers, "{scopes}");
    }
}

async fn scopes_are_a_set_in_one_order() {
    let berth = Berth::start().await;
    let made = berth.platform().create_api_key(None, &["roles:read", "docks:read", "roles:read"]).await;
    assert_eq!(made.json()["scopes"], json!(["docks:read", "roles:read"]));
}

async fn an_organizations_key_makes_keys_of_its_own_organization_only() {
    let berth = Berth::start().await;
    let (own, other) = (Tenant::new(&berth, "A").await, Tenant::new(&berth, "B").await);
    let named = own.caller.create_api_key(Some(&own.organization), &["docks:read"]).await;
    let unnamed = own.caller.create_api_key(None, &["docks:read"]).await;
    for made in [&named, &unnamed] {
        assert_eq!(made.text("organizationId"), own.organization);
        let docks = berth.with_key(&made.text("key")).get("/v1/docks").await.expect(200);
        assert_eq!(ids(&docks), [own.dock.as_str()]);
    }
    for elsewhere in [&other.organization, &unknown(&other.organization)] {
        // Asking for more than one holds does not tell either whether it exists.
        for scope in ["docks:read", "ledger:admin"] {
            let body = json!({ "name": "Reader", "scopes": [scope], "organizationId": elsewhere });
            own.caller.post("/v1/api-keys", &body).await.refused(404, "ORGANIZATION_NOT_FOUND");
        }
    }
}

async fn a_key_for_an_organization_that_does_not_exist_is_404() {
    let berth = Berth::start().await;
    let organization = berth.platform().create_organization("Bank of America").await.id();
    let body = |id: &str| json!({ "name": "Reader", "scopes": ["docks:read"], "organizationId": id });
    let refused = berth.platform().post("/v1/api-keys", &body(&unknown(&organization))).await;
    refused.refused(404, "ORGANIZATION_NOT_FOUND");
    let refused = berth.platform().post("/v1/api-keys", &body("org_1")).await.refused(400, "VALIDATION_FAILED");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/organizationId");
    assert_eq!(berth.platform().get("/v1/api-keys").await.json()["meta"]["total"], 1, "the first key only");
}

async fn an_expiry_in_the_past_is_refused_and_any_offset_is_read() {
    let berth = Berth::start().await;
    let body = |end: &str| json!({ "name": "Reader", "scopes": ["docks:read"], "expiresAt": end });
    let now = Time::now().to_string();
    for wrong in ["2020-01-01T00:00:00Z", now.as_str(), "2999-01-01", "tomorrow", "2999-01-01 00:00:00Z"] {
        let refused = berth.platform().post("/v1/api-keys", &body(wrong)).await.refused(400, "VALIDATION_FAILED");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/expiresAt", "{wrong}");
    }
    let made = berth.platform().post("/v1/api-keys", &body("2999-01-01T02:00:00+02:00")).await.expect(201);
    assert_eq!(made.text("expiresAt"), "2999-01-01T00:00:00.000Z");
}

async fn lists_show_keys_newest_first_and_revoked_ones_too() {
    let berth = Berth::start().await;
    let platform = berth.platform();
    let first = ids(&platform.get("/v1/api-keys").await.expect(200));
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(platform.create_api_key(None, &["docks:read"]).await);
        // Ids of one millisecond have no order of making.
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    let before = Time::now();
    platform.delete(&format!("/v1/api-keys/{}", made[1].id())).await.expect(200);
    let list = platform.get("/v1/api-keys").await.expect(200);
    let expected = [made[2].id(), made[1].id(), made[0].id(), first[0].clone()];
    assert_eq!(ids(&list), expected);
    assert_eq!(list.json()["meta"]["total"], 4);
    let revoked: Time = row(&list, &made[1].id())["revokedAt"].as_str().expect("a time").parse().expect("a time");
    assert!(before <= revoked && revoked <= Time::now());
    // All else is as it was shown at first, without the credential.
    let mut shown = made[0].json().clone();
    shown.as_object_mut().expect("an object").remove("key");
    assert_eq!(*row(&list, &made[0].id()), shown);
    let page = platform.get("/v1/api-keys?limit=2&offset=1").await.expect(200);
    assert_eq!(ids(&page), expected[1..3]);
}

async fn a_tenant_sees_its_own_keys_and_the_platform_everybodys() {
    let berth = Berth::start().await;
    let (a, b) = (Tenant::new(&berth, "A").await, Tenant::new(&berth, "B").await);
    let all = berth.platform().get("/v1/api-keys").await.expect(200);
    assert_eq!(all.json()["meta"]["total"], 5, "two of each tenant, and the first key");
    for (tenant, other) in [(&a, &b), (&b, &a)] {
        let filter = format!("/v1/api-keys?organizationId={}", tenant.organization);
        let own = tenant.caller.get("/v1/api-keys").await.expect(200);
        assert_eq!(own.json()["meta"]["total"], 2);
        assert!(ids(&own).contains(&tenant.key) && !ids(&own).contains(&other.key));
        for caller in [&tenant.caller, &berth.platform()] {
            assert_eq!(ids(&caller.get(&filter).await.expect(200)), ids(&own));
        }
        assert_eq!(ids(&other.caller.get(&filter).await.expect(200)), [""; 0]);
    }
    berth.platform().get("/v1/api-keys?organizationId=A").await.refused(400, "VALIDATION_FAILED");
}

async fn revoking_again_changes_nothing() {
    let berth = Berth::start().await;
    let own = Tenant::new(&berth, "A").await;
    let target = format!("/v1/api-keys/{}", own.key);
    let revoked = own.caller.delete(&target).await.expect(200);
    assert_eq!(*revoked.json(), json!({ "success": true }));
    let once = own.caller.get("/v1/api-keys").await.expect(200);
    let table = berth.items().await.len();
    let again = own.caller.delete(&target).await.expect(200);
    assert_eq!(*again.json(), json!({ "success": true }));
    let twice = own.caller.get("/v1/api-keys").await.expect(200);
    assert_eq!(row(&twice, &own.key), row(&once, &own.key));
    assert_eq!(berth.items().await.len(), table, "nothing happened that the audit trail would tell of");
}

async fn revoking_honours_if_match() {
    let berth = Berth::start().await;
    let made = berth.platform().create_api_key(None, &["docks:read"]).await;
    let tag = made.header("etag").expect("a tag").to_owned();
    let target = format!("/v1/api-keys/{}", made.id());
    let revoke = |tag: &str| berth.platform().call(Method::DELETE, &target).header("if-match", tag).send();
    for stale in ["\"7\"", "W/\"1\""] {
        revoke(stale).await.refused(412, "PRECONDITION_FAILED");
    }
    revoke("1").await.refused(400, "VALIDATION_FAILED");
    assert_eq!(row(&berth.platform().get("/v1/api-keys").await, &made.id())["revokedAt"], Value::Null);
    revoke(&format!("\"7\", {tag}")).await.expect(200);
    // It is in another version now.
    revoke(&tag).await.refused(412, "PRECONDITION_FAILED");
    revoke("*").await.expect(200);
}

async fn a_revoked_key_is_refused() {
    let berth = Berth::start().await;
    let store = StoreChoice::Endpoint(berth.running().store_url().expect("a local store").to_owned());
    let another = Berth::start_with(Options { store, ..Options::default() }).await;
    let unused = berth.platform().create_api_key(None, &["docks:read"]).await;
    let used = berth.platform().create_api_key(None, &["docks:read"]).await;
    berth.with_key(&used.text("key")).get("/v1/docks").await.expect(200);
    for key in [&unused, &used] {
        berth.platform().delete(&format!("/v1/api-keys/{}", key.id())).await.expect(200);
        // Only a process that has just proved a key may go on for a while.
        another.with_key(&key.text("key")).get("/v1/docks").await.refused(401, "UNAUTHORIZED");
    }
    berth.with_key(&unused.text("key")).get("/v1/docks").await.refused(401, "UNAUTHORIZED");
    // Those who made it are not concerned.
    berth.platform().get("/v1/docks").await.expect(200);
}

async fn used_at(berth: &Berth, id: &str) -> Option<Time> {
    let list = berth.platform().get("/v1/api-keys").await.expect(200);
    row(&list, id)["lastUsedAt"].as_str().map(|time| time.parse().expect("a time"))
}

async fn a_key_that_is_used_says_so() {
    let berth = Berth::start().await;
    let made = berth.platform().create_api_key(None, &DIRECTORY_SCOPES).await;
    assert_eq!(used_at(&berth, &made.id()).await, None);
    let before = Time::now();
    berth.with_key(&made.text("key")).get("/v1/docks").await.expect(200);
    let marked = used_at(&berth, &made.id()).await.expect("it was used");
    assert!(before <= marked && marked <= Time::now());
    // To the hour: the next call is no news.
    berth.with_key(&made.text("key")).get("/v1/docks").await.expect(200);
    assert_eq!(used_at(&berth, &made.id()).await, Some(marked));
}

async fn a_key_whose_first_use_was_refused_says_so() {
    let berth = Berth::start().await;
    for (target, status) in [("/v1/organizations", 403), ("/v1/docks/dock_1", 404), ("/v1/docks?limit=0", 400)] {
        let made = berth.platform().create_api_key(None, &["docks:read"]).await;
        let caller = berth.with_key(&made.text("key"));
        caller.get(target).await.expect(status);
        caller.get("/v1/docks").await.expect(200);
        assert!(used_at(&berth, &made.id()).await.is_some(), "after a {status}, the use is never marked");
    }
}
