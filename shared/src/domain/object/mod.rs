//! JSON objects of requests. One declaration defines struct, schema and parser of an object.
//!
//! [`object!`](crate::object) declares an object. The type of each member determines how it is read: [`Required`],
//! [`Optional`] and the others below. All violations of an object are reported together.

mod declare;
mod items;
mod member;
#[cfg(test)]
mod tests;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

use super::{
    credentials::Owner,
    json::Json,
    patch::{FromJson, Violation},
    time::Time,
};

pub use declare::{camel_bytes, camel_length};
pub use items::Items;
pub use member::{Defaulted, Member, NonNullable, Optional, OptionalExpiry, Patched, Required, RequiredOfPlatform};

/// Generates the schema of a type.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// Returns the schema of `T`: a reference if `T` has a named schema.
pub fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// A type that is read from a JSON object, declared with [`object!`](crate::object).
pub trait Object: Sized {
    /// Returns the members in the order of their declaration.
    fn members() -> Vec<MemberInfo>;

    /// Reads the members. Returns `None` if a required member is missing or malformed; `fields` then has the
    /// violations.
    fn read(fields: &mut Fields<'_>) -> Option<Self>;
}

/// The description of a member in the contract.
#[derive(Debug, Clone)]
pub struct MemberInfo {
    /// Name in JSON.
    pub name: &'static str,
    /// Description in Markdown.
    pub description: String,
    /// Whether the member must be present.
    pub required: bool,
    /// Schema of the member.
    pub schema: SchemaOf,
}

/// The context in which an object is read.
#[derive(Debug, Clone, Copy)]
pub struct ReadContext {
    /// Whether unknown members are violations.
    pub strict: bool,
    /// Owner of the API key that sent the object, if it is known.
    pub sender: Option<Owner>,
    /// Time at which that API key expires; `None` if it does not.
    pub sender_expires_at: Option<Time>,
    /// Time of the request.
    pub now: Time,
}

impl ReadContext {
    /// Context of a nested object, which depends on its text only.
    const NESTED: Self = Self { strict: false, sender: None, sender_expires_at: None, now: Time::from_millis(0) };
}

/// The members of one object while it is read, and its violations.
#[derive(Debug)]
pub struct Fields<'a> {
    members: &'a [(String, Json)],
    context: ReadContext,
    violations: Vec<Violation>,
}

impl<'a> Fields<'a> {
    fn find(&self, name: &str) -> Option<&'a Json> {
        self.members.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    fn value<T: FromJson>(&mut self, name: &'static str, value: &Json) -> Option<T> {
        if self.context.strict {
            self.violations.extend(T::unknown(value).into_iter().map(|violation| violation.under(name)));
        }
        match T::from_json(value) {
            Ok(value) => Some(value),
            Err(violations) => self.fail(name, violations),
        }
    }

    fn fail<T>(&mut self, name: &'static str, violations: Vec<Violation>) -> Option<T> {
        self.violations.extend(violations.into_iter().map(|violation| violation.under(name)));
        None
    }
}

/// Reads an object.
///
/// # Errors
/// All violations, in the order of the members.
pub fn read_object<T: Object>(json: &Json, context: ReadContext) -> Result<T, Vec<Violation>> {
    let Json::Object(members) = json else { return Err(Violation::new("must be an object")) };
    let mut fields = Fields { members, context, violations: Vec::new() };
    let object = T::read(&mut fields);
    let mut violations = fields.violations;
    if context.strict {
        violations.extend(unknown_members::<T>(json));
    }
    object.filter(|_| violations.is_empty()).ok_or(violations)
}

/// Reads an object inside another one.
///
/// # Errors
/// All violations, in the order of the members.
pub fn read_nested<T: Object>(json: &Json) -> Result<T, Vec<Violation>> {
    read_object(json, ReadContext::NESTED)
}

/// Returns the members of `json` that `T` does not have.
pub fn unknown_members<T: Object>(json: &Json) -> Vec<Violation> {
    let Json::Object(members) = json else { return Vec::new() };
    let known = T::members();
    let unknown = members.iter().filter(|(name, _)| !known.iter().any(|member| member.name == name));
    unknown.map(|(name, _)| Violation::at(name, "is not known")).collect()
}

/// Returns the schema of an object. In responses, every member is present.
pub fn object_schema<T: Object>(description: &[&str], generator: &mut SchemaGenerator) -> Schema {
    let members = T::members();
    let required = |member: &&MemberInfo| member.required || generator.contract().is_serialize();
    let required: Vec<Value> = members.iter().filter(required).map(|member| member.name.into()).collect();
    let property = |member: MemberInfo| {
        let mut schema = (member.schema)(generator);
        schema.insert("description".to_owned(), member.description.into());
        (member.name.to_owned(), schema.to_value())
    };
    let properties: Map<String, Value> = members.into_iter().map(property).collect();
    let mut schema = json_schema!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema.insert("required".to_owned(), required.into());
    }
    schema.insert("description".to_owned(), paragraph(description).into());
    schema
}

/// Returns the text of a doc comment, of which each line is a string.
#[must_use]
pub fn paragraph(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n")
}
