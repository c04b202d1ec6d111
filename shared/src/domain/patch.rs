//! How members of a body become values: the trait they are read by, and the three states of a member in a patch.

use crate::domain::json::Json;

/// What is wrong with a value, and where inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The names and indexes that lead from the value to the place; empty for the value itself.
    pub path: Vec<String>,
    /// What it must be: `must be a string`.
    pub detail: String,
}

impl Violation {
    /// The value itself is wrong.
    #[must_use]
    pub fn new(detail: impl Into<String>) -> Vec<Self> {
        vec![Self { path: Vec::new(), detail: detail.into() }]
    }

    /// The same, seen from the value whose member or element `name` it is in.
    #[must_use]
    pub fn under(mut self, name: impl Into<String>) -> Self {
        self.path.insert(0, name.into());
        self
    }

    /// The member or element `name` of the value is wrong.
    #[must_use]
    pub fn at(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { path: vec![name.into()], detail: detail.into() }
    }
}

/// A type that a member of a body can be read into.
pub trait FromJson: Sized {
    /// Reads the value.
    ///
    /// # Errors
    /// Everything that is wrong with it, not only the first.
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>>;

    /// The members inside the value that are not read: what strict handling refuses.
    fn unknown(_: &Json) -> Vec<Violation> {
        Vec::new()
    }
}

/// What a merge patch (RFC 7396) says of one member.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Not named: it stays as it is.
    #[default]
    Keep,
    /// `null`: it is taken away.
    Clear,
    /// A value: it is set.
    Set(T),
}

impl<T> Patch<T> {
    /// The optional value after the patch.
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

impl FromJson for crate::domain::time::Time {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        let Json::String(text) = json else { return Err(Violation::new("must be a string")) };
        text.parse().map_err(|malformed: crate::domain::time::MalformedTime| Violation::new(malformed.to_string()))
    }
}
