//! Docks.

mod create;
mod get;
mod list;
mod list_parties;
mod update;
