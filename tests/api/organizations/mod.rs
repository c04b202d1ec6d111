//! Organizations.

mod create;
mod delete;
mod get;
mod list;
mod list_roles;
mod update;
