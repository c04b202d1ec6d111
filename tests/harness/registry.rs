//! The test registry: `#[apply(api_test)]` on an async function registers a test.

use std::{env, future::Future, panic::AssertUnwindSafe, pin::Pin, process::ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};
use tracing_subscriber::{layer::SubscriberExt, util::SubscriberInitExt};

use super::{contract, logs, permissions, puts, wire};

/// When a test runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// In parallel with other tests.
    Parallel,
    /// Alone, after all parallel tests, because it needs the whole machine.
    Serial,
    /// Only if this environment variable is set; ignored otherwise.
    OptIn(&'static str),
}

/// A registered test.
pub struct TestCase {
    pub name: &'static str,
    pub mode: Mode,
    pub run: fn() -> Pin<Box<dyn Future<Output = ()>>>,
}

inventory::collect!(TestCase);

/// Registers a test that runs in parallel with others.
macro_rules! api_test {
    ($(#[$meta:meta])* async fn $name:ident() $body:block) => {
        $crate::harness::register!($crate::harness::Mode::Parallel; $(#[$meta])* async fn $name() $body);
    };
}

/// Registers a test that runs alone.
macro_rules! serial_test {
    ($(#[$meta:meta])* async fn $name:ident() $body:block) => {
        $crate::harness::register!($crate::harness::Mode::Serial; $(#[$meta])* async fn $name() $body);
    };
}

macro_rules! register {
    ($mode:expr; $(#[$meta:meta])* async fn $name:ident() $body:block) => {
        $(#[$meta])*
        async fn $name() $body

        inventory::submit! {
            $crate::harness::TestCase {
                name: concat!(module_path!(), "::", stringify!($name)),
                mode: $mode,
                run: || Box::pin($name()),
            }
        }
    };
}

pub(crate) use {api_test, register, serial_test};

/// Environment variable with which the first failure ends the run. Mutation tests need no more than one.
const FAIL_FAST: &str = "BERTH_FAIL_FAST";

/// Returns a test with this name. Each test has its own runtime.
pub fn trial(name: &str, run: impl FnOnce() -> Pin<Box<dyn Future<Output = ()>>> + Send + 'static) -> Trial {
    let title = name.to_owned();
    Trial::test(name, move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(Failed::from)?;
        let result = std::panic::catch_unwind(AssertUnwindSafe(|| runtime.block_on(run())));
        if let Err(panic) = result {
            if env::var_os(FAIL_FAST).is_some() {
                eprintln!("{title} failed, and {FAIL_FAST} is set");
                std::process::exit(101);
            }
            std::panic::resume_unwind(panic);
        }
        Ok(())
    })
}

/// Returns the registered tests by name: the parallel ones and the serial ones.
pub fn trials() -> (Vec<Trial>, Vec<Trial>) {
    let mut cases: Vec<_> = inventory::iter::<TestCase>.into_iter().collect();
    cases.sort_by_key(|case| case.name);
    let (serial, parallel): (Vec<_>, Vec<_>) = cases.into_iter().partition(|case| case.mode == Mode::Serial);
    let trials = |cases: Vec<&'static TestCase>, kind: &'static str| {
        let trials = cases.into_iter().map(|case| {
            let name = case.name.split_once("::").map_or(case.name, |(_, name)| name);
            let is_ignored = matches!(case.mode, Mode::OptIn(variable) if env::var_os(variable).is_none());
            trial(name, case.run).with_kind(kind).with_ignored_flag(is_ignored)
        });
        trials.collect()
    };
    (trials(parallel, ""), trials(serial, "serial"))
}

/// Runs the registered tests. Every DynamoDB request of an endpoint must be allowed, every item that it puts must be a
/// record, and the log must not contain sensitive values. A run of all tests must see every documented response and use
/// every permission.
pub fn run() -> ExitCode {
    let arguments = Arguments::from_args();
    let partial = arguments.filter.is_some() || !arguments.skip.is_empty() || arguments.list;
    tracing_subscriber::registry().with(logs::layer()).with(permissions::layer()).with(wire::layer()).init();
    let (parallel, serial) = trials();
    let mut has_failed = false;
    for (trials, test_threads) in [(parallel, arguments.test_threads), (serial, Some(1))] {
        // If only one of the two groups is selected, the other prints nothing.
        if !partial || trials.iter().any(|trial| !arguments.is_filtered_out(trial)) {
            has_failed |= libtest_mimic::run(&Arguments { test_threads, ..arguments.clone() }, trials).has_failed();
        }
    }
    if let Some(filter) = arguments.filter.as_deref().filter(|_| !arguments.list) {
        contract::print_unseen_of(filter);
    }
    let clean = arguments.list
        || [permissions::all_actions_were_permitted(), puts::all_were_records(), logs::are_clean()] == [true; 3];
    let ran_all = !partial && !has_failed;
    // Each check prints its gaps, even if the other one fails.
    let complete =
        !ran_all || [contract::all_responses_were_seen(), permissions::all_permissions_were_used()] == [true; 2];
    if has_failed || !clean || !complete { ExitCode::from(101) } else { ExitCode::SUCCESS }
}
