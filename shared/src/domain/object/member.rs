//! Kinds of members of an object.

use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::{Fields, schema_of};
use crate::domain::{
    credentials::Owner,
    json::Json,
    patch::{FromJson, Patch, Violation},
    time::Time,
};

/// A kind of member, which determines how it is read.
pub trait Member {
    /// Type of the member in Rust.
    type Value;
    /// Whether the member must be present.
    const REQUIRED: bool = false;

    /// Reads the member `name`. Returns `None` after a violation.
    fn read(fields: &mut Fields<'_>, name: &'static str) -> Option<Self::Value>;

    /// Returns the schema of the member.
    fn schema(generator: &mut SchemaGenerator) -> Schema;
}

/// A member that must be present.
#[derive(Debug)]
pub struct Required<T>(PhantomData<T>);

/// A member that may be absent or `null`; both mean the same.
#[derive(Debug)]
pub struct Optional<T>(PhantomData<T>);

/// A member that may be absent or `null`; both mean the type's default.
#[derive(Debug)]
pub struct Defaulted<T>(PhantomData<T>);

/// A member that a platform key must send and an organization key may omit.
#[derive(Debug)]
pub struct RequiredOfPlatform<T>(PhantomData<T>);

/// A time of expiry, absent or `null`: in the future, and no later than that of the API key that sent the object.
#[derive(Debug)]
pub struct OptionalExpiry;

/// A member of a merge patch that cannot be removed: absent or a value, but not `null`.
#[derive(Debug)]
pub struct NonNullable<T>(PhantomData<T>);

/// A member of a merge patch: absent, `null` or a value.
#[derive(Debug)]
pub struct Patched<T>(PhantomData<T>);

impl<T: FromJson + JsonSchema> Member for Required<T> {
    type Value = T;
    const REQUIRED: bool = true;

    fn read(fields: &mut Fields<'_>, name: &'static str) -> Option<T> {
        match fields.find(name) {
            Some(value) => fields.value(name, value),
            None => fields.fail(name, Violation::new("is required")),
        }
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        schema_of::<T>(generator)
    }
}

impl<T: FromJson + JsonSchema> Member for Optional<T> {
    type Value = Option<T>;

    fn read(fields: &mut Fields<'_>, name: &'static str) -> Option<Option<T>> {
        match fields.find(name) {
            None | Some(Json::Null) => Some(None),
            Some(value) => fields.value(name, value).map(Some),
        }
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        schema_of::<Option<T>>(generator)
    }
}

impl<T: FromJson + JsonSchema + Default> Member for Defaulted<T> {
    type Value = T;

    fn read(fields: &mut Fields<'_>, name: &'static str) -> Option<T> {
        Optional::<T>::read(fields, name).map(Option::unwrap_or_default)
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        schema_of::<Option<T>>(generator)
    }
}

impl<T: FromJson + JsonSchema> Member for RequiredOfPlatform<T> {
    type Value = Option<T>;

    fn read(fields: &mut Fields<'_>, name: &'static str) -> Option<Option<T>> {
        match fields.context.sender {
            Some(Owner::Platform) => Required::<T>::read(fields, name).map(Some),
            _ => Optional::<T>::read(fields, name),
        }
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        schema_of::<Option<T>>(generator)
    }
}

impl Member for OptionalExpiry {
    type Value = Option<Time>;

    fn read(fields: &mut Fields<'_>, name: &'static str) -> Option<Option<Time>> {
        match Optional::<Time>::read(fields, name)? {
            Some(time) if time <= fields.context.now => fields.fail(name, Violation::new("must be in the future")),
            Some(time) => match fields.context.sender_expires_at.filter(|end| *end < time) {
                Some(end) => fields.fail(
                    name,
                    Violation::new(format!("must be at most {end}, the expiry of the API key that sends the request")),
                ),
                None => Some(Some(time)),
            },
            None => Some(None),
        }
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        schema_of::<Option<Time>>(generator)
    }
}

impl<T: FromJson + JsonSchema> Member for NonNullable<T> {
    type Value = Option<T>;

    fn read(fields: &mut Fields<'_>, name: &'static str) -> Option<Option<T>> {
        match fields.find(name) {
            None => Some(None),
            Some(Json::Null) => fields.fail(name, Violation::new("must not be null")),
            Some(value) => fields.value(name, value).map(Some),
        }
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        schema_of::<T>(generator)
    }
}

impl<T: FromJson + JsonSchema> Member for Patched<T> {
    type Value = Patch<T>;

    fn read(fields: &mut Fields<'_>, name: &'static str) -> Option<Patch<T>> {
        match fields.find(name) {
            None => Some(Patch::Keep),
            Some(Json::Null) => Some(Patch::Clear),
            Some(value) => fields.value(name, value).map(Patch::Set),
        }
    }

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        schema_of::<Option<T>>(generator)
    }
}
