//! The program that is deployed: the release `bootstrap` under AWS's own Runtime Interface Emulator, for every endpoint.
//!
//! `BERTH_BOOTSTRAP` names the program, `BERTH_RIE` the emulator, which comes with the SAM CLI. Where either is missing
//! the tests are ignored, and say so; `.ci/deployed` runs them with what `sam build` made.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and says so"
)]

mod agreement;
#[path = "../checker/mod.rs"]
#[expect(dead_code, reason = "its own tests run in the program of the API's tests")]
mod checker;
mod function;
#[path = "../harness/mod.rs"]
#[expect(dead_code, unused_imports, reason = "not all of it is needed here")]
mod harness;
mod link;
mod normal;
mod races;
mod starts;
mod timeouts;

use std::{env, process::ExitCode};

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let missing: Vec<_> =
        [function::BOOTSTRAP, function::EMULATOR].into_iter().filter(|name| env::var_os(name).is_none()).collect();
    let trials = [agreement::tests(), normal::tests(), races::tests(), starts::tests(), timeouts::tests()];
    let trials = trials.into_iter().flatten();
    if missing.is_empty() {
        return libtest_mimic::run(&arguments, trials.collect()).exit_code();
    }
    if !arguments.list {
        println!("The deployed program is not tested: {} not set (see .ci/deployed).", missing.join(" and "));
    }
    libtest_mimic::run(&arguments, trials.map(|trial| trial.with_ignored_flag(true)).collect()).exit_code()
}
