//! Sequential models of Berth's resources, without tables, transactions and retries.

use std::collections::BTreeMap;

use super::linearizability::Model;

/// The id of a resource that no response contained.
const UNKNOWN_ID: &str = "?";

/// Returns the possible ids of a resource that an indeterminate request created: an id that later responses contained,
/// or [`UNKNOWN_ID`].
pub fn possible_ids(orphans: &[String]) -> impl Iterator<Item = String> {
    orphans.iter().cloned().chain([UNKNOWN_ID.to_owned()])
}

/// A party's role in a dock: assigned, with an id, or not.
pub struct RoleSlot {
    /// Ids that responses contained, but not as created ones.
    pub orphans: Vec<String>,
}

#[derive(Debug, PartialEq)]
pub enum RoleOp {
    Assigned(String),
    /// Rejected, because this role is assigned.
    Held(String),
    AssignIndeterminate,
    Revoked(String),
    /// Not found, in a request that revokes it.
    NotFound(String),
    RevokeIndeterminate(String),
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
            RoleOp::AssignIndeterminate if state.is_none() => possible_ids(&self.orphans).map(Some).collect(),
            RoleOp::Revoked(id) | RoleOp::RevokeIndeterminate(id) if is(id) => vec![None],
            RoleOp::Held(id) if is(id) => vec![state.clone()],
            RoleOp::NotFound(id) if !is(id) => vec![state.clone()],
            RoleOp::Read(read) if read == state => vec![state.clone()],
            _ => Vec::new(),
        }
    }

    fn is_read_only(op: &RoleOp) -> bool {
        matches!(op, RoleOp::Held(_) | RoleOp::NotFound(_) | RoleOp::Read(_))
    }
}

/// Unique names with one owner each, and owners with one name each: slugs of organizations, domains of docks.
pub struct Names {
    /// Initial owners, by name.
    pub first: BTreeMap<String, String>,
    /// Whether a released name stays reserved for its owner. Rounds are shorter than any reservation.
    pub reserves: bool,
}

/// Owners, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Owners {
    held: BTreeMap<String, String>,
    /// Previous owners of released names.
    reserved: BTreeMap<String, String>,
}

#[derive(Debug, PartialEq)]
pub enum NameOp {
    /// The owner now has this name, or none.
    Set(String, Option<String>),
    SetIndeterminate(String, Option<String>),
    /// The name is taken, by this owner if the response named it.
    Conflict(String, String, Option<String>),
    /// The name is reserved for another owner.
    Reserved(String, String),
    /// Name of the owner.
    Read(String, Option<String>),
    /// Owner of the name.
    Found(String, Option<String>),
}

impl Names {
    /// Returns the owners after `owner` has set its name.
    fn set(&self, state: &Owners, owner: &String, name: Option<&String>) -> Option<Owners> {
        let of_other = |owners: &BTreeMap<String, String>| {
            name.and_then(|name| owners.get(name)).is_some_and(|other| other != owner)
        };
        if of_other(&state.held) || of_other(&state.reserved) {
            return None;
        }
        let mut after = state.clone();
        after.held.retain(|_, other| other != owner);
        if self.reserves {
            let old = state.held.iter().filter(|(_, other)| *other == owner);
            after.reserved.extend(old.map(|(name, owner)| (name.clone(), owner.clone())));
        }
        if let Some(name) = name {
            after.reserved.remove(name);
            after.held.insert(name.clone(), owner.clone());
        }
        Some(after)
    }
}

impl Model for Names {
    type State = Owners;
    type Op = NameOp;

    fn first(&self) -> Self::State {
        Owners { held: self.first.clone(), ..Owners::default() }
    }

    fn apply(&self, state: &Self::State, op: &NameOp) -> Vec<Self::State> {
        let other = |owners: &BTreeMap<String, String>, name: &String, owner: &String| {
            owners.get(name).filter(|other| *other != owner).cloned()
        };
        let holds = match op {
            NameOp::Set(owner, name) | NameOp::SetIndeterminate(owner, name) => {
                return self.set(state, owner, name.as_ref()).into_iter().collect();
            }
            NameOp::Conflict(owner, name, found) => {
                let other = other(&state.held, name, owner);
                other.is_some() && found.as_ref().is_none_or(|found| other.as_ref() == Some(found))
            }
            NameOp::Reserved(owner, name) => {
                !state.held.contains_key(name) && other(&state.reserved, name, owner).is_some()
            }
            NameOp::Read(owner, name) => {
                state.held.iter().find(|(_, other)| *other == owner).map(|(name, _)| name) == name.as_ref()
            }
            NameOp::Found(name, owner) => state.held.get(name) == owner.as_ref(),
        };
        if holds { vec![state.clone()] } else { Vec::new() }
    }

