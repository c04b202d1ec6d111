//! The black-box tests: Berth over HTTP, on an embedded store, held against its contract.
//!
//! Every module offers `tests()`, a list of trials. They run in one program, so that at the end it is known which
//! answers of the contract no test has seen.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and says so"
)]

mod api_keys;
mod bodies;
mod conditions;
mod credentials;
mod filters;
mod harness;
mod idempotency;
mod ledger;
mod ledger_allocate;
mod ledger_annotations;
mod ledger_directory;
mod ledger_errors;
mod ledger_get;
mod ledger_list;
mod ledger_tenants;
mod ledger_update;
mod limits;
mod lists;
mod patches;
mod roles;
mod samples;
mod seed_pages;
mod service;
mod tenants;
mod trail;

use std::process::ExitCode;

fn main() -> ExitCode {
    let trials = [
        api_keys::tests(),
        bodies::tests(),
        conditions::tests(),
        credentials::tests(),
        filters::tests(),
        idempotency::tests(),
        ledger_allocate::tests(),
        ledger_annotations::tests(),
        ledger_get::tests(),
        ledger_list::tests(),
        ledger_update::tests(),
        ledger_errors::tests(),
        ledger_tenants::tests(),
        ledger_directory::tests(),
        limits::tests(),
        lists::tests(),
        patches::tests(),
        roles::tests(),
        seed_pages::tests(),
        service::tests(),
        tenants::tests(),
        trail::tests(),
    ];
    harness::run(trials.into_iter().flatten().collect())
}
