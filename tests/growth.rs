//! What calls cost at the store as the directory grows: nothing more. Takes minutes, so it runs only where it is asked
//! for: `BERTH_GROWTH=1 cargo test -p berth --test api -- growth::` prints the table, and `BERTH_GROWTH=write` writes it
//! into docs/costs.md.

use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write,
};

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, PutRequest, WriteRequest},
};
use berth_shared::store::Item;
use futures::{StreamExt, stream};
use libtest_mimic::Trial;
use reqwest::Method;
use serde_json::{Value, json};
use ulid::Ulid;

use crate::{
    costs::{self, Ledger, cursor},
    harness::{Answer, Caller, Traffic, tests},
};

/// US dollars for a million request units on demand in us-east-1: written, read.
const PRICE: (f64, f64) = (0.625, 0.125);
/// How much dearer a call may be than at the size that it is compared with.
const ALLOWED: f64 = 1.2;
/// How large the directory is: its name, parties in the organization, and as many of each that lies crosswise (roles of
/// one party, parties in one dock, organizations of one name).
const STAGES: [(&str, usize, usize); 4] =
    [("1", 1, 1), ("10²", 100, 100), ("10³", 1000, 1000), ("10⁵, 10⁴", 100_000, 10_000)];
/// Items in one call that loads them.
const BATCH: usize = 25;

pub fn tests() -> Vec<Trial> {
    let asked = std::env::var_os("BERTH_GROWTH").is_some();
    tests![no_call_costs_more_in_a_large_directory].into_iter().map(|trial| trial.with_ignored_flag(!asked)).collect()
}

/// A directory that grows, and what was made in it by calls: everything more is copied from that.
struct Directory {
    client: Client,
    table: String,
    caller: Caller,
    org: String,
    dock: String,
    party: String,
    namesake: String,
    samples: [Sample; 4],
}

/// The items that one call, or two, have made, and where their number is counted.
struct Sample {
    items: Vec<Item>,
    /// ULIDs that are of this thing only: a copy has its own.
    own: Vec<String>,
    /// Where copies are counted: partition key, sort key, attribute.
    counted: Vec<[String; 3]>,
    copies: usize,
}

async fn no_call_costs_more_in_a_large_directory() {
    let mut ledger = Ledger::start().await;
    let mut directory = Directory::make(&mut ledger).await;
    let mut rows: BTreeMap<usize, (String, Vec<Option<Traffic>>)> = BTreeMap::new();
    for (at, (name, parties, others)) in STAGES.into_iter().enumerate() {
        let begun = std::time::Instant::now();
        directory.grow([parties, others, others, others]).await;
        eprintln!("{name}: loaded after {:.0?}", begun.elapsed());
        for (place, (call, traffic)) in measure(&ledger, &directory, at).await.into_iter().enumerate() {
            rows.entry(place).or_insert_with(|| (call, Vec::new())).1.push(traffic);
        }
    }
    let table = table(rows.values());
    println!("{table}");
    if std::env::var("BERTH_GROWTH").is_ok_and(|value| value == "write") {
        costs::write_growth(&text(&table));
    }
    for (call, stages) in rows.values() {
        let mut stages = stages.iter().flatten();
        let small = stages.next().expect("a smallest size");
        for large in stages {
            assert_eq!((large.round_trips(), large.calls()), (small.round_trips(), small.calls()), "{call}");
            assert!(large.write_units() <= small.write_units() * ALLOWED, "{call}: {large:?}");
            assert!(large.read_units() <= small.read_units() * ALLOWED, "{call}: {large:?}");
        }
    }
}

