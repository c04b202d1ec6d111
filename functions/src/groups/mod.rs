//! Endpoints about groups of recipients.

pub(crate) mod add_recipients;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod list_recipients;
mod members;
pub(crate) mod remove_recipient;
pub(crate) mod remove_recipients;
pub(crate) mod update;
mod view;
