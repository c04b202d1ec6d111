//! API keys.

mod create;
mod expiry;
mod lineage;
mod list;
mod revoke;
mod scopes;
