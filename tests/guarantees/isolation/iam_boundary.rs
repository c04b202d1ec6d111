//! The keys that requests of a tenant access: those with its own prefix, and the listed exceptions. The list also
//! yields an IAM policy, for an operator who wants a boundary below the code.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use berth_functions::ENDPOINTS;
use berth_shared::{
    http::{Access, StoreAction},
    store::Family,
};
use macro_rules_attribute::apply;
use reqwest::Method;
use serde_json::{Value, json};

use crate::guarantees::isolation::locations::{Scene, ledger_id_locations, ledger_request};
use crate::harness::samples::{SampleRequest, id_locations, nonexistent, scoped_endpoints};
use crate::harness::{RequestBuilder, api_test, generated, iam_actions, paths};

/// The current docs/isolation.md; `cargo xtask generate` writes it.
const WRITTEN: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/isolation.md"));
const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/isolation.md");

/// Accesses of a tenant beyond `ORG#<own>…`, and why they do not disclose another tenant.
const EXCEPTIONS: [(Family, &[StoreAction], &str); 19] = [
    (
        Family::ApiKeys,
        &[
            StoreAction::GetItem,
            StoreAction::BatchGetItem,
            StoreAction::ConditionCheckItem,
            StoreAction::PutItem,
            StoreAction::UpdateItem,
        ],
        "authentication reads the key of the request, and the creation of a key checks that its creator is live; a key is \
         created, listed, read before revocation, and revoked only for its owner, which the item names",
    ),
    (
        Family::MachineClients,
        &[
            StoreAction::BatchGetItem,
            StoreAction::ConditionCheckItem,
            StoreAction::PutItem,
            StoreAction::UpdateItem,
            StoreAction::DeleteItem,
        ],
        "authentication reads the machine client of a token; a client is created, listed, read, changed and deleted only for \
         its organization, which the item names",
    ),
    (
        Family::AccessTokens,
        &[StoreAction::BatchGetItem, StoreAction::ConditionCheckItem, StoreAction::PutItem, StoreAction::DeleteItem],
        "authentication reads the token of the request; a token is issued, introspected and revoked only for its \
         organization, which the item names",
    ),
    (
        Family::TokenIssuances,
        &[StoreAction::BatchGetItem, StoreAction::PutItem],
        "the times of the last issuances of a machine client that has authenticated",
    ),
    (
        Family::CredentialLineage,
        &[StoreAction::Query, StoreAction::PutItem, StoreAction::UpdateItem, StoreAction::DeleteItem],
        "the credentials that one of the caller created, and the progress of the revocation of its descendants",
    ),
    (
        Family::CredentialUses,
        &[StoreAction::BatchGetItem, StoreAction::PutItem],
        "Berth records the use of the caller's own key, and returns it in the list of the caller's keys",
    ),
    (
        Family::ApiKeyRows,
        &[StoreAction::PutItem],
        "a key of the caller is added to the list of all keys, which only platform keys read",
    ),
    (
        Family::Platform,
        &[StoreAction::UpdateItem],
        "the counter of all docks, which creations and deletions of docks change and only platform keys read",
    ),
    (
        Family::Deployment,
        &[StoreAction::GetItem],
        "the namespace of ledger ids and the id of the default organization, which every ledger id and user discloses",
    ),
    (Family::CursorSecret, &[StoreAction::GetItem], "the secret that signs cursors, which no response contains"),
    (
        Family::Organizations,
        &[StoreAction::UpdateItem],
        "the caller's own row in the list of all organizations, when it is renamed; only platform keys read that list",
    ),
    (
        Family::Docks,
        &[StoreAction::PutItem, StoreAction::UpdateItem, StoreAction::DeleteItem],
        "a dock of the caller is added to the list of all docks, renamed in it or removed from it; only platform keys read \
         that list",
    ),
    (
        Family::DeletedDocks,
        &[StoreAction::PutItem],
        "a deleted dock of the caller is added to the list of all deleted docks, which only platform keys read",
    ),
    (
        Family::PartyPointers,
        &[StoreAction::BatchGetItem, StoreAction::ConditionCheckItem, StoreAction::PutItem, StoreAction::DeleteItem],
        "the owner of a ledger party; Berth omits a party of another organization, as if it did not exist",
    ),
    (
        Family::RecipientPointers,
        &[StoreAction::PutItem, StoreAction::DeleteItem],
        "the pointer to a recipient of the caller, which is created and deleted with the recipient",
    ),
    (
        Family::Slugs,
        &[StoreAction::GetItem, StoreAction::UpdateItem],
        "slugs are global and public: Berth discloses that a slug is taken, and not its owner",
    ),
    (
        Family::Domains,
        &[StoreAction::PutItem, StoreAction::DeleteItem],
        "domains are global and public: Berth discloses that a domain is taken, and not its owner",
    ),
    (
        Family::LedgerHints,
        &[StoreAction::BatchGetItem, StoreAction::PutItem, StoreAction::UpdateItem],
        "ledger ids are global: Berth discloses that a hint is or was taken, and not its owner",
    ),
    (
        Family::LedgerRights,
        &[StoreAction::Query, StoreAction::PutItem, StoreAction::UpdateItem, StoreAction::DeleteItem],
        "the parties that the caller itself may act as, and their number: the user id is the id of the calling key; the \
         deletion of a party of the caller removes the right of its user",
    ),
];

