//! A growing directory: resources are created by requests once, then copied with their own ids.

use std::collections::HashSet;

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, PutRequest, WriteRequest},
};
use berth_shared::{
    domain::Slug,
    store::{
        Item, Record,
        keys::{self, Key},
    },
};
use futures::{StreamExt, stream};
use serde_json::json;
use ulid::Ulid;

use crate::harness::{TestClient, TestServer};

/// Items per load request: DynamoDB's maximum.
const BATCH: usize = 25;
/// The hint and the last slug of a sample. A copy appends its number. No request creates a slug with so many digits.
const HINT: &str = "allocated";
const SLUG: &str = "many-1";
/// Digits of a copy's number.
const DIGITS: usize = 8;

/// A growing directory.
pub struct Directory {
    dynamodb: Client,
    table: String,
    /// Client with all scopes.
    pub client: TestClient,
    /// Organization of all resources.
    pub org: String,
    /// Dock in which many parties are recipients.
    pub dock: String,
    /// Party that is a recipient in many docks.
    pub party: String,
    /// Slug of the first organization with the common name.
    pub common_slug: String,
    samples: Vec<Sample>,
}

/// The items that one or two requests create, and their counters.
struct Sample {
    /// Each attribute of each item.
    items: Vec<Vec<(String, Template)>>,
    /// Unique values of the sample, which a copy replaces.
    own: Vec<Own>,
    /// Where copies are counted: key and attribute.
    counted: Vec<(Key, &'static str)>,
    copies: usize,
}

/// A unique value, which a copy replaces.
enum Own {
    Id(Ulid),
    Numbered(&'static str),
}

/// The value of an attribute, with placeholders for unique values.
enum Template {
    Text(Vec<Piece>),
    Map(Vec<(String, Template)>),
    Other(AttributeValue),
}

enum Piece {
    Text(String),
    /// Index into `Sample::own`.
    Own(usize),
}

impl Directory {
    /// Creates one of each resource by requests.
    pub async fn make(server: &TestServer) -> Self {
        let store = server.store().await;
        let client = server.platform();
        let org = client.create_organization("Growth").await.id();
        let common_slug = client.create_organization("Many").await.text("slug");
        let dock = client.create_dock(&org, "Dock").await.id();
        let party = client.create_party(&org, "Holder").await.id();
        let organization = org.parse().expect("an id");
        // Which of the eight counters counts does not matter, because only their sum is returned.
        let counter = |attribute: &'static str| (keys::count_shard(organization, 0), attribute);
        // A platform counter exists from the first resource that it counts.
        let records = server.records().await;
        let shard =
            records.iter().find(|record| matches!(record, Record::PlatformCounter(_))).expect("a counter").key();
        let platform = |attribute: &'static str| (shard.clone(), attribute);
        let roles = |key: Key| (key, "rolesRecipient");

        let parties = Sample::of(server, vec![counter("partiesOrganization")], async {
            client.create_party(&org, "Company").await;
        });
        let parties = parties.await;
        let counts =
            vec![counter("docks"), platform("docks"), roles(keys::party(organization, party.parse().expect("an id")))];
        let id_locations = Sample::of(server, counts, async {
            let place = client.create_dock(&org, "FieldLocation").await.id();
            client.assign(&org, &party, &place, "RECIPIENT").await;
        });
        let id_locations = id_locations.await;
        let counts = vec![
            counter("partiesOrganization"),
            roles(keys::dock_count_shard(organization, dock.parse().expect("an id"), 0)),
        ];
        let guests = Sample::of(server, counts, async {
            let guest = client.create_party(&org, "Guest").await.id();
            client.assign(&org, &guest, &dock, "RECIPIENT").await;
        });
        let guests = guests.await;
        let stem = (keys::slug(&Slug::parse("many").expect("a slug")), "last");
        let namesakes = Sample::of(server, vec![platform("organizations"), stem], async {
            client.create_organization("Many").await;
        });
        let namesakes = namesakes.await;
        let keys = Sample::of(server, vec![counter("apiKeys"), platform("apiKeys")], async {
            client.create_api_key(Some(&org), &["parties:read"]).await;
        });
        let keys = keys.await;
        let allocated = Sample::of(server, vec![counter("partiesOrganization")], async {
            let body = json!({ "partyIdHint": HINT, "identityProviderId": org });
            client.allocate_ledger_party(&body).await.expect(200);
        });
        let allocated = allocated.await;
        Self {
            dynamodb: store.client().clone(),
            table: store.table().to_owned(),
            samples: vec![parties, id_locations, guests, namesakes, keys, allocated],
            client,
            org,
            dock,
            party,
            common_slug,
        }
    }

    /// Loads copies until there are this many parties and this many of each other resource. Returns the number of
    /// items.
    pub async fn grow(&mut self, parties: usize, others: usize) -> usize {
        self.grow_each([parties, others, others, others, others, others]).await
    }

