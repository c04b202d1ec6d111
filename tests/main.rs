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

mod checker;
mod concurrency;
mod costs;
mod durability;
mod faults;
mod harness;
mod paging;
mod program;
mod seed_pages;

use std::process::ExitCode;

fn main() -> ExitCode {
    let trials = [
        checker::tests(),
        concurrency::tests(),
        costs::tests(),
        durability::tests(),
        faults::tests(),
        paging::tests(),
        program::tests(),
        seed_pages::tests(),
    ];
    harness::run(trials.into_iter().flatten().collect())
}
