//! The black-box tests: Berth over HTTP, on an embedded store, held against its contract.
//!
//! Every module offers `tests()`, a list of trials. They run in one program, so that at the end it is known which
//! answers of the contract no test has seen.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and says so"
)]

mod api_keys;
mod bodies;
mod checker;
mod concurrency;
mod conditions;
mod costs;
mod credentials;
mod durability;
mod events;
mod faults;
mod fence;
mod filters;
mod growth;
mod harness;
mod histories;
mod idempotency;
mod isolation;
mod issuer;
mod ledger;
mod ledger_allocate;
mod ledger_annotations;
mod ledger_client;
mod ledger_directory;
mod ledger_errors;
mod ledger_get;
mod ledger_list;
mod ledger_tenants;
mod ledger_tokens;
mod ledger_update;
mod limits;
mod lists;
mod logs;
mod paging;
mod patches;
mod processes;
mod program;
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
        checker::tests(),
        concurrency::tests(),
        conditions::tests(),
        costs::tests(),
        credentials::tests(),
        durability::tests(),
        events::tests(),
        faults::tests(),
        fence::tests(),
        filters::tests(),
        growth::tests(),
        histories::tests(),
        idempotency::tests(),
        isolation::tests(),
        ledger_allocate::tests(),
        ledger_annotations::tests(),
        ledger_client::tests(),
        ledger_directory::tests(),
        ledger_errors::tests(),
        ledger_get::tests(),
        ledger_list::tests(),
        ledger_tenants::tests(),
        ledger_tokens::tests(),
        ledger_update::tests(),
        limits::tests(),
        lists::tests(),
        logs::tests(),
        paging::tests(),
        patches::tests(),
        processes::tests(),
        program::tests(),
        roles::tests(),
        seed_pages::tests(),
        service::tests(),
        tenants::tests(),
        trail::tests(),
    ];
    harness::run(trials.into_iter().flatten().collect())
}
