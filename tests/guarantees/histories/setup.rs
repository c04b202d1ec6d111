//! A round: objects that many clients change and read, and their histories.

use std::{
    collections::BTreeMap,
    sync::{Mutex, atomic::AtomicUsize},
};

use super::{
    models::{HintOp, KeyOp, KeyedOp, NameOp, Names, Party, PartyOp, RoleOp, Seen},
    mortal::{Mortal, mortals},
    recorder::{Clock, Recorder},
};
use crate::harness::{DIRECTORY_SCOPES, TestClient, TestResponse, TestServer, Wire, paths};

/// Statistics of a workload.
#[derive(Debug, Default)]
pub struct Figures {
    pub requests: AtomicUsize,
    /// DynamoDB requests with a fault, by its kind, and disconnected clients.
    pub faults: Mutex<BTreeMap<String, usize>>,
    /// Requests with an indeterminate outcome.
    pub indeterminate: AtomicUsize,
    /// Steps of the longest search.
    pub longest: AtomicUsize,
    /// Aborted searches: their histories have no verdict.
    pub aborted: AtomicUsize,
}

/// A role that can be assigned and revoked.
pub struct Slot {
    pub party: String,
    pub dock: String,
    pub role: &'static str,
    pub recorded: Recorder<RoleOp>,
}

/// A resource with a unique name.
pub struct Owner {
    pub id: String,
    pub path: String,
}

/// Resources whose names are unique, with the history of the names.
pub struct Naming {
    /// Member with the name.
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
    /// Clients of a process without faults: with a platform key, and with an organization key.
    pub admin: TestClient,
    pub own: TestClient,
    /// One client for each process.
    pub platform: Vec<TestClient>,
    /// An organization with one client for each process, and another tenant that must not see its resources.
    pub organization: String,
    pub tenant: Vec<TestClient>,
    pub neighbour: String,
    pub stranger: TestClient,
    pub slots: Vec<Slot>,
    pub mortals: Vec<Mortal>,
    pub slugs: Naming,
    pub domains: Naming,
    pub parties: Vec<Changed>,
    pub keys: Vec<Recorder<KeyedOp>>,
    pub hints: Vec<(String, Recorder<HintOp>)>,
    pub credentials: Vec<Credential>,
    /// Created parties, by name; without an id if the outcome is indeterminate.
    pub crowd: Mutex<BTreeMap<String, Option<String>>>,
}

/// Returns the state of a party in a response.
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
    /// Returns the prefix of the request ids of the workload.
    pub fn requests(&self) -> String {
        format!("h-{}-", self.label)
    }

    /// Creates the objects of a round through `patient`, without faults. The processes use one table.
    pub async fn new(
        patient: &TestServer,
        processes: &[TestServer],
        wire: &'a Wire,
        figures: &'a Figures,
        label: &str,
    ) -> Self {
        let admin = patient.platform();
        let everywhere = |key: &str| processes.iter().map(|process| process.client(key)).collect::<Vec<_>>();
        let mut organizations = Vec::new();
        for which in ["a", "b", "c"] {
            let created = admin.create_organization(&format!("History {label} {which}")).await;
            organizations.push((created.id(), created.text("slug")));
        }
        let (organization, neighbour) = (organizations[0].0.clone(), organizations[1].0.clone());
        let own = patient.tenant(&organization, &DIRECTORY_SCOPES).await;
        let stranger = admin.create_api_key(Some(&neighbour), &DIRECTORY_SCOPES).await.text("key");
        let mut docks = Vec::new();
        for name in ["East", "West"] {
            docks.push(admin.create_dock(&organization, name).await.id());
        }
        let slugs = Naming {
            member: "slug",
            owners: organizations.iter().map(|(id, _)| owner(paths::ORGANIZATIONS, id)).collect(),
            names: (0..3).map(|number| format!("slug-{label}-{number}")).collect(),
            model: Names {
                first: organizations.iter().map(|(id, slug)| (slug.clone(), id.clone())).collect(),
                reserves: true,
            },
            recorded: Recorder::new("slugs"),
        };
        let domains = Naming {
            member: "domain",
            owners: docks.iter().map(|id| owner(paths::DOCKS, id)).collect(),
            names: (0..2).map(|number| format!("d{number}.{label}.example")).collect(),
            model: Names { first: BTreeMap::new(), reserves: false },
            recorded: Recorder::new("domains"),
        };
        let mut credentials = Vec::new();
        for number in 0..2 {
            let created = admin.create_api_key(Some(&organization), &["docks:read"]).await;
            let recorded = Recorder::new(format!("API key {number}"));
            credentials.push(Credential { id: created.id(), clients: everywhere(&created.text("key")), recorded });
        }
        Self {
            wire,
            clock: Clock::default(),
            figures,
            label: label.to_owned(),
            platform: everywhere(admin.credential().expect("the first key")),
            tenant: everywhere(own.credential().expect("an organization key")),
            stranger: processes[0].client(&stranger),
            slots: slots(&admin, &organization, &docks).await,
            mortals: mortals(&admin, &organization).await,
            slugs,
            domains,
            parties: parties(&admin, &organization).await,
            keys: (0..2).map(|number| Recorder::new(format!("Idempotency-Key {number}"))).collect(),
            hints: (0..2).map(|n| (format!("hint-{label}-{n}"), Recorder::new(format!("hint {n}")))).collect(),
            credentials,
            crowd: Mutex::default(),
            admin,
            own,
            organization,
            neighbour,
        }
    }
}

async fn slots(admin: &TestClient, organization: &str, docks: &[String]) -> Vec<Slot> {
    let one = admin.create_party(organization, "One").await.id();
    let two = admin.create_party(organization, "Two").await.id();
    let slot = |party: &str, dock: &str, role| Slot {
        party: party.to_owned(),
        dock: dock.to_owned(),
        role,
        recorded: Recorder::new(format!("role {role} of {party} in {dock}")),
    };
    vec![slot(&one, &docks[0], "DISTRIBUTOR"), slot(&one, &docks[0], "RECIPIENT"), slot(&two, &docks[1], "RECIPIENT")]
}

async fn parties(admin: &TestClient, organization: &str) -> Vec<Changed> {
    let mut parties = Vec::new();
    for name in ["Three", "Four"] {
        let party = admin.create_party(organization, name).await;
        parties.push(Changed {
            path: paths::party(organization, &party.id()),
            model: Party { first: seen(&party) },
            recorded: Recorder::new(format!("party {}", party.id())),
        });
    }
    parties
}
