//! The black-box tests: Berth over HTTP, on an embedded store, held against its contract.
//!
//! Every module offers `tests()`, a list of trials. They run in one program, so that at the end it is known which
//! answers of the contract no test has seen.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and says so"
)]

mod bodies;
mod conditions;
mod filters;
mod harness;
mod limits;
mod lists;
mod patches;
mod roles;
mod seed_pages;
mod trail;

use std::process::ExitCode;

fn main() -> ExitCode {
    let trials = [
        bodies::tests(),
        conditions::tests(),
        filters::tests(),
        limits::tests(),
        lists::tests(),
        patches::tests(),
        roles::tests(),
        seed_pages::tests(),
        trail::tests(),
    ];
    harness::run(trials.into_iter().flatten().collect())
}
