//! Docks.

mod create;
mod list;
mod list_parties;
mod update;
