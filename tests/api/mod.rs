//! Tests of each endpoint, by resource and verb.

mod api_keys;
mod audit;
mod console;
mod docks;
pub mod documented;
mod organizations;
mod parties;
mod roles;
mod service;
