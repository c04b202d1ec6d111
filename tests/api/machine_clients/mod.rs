//! Machine clients.

mod create;
mod delete;
mod get;
mod list;
mod rotate;
mod update;
