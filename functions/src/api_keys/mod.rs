//! Endpoints about API keys.

pub(crate) mod create;
mod find;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod revoke;
pub(crate) mod rotate;
pub(crate) mod update;
mod view;

pub(crate) use view::GrantedScope;