/// An action on a partition key.
type KeyAccess = (StoreAction, String);

#[apply(api_test)]
async fn tenants_access_only_their_keys_and_the_listed_exceptions() {
    let scene = Scene::new().await;
    let mut touched: BTreeSet<KeyAccess> = BTreeSet::new();
    for request in requests(&scene).await {
        let (_, requests) = scene.send_whole(request).await;
        touched.extend(requests.iter().flat_map(|request| iam_actions(&request.operation, &request.body)));
    }
    let ulid = |id: &str| id.split_once('_').expect("an id").1.to_owned();
    let own = format!("ORG#{}", ulid(&scene.own.organization));
    let is_own = |pk: &str| pk == own || pk.starts_with(&format!("{own}#"));
    let mut found: BTreeMap<Family, BTreeSet<StoreAction>> = BTreeMap::new();
    for (action, pk) in touched.iter().filter(|(_, pk)| !is_own(pk)) {
        assert!(!pk.starts_with("ORG#"), "{action:?} on another tenant's {pk}");
        found.entry(Family::of(pk).expect("every key has a family")).or_default().insert(*action);
    }
    let listed: BTreeMap<_, BTreeSet<_>> =
        EXCEPTIONS.iter().map(|(family, actions, _)| (*family, actions.iter().copied().collect())).collect();
    // Each process reads these once, and this one already has.
    for once in [Family::Deployment, Family::CursorSecret] {
        found.entry(once).or_default().insert(StoreAction::GetItem);
    }
    assert_eq!(found, listed, "keys beyond {own}");
    // The policy allows the tenant's requests, and no access to keys with another tenant's prefix.
    let policy = policy(&ulid(&scene.own.organization));
    for (action, pk) in &touched {
        assert!(allows(&policy, *action, pk), "the policy denies {action:?} on {pk}");
    }
    let other = ulid(&scene.other.organization);
    for rest in ["", "#LEDGER", "#IDEM#", "#AUDIT#dock_1", "#XREF#1", &format!("#DOCK#{}", ulid(&scene.other.dock))] {
        for action in StoreAction::ALL {
            assert!(!allows(&policy, action, &format!("ORG#{other}{rest}")), "{action:?} on another's {rest}");
        }
    }
    for pk in [own[..own.len() - 1].to_owned(), format!("{own}0"), format!("PLATFORM#AUDIT#{own}"), "ORGS".to_owned()] {
        assert!(!allows(&policy, StoreAction::Query, &pk) && !allows(&policy, StoreAction::DeleteItem, &pk), "{pk}");
    }
}

