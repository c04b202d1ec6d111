//! Endpoints about the service itself.

pub(crate) mod console;
pub(crate) mod fallback;
pub(crate) mod health;
pub(crate) mod openapi;
pub(crate) mod root;
