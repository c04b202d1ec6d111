//! Bodies: read member by member, so that all that is wrong with one is told at once.

use schemars::JsonSchema;

use crate::domain::{
    FromJson, Patch, Violation,
    credentials::Owner,
    error::{FieldError, Result},
    json::Json,
    time::Time,
};

/// A type that a request's body is read into. Its schema and its reading are two tellings of one thing; a test compares
/// them for every endpoint.
pub trait Body: JsonSchema + Sized {
    /// Takes the members out of `fields`; `None` where one that is needed is missing or wrong.
    fn read(fields: &mut Fields<'_>) -> Option<Self>;
}

/// What counts for a body, beyond what it says.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadContext {
    /// Whether members that are not known are failures.
    pub(super) strict: bool,
    /// Who sends it, where that is known.
    pub(super) sender: Option<Owner>,
    /// When.
    pub(super) now: Time,
}

/// The members of a body on their way into a type.
#[derive(Debug)]
pub struct Fields<'a> {
    members: &'a [(String, Json)],
    circumstances: ReadContext,
    known: Vec<&'static str>,
    required: Vec<&'static str>,
    failures: Vec<FieldError>,
}

impl<'a> Fields<'a> {
    fn new(members: &'a [(String, Json)], circumstances: ReadContext) -> Self {
        Self { members, circumstances, known: Vec::new(), required: Vec::new(), failures: Vec::new() }
    }

    /// A member that must be there.
    pub fn required<T: FromJson>(&mut self, name: &'static str) -> Option<T> {
        self.required.push(name);
        match self.find(name) {
            Some(value) => self.value(name, value),
            None => self.fail(name, Violation::new("is required")),
        }
    }

    /// A member that callers of the platform must send, and an organization's may leave out.
    pub fn required_of_platform<T: FromJson>(&mut self, name: &'static str) -> Option<T> {
        match self.circumstances.sender {
            Some(Owner::Platform) => self.required(name),
            _ => self.optional(name),
        }
    }

    /// A time to come that may be absent or `null`.
    pub fn optional_future(&mut self, name: &'static str) -> Option<Time> {
        let time: Time = self.optional(name)?;
        if time > self.circumstances.now {
            Some(time)
        } else {
            self.fail(name, Violation::new("must be in the future"))
        }
    }

    /// A member that may be absent or `null`.
    pub fn optional<T: FromJson>(&mut self, name: &'static str) -> Option<T> {
        match self.find(name)? {
            Json::Null => None,
            value => self.value(name, value),
        }
    }

    /// A member of a patch that cannot be taken away: absent, or a value.
    pub fn non_nullable<T: FromJson>(&mut self, name: &'static str) -> Option<T> {
        match self.find(name)? {
            Json::Null => self.fail(name, Violation::new("must not be null")),
            value => self.value(name, value),
        }
    }

    /// A member of a patch that can be taken away.
    pub fn patch<T: FromJson>(&mut self, name: &'static str) -> Patch<T> {
        match self.find(name) {
            None => Patch::Keep,
            Some(Json::Null) => Patch::Clear,
            Some(value) => self.value(name, value).map_or(Patch::Keep, Patch::Set),
        }
    }

    fn find(&mut self, name: &'static str) -> Option<&'a Json> {
        self.known.push(name);
        self.members.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    fn value<T: FromJson>(&mut self, name: &'static str, value: &Json) -> Option<T> {
        if self.circumstances.strict {
            let unknown = T::unknown(value).into_iter().map(|wrong| failure(&wrong.under(name)));
            self.failures.extend(unknown);
        }
        match T::from_json(value) {
            Ok(value) => Some(value),
            Err(wrong) => self.fail(name, wrong),
        }
    }

    fn fail<T>(&mut self, name: &'static str, wrong: Vec<Violation>) -> Option<T> {
        self.failures.extend(wrong.into_iter().map(|wrong| failure(&wrong.under(name))));
        None
    }
}

/// What is wrong with a body, at the place where it is.
pub(super) fn failure(wrong: &Violation) -> FieldError {
    let escaped = |name: &String| format!("/{}", name.replace('~', "~0").replace('/', "~1"));
    let pointer: String = wrong.path.iter().map(escaped).collect();
    let name = if wrong.path.is_empty() { "the body".to_owned() } else { wrong.path.join(".") };
    FieldError::body(pointer, format!("{name} {}", wrong.detail))
}

/// Reads a body.
///
/// # Errors
/// Every failure.
pub(super) fn read_body<T: Body>(json: &Json, circumstances: ReadContext) -> Result<T, Vec<FieldError>> {
    let Json::Object(members) = json else {
        return Err(vec![FieldError::body("", "the body must be an object")]);
    };
    let mut fields = Fields::new(members, circumstances);
    let body = T::read(&mut fields);
    let mut failures = fields.failures;
    if circumstances.strict {
        let unknown = members.iter().filter(|(name, _)| !fields.known.contains(&name.as_str()));
        failures.extend(unknown.map(|(name, _)| failure(&Violation::at(name, "is not known"))));
    }
    match body {
        Some(body) if failures.is_empty() => Ok(body),
        _ => Err(failures),
    }
}

/// The names that `T` reads from a body, and those among them that it needs: what its schema must say, too.
pub(super) fn names_read<T: Body>() -> (Vec<&'static str>, Vec<&'static str>) {
    let circumstances = ReadContext { strict: false, sender: None, now: Time::from_millis(0) };
    let mut fields = Fields::new(&[], circumstances);
    drop(T::read(&mut fields));
    (fields.known, fields.required)
}