/// What each call costs now, in one order. Pages are not measured where there is only one.
async fn measure(ledger: &Ledger, directory: &Directory, stage: usize) -> Vec<(String, Option<Traffic>)> {
    let Directory { caller, org, dock, party, namesake, .. } = directory;
    let mut rows = Vec::new();
    let mut note = |name: &str, traffic: Traffic| rows.push((name.to_owned(), Some(traffic)));
    let of_org = format!("/v1/organizations/{org}");
    let (parties, all) = (format!("{of_org}/parties"), "/v1/organizations".to_owned());
    let roles = format!("{parties}/{party}/roles");
    let made = |answer: Answer| answer.expect(201).id();
    let free = json!({ "name": format!("Free {stage}") });
    let (answer, traffic) = ledger.price(caller.post(&all, &free)).await;
    made(answer);
    note("create-organization, free slug", traffic);
    let (answer, traffic) = ledger.price(caller.post(&all, &json!({ "name": "Many" }))).await;
    made(answer);
    note("create-organization, namesake", traffic);
    note("get-organization", priced(ledger, caller.get(&of_org), 200).await);
    let slug = format!("{all}?slug={namesake}");
    note("list-organizations by slug", priced(ledger, caller.get(&slug), 200).await);
    let (answer, traffic) =
        ledger.price(caller.post("/v1/docks", &json!({ "organizationId": org, "name": "D" }))).await;
    let new_dock = made(answer);
    note("create-dock", traffic);
    let body = json!({ "type": "ORGANIZATION", "name": "Company 1" });
    let (answer, traffic) = ledger.price(caller.post(&parties, &body)).await;
    let new_party = made(answer);
    note("create-party", traffic);
    let keyed = json!({ "type": "INDIVIDUAL", "name": "Ann", "externalRef": format!("ref-{stage}") });
    let keyed = caller.call(Method::POST, &parties).header("idempotency-key", &format!("k{stage}")).json(&keyed).send();
    note("create-party, externalRef and Idempotency-Key", priced(ledger, keyed, 201).await);
    let one = format!("{parties}/{party}");
    note("get-party", priced(ledger, caller.get(&one), 200).await);
    let renamed = json!({ "name": format!("Holder {stage}") });
    note("update-party", priced(ledger, caller.patch(&one, &renamed), 200).await);
    let by_ref = format!("{parties}?externalRef=ref-{stage}");
    note("list-parties by externalRef", priced(ledger, caller.get(&by_ref), 200).await);
    let assign = caller.try_assign(org, party, &new_dock, "RECIPIENT");
    note("assign-role, to the party of many roles", priced(ledger, assign, 201).await);
    let (answer, traffic) = ledger.price(caller.try_assign(org, &new_party, dock, "RECIPIENT")).await;
    let role = made(answer);
    note("assign-role, in the dock of many parties", traffic);
    let again = caller.try_assign(org, &new_party, dock, "RECIPIENT");
    note("assign-role refused: duplicate", priced(ledger, again, 409).await);
    let by_dock = format!("{roles}?dockId={dock}");
    note("list-roles by dockId, of the party of many roles", priced(ledger, caller.get(&by_dock), 200).await);
    let checks: Vec<Value> =
        (0..100).map(|_| json!({ "dockId": dock, "partyId": party, "role": "RECIPIENT" })).collect();
    let check = caller.post(&format!("{of_org}/roles/check"), &json!({ "checks": checks }));
    note("check-roles, 100 alike", priced(ledger, check, 200).await);
    let revoke = caller.delete(&format!("{parties}/{new_party}/roles/{role}"));
    note("revoke-role, in the dock of many parties", priced(ledger, revoke, 204).await);
    let allocate = json!({ "partyIdHint": format!("hint{stage}") });
    note("allocate-ledger-party", priced(ledger, caller.post("/v2/parties", &allocate), 200).await);
    for (name, list) in [
        ("list-organizations", all),
        ("list-docks of an organization", format!("/v1/docks?organizationId={org}")),
        ("list-parties", parties),
        ("list-roles", roles),
        ("list-dock-parties", format!("/v1/docks/{dock}/parties")),
    ] {
        let mut page = None;
        if stage > 0 {
            let sign = if list.contains('?') { '&' } else { '?' };
            let list = format!("{list}{sign}limit=20");
            let first = caller.get(&list).await.expect(200);
            let (answer, traffic) = ledger.price(caller.get(&format!("{list}&cursor={}", cursor(&first)))).await;
            assert_eq!(answer.expect(200).json()["data"].as_array().map(Vec::len), Some(20));
            page = Some(traffic);
        }
        rows.push((format!("{name}, a page of 20 by cursor"), page));
    }
    rows
}

