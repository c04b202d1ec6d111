//! Endpoints about the audit trail.

pub(crate) mod create;
pub(crate) mod entity;
pub(crate) mod list;
mod names;
mod view;
