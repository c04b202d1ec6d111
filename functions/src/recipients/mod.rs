//! Endpoints about recipients.

pub(crate) mod create;
pub(crate) mod create_batch;
pub(crate) mod delete;
pub(crate) mod get;
mod items;
pub(crate) mod list;
pub(crate) mod update;
pub(crate) mod view;
