//! A growing directory: resources are created by requests once, then copied with their own ids.

use std::collections::HashSet;

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, PutRequest, WriteRequest},
};
use berth_shared::store::Item;
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
    /// Counters of the copies: partition key, sort key, attribute.
    counted: Vec<[String; 3]>,
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
        let ulid = |id: &str| id.split_once('_').map(|(_, ulid)| ulid.to_owned()).expect("a prefix");
        let of_org = format!("ORG#{}", ulid(&org));
        // Any of the eight shards of a counter may count: only their sum is read.
        let counter = |attribute: &str| [of_org.clone(), "#COUNT#0".to_owned(), attribute.to_owned()];
        let platform = |attribute: &str| ["PLATFORM".to_owned(), "#COUNT#0".to_owned(), attribute.to_owned()];
        let roles = |sk: String| [of_org.clone(), sk, "rolesRecipient".to_owned()];

        let parties = Sample::of(server, vec![counter("partiesOrganization")], async {
            client.create_party(&org, "Company").await;
        });
        let parties = parties.await;
        let counts = vec![counter("docks"), platform("docks"), roles(format!("PTY#{}", ulid(&party)))];
        let id_locations = Sample::of(server, counts, async {
            let place = client.create_dock(&org, "FieldLocation").await.id();
            client.assign(&org, &party, &place, "RECIPIENT").await;
        });
        let id_locations = id_locations.await;
        let counts = vec![counter("partiesOrganization"), roles(format!("DOCK#{}", ulid(&dock)))];
        let guests = Sample::of(server, counts, async {
            let guest = client.create_party(&org, "Guest").await.id();
            client.assign(&org, &guest, &dock, "RECIPIENT").await;
        });
        let guests = guests.await;
        let stem = ["SLUG#many".to_owned(), "SLUG".to_owned(), "last".to_owned()];
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
        let mut loaded = 0;
        for (at, sample) in self.samples.iter_mut().enumerate() {
            let size = if at == 0 { parties } else { others };
            // The sample itself is one.
            let copies = sample.copies..size.saturating_sub(1);
            if copies.is_empty() {
                continue;
            }
            (sample.copies, loaded) = (copies.end, loaded + copies.len() * sample.items.len());
            load(&self.dynamodb, &self.table, copies.clone().flat_map(|number| sample.copy(number))).await;
            for [pk, sk, attribute] in &sample.counted {
                let update = self.dynamodb.update_item().table_name(&self.table).update_expression("ADD #n :by");
                let update = update.key("pk", AttributeValue::S(pk.clone())).key("sk", AttributeValue::S(sk.clone()));
                let update = update.expression_attribute_names("#n", attribute);
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
    async fn of(server: &TestServer, counted: Vec<[String; 3]>, make: impl Future<Output = ()>) -> Self {
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
