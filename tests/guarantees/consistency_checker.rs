//! The consistency checker detects every kind of damage.

use std::collections::HashMap;

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use macro_rules_attribute::apply;
use serde_json::json;

use crate::harness::{
    TestServer, api_test,
    checker::{assert_consistent, check},
    paths,
};

/// A table with items of every kind, some of them changed.
struct Filled {
    server: TestServer,
    organization: String,
    dock: String,
    party: String,
    /// A role in effect.
    role: String,
    /// A revoked role.
    ended: String,
}

async fn filled() -> Filled {
    let server = TestServer::start().await;
    let client = server.platform();
    let organization = client.create_organization("Harbour").await.id();
    // A second organization with the same name, whose slug is changed.
    let namesake = client.create_organization("Harbour").await.id();
    client.update_organization(&namesake, &json!({ "slug": "pier", "name": "Pier" })).await.expect(200);
    let body = json!({ "organizationId": organization, "name": "North", "domain": "north.example", "customDomain": "n.example" });
    let dock = client.post_dock(&body).await.expect(201).id();
    let change = json!({ "name": "South", "domain": "south.example", "customDomain": null });
    client.update_dock(&dock, &change).await.expect(200);
    let parties = paths::parties(&organization);
    let body = json!({ "type": "INDIVIDUAL", "name": "Ann", "externalRef": "a#b" });
    let person = client.post(&parties, &body).await.expect(201).id();
    let change = json!({ "type": "ORGANIZATION", "externalRef": "c d" });
    client.patch(&format!("{parties}/{person}"), &change).await.expect(200);
    let party = client.create_party(&organization, "Bolt").await.id();
    let role = client.assign(&organization, &party, &dock, "RECIPIENT").await.id();
    let ended = client.assign(&organization, &person, &dock, "DISTRIBUTOR").await.id();
    client.delete(&format!("{parties}/{person}/roles/{ended}")).await.expect(200);
    client.assign(&organization, &person, &dock, "DISTRIBUTOR").await;
    let key = client.create_api_key(Some(&organization), &["docks:read"]).await.id();
    client.revoke_api_key(&key).await.expect(200);
    let request = client.request(reqwest::Method::POST, &parties).header("idempotency-key", "once");
    request.json(&json!({ "type": "INDIVIDUAL", "name": "Cay" })).send().await.expect(201);
    let user = client.get("/v2/authenticated-user").await.expect(200).json()["user"]["id"].clone();
    let body = json!({ "partyIdHint": "Dee", "identityProviderId": organization, "userId": user });
    client.allocate_ledger_party(&body).await.expect(200);
    Filled { server, organization, dock, party, role, ended }
}

#[apply(api_test)]
async fn a_table_written_by_berth_is_consistent() {
    assert_consistent(&filled().await.server).await;
}

