//! Docks.

mod create;
mod delete;
mod get;
mod list;
mod list_parties;
mod update;
