//! The audit trail: an entry for every change, in the same transaction as the change.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    keys::{self, Key},
    random,
};
use crate::domain::{
    credentials::Owner,
    error::{Error, Result},
    hex,
    id::{AuditEntryId, DockId},
    json::Json,
    time::Time,
};

/// The most bytes of one value that an entry shows whole.
const SHOWN_BYTES: usize = 4096;

/// Maximum length of the user agent in an entry, in characters. Longer ones are cut.
const USER_AGENT: usize = 256;

/// Who asked for a change, and in which call.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Who.
    pub actor: Actor,
    /// In which dialect.
    pub dialect: Dialect,
    /// In which call.
    pub request_id: String,
    /// From which address, where there was a connection.
    pub ip_address: Option<String>,
    /// With which program, as it says itself.
    pub user_agent: Option<String>,
    /// When.
    pub now: Time,
}

/// In which dialect of the directory a change was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// `/v1`
    Rest,
    /// `/v2`
    Ledger,
    /// The operator's own commands.
    Operator,
}

/// Who makes changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// What kind of actor: `api_key`, `ledger_user` (of a signed token) or `operator`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Which one.
    pub id: String,
}

/// What kinds of things change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entity {
    /// An organization.
    Organization,
    /// A dock.
    Dock,
    /// A party.
    Party,
    /// A role.
    Role,
    /// An API key.
    ApiKey,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It was made.
    Create,
    /// Members of it changed.
    Update,
    /// It was taken away, or ended.
    Delete,
}

/// A change as the trail tells it.
#[derive(Debug)]
pub struct Change {
    /// Whose trail.
    pub owner: Owner,
    /// The dock it concerns, if one.
    pub dock: Option<DockId>,
    /// What kind of thing changed.
    pub entity: Entity,
    /// Its id.
    pub entity_id: String,
    /// What was done.
    pub action: Action,
    /// The thing as JSON before, `None` where it was made.
    pub before: Option<Json>,
    /// The thing as JSON after, `None` where it was taken away.
    pub after: Option<Json>,
}

impl Change {
    /// `entity` was made.
    ///
    /// # Errors
    /// [`Error::Internal`] where it cannot be written as JSON.
    pub fn created(owner: Owner, entity: Entity, entity_id: &impl ToString, after: &impl Serialize) -> Result<Self> {
        let after = Some(told(after)?);
        let entity_id = entity_id.to_string();
        Ok(Self { owner, dock: None, entity, entity_id, action: Action::Create, before: None, after })
    }

    /// `entity` was changed; of its members only those that differ are told.
    ///
    /// # Errors
    /// [`Error::Internal`] where it cannot be written as JSON.
    pub fn updated<T: Serialize>(
        owner: Owner,
        entity: Entity,
        entity_id: &impl ToString,
        before: &T,
        after: &T,
    ) -> Result<Self> {
        let mut change = Self::created(owner, entity, entity_id, after)?;
        change.action = Action::Update;
        change.before = Some(told(before)?);
        Ok(change)
    }

    /// `entity` was taken away.
    ///
    /// # Errors
    /// [`Error::Internal`] where it cannot be written as JSON.
    pub fn deleted(owner: Owner, entity: Entity, entity_id: &impl ToString, before: &impl Serialize) -> Result<Self> {
        let mut change = Self::created(owner, entity, entity_id, before)?;
        change.action = Action::Delete;
        change.before = change.after.take();
        Ok(change)
    }

    /// The same change, which concerns a dock.
    #[must_use]
    pub const fn in_dock(mut self, dock: DockId) -> Self {
        self.dock = Some(dock);
        self
    }
}

/// An entry as it is stored.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    id: AuditEntryId,
    owner: Owner,
    dock_id: Option<DockId>,
    entity_type: Entity,
    entity_id: String,
    action: Action,
    actor: Actor,
    dialect: Dialect,
    /// JSON text of `{"before", "after"}`.
    changes: String,
    request_id: String,
    ip_address: Option<String>,
    user_agent: Option<String>,
    created_at: Time,
}

