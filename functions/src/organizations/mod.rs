//! Endpoints about organizations.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod list_roles;
pub(crate) mod update;
mod view;
