//! Tenants cannot learn anything about each other.

mod iam_boundary;
pub mod locations;
pub mod tenants;
