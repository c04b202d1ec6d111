//! Names of resources and changes in requests.

use std::{borrow::Cow, net::IpAddr};

use berth_shared::{
    domain::{FromJson, Violation},
    http::{audited_id, audited_type},
    json::Json,
    store::{Action, Entity},
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// Maximum length of the type of a resource.
const MAX_TYPE: usize = 64;
/// Maximum length of the id of a resource or an actor.
const MAX_ID: usize = 256;

/// Type of an audited resource: one of Berth, or one of another service.
pub(super) struct EntityType;

impl EntityType {
    /// Parses a type.
    ///
    /// # Errors
    /// The requirement that the text violates.
    pub(super) fn parse(text: &str) -> Result<Entity, String> {
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
        let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
        if begins && text.len() <= MAX_TYPE && text.chars().all(is_name) {
            return Ok(Entity::named(text));
        }
        Err(format!("must be a lower-case letter and up to {} letters, digits, _ or -", MAX_TYPE - 1))
    }
}

impl JsonSchema for EntityType {
    fn schema_name() -> Cow<'static, str> {
        "AuditedType".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let own: Vec<_> = Entity::ALL.iter().map(Entity::as_str).collect();
        json_schema!({
            "description": "Type of a resource: one of those listed, or one of another service.",
            "anyOf": [
                { "type": "string", "enum": own },
                { "type": "string", "pattern": format!("^[a-z][a-z0-9_-]{{0,{}}}$", MAX_TYPE - 1) },
            ],
        })
    }
}

/// Name of a change.
pub(super) struct ActionName;

impl ActionName {
    /// Parses the name of a change.
    ///
    /// # Errors
    /// The requirement that the text violates.
    pub(super) fn parse(text: &str) -> Result<String, String> {
        let names = Action::names();
        if names.iter().any(|name| name == text) {
            return Ok(text.to_owned());
        }
        Err(format!("must be one of {}", names.join(", ")))
    }
}

impl JsonSchema for ActionName {
    fn schema_name() -> Cow<'static, str> {
        "AuditedAction".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Name of a change. Entries of other services have `create`, `update` or `delete`.",
            "type": "string",
            "enum": Action::names(),
        })
    }
}

/// Parses the id of a resource or an actor.
///
/// # Errors
/// The requirement that the text violates.
pub(super) fn id(text: &str) -> Result<String, String> {
    if text.chars().any(char::is_control) {
        Err("must not contain control characters".to_owned())
    } else if text.chars().count() > MAX_ID {
        Err(format!("must be at most {MAX_ID} characters long"))
    } else {
        Ok(text.to_owned())
    }
}

/// Reads a string, and parses it.
fn text<T>(json: &Json, parse: impl Fn(&str) -> Result<T, String>) -> Result<T, Vec<Violation>> {
    match json {
        Json::String(text) => parse(text).map_err(Violation::new),
        _ => Err(Violation::new("must be a string")),
    }
}

/// Type of a resource of another service.
#[derive(Debug, Clone)]
pub(super) struct ForeignType(pub(super) Entity);

impl FromJson for ForeignType {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        text(json, |text| match EntityType::parse(text)? {
            entity @ Entity::Other(_) => Ok(Self(entity)),
            _ => Err("must not be a type of Berth, whose changes have entries already".to_owned()),
        })
    }
}

impl JsonSchema for ForeignType {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ForeignType".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        audited_type(generator)
    }
}

/// Id of a resource or an actor of another service.
#[derive(Debug, Clone)]
pub(super) struct AuditedId(pub(super) String);

impl FromJson for AuditedId {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        text(json, |text| if text.is_empty() { Err("must not be empty".to_owned()) } else { id(text).map(Self) })
    }
}

impl JsonSchema for AuditedId {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "AuditedId".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        audited_id(generator)
    }
}

/// Kind of a change in an entry of another service.
#[derive(Debug, Clone)]
pub(super) struct AppendedAction(pub(super) Action);

impl AppendedAction {
    const ALL: [Action; 3] = [Action::Create, Action::Update, Action::Delete];
}

impl FromJson for AppendedAction {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        text(json, |text| {
            let found = Self::ALL.into_iter().find(|action| action.to_string() == text);
            found.map(Self).ok_or_else(|| "must be create, update or delete".to_owned())
        })
    }
}

impl JsonSchema for AppendedAction {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "AppendedAction".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": Self::ALL.map(|action| action.to_string()) })
    }
}

/// IP address, version 4 or 6.
#[derive(Debug, Clone)]
pub(super) struct IpAddress(pub(super) String);

impl FromJson for IpAddress {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        text(json, |text| match text.parse::<IpAddr>() {
            Ok(address) => Ok(Self(address.to_string())),
            Err(_) => Err("must be an IP address, version 4 or 6".to_owned()),
        })
    }
}

impl JsonSchema for IpAddress {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "IpAddress".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 2, "maxLength": 45 })
    }
}