/// The entry that tells of `change`, and its key.
pub(super) fn entry(origin: &Origin, change: &Change) -> Result<(Key, Entry)> {
    let id = AuditEntryId::new(origin.now, random()?);
    let (before, after) = difference(change.before.as_ref(), change.after.as_ref());
    let changes = Json::Object(vec![("before".to_owned(), before), ("after".to_owned(), after)]);
    let entry = Entry {
        id,
        owner: change.owner,
        dock_id: change.dock,
        entity_type: change.entity,
        entity_id: change.entity_id.clone(),
        action: change.action,
        actor: origin.actor.clone(),
        dialect: origin.dialect,
        changes: changes.to_text(),
        request_id: origin.request_id.clone(),
        ip_address: origin.ip_address.clone(),
        user_agent: origin.user_agent.as_ref().map(|agent| agent.chars().take(USER_AGENT).collect()),
        created_at: origin.now,
    };
    Ok((keys::audit_entry(change.owner, &change.entity_id, id), entry))
}

/// A thing as JSON. Metadata, which the store keeps as one text, is told as the object that it is.
fn told(thing: &impl Serialize) -> Result<Json> {
    let mut json = Json::from_serialize(thing).map_err(Error::internal)?;
    if let Json::Object(members) = &mut json
        && let Some((_, metadata)) = members.iter_mut().find(|(name, _)| name == "metadata")
        && let Json::String(text) = metadata
    {
        *metadata = Json::parse(text.as_bytes()).map_err(Error::internal)?;
    }
    Ok(json)
}

/// The members in which two objects differ, each side's own values; a side that is not there is `null`.
fn difference(before: Option<&Json>, after: Option<&Json>) -> (Json, Json) {
    let side = |one: Option<&Json>, other: Option<&Json>| match (one, other) {
        (Some(Json::Object(members)), other) => {
            let changed = |(name, value): &&(String, Json)| match other {
                Some(Json::Object(others)) => !others.iter().any(|(known, same)| known == name && same == value),
                _ => true,
            };
            let shown = |(name, value): &(String, Json)| (name.clone(), shown(value));
            Json::Object(members.iter().filter(changed).map(shown).collect())
        }
        _ => Json::Null,
    };
    (side(before, after), side(after, before))
}

/// A value as the trail shows it: what is long by its size and digest.
fn shown(value: &Json) -> Json {
    let text = value.to_text();
    if text.len() <= SHOWN_BYTES {
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

    fn told(before: Option<&str>, after: Option<&str>) -> (String, String) {
        let (before, after) = (before.map(json), after.map(json));
        let (before, after) = difference(before.as_ref(), after.as_ref());
        (before.to_text(), after.to_text())
    }

    #[test]
    fn only_what_changed_is_told() {
        let (before, after) = told(Some(r#"{"a":1,"b":2,"c":[1]}"#), Some(r#"{"a":1,"b":3,"c":[1],"d":null}"#));
        assert_eq!((before.as_str(), after.as_str()), (r#"{"b":2}"#, r#"{"b":3,"d":null}"#));
    }

    #[test]
    fn what_is_made_has_no_before_and_what_is_gone_no_after() {
        assert_eq!(told(None, Some(r#"{"a":1}"#)), ("null".to_owned(), r#"{"a":1}"#.to_owned()));
        assert_eq!(told(Some(r#"{"a":1}"#), None), (r#"{"a":1}"#.to_owned(), "null".to_owned()));
    }

    #[test]
    fn a_value_is_whole_at_the_limit_and_a_digest_above() {
        let text = |bytes: usize| Json::String("x".repeat(bytes - 2));
        assert_eq!(shown(&text(SHOWN_BYTES)), text(SHOWN_BYTES));
        let long = shown(&text(SHOWN_BYTES + 1)).to_text();
        assert!(long.starts_with(r#"{"bytes":4097,"sha256":""#), "{long}");
    }
}