/// Returns requests of the tenant to every endpoint: with its own resources and all members, then with another tenant's
/// ids at every location.
async fn requests(scene: &Scene) -> Vec<RequestBuilder> {
    let (own, client) = (&scene.own, &scene.own.client);
    let organization = paths::organization(&own.organization);
    let (parties, dock) = (format!("{organization}/parties"), paths::dock(&own.dock));
    let party = format!("{parties}/{}", own.party);
    let user = client.get("/v2/authenticated-user").await.expect(200).json()["user"]["id"].clone();
    let role = json!({ "dockId": own.dock, "role": "RECIPIENT" });
    let sent = |method: Method, target: &str, body: Value| {
        client.request(method, target).header("idempotency-key", &format!("k-{target}")).json(&body)
    };
    let mut requests = vec![
        sent(Method::PATCH, &organization, json!({ "name": "Premier", "slug": "premier" })),
        // Its own slug, a released slug, and another organization's slug.
        sent(Method::PATCH, &organization, json!({ "slug": "premier-title" })),
        sent(Method::PATCH, &organization, json!({ "slug": "bank-of-america" })),
        sent(
            Method::POST,
            paths::DOCKS,
            json!({ "name": "A", "domain": "a.example.com", "customDomain": "b.example.com" }),
        ),
        sent(Method::POST, paths::DOCKS, json!({ "name": "A", "domain": "a.example.com" })),
        sent(Method::PATCH, &dock, json!({ "name": "B", "domain": "c.example.com" })),
        sent(Method::PATCH, &dock, json!({ "domain": null, "customDomain": "a.example.com" })),
        sent(Method::PATCH, &dock, json!({ "domain": null })),
        sent(Method::POST, &parties, json!({ "type": "INDIVIDUAL", "name": "Ada", "externalRef": "EIN:1" })),
        sent(Method::PATCH, &party, json!({ "externalRef": "EIN:1" })),
        sent(Method::PATCH, &party, json!({ "externalRef": "EIN:2", "name": "Ada L." })),
        sent(Method::POST, &format!("{party}/roles"), role.clone()),
        sent(Method::POST, &format!("{party}/roles"), role),
        sent(Method::POST, paths::LEDGER_PARTIES, json!({ "partyIdHint": "acting", "userId": user })),
        sent(Method::POST, paths::LEDGER_PARTIES, json!({ "partyIdHint": "theirs" })),
        sent(Method::POST, paths::LEDGER_PARTIES, json!({ "partyIdHint": own.party })),
    ];
    let targets = [
        format!("{parties}?externalRef=EIN:2"),
        format!("{parties}?search=a&limit=1&offset=1"),
        format!("{party}/roles?dockId={}", own.dock),
        format!("{party}/roles?asOf=2026-01-01T00:00:00Z"),
        format!("{dock}/parties?asOf=2026-01-01T00:00:00Z"),
        format!("{}?asOf=2026-01-01T00:00:00Z", paths::organization_roles(&own.organization)),
        format!("{}?asOf=2026-01-01T00:00:00Z&dockId={}", paths::organization_roles(&own.organization), own.dock),
        "/v1/organizations?slug=bank-of-america".to_owned(),
        "/v1/organizations?slug=premier-title".to_owned(),
        "/v2/parties?filter-party=a".to_owned(),
        format!("{}?parties={}", paths::ledger_party(&scene.hints[0]), scene.hints[1]),
        paths::ledger_user_rights(user.as_str().expect("an id")),
    ];
    // The use of a new key is recorded.
    let fresh = client.post_api_key(&json!({ "name": "Fresh", "scopes": ["docks:read"] })).await.expect(201);
    requests.push(client.with_credential(&fresh.text("key")).request(Method::GET, &dock));
    let revocation = format!("{}?descendants=true", paths::api_key(&fresh.id()));
    requests.extend(requests_with_tokens(scene).await);
    requests.extend(targets.iter().map(|target| client.request(Method::GET, target)));
    requests.extend(requests_at_every_location(scene));
    // Deletions come last.
    let body = json!({ "partyIdHint": "leaving", "userId": user });
    client.allocate_ledger_party(&body).await.expect(200);
    let leaving = client.get(&format!("{parties}?search=leaving")).await.expect(200).json()["data"][0]["id"].clone();
    requests.push(client.request(Method::DELETE, &format!("{parties}/{}", leaving.as_str().expect("an id"))));
    let (outcome, lasting): (Vec<_>, Vec<_>) =
        scoped_endpoints().partition(|(endpoint, _)| endpoint.method == Method::DELETE);
    requests.extend(
        lasting.into_iter().chain(outcome).map(|(endpoint, _)| SampleRequest::of(endpoint, own).request(client)),
    );
    requests.push(client.request(Method::DELETE, &revocation));
    requests
}

/// Returns requests of a machine client of the tenant and its tokens.
async fn requests_with_tokens(scene: &Scene) -> Vec<RequestBuilder> {
    let (own, client) = (&scene.own, &scene.own.client);
    let machine = client.create_machine_client(&own.organization, &["docks:read", "api-keys:write"]).await;
    let token = client.access_token(&machine).await;
    let bearer = client.with_credential(&token);
    let grant = json!({
        "grant_type": "client_credentials",
        "client_id": machine.text("clientId"),
        "client_secret": machine.text("clientSecret"),
    });
    let about = json!({ "token": token });
    vec![
        client.request(Method::POST, paths::OAUTH_TOKEN).json(&grant),
        bearer.request(Method::GET, paths::DOCKS),
        bearer.request(Method::POST, paths::API_KEYS).json(&json!({ "name": "Key", "scopes": ["docks:read"] })),
        client.request(Method::POST, paths::OAUTH_INTROSPECT).json(&about),
        client.request(Method::POST, paths::OAUTH_REVOKE).json(&about),
    ]
}

