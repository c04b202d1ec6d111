//! Endpoints about the service itself.

pub(crate) mod fallback;
pub(crate) mod health;
pub(crate) mod openapi;
