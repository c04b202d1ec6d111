//! Endpoints about docks.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod find;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod list_parties;
pub(crate) mod update;
mod view;
