//! Names of resources and changes in requests.

use std::borrow::Cow;

use berth_shared::store::{Action, Entity};
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
