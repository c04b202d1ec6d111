//! Tests of guarantees of all endpoints.

mod audit;
mod bodies;
mod cold_starts;
mod concurrency;
mod conditional_requests;
mod consistency_checker;
pub mod costs;
mod credentials;
mod durability;
mod endpoint_coverage;
pub mod events;
mod every_endpoint;
mod faults;
pub mod filters;
pub mod growth;
mod histories;
mod http;
mod idempotency;
pub mod isolation;
mod limits;
mod logs;
pub mod pagination;
mod patches;
pub mod program;
mod records;
mod store_reads;
