//! API keys.

mod create;
mod dock_bound;
mod expiry;
mod get;
mod lineage;
mod list;
mod networks;
mod revoke;
mod rotate;
mod scopes;
mod update;
