//! The common crate of Berth's functions.
//!
//! A request's way: [`http`] reads it and proves who calls, the function decides with [`domain`], [`store`] writes, and
//! [`http`] answers. [`error`] says what may go wrong, [`id`] names things.

pub mod credentials;
pub mod domain;
pub mod error;
mod hex;
pub mod http;
pub mod id;
pub mod json;
pub mod operator;
mod service;
pub mod store;
pub mod time;

pub use credentials::Environment;
pub use error::{Error, Result};
pub use service::Service;
