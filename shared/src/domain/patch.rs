//! Conversion of JSON values: the trait for members of a body, and the states of a member in a merge patch.

use crate::domain::json::Json;

/// A violation, with its location in a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Names and indices that lead to the location; empty for the value itself.
    pub path: Vec<String>,
    /// The requirement that the value violates, for example `must be a string`.
    pub detail: String,
}

impl Violation {
    /// Returns a violation of the value itself.
    #[must_use]
    pub fn new(detail: impl Into<String>) -> Vec<Self> {
        vec![Self { path: Vec::new(), detail: detail.into() }]
    }

    /// Returns the violation for the value that has this one as its member or element `name`.
    #[must_use]
    pub fn under(mut self, name: impl Into<String>) -> Self {
        self.path.insert(0, name.into());
        self
    }

    /// Returns a violation of the member or element `name`.
    #[must_use]
    pub fn at(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { path: vec![name.into()], detail: detail.into() }
    }
}

/// A type that is converted from a JSON value.
pub trait FromJson: Sized {
    /// Converts the value.
    ///
    /// # Errors
    /// All violations.
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>>;

    /// Returns the unknown members inside the value, which strict handling rejects.
    fn unknown(_: &Json) -> Vec<Violation> {
        Vec::new()
    }
}

/// A member of a merge patch (RFC 7396).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Absent: the member is unchanged.
    #[default]
    Keep,
    /// `null`: the member is removed.
    Clear,
    /// A value: the member is set.
    Set(T),
}

impl<T> Patch<T> {
    /// Applies the patch to an optional value.
    pub fn apply(self, to: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *to = None,
            Self::Set(value) => *to = Some(value),
        }
    }
}

impl<K: crate::domain::id::Kind> FromJson for crate::domain::id::Id<K> {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        let Json::String(text) = json else { return Err(Violation::new("must be a string")) };
        text.parse().map_err(|malformed: crate::domain::id::MalformedId| Violation::new(malformed.to_string()))
    }
}

impl FromJson for bool {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        match json {
            Json::Bool(value) => Ok(*value),
            _ => Err(Violation::new("must be true or false")),
        }
    }
}

impl FromJson for crate::domain::time::Time {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        let Json::String(text) = json else { return Err(Violation::new("must be a string")) };
        text.parse().map_err(|malformed: crate::domain::time::MalformedTime| Violation::new(malformed.to_string()))
    }
}