async fn priced(ledger: &Ledger, call: impl Future<Output = Answer>, status: u16) -> Traffic {
    let (answer, traffic) = ledger.price(call).await;
    answer.expect(status);
    traffic
}

impl Directory {
    /// One of each.
    async fn make(ledger: &mut Ledger) -> Self {
        let store = ledger.berth().store().await;
        let caller = ledger.berth().platform();
        // What the first calls of a process do once is not the price of a call.
        caller.get("/v1/organizations").await.expect(200);
        let (org, home) = (caller.create_organization("Growth").await.id(), caller.create_organization("Many").await);
        let dock = caller.create_dock(&org, "Dock").await.id();
        let party = caller.create_party(&org, "Holder").await.id();
        let ulid = |id: &str| id.split_once('_').map(|(_, ulid)| ulid.to_owned()).expect("a prefix");
        let of_org = format!("ORG#{}", ulid(&org));
        let counter = |attribute: &str| [of_org.clone(), "#COUNT#0".to_owned(), attribute.to_owned()];
        let platform = |attribute: &str| ["PLATFORM".to_owned(), "#COUNT#0".to_owned(), attribute.to_owned()];
        let roles = |sk: String| [of_org.clone(), sk, "rolesRecipient".to_owned()];
        let berth = ledger.berth();
        let parties = Sample::of(berth, async {
            caller.create_party(&org, "Company").await;
        });
        let parties = parties.await.counted(vec![counter("partiesOrganization")]);
        let held = Sample::of(berth, async {
            let place = caller.create_dock(&org, "Place").await.id();
            caller.assign(&org, &party, &place, "RECIPIENT").await;
        });
        let held =
            held.await.counted(vec![counter("docks"), platform("docks"), roles(format!("PTY#{}", ulid(&party)))]);
        let guests = Sample::of(berth, async {
            let guest = caller.create_party(&org, "Guest").await.id();
            caller.assign(&org, &guest, &dock, "RECIPIENT").await;
        });
        let counts = vec![counter("partiesOrganization"), roles(format!("DOCK#{}", ulid(&dock)))];
        let guests = guests.await.counted(counts);
        let namesakes = Sample::of(berth, async {
            caller.create_organization("Many").await;
        });
        let stem = ["SLUG#many".to_owned(), "SLUG".to_owned(), "last".to_owned()];
        let namesakes = namesakes.await.counted(vec![platform("organizations"), stem]);
        Self {
            client: store.client().clone(),
            table: store.table().to_owned(),
            namesake: home.text("slug"),
            samples: [parties, held, guests, namesakes],
            caller,
            org,
            dock,
            party,
        }
    }

    /// Loads copies until there are so many of each sample.
    async fn grow(&mut self, sizes: [usize; 4]) {
        for (sample, size) in self.samples.iter_mut().zip(sizes) {
            let copies = sample.copies..size.saturating_sub(1);
            if copies.is_empty() {
                continue;
            }
            let added = copies.len();
            sample.copies = copies.end;
            let items = copies.flat_map(|number| sample.copy(number));
            let puts = items.map(|item| {
                let put = PutRequest::builder().set_item(Some(item)).build().expect("an item");
                WriteRequest::builder().put_request(put).build()
            });
            let load = stream::iter(puts).chunks(BATCH).map(|batch| {
                let call = self.client.batch_write_item().request_items(&self.table, batch);
                async move { call.send().await.expect("the items are taken") }
            });
            let left = load.buffer_unordered(4).map(|answer| answer.unprocessed_items.map_or(0, |left| left.len()));
            assert_eq!(left.fold(0, async |sum, left| sum + left).await, 0);
            for [pk, sk, attribute] in &sample.counted {
                let update = self.client.update_item().table_name(&self.table).update_expression("ADD #n :by");
                let update = update.key("pk", AttributeValue::S(pk.clone())).key("sk", AttributeValue::S(sk.clone()));
                let update = update.expression_attribute_names("#n", attribute);
                let by = AttributeValue::N(added.to_string());
                update.expression_attribute_values(":by", by).send().await.expect("the count is taken");
            }
        }
    }
}

