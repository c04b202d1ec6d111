//! A round: some things that many clients change and read, and what is recorded of each.

use std::{
    collections::BTreeMap,
    sync::{Mutex, atomic::AtomicUsize},
};

use super::{
    models::{HintOp, KeyOp, KeyedOp, NameOp, Names, Party, PartyOp, RoleOp, Seen},
    recorder::{Clock, Recorder},
};
use crate::harness::{DIRECTORY_SCOPES, TestClient, TestResponse, TestServer, Wire, paths};

/// What came of a workload.
#[derive(Debug, Default)]
pub struct Figures {
    pub requests: AtomicUsize,
    /// Calls of the store that met a fault, by its kind; and clients that went away.
    pub faults: Mutex<BTreeMap<String, usize>>,
    /// Requests with an indeterminate outcome.
    pub open: AtomicUsize,
    /// The steps of the longest search.
    pub longest: AtomicUsize,
    /// Searches that took too long: histories of which nothing is known.
    pub given_up: AtomicUsize,
}

/// A role that may be held.
pub struct Slot {
    pub party: String,
    pub dock: String,
    pub role: &'static str,
    pub recorded: Recorder<RoleOp>,
}

/// One member of things of whom each may have a name.
pub struct Owner {
    pub id: String,
    pub path: String,
}

/// Things that have names, each another.
pub struct Naming {
    /// The member that holds the name.
    pub member: &'static str,
    pub owners: Vec<Owner>,
    pub names: Vec<String>,
    pub model: Names,
    pub recorded: Recorder<NameOp>,
}

pub struct Changed {
    pub path: String,
    pub model: Party,
    pub recorded: Recorder<PartyOp>,
}

pub struct Credential {
    pub id: String,
    /// One client for each process.
    pub clients: Vec<TestClient>,
    pub recorded: Recorder<KeyOp>,
}

pub struct Round<'a> {
    pub wire: &'a Wire,
    pub clock: Clock,
    pub figures: &'a Figures,
    /// Makes the names of requests and parties of a round unique.
    pub label: String,
    /// Callers of a process that is patient with the store: with the platform's key, and with the organization's.
    pub keeper: TestClient,
    pub own: TestClient,
    /// One for each process.
    pub platform: Vec<TestClient>,
    /// An organization, with a client of its own for each process; and one that may see nothing of it.
    pub organization: String,
    pub tenant: Vec<TestClient>,
    pub neighbour: String,
    pub stranger: TestClient,
    pub slots: Vec<Slot>,
    pub slugs: Naming,
    pub domains: Naming,
    pub parties: Vec<Changed>,
    pub keys: Vec<Recorder<KeyedOp>>,
    pub hints: Vec<(String, Recorder<HintOp>)>,
    pub credentials: Vec<Credential>,
    /// Parties that were made, by name; without an id where nobody was reported.
    pub crowd: Mutex<BTreeMap<String, Option<String>>>,
}

/// What a response shows of a party.
pub fn seen(response: &TestResponse) -> Seen {
    let marks = response.json()["metadata"].as_object().expect("metadata").iter();
    let version = response.header("etag").and_then(|tag| tag.trim_matches('"').parse().ok()).expect("a version");
    let marks = marks.map(|(mark, value)| (mark.clone(), value.as_u64().expect("a number"))).collect();
    Seen { version, name: response.text("name"), marks }
}

fn owner(path: &str, id: &str) -> Owner {
    Owner { id: id.to_owned(), path: format!("{path}/{id}") }
}

impl<'a> Round<'a> {
    /// What the id of every request of the workload begins with.
    pub fn requests(&self) -> String {
        format!("h-{}-", self.label)
    }

    /// Makes what a round is about, in fair weather, through `patient`. The processes work on one store.
    pub async fn new(
        patient: &TestServer,
        processes: &[TestServer],
        wire: &'a Wire,
        figures: &'a Figures,
        label: &str,
    ) -> Self {
        let keeper = patient.platform();
        let everywhere = |key: &str| processes.iter().map(|process| process.client(key)).collect::<Vec<_>>();
        let mut organizations = Vec::new();
        for which in ["a", "b", "c"] {
            let created = keeper.create_organization(&format!("History {label} {which}")).await;
            organizations.push((created.id(), created.text("slug")));
        }
        let (organization, neighbour) = (organizations[0].0.clone(), organizations[1].0.clone());
        let own = patient.tenant(&organization, &DIRECTORY_SCOPES).await;
        let stranger = keeper.create_api_key(Some(&neighbour), &DIRECTORY_SCOPES).await.text("key");
        let mut docks = Vec::new();
        for name in ["East", "West"] {
            docks.push(keeper.create_dock(&organization, name).await.id());
        }
        let slugs = Naming {
            member: "slug",
            owners: organizations.iter().map(|(id, _)| owner(paths::ORGANIZATIONS, id)).collect(),
            names: (0..3).map(|number| format!("slug-{label}-{number}")).collect(),
            model: Names { first: organizations.iter().map(|(id, slug)| (slug.clone(), id.clone())).collect() },
            recorded: Recorder::new("slugs"),
        };
        let domains = Naming {
            member: "domain",
            owners: docks.iter().map(|id| owner(paths::DOCKS, id)).collect(),
            names: (0..2).map(|number| format!("d{number}.{label}.example")).collect(),
            model: Names { first: BTreeMap::new() },
            recorded: Recorder::new("domains"),
        };
        let mut credentials = Vec::new();
        for number in 0..2 {
            let created = keeper.create_api_key(Some(&organization), &["docks:read"]).await;
            let recorded = Recorder::new(format!("API key {number}"));
            credentials.push(Credential { id: created.id(), clients: everywhere(&created.text("key")), recorded });
        }
        Self {
            wire,
            clock: Clock::default(),
            figures,
            label: label.to_owned(),
            platform: everywhere(keeper.credential().expect("the first key")),
            tenant: everywhere(own.credential().expect("a key")),
            stranger: processes[0].client(&stranger),
            slots: slots(&keeper, &organization, &docks).await,
            slugs,
            domains,
            parties: parties(&keeper, &organization).await,
            keys: (0..2).map(|number| Recorder::new(format!("Idempotency-Key {number}"))).collect(),
            hints: (0..2).map(|n| (format!("hint-{label}-{n}"), Recorder::new(format!("hint {n}")))).collect(),
            credentials,
            crowd: Mutex::default(),
            keeper,
            own,
            organization,
            neighbour,
        }
    }
}

async fn slots(keeper: &TestClient, organization: &str, docks: &[String]) -> Vec<Slot> {
    let one = keeper.create_party(organization, "One").await.id();
    let two = keeper.create_party(organization, "Two").await.id();
    let slot = |party: &str, dock: &str, role| Slot {
        party: party.to_owned(),
        dock: dock.to_owned(),
        role,
        recorded: Recorder::new(format!("role {role} of {party} in {dock}")),
    };
    vec![slot(&one, &docks[0], "DISTRIBUTOR"), slot(&one, &docks[0], "RECIPIENT"), slot(&two, &docks[1], "RECIPIENT")]
}

async fn parties(keeper: &TestClient, organization: &str) -> Vec<Changed> {
    let mut parties = Vec::new();
    for name in ["Three", "Four"] {
        let party = keeper.create_party(organization, name).await;
        parties.push(Changed {
            path: paths::party(organization, &party.id()),
            model: Party { first: seen(&party) },
            recorded: Recorder::new(format!("party {}", party.id())),
        });
    }
    parties
}
