//! The tests of each endpoint, under its address.

mod api_keys;
mod docks;
pub mod documented;
mod organizations;
mod parties;
mod roles;
mod service;
