//! Tests of each endpoint, by resource and verb.

mod api_keys;
mod docks;
pub mod documented;
mod machine_clients;
mod organizations;
mod parties;
mod roles;
mod service;
