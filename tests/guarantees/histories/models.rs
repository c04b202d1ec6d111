//! Sequential models of Berth's resources, without tables, transactions and retries.

use std::collections::BTreeMap;

use super::linearizability::Model;

/// The id of a resource that no response named.
const UNTOLD: &str = "?";

/// What a request without a response may have made: something that somebody has met since, or something that nobody has.
fn made_unseen(orphans: &[String]) -> impl Iterator<Item = String> {
    orphans.iter().cloned().chain([UNTOLD.to_owned()])
}

/// A party's role in a dock: held, under one id, or not.
pub struct RoleSlot {
    /// Ids that were met, and that no response said were made.
    pub orphans: Vec<String>,
}

#[derive(Debug, PartialEq)]
pub enum RoleOp {
    Assigned(String),
    /// Refused, as this one is held.
    Held(String),
    AssignUnanswered,
    Revoked(String),
    /// Not found, to be revoked.
    Gone(String),
    RevokeUnanswered(String),
    Read(Option<String>),
}

impl Model for RoleSlot {
    type State = Option<String>;
    type Op = RoleOp;

    fn first(&self) -> Self::State {
        None
    }

    fn apply(&self, state: &Self::State, op: &RoleOp) -> Vec<Self::State> {
        let is = |id: &String| state.as_ref() == Some(id);
        match op {
            RoleOp::Assigned(id) if state.is_none() => vec![Some(id.clone())],
            RoleOp::AssignUnanswered if state.is_none() => made_unseen(&self.orphans).map(Some).collect(),
            RoleOp::Revoked(id) | RoleOp::RevokeUnanswered(id) if is(id) => vec![None],
            RoleOp::Held(id) if is(id) => vec![state.clone()],
            RoleOp::Gone(id) if !is(id) => vec![state.clone()],
            RoleOp::Read(read) if read == state => vec![state.clone()],
            _ => Vec::new(),
        }
    }

    fn only_looks(op: &RoleOp) -> bool {
        matches!(op, RoleOp::Held(_) | RoleOp::Gone(_) | RoleOp::Read(_))
    }
}

/// Names of which each has one owner, and each owner one: slugs of organizations, domains of docks.
pub struct Names {
    /// Who has what in the beginning.
    pub first: BTreeMap<String, String>,
}

#[derive(Debug, PartialEq)]
pub enum NameOp {
    /// The owner has the name now, or none, and no other.
    Took(String, Option<String>),
    TakeUnanswered(String, Option<String>),
    /// The name is taken; by this owner, if the response named it.
    Refused(String, String, Option<String>),
    /// What the owner has.
    Read(String, Option<String>),
    /// Who has the name.
    Found(String, Option<String>),
}

impl Model for Names {
    type State = BTreeMap<String, String>;
    type Op = NameOp;

    fn first(&self) -> Self::State {
        self.first.clone()
    }

    fn apply(&self, state: &Self::State, op: &NameOp) -> Vec<Self::State> {
        let holds = match op {
            NameOp::Took(owner, name) | NameOp::TakeUnanswered(owner, name) => {
                if name.as_ref().and_then(|name| state.get(name)).is_some_and(|other| other != owner) {
                    return Vec::new();
                }
                let mut after = state.clone();
                after.retain(|_, other| other != owner);
                after.extend(name.clone().map(|name| (name, owner.clone())));
                return vec![after];
            }
            NameOp::Refused(owner, name, found) => {
                let other = state.get(name).filter(|other| *other != owner);
                other.is_some() && found.as_ref().is_none_or(|found| other == Some(found))
            }
            NameOp::Read(owner, name) => {
                state.iter().find(|(_, other)| *other == owner).map(|(name, _)| name) == name.as_ref()
            }
            NameOp::Found(name, owner) => state.get(name) == owner.as_ref(),
        };
        if holds { vec![state.clone()] } else { Vec::new() }
    }

    fn only_looks(op: &NameOp) -> bool {
        matches!(op, NameOp::Refused(..) | NameOp::Read(..) | NameOp::Found(..))
    }
}

/// A party that is changed, as its clients see it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Seen {
    pub version: u64,
    pub name: String,
    /// Members of its metadata.
    pub marks: BTreeMap<String, u64>,
}

/// A merge patch.
#[derive(Debug, Clone, PartialEq)]
pub enum Patch {
    Name(String),
    Mark(String, Option<u64>),
}

impl Seen {
    fn patched(&self, patch: &Patch) -> Self {
        let mut after = self.clone();
        match patch {
            Patch::Name(name) => after.name.clone_from(name),
            Patch::Mark(mark, Some(value)) => drop(after.marks.insert(mark.clone(), *value)),
            Patch::Mark(mark, None) => drop(after.marks.remove(mark)),
        }
        // What changes nothing is no version.
        after.version += u64::from(after != *self);
        after
    }
}

pub struct Party {
    pub first: Seen,
}