impl Sample {
    /// What `make` makes.
    async fn of(berth: &crate::harness::Berth, make: impl Future<Output = ()>) -> Self {
        let key = |item: &Item| (item["pk"].clone(), item["sk"].clone());
        let before = berth.items().await;
        make.await;
        let known: Vec<_> = before.iter().map(key).collect();
        let items: Vec<Item> = berth.items().await.into_iter().filter(|item| !known.contains(&key(item))).collect();
        let old: HashSet<String> = before.iter().flat_map(ulids).collect();
        let own: HashSet<String> = items.iter().flat_map(ulids).filter(|ulid| !old.contains(ulid)).collect();
        Self { items, own: own.into_iter().collect(), counted: Vec::new(), copies: 0 }
    }

    fn counted(self, counted: Vec<[String; 3]>) -> Self {
        Self { counted, ..self }
    }

    /// The items of one more such thing: with ids of its own that are older, and the slug of its number.
    fn copy(&self, number: usize) -> Vec<Item> {
        let fresh = |ulid: &String| {
            let sample: Ulid = ulid.parse().expect("a ULID");
            let older = sample.timestamp_ms() - 1 - u64::try_from(number).expect("it fits");
            (ulid.clone(), Ulid::from_parts(older, sample.random()).to_string())
        };
        let mut replaced: Vec<_> = self.own.iter().map(fresh).collect();
        // The sample is many-1; calls take the numbers that follow.
        replaced.push(("many-1".to_owned(), format!("many-{}", number + 1_000_000)));
        let text = |text: &str| replaced.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
        let value = |value: &AttributeValue| match value {
            AttributeValue::S(value) => AttributeValue::S(text(value)),
            other => other.clone(),
        };
        self.items.iter().map(|item| item.iter().map(|(name, of)| (name.clone(), value(of))).collect()).collect()
    }
}

/// The ULIDs in an item.
fn ulids(item: &Item) -> Vec<String> {
    let texts = item.values().filter_map(|value| value.as_s().ok());
    let words = texts.flat_map(|text| text.split(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit()));
    words.filter(|word| word.len() == 26 && word.parse::<Ulid>().is_ok()).map(ToOwned::to_owned).collect()
}

fn table<'a>(rows: impl Iterator<Item = &'a (String, Vec<Option<Traffic>>)>) -> String {
    let mut text = String::from("| call |");
    STAGES.iter().for_each(|(name, ..)| write!(text, " {name} |").expect("text grows"));
    text.push_str(" $ per million calls |\n|---|---|---|---|---|---|\n");
    for (call, stages) in rows {
        write!(text, "| {call} |").expect("text grows");
        for traffic in stages {
            let Some(traffic) = traffic else {
                text.push_str(" - |");
                continue;
            };
            let (trips, calls) = (traffic.round_trips(), traffic.calls());
            write!(text, " {trips} / {calls} / {} / {} |", traffic.write_units(), traffic.read_units())
                .expect("text grows");
        }
        let last = stages.last().and_then(Option::as_ref).expect("a largest size");
        let price = last.write_units() * PRICE.0 + last.read_units() * PRICE.1;
        writeln!(text, " {price:.2} |").expect("text grows");
    }
    text
}

fn text(table: &str) -> String {
    format!(
        "The same, measured in directories of four sizes: 1, 10², 10³ and 10⁵ parties in one organization, and 1, 10², \
         10³ and 10⁴\nroles of one party, parties in one dock, docks in the organization, and organizations of one name \
         (which are also all that\nthere are). Each cell is round trips / store calls / write units / read units; each \
         page is the second of its list. The\nprice is of the units of the largest size, on demand in us-east-1, at \
         ${} for a million write units and ${} for a\nmillion read units; Lambda and API Gateway come on top. The test \
         fails where a call makes more calls than at the smallest\nsize, or uses {ALLOWED} times the units. It takes \
         minutes, so it runs only where it is asked for:\n\n    BERTH_GROWTH=write cargo test -p berth --test api -- \
         growth::\n\n{table}",
        PRICE.0, PRICE.1
    )
}
