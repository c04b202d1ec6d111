//! Black-box tests: Berth over HTTP on an embedded DynamoDB. Every response is validated against the contract.
//!
//! - `api/` has the tests of each endpoint, by resource and verb. `ledger/` has those of the `/v2` dialect, `oauth/` those of
//!   OAuth 2.0.
//! - `guarantees/` has the tests of guarantees of all endpoints.
//! - `harness/` starts servers, sends requests and validates responses.
//!
//! A test is an async function with `#[apply(api_test)]`, which registers it.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a failed test panics with its reason"
)]

mod api;
mod guarantees;
mod harness;
mod ledger;
mod oauth;

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::run()
}