#[derive(Debug, PartialEq)]
pub enum PartyOp {
    /// Changed, where `If-Match` named a version in this one, and looking so since.
    Patched(Patch, Option<u64>, Seen),
    PatchUnanswered(Patch, Option<u64>),
    /// The version that `If-Match` named is not the party's.
    Stale(u64),
    Read(Seen),
}

impl Model for Party {
    type State = Seen;
    type Op = PartyOp;

    fn first(&self) -> Seen {
        self.first.clone()
    }

    fn apply(&self, state: &Seen, op: &PartyOp) -> Vec<Seen> {
        let matches = |version: &Option<u64>| version.is_none_or(|version| version == state.version);
        match op {
            PartyOp::Patched(patch, version, seen) if matches(version) => {
                Some(state.patched(patch)).filter(|after| after == seen).into_iter().collect()
            }
            PartyOp::PatchUnanswered(patch, version) if matches(version) => vec![state.patched(patch)],
            PartyOp::Stale(version) if *version != state.version => vec![state.clone()],
            PartyOp::Read(seen) if seen == state => vec![state.clone()],
            _ => Vec::new(),
        }
    }

    fn only_looks(op: &PartyOp) -> bool {
        matches!(op, PartyOp::Stale(_) | PartyOp::Read(_))
    }
}

/// An `Idempotency-Key`: unused, or answered to a body with what that made.
pub struct Keyed {
    /// Ids that were told again, and that no first response told.
    pub orphans: Vec<String>,
}

#[derive(Debug, PartialEq)]
pub enum KeyedOp {
    First(u32, String),
    Again(u32, String),
    /// The key was used for another body than this.
    Reused(u32),
    Unanswered(u32),
}

impl Model for Keyed {
    type State = Option<(u32, String)>;
    type Op = KeyedOp;

    fn first(&self) -> Self::State {
        None
    }

    fn apply(&self, state: &Self::State, op: &KeyedOp) -> Vec<Self::State> {
        match (op, state) {
            (KeyedOp::First(body, id), None) => vec![Some((*body, id.clone()))],
            (KeyedOp::Unanswered(body), None) => made_unseen(&self.orphans).map(|id| Some((*body, id))).collect(),
            (KeyedOp::Again(body, id), Some((used, created))) if (body, id) == (used, created) => vec![state.clone()],
            (KeyedOp::Reused(body), Some((used, _))) if body != used => vec![state.clone()],
            _ => Vec::new(),
        }
    }

    fn only_looks(op: &KeyedOp) -> bool {
        matches!(op, KeyedOp::Again(..) | KeyedOp::Reused(_))
    }
}

/// A hint on the ledger: given once, to one organization.
pub struct Hint;

#[derive(Debug, PartialEq)]
pub enum HintOp {
    Allocated(String),
    AllocateUnanswered(String),
    /// The organization that asks has it.
    Exists(String),
    /// Another has.
    Elsewhere(String),
    /// Whether the organization's list has it.
    Listed(String, bool),
}

impl Model for Hint {
    type State = Option<String>;
    type Op = HintOp;

    fn first(&self) -> Self::State {
        None
    }

    fn apply(&self, state: &Self::State, op: &HintOp) -> Vec<Self::State> {
        let is = |organization: &String| state.as_ref() == Some(organization);
        let holds = match op {
            HintOp::Allocated(organization) | HintOp::AllocateUnanswered(organization) => {
                let free = state.is_none();
                return free.then(|| Some(organization.clone())).into_iter().collect();
            }
            HintOp::Exists(organization) => is(organization),
            HintOp::Elsewhere(organization) => state.is_some() && !is(organization),
            HintOp::Listed(organization, listed) => is(organization) == *listed,
        };
        if holds { vec![state.clone()] } else { Vec::new() }
    }

    fn only_looks(op: &HintOp) -> bool {
        matches!(op, HintOp::Exists(_) | HintOp::Elsewhere(_) | HintOp::Listed(..))
    }
}

/// An API key: whether it is revoked. A process that has proved it takes it for 30 seconds more, and rounds are shorter.
pub struct ApiKey;

#[derive(Debug, PartialEq)]
pub enum KeyOp {
    Taken,
    Refused,
    Revoked,
    RevokeUnanswered,
}

impl Model for ApiKey {
    type State = bool;
    type Op = KeyOp;

    fn first(&self) -> bool {
        false
    }

    fn apply(&self, revoked: &bool, op: &KeyOp) -> Vec<bool> {
        match op {
            KeyOp::Taken => vec![*revoked],
            KeyOp::Refused if *revoked => vec![true],
            KeyOp::Refused => Vec::new(),
            KeyOp::Revoked | KeyOp::RevokeUnanswered => vec![true],
        }
    }

    fn only_looks(op: &KeyOp) -> bool {
        matches!(op, KeyOp::Taken | KeyOp::Refused)
    }
}