    /// Loads copies until there are this many parties, docks, guests of a dock, organizations, API keys and allocated
    /// parties. Returns the number of items.
    pub async fn grow_each(&mut self, sizes: [usize; 6]) -> usize {
        let mut loaded = 0;
        for (sample, size) in self.samples.iter_mut().zip(sizes) {
            // The sample itself is one.
            let copies = sample.copies..size.saturating_sub(1);
            if copies.is_empty() {
                continue;
            }
            (sample.copies, loaded) = (copies.end, loaded + copies.len() * sample.items.len());
            load(&self.dynamodb, &self.table, copies.clone().flat_map(|number| sample.copy(number))).await;
            for (key, attribute) in &sample.counted {
                let update = self.dynamodb.update_item().table_name(&self.table).update_expression("ADD #n :by");
                let update = update.key(keys::PK, AttributeValue::S(key.pk.clone()));
                let update = update.key(keys::SK, AttributeValue::S(key.sk.clone()));
                let update = update.expression_attribute_names("#n", *attribute);
                let by = AttributeValue::N(copies.len().to_string());
                update.expression_attribute_values(":by", by).send().await.expect("the counter is updated");
            }
        }
        loaded
    }
}

async fn load(client: &Client, table: &str, items: impl Iterator<Item = Item>) {
    let puts = items.map(|item| {
        let put = PutRequest::builder().set_item(Some(item)).build().expect("an item");
        WriteRequest::builder().put_request(put).build()
    });
    let requests = stream::iter(puts).chunks(BATCH).map(|batch| async {
        let response = client.batch_write_item().request_items(table, batch).send().await;
        response.expect("the items are accepted").unprocessed_items.is_none_or(|left| left.is_empty())
    });
    assert!(requests.buffer_unordered(2).all(async |whole| whole).await, "all items are loaded");
}

impl Sample {
    /// Returns the items that `make` creates.
    async fn of(server: &TestServer, counted: Vec<(Key, &'static str)>, make: impl Future<Output = ()>) -> Self {
        let key = |item: &Item| (text(&item["pk"]).to_owned(), text(&item["sk"]).to_owned());
        let before = server.items().await;
        make.await;
        let known: HashSet<_> = before.iter().map(key).collect();
        let items: Vec<Item> = server.items().await.into_iter().filter(|item| !known.contains(&key(item))).collect();
        let mut sample = Self { items: Vec::new(), own: Vec::new(), counted, copies: 0 };
        let old: HashSet<Ulid> = before.iter().flat_map(Item::values).flat_map(ulids).collect();
        let new: HashSet<Ulid> = items.iter().flat_map(Item::values).flat_map(ulids).collect();
        sample.own.extend(new.difference(&old).copied().map(Own::Id));
        sample.own.extend([HINT, SLUG].map(Own::Numbered));
        let items = items.into_iter().filter(|item| {
            let (pk, sk) = key(item);
            let has_own = sample.own.iter().any(|own| [&pk, &sk].iter().any(|key| key.contains(&own.sample())));
            // A counter of the platform exists from the first resource that it counts.
            assert!(has_own || sk.starts_with("#COUNT#"), "a copy of {pk} {sk} would be the same item");
            has_own
        });
        let items: Vec<Item> = items.collect();
        sample.items = items.into_iter().map(|item| sample.members(item)).collect();
        sample
    }

    fn members(&self, members: Item) -> Vec<(String, Template)> {
        members.into_iter().map(|(name, value)| (name, self.template(value))).collect()
    }

    fn template(&self, value: AttributeValue) -> Template {
        match value {
            AttributeValue::S(text) => Template::Text(self.pieces(&text)),
            AttributeValue::M(members) => Template::Map(self.members(members)),
            other => Template::Other(other),
        }
    }

    /// Splits a text at the unique values.
    fn pieces(&self, text: &str) -> Vec<Piece> {
        let own = self.own.iter().map(Own::sample).enumerate();
        let found = own.filter_map(|(at, own)| Some((text.find(&own)?, own.len(), at))).min();
        let Some((begins, length, at)) = found else { return vec![Piece::Text(text.to_owned())] };
        let mut pieces = vec![Piece::Text(text[..begins].to_owned()), Piece::Own(at)];
        pieces.extend(self.pieces(&text[begins + length..]));
        pieces
    }

    /// Returns the items of a copy.
    fn copy(&self, number: usize) -> Vec<Item> {
        let own: Vec<String> = self.own.iter().map(|own| own.copy(number)).collect();
        self.items.iter().map(|item| filled(item, &own)).collect()
    }
}

fn filled(members: &[(String, Template)], own: &[String]) -> Item {
    let value = |template: &Template| match template {
        Template::Text(pieces) => {
            let text = |piece: &Piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Own(at) => own[*at].clone(),
            };
            AttributeValue::S(pieces.iter().map(text).collect())
        }
        Template::Map(members) => AttributeValue::M(filled(members, own)),
        Template::Other(value) => value.clone(),
    };
    members.iter().map(|(name, template)| (name.clone(), value(template))).collect()
}

impl Own {
    fn sample(&self) -> String {
        match self {
            Self::Id(id) => id.to_string(),
            Self::Numbered(text) => (*text).to_owned(),
        }
    }

    /// A copy is a millisecond older than the copy before, and older than its sample.
    fn copy(&self, number: usize) -> String {
        match self {
            Self::Id(id) => {
                let older = u64::try_from(number).expect("a small number") + 1;
                Ulid::from_parts(id.timestamp_ms() - older, id.random()).to_string()
            }
            Self::Numbered(text) => format!("{text}{number:0DIGITS$}"),
        }
    }
}

fn text(value: &AttributeValue) -> &str {
    value.as_s().map_or("", String::as_str)
}

/// Returns the ULIDs in a value.
fn ulids(value: &AttributeValue) -> Vec<Ulid> {
    match value {
        AttributeValue::S(text) => {
            let words = text.split(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit());
            words.filter(|word| word.len() == 26).filter_map(|word| word.parse().ok()).collect()
        }
        AttributeValue::M(members) => members.values().flat_map(ulids).collect(),
        _ => Vec::new(),
    }
}
