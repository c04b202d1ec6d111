//! Endpoints of the OAuth dialect.

pub(crate) mod introspect;
pub(crate) mod issue;
pub(crate) mod metadata;
pub(crate) mod revoke;
mod target;
