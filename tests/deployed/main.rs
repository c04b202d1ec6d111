//! Tests of the deployed program: the release `bootstrap` under AWS's Runtime Interface Emulator, for every endpoint.
//!
//! `BERTH_BOOTSTRAP` names the program, `BERTH_RIE` the emulator, which comes with the SAM CLI. Without them the tests
//! are ignored, with a message; `.ci/deployed` runs them with the program that `sam build` built.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a failed test panics with its reason"
)]

mod agreement;
mod function;
#[path = "../harness/mod.rs"]
#[expect(dead_code, unused_imports, unused_macros, reason = "this program uses a part of the harness")]
mod harness;
mod link;
mod normal;
mod races;
mod starts;
mod store;
mod timeouts;

use std::{env, process::ExitCode};

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let missing: Vec<_> =
        [function::BOOTSTRAP, function::EMULATOR].into_iter().filter(|name| env::var_os(name).is_none()).collect();
    let (registered, _) = harness::registry::trials();
    let trials = agreement::tests().into_iter().chain(registered);
    if missing.is_empty() {
        return libtest_mimic::run(&arguments, trials.collect()).exit_code();
    }
    if !arguments.list {
        println!("The deployed program is not tested: {} not set (see .ci/deployed).", missing.join(" and "));
    }
    libtest_mimic::run(&arguments, trials.map(|trial| trial.with_ignored_flag(true)).collect()).exit_code()
}