/// A checker that finds nothing proves nothing. So each damage is done, found by its rule, and undone.
#[apply(api_test)]
async fn every_kind_of_damage_is_detected() {
    let filled = filled().await;
    let (client, table) = (filled.server.running().client(), filled.server.running().table());
    let bare = |id: &str| id.split_once('_').expect("an id").1.to_owned();
    let (organization, dock) = (bare(&filled.organization), bare(&filled.dock));
    let (party, role, ended) = (bare(&filled.party), bare(&filled.role), bare(&filled.ended));
    let tenant = format!("ORG#{organization}");
    let (of_dock, of_party) = (format!("{tenant}#DOCK#{dock}"), format!("{tenant}#PTY#{party}"));
    let audit = format!("{tenant}#AUDIT#{}", filled.party);
    let entry = first_of(client, table, &audit).await;
    let past = format!("{tenant}#PTY#");
    let past = find(client, table, &past, &format!("PAST#{ended}")).await;
    let lost: [(&str, &str, &str); 15] = [
        ("SLUG#harbour", "SLUG", "has its row, its slug"),
        ("ORGS", &organization, "has its row, its slug"),
        (&tenant, "#COUNT#3", "its counters"),
        ("DOCKS", &dock, "the rows of the list of all"),
        ("DOMAIN#south.example", "DOMAIN", "a domain is guarded"),
        ("PTYS", &party, "parties and pointers"),
        (&format!("{tenant}#XREF#c d"), "", "the index of external references"),
        ("LEDGER", "Dee::", "has its guard and its row"),
        (&format!("{tenant}#LEDGER"), "Dee::", "has its guard and its row"),
        (&of_dock, &format!("ROLE#RECIPIENT#{party}"), "a living role is there in both directions"),
        (&of_party, &format!("ROLE#{role}"), "a living role is there in both directions"),
        (&past, &format!("PAST#{ended}"), "an ended role is there in both directions"),
        (&audit, &entry, "has an audit entry"),
        ("PLATFORM", "DEPLOYMENT", "one deployment"),
        (&tenant, "#ORG", "has its tenant"),
    ];
    for (pk, sk, rule) in lost {
        let sk = if sk.is_empty() { first_of(client, table, pk).await } else { sk.to_owned() };
        let item = client.delete_item().table_name(table).set_key(Some(key(pk, &sk)));
        let item = item.return_values("ALL_OLD".into()).send().await.expect("deleted").attributes;
        expect_found(client, table, &format!("{pk} | {sk} is missing"), rule).await;
        client.put_item().table_name(table).set_item(item).send().await.expect("restored");
    }
    let raised = [
        (tenant.as_str(), "#COUNT#2", "docks", "an organization's counters"),
        (&tenant, "#COUNT#2", "partiesIndividual", "an organization's counters"),
        (&tenant, "#COUNT#2", "apiKeys", "an organization's counters"),
        ("PLATFORM", "#COUNT#0", "organizations", "the platform's counters"),
        ("PLATFORM", "#COUNT#0", "apiKeys", "the platform's counters"),
        (&tenant, &format!("DOCK#{dock}"), "rolesRecipient", "count their living roles"),
        (&tenant, &format!("PTY#{party}"), "rolesDistributor", "count their living roles"),
    ];
    for (pk, sk, counter, rule) in raised {
        add(client, table, (pk, sk), counter, 1).await;
        expect_found(client, table, &format!("{counter} of {pk} | {sk} is too high"), rule).await;
        add(client, table, (pk, sk), counter, -1).await;
    }
    let stray = [
        (tenant.clone(), "ODD#1".to_owned(), "known form"),
        (format!("{tenant}#XREF#gone"), format!("PTY#{party}"), "the index of external references"),
        ("DOMAIN#nobody.example".to_owned(), "DOMAIN".to_owned(), "a domain is guarded"),
        ("USER#nobody".to_owned(), "ACT#Eve".to_owned(), "act as parties of the ledger"),
        (format!("KEY#{organization}"), "KEY".to_owned(), "its record and both rows"),
        (of_party.clone(), format!("PAST#{role}"), "ended, and lives no more"),
    ];
    for (pk, sk, rule) in stray {
        client.put_item().table_name(table).set_item(Some(key(&pk, &sk))).send().await.expect("put");
        expect_found(client, table, &format!("{pk} | {sk} is surplus"), rule).await;
        client.delete_item().table_name(table).set_key(Some(key(&pk, &sk))).send().await.expect("deleted");
    }
    assert_consistent(&filled.server).await;
}

async fn expect_found(client: &Client, table: &str, damage: &str, rule: &str) {
    let found = check(client, table).await;
    assert!(found.iter().any(|violation| violation.contains(rule)), "{damage}: {found:#?}");
}

fn key(pk: &str, sk: &str) -> HashMap<String, AttributeValue> {
    [("pk", pk), ("sk", sk)].map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned()))).into()
}

async fn add(client: &Client, table: &str, (pk, sk): (&str, &str), counter: &str, by: i32) {
    let update = client.update_item().table_name(table).set_key(Some(key(pk, sk)));
    let update = update.update_expression("ADD #counter :by").expression_attribute_names("#counter", counter);
    update.expression_attribute_values(":by", AttributeValue::N(by.to_string())).send().await.expect("changed");
}

/// Returns the sort key of the first item of a partition.
async fn first_of(client: &Client, table: &str, pk: &str) -> String {
    let query = client.query().table_name(table).key_condition_expression("pk = :pk");
    let found = query.expression_attribute_values(":pk", AttributeValue::S(pk.to_owned())).send().await.expect("read");
    found.items()[0]["sk"].as_s().expect("a text").clone()
}

/// Returns the partition key with this prefix that has an item with this sort key.
async fn find(client: &Client, table: &str, prefix: &str, sk: &str) -> String {
    let all = client.scan().table_name(table).send().await.expect("read");
    let text = |item: &HashMap<String, AttributeValue>, name: &str| item[name].as_s().cloned().unwrap_or_default();
    let found = all.items().iter().find(|item| text(item, "pk").starts_with(prefix) && text(item, "sk") == sk);
    text(found.expect("it is there"), "pk")
}
