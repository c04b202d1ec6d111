//! Audit entries. Each is written in the same transaction as its change.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

mod append;
mod list;
mod names;
mod retention;

use ulid::Ulid;

use super::{
    random,
    record::{AuditEntry, AuditRow, Changes, Content, Details},
};
use crate::domain::{
    credentials::{CredentialId, Owner},
    error::{Error, Result},
    hex,
    id::{AuditEntryId, DockId},
    json::Json,
    time::Time,
};

pub use append::Appended;
pub use list::AuditFilter;
pub use names::{Action, Entity};
pub use retention::AuditRetention;

/// Maximum size of a value that an entry contains in full, in bytes of compact JSON. Of a larger one, it contains size and
/// digest.
const MAX_VALUE_BYTES: usize = 4096;

/// Maximum length of the user agent in an entry, in characters. Longer ones are truncated.
const MAX_USER_AGENT: usize = 256;

/// Origin of a change.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Author of the change.
    pub actor: Actor,
    /// API in which the change was requested.
    pub dialect: Dialect,
    /// Id of the request.
    pub request_id: String,
    /// IP address of the client; `None` without a connection.
    pub ip_address: Option<String>,
    /// Header `User-Agent` of the request.
    pub user_agent: Option<String>,
    /// Time of the request.
    pub now: Time,
}

/// API in which a change was requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// `/v1`.
    Rest,
    /// `/v2`.
    Ledger,
    /// The operator's commands, without HTTP.
    Operator,
}

/// Author of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Type of actor: `api_key`, `machine_client`, `ledger_user` (of a signed token) or `operator`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Id of the actor.
    pub id: String,
}

impl From<CredentialId> for Actor {
    fn from(id: CredentialId) -> Self {
        Self { kind: id.actor_type().to_owned(), id: id.to_string() }
    }
}

/// Change to record in an audit entry.
#[derive(Debug)]
pub struct Change {
    /// Owner of the resource.
    pub owner: Owner,
    /// Dock that the change concerns; `None` if it concerns no dock.
    pub dock: Option<DockId>,
    /// Type of the resource.
    pub entity: Entity,
    /// Id of the resource.
    pub entity_id: String,
    /// Kind of change.
    pub action: Action,
    /// Resource before the change as JSON; `None` if it was created.
    pub before: Option<Json>,
    /// Resource after the change as JSON; `None` if it was deleted.
    pub after: Option<Json>,
    /// Whether the entry of a creation has an id of its own instead of the ULID of the resource.
    pub has_own_id: bool,
}

impl Change {
    /// Describes a creation.
    ///
    /// # Errors
    /// [`Error::Internal`] if the resource cannot be converted to JSON.
    pub fn created(owner: Owner, entity: Entity, entity_id: &impl ToString, after: &impl Serialize) -> Result<Self> {
        let after = Some(to_json(after)?);
        let entity_id = entity_id.to_string();
        Ok(Self {
            owner,
            dock: None,
            entity,
            entity_id,
            action: Action::Create,
            before: None,
            after,
            has_own_id: false,
        })
    }

    /// Describes an update. The entry contains only the members that differ.
    ///
    /// # Errors
    /// [`Error::Internal`] if the resource cannot be converted to JSON.
    pub fn updated<T: Serialize>(
        owner: Owner,
        entity: Entity,
        entity_id: &impl ToString,
        before: &T,
        after: &T,
    ) -> Result<Self> {
        let mut change = Self::created(owner, entity, entity_id, after)?;
        change.action = Action::Update;
        change.before = Some(to_json(before)?);
        Ok(change)
    }

    /// Describes a deletion or a revocation.
    ///
    /// # Errors
    /// [`Error::Internal`] if the resource cannot be converted to JSON.
    pub fn deleted(owner: Owner, entity: Entity, entity_id: &impl ToString, before: &impl Serialize) -> Result<Self> {
        let mut change = Self::created(owner, entity, entity_id, before)?;
        change.action = Action::Delete;
        change.before = change.after.take();
        Ok(change)
    }

    /// Sets the kind of the change.
    #[must_use]
    pub const fn named(mut self, action: Action) -> Self {
        self.action = action;
        self
    }

    /// Gives the entry of a creation an id of its own, because the same transaction creates another resource with the ULID.
    #[must_use]
    pub const fn with_own_id(mut self) -> Self {
        self.has_own_id = true;
        self
    }

    /// Sets the dock that the change concerns.
    #[must_use]
    pub const fn in_dock(mut self, dock: DockId) -> Self {
        self.dock = Some(dock);
        self
    }
}

