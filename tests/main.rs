//! The black-box tests: Berth over HTTP on an embedded DynamoDB, every response validated against the contract.
//!
//! - `api/` has the tests of each endpoint under its address, `ledger/` those of the `/v2` dialect.
//! - `guarantees/` has what holds for all endpoints.
//! - `harness/` starts servers, sends requests and checks the responses.
//!
//! A test is an async function with `#[apply(api_test)]`: it registers itself.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and reports why"
)]

mod api;
mod guarantees;
mod harness;
mod ledger;

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::run()
}
