//! Endpoints about machine clients.

pub(crate) mod create;
pub(crate) mod delete;
mod find;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod rotate;
pub(crate) mod update;
mod view;
