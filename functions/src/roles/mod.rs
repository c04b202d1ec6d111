//! Endpoints about roles.

pub(crate) mod assign;
pub(crate) mod check;
pub(crate) mod get;
pub(crate) mod history;
pub(crate) mod list;
pub(crate) mod revoke;
mod view;