/// Creates the audit entry of `change`, which is deleted at `expires_at`, and its rows in the views of the trail.
pub(super) fn entry(origin: &Origin, change: &Change, expires_at: Option<Time>) -> Result<(AuditEntry, Vec<AuditRow>)> {
    if !change.entity.has(change.action) {
        let (entity, action) = (change.entity.as_str(), change.action);
        return Err(Error::internal(format!("the audit trail has no action {action:?} of {entity}")));
    }
    let (before, after) = difference(change.before.as_ref(), change.after.as_ref());
    let details = Details {
        changes: Some(Changes { before, after }),
        metadata: None,
        ip_address: origin.ip_address.clone(),
        user_agent: origin.user_agent.as_ref().map(|agent| agent.chars().take(MAX_USER_AGENT).collect()),
    };
    let entry = AuditEntry {
        id: id_of(change, origin.now)?,
        owner: change.owner,
        dock_id: change.dock,
        entity_type: change.entity.clone(),
        entity_id: change.entity_id.clone(),
        action: change.action,
        actor: origin.actor.clone(),
        dialect: origin.dialect,
        request_id: origin.request_id.clone(),
        created_at: origin.now,
        expires_at: None,
        ttl: None,
        content: Content::Plain(details),
    };
    let entry = entry.expiring(expires_at);
    let rows = AuditRow::of(&entry)?;
    Ok((entry, rows))
}

/// Returns the id of the entry of `change`. The entry of a creation has the ULID of the resource. So the trail of the
/// resource finds it by its key, and it needs no row there.
fn id_of(change: &Change, now: Time) -> Result<AuditEntryId> {
    match change.action {
        Action::Create if !change.has_own_id => creation_of(&change.entity_id),
        _ => None,
    }
    .map_or_else(|| Ok(AuditEntryId::new(now, random()?)), Ok)
}

/// Returns the id of the entry of the creation of a resource of Berth; `None` if the text is not an id of one.
pub(in crate::store) fn creation_of(entity_id: &str) -> Option<AuditEntryId> {
    let (_, digits) = entity_id.rsplit_once('_')?;
    let ulid = Ulid::from_string(digits).ok()?;
    (ulid.to_string() == digits).then(|| AuditEntryId::from_ulid(ulid))
}

/// Members with custom attributes, which are stored as strings of JSON.
const CUSTOM_ATTRIBUTES: [&str; 2] = ["metadata", "identifiers"];

/// Converts a resource to JSON. Its custom attributes, which are stored as a string, become an object.
fn to_json(resource: &impl Serialize) -> Result<Json> {
    let mut json = Json::from_serialize(resource).map_err(Error::internal)?;
    let Json::Object(members) = &mut json else { return Ok(json) };
    for (name, value) in members.iter_mut() {
        if let (true, Json::String(text)) = (CUSTOM_ATTRIBUTES.contains(&name.as_str()), &*value) {
            *value = Json::parse(text.as_bytes()).map_err(Error::internal)?;
        }
    }
    Ok(json)
}

/// Returns the members in which two objects differ, with the values of each. An absent object is `null`.
fn difference(before: Option<&Json>, after: Option<&Json>) -> (Json, Json) {
    let side = |one: Option<&Json>, other: Option<&Json>| match (one, other) {
        (Some(Json::Object(members)), other) => {
            let changed = |(name, value): &&(String, Json)| match other {
                Some(Json::Object(others)) => !others.iter().any(|(known, same)| known == name && same == value),
                _ => true,
            };
            let entry = |(name, value): &(String, Json)| (name.clone(), abridged(value));
            Json::Object(members.iter().filter(changed).map(entry).collect())
        }
        _ => Json::Null,
    };
    (side(before, after), side(after, before))
}

/// Returns a value as an entry contains it: a large one as its size and digest.
fn abridged(value: &Json) -> Json {
    let text = value.to_text();
    if text.len() <= MAX_VALUE_BYTES {
        return value.clone();
    }
    let digest = Sha256::digest(text.as_bytes());
    Json::Object(vec![
        ("bytes".to_owned(), Json::Number(text.len().to_string())),
        ("sha256".to_owned(), Json::String(hex::encode(&digest))),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text.as_bytes()).unwrap()
    }

    fn differences(before: Option<&str>, after: Option<&str>) -> (String, String) {
        let (before, after) = (before.map(json), after.map(json));
        let (before, after) = difference(before.as_ref(), after.as_ref());
        (before.to_text(), after.to_text())
    }

    #[test]
    fn only_changed_members_are_recorded() {
        let (before, after) = differences(Some(r#"{"a":1,"b":2,"c":[1]}"#), Some(r#"{"a":1,"b":3,"c":[1],"d":null}"#));
        assert_eq!((before.as_str(), after.as_str()), (r#"{"b":2}"#, r#"{"b":3,"d":null}"#));
    }

    #[test]
    fn a_creation_has_no_before_and_a_deletion_no_after() {
        assert_eq!(differences(None, Some(r#"{"a":1}"#)), ("null".to_owned(), r#"{"a":1}"#.to_owned()));
        assert_eq!(differences(Some(r#"{"a":1}"#), None), (r#"{"a":1}"#.to_owned(), "null".to_owned()));
    }

    #[test]
    fn a_value_is_recorded_in_full_up_to_the_limit() {
        let text = |bytes: usize| Json::String("x".repeat(bytes - 2));
        assert_eq!(abridged(&text(MAX_VALUE_BYTES)), text(MAX_VALUE_BYTES));
        let long = abridged(&text(MAX_VALUE_BYTES + 1)).to_text();
        assert!(long.starts_with(r#"{"bytes":4097,"sha256":""#), "{long}");
    }
}
