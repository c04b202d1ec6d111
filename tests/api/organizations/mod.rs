//! Organizations.

mod create;
mod get;
mod list;
mod list_roles;
mod update;