    fn is_read_only(op: &NameOp) -> bool {
        matches!(op, NameOp::Conflict(..) | NameOp::Reserved(..) | NameOp::Read(..) | NameOp::Found(..))
    }
}

/// A party with changing members, as its clients see it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Seen {
    pub version: u64,
    pub name: String,
    /// Members of the metadata.
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
        // A patch without changes does not increment the version.
        after.version += u64::from(after != *self);
        after
    }
}

pub struct Party {
    pub first: Seen,
}

#[derive(Debug, PartialEq)]
pub enum PartyOp {
    /// Patched, if `If-Match` named this version. The response shows this state.
    Patched(Patch, Option<u64>, Seen),
    PatchIndeterminate(Patch, Option<u64>),
    /// The version in `If-Match` is not the party's version.
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
            PartyOp::PatchIndeterminate(patch, version) if matches(version) => vec![state.patched(patch)],
            PartyOp::Stale(version) if *version != state.version => vec![state.clone()],
            PartyOp::Read(seen) if seen == state => vec![state.clone()],
            _ => Vec::new(),
        }
    }

    fn is_read_only(op: &PartyOp) -> bool {
        matches!(op, PartyOp::Stale(_) | PartyOp::Read(_))
    }
}

/// An `Idempotency-Key`: unused, or bound to a body and the id of the created resource.
pub struct Keyed {
    /// Ids that only replayed responses contained.
    pub orphans: Vec<String>,
}

#[derive(Debug, PartialEq)]
pub enum KeyedOp {
    First(u32, String),
    Replayed(u32, String),
    /// The key was used with another body.
    Reused(u32),
    Indeterminate(u32),
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
            (KeyedOp::Indeterminate(body), None) => possible_ids(&self.orphans).map(|id| Some((*body, id))).collect(),
            (KeyedOp::Replayed(body, id), Some((used, created))) if (body, id) == (used, created) => {
                vec![state.clone()]
            }
            (KeyedOp::Reused(body), Some((used, _))) if body != used => vec![state.clone()],
            _ => Vec::new(),
        }
    }

    fn is_read_only(op: &KeyedOp) -> bool {
        matches!(op, KeyedOp::Replayed(..) | KeyedOp::Reused(_))
    }
}

/// A hint on the ledger, which belongs to one organization at most.
pub struct Hint;

#[derive(Debug, PartialEq)]
pub enum HintOp {
    Allocated(String),
    AllocateIndeterminate(String),
    /// The organization itself has the hint.
    Exists(String),
    /// Another organization has the hint.
    Elsewhere(String),
    /// Whether the organization's list contains the hint.
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
            HintOp::Allocated(organization) | HintOp::AllocateIndeterminate(organization) => {
                let free = state.is_none();
                return free.then(|| Some(organization.clone())).into_iter().collect();
            }
            HintOp::Exists(organization) => is(organization),
            HintOp::Elsewhere(organization) => state.is_some() && !is(organization),
            HintOp::Listed(organization, listed) => is(organization) == *listed,
        };
        if holds { vec![state.clone()] } else { Vec::new() }
    }

    fn is_read_only(op: &HintOp) -> bool {
        matches!(op, HintOp::Exists(_) | HintOp::Elsewhere(_) | HintOp::Listed(..))
    }
}

/// An API key that can be revoked. A process may accept a cached key for 30 seconds after that, and rounds are shorter.
pub struct ApiKey;

#[derive(Debug, PartialEq)]
pub enum KeyOp {
    Accepted,
    Rejected,
    Revoked,
    RevokeIndeterminate,
}

impl Model for ApiKey {
    type State = bool;
    type Op = KeyOp;

    fn first(&self) -> bool {
        false
    }

    fn apply(&self, revoked: &bool, op: &KeyOp) -> Vec<bool> {
        match op {
            KeyOp::Accepted => vec![*revoked],
            KeyOp::Rejected if *revoked => vec![true],
            KeyOp::Rejected => Vec::new(),
            KeyOp::Revoked | KeyOp::RevokeIndeterminate => vec![true],
        }
    }

    fn is_read_only(op: &KeyOp) -> bool {
        matches!(op, KeyOp::Accepted | KeyOp::Rejected)
    }
}
