//! Tests of each endpoint, by resource and verb.

mod api_keys;
mod audit;
mod console;
mod docks;
pub mod documented;
mod groups;
mod machine_clients;
mod organizations;
mod parties;
mod recipients;
mod roles;
mod service;