/// Returns requests with another tenant's id, and with an unknown one, at every location of an id.
fn requests_at_every_location(scene: &Scene) -> Vec<RequestBuilder> {
    let (own, client) = (&scene.own, &scene.own.client);
    let mut requests = Vec::new();
    let ledger = || ENDPOINTS.iter().filter(|endpoint| matches!(endpoint.access, Access::Ledger(_)));
    for endpoint in ledger() {
        let place = crate::harness::samples::IdLocation::Query("nothing".to_owned());
        requests.push(ledger_request(scene, endpoint, &place, "nothing"));
        for (place, kind) in ledger_id_locations(endpoint) {
            let ids = scene.pairs(kind).into_iter().flat_map(|(foreign, never)| [foreign, never]);
            requests.extend(ids.map(|id| ledger_request(scene, endpoint, &place, &id)));
        }
    }
    for (endpoint, _) in scoped_endpoints() {
        for (place, prefix) in id_locations(endpoint) {
            let mut sample = SampleRequest::of(endpoint, own);
            for id in [scene.other.id(&prefix).to_owned(), nonexistent(scene.other.id(&prefix))] {
                sample.put(&place, &id);
                requests.push(sample.request(client));
            }
        }
    }
    requests
}

/// Returns the policy for one tenant. `ulid` is that of its organization id.
fn policy(ulid: &str) -> Value {
    let table = "arn:aws:dynamodb:<region>:<account>:table/<table>";
    let statement = |actions: &[StoreAction], keys: &[String]| {
        json!({
            "Effect": "Allow",
            "Action": actions.iter().map(|action| action.iam()).collect::<Vec<_>>(),
            "Resource": table,
            "Condition": { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": keys } },
        })
    };
    let mut statements = vec![statement(&StoreAction::ALL, &[format!("ORG#{ulid}"), format!("ORG#{ulid}#*")])];
    for action in StoreAction::ALL {
        let families = EXCEPTIONS.iter().filter(|(_, actions, _)| actions.contains(&action));
        let keys: Vec<_> =
            families.flat_map(|(family, ..)| family.patterns().iter().map(|pattern| (*pattern).to_owned())).collect();
        if !keys.is_empty() {
            statements.push(statement(&[action], &keys));
        }
    }
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// Returns whether a policy of such statements allows an action on a key.
fn allows(policy: &Value, action: StoreAction, pk: &str) -> bool {
    let has = |list: &Value, fits: &dyn Fn(&str) -> bool| {
        list.as_array().is_some_and(|list| list.iter().any(|entry| entry.as_str().is_some_and(fits)))
    };
    policy["Statement"].as_array().expect("statements").iter().any(|statement| {
        let keys = &statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"];
        has(&statement["Action"], &|name| name == action.iam()) && has(keys, &|pattern| is_like(pk, pattern))
    })
}

/// Matches like `StringLike` in IAM: `?` is one character, `*` any number.
fn is_like(text: &str, pattern: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            text.char_indices().map(|(at, _)| at).chain([text.len()]).any(|at| is_like(&text[at..], &pattern[1..]))
        }
        Some(wanted) => text.chars().next().is_some_and(|found| {
            (wanted == '?' || wanted == found) && is_like(&text[found.len_utf8()..], &pattern[wanted.len_utf8()..])
        }),
    }
}

/// Replaces the part of the page between two markers.
fn part(page: &str, name: &str, text: &str) -> String {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->\n"));
    let (before, rest) = page.split_once(&begin).unwrap_or_else(|| panic!("no {begin}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("no {end}"));
    format!("{before}{begin}\n{text}\n{end}{after}")
}

#[apply(api_test)]
async fn the_page_has_the_exceptions_and_the_policy() {
    let mut list = String::from("| keys | actions | why |\n|---|---|---|\n");
    for (family, actions, why) in EXCEPTIONS {
        let keys: Vec<_> = family.patterns().iter().map(|pattern| format!("`{}`", shortened(pattern))).collect();
        let actions: Vec<_> = actions.iter().map(|action| action.iam().trim_start_matches("dynamodb:")).collect();
        writeln!(list, "| {} | {} | {why} |", keys.join(", "), actions.join(", ")).expect("a string is writable");
    }
    let policy = serde_json::to_string_pretty(&policy("01HQ3K9B2V6R4X8ZT1M5N7P0QS")).expect("JSON");
    let policy = policy.lines().fold(String::new(), |text, line| text + "    " + line + "\n");
    let page = part(&part(WRITTEN, "exceptions", &list), "policy", &policy);
    if std::env::var_os("BERTH_REGENERATE").is_some() {
        generated::write(PATH, &page);
    } else {
        assert_eq!(page, WRITTEN, "docs/isolation.md is out of date: cargo xtask generate");
    }
}

/// Returns a readable pattern: an id for 26 arbitrary characters.
fn shortened(pattern: &str) -> String {
    pattern.replace(&"?".repeat(26), "<id>")
}
