//! What tests share: a server of their own, callers with keys, and the contract that every answer is held against.

mod caller;
mod contract;
pub mod emf;
mod leaks;
pub mod logs;
mod permissions;
mod wire;

use std::{collections::HashMap, future::Future, process::ExitCode};

use aws_config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::{config::Credentials, types::AttributeValue};
use berth::{Options, Running};
use berth_shared::store::Store;
use libtest_mimic::{Arguments, Failed, Trial};

use tracing_subscriber::{layer::SubscriberExt, util::SubscriberInitExt};

pub use caller::{Answer, Call, Caller};
pub use leaks::Given;
pub use permissions::deeds;
pub use wire::{Fault, StoreCall, Traffic, Wire};

/// Names test functions once: `tests![one, two]`.
macro_rules! tests {
    ($($name:ident),* $(,)?) => {
        vec![$($crate::harness::trial(concat!(module_path!(), "::", stringify!($name)), $name)),*]
    };
}
pub(crate) use tests;

/// A test by name. Each runs in a runtime of its own.
pub fn trial<F: Future<Output = ()> + 'static>(name: &str, test: fn() -> F) -> Trial {
    let name = name.trim_start_matches("api::").trim_start_matches("deployed::").to_owned();
    Trial::test(name, move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.map_err(Failed::from)?.block_on(test());
        Ok(())
    })
}

/// The kind of a test that is run with no other beside it.
const ALONE: &str = "alone";

/// These tests, run one by one when all others have ended: they take the whole machine, and depend on answers that are in
/// time.
pub fn alone(tests: Vec<Trial>) -> Vec<Trial> {
    tests.into_iter().map(|test| test.with_kind(ALONE)).collect()
}

/// Runs the tests. What they saw endpoints do has to be permitted, and their log holds nothing of what they sent; where all
/// of them ran, they have to have seen the whole contract and to have used every permission.
pub fn run(trials: Vec<Trial>) -> ExitCode {
    let arguments = Arguments::from_args();
    let partial = arguments.filter.is_some() || !arguments.skip.is_empty() || arguments.list;
    tracing_subscriber::registry().with(logs::layer()).with(permissions::layer()).with(wire::layer()).init();
    let (alone, beside): (Vec<_>, Vec<_>) = trials.into_iter().partition(|trial| trial.kind() == ALONE);
    let mut has_failed = false;
    for (trials, test_threads) in [(beside, arguments.test_threads), (alone, Some(1))] {
        // Where all of one kind were run and none of the other was asked for, there is nothing more to say.
        if !partial || trials.iter().any(|trial| !arguments.is_filtered_out(trial)) {
            has_failed |= libtest_mimic::run(&Arguments { test_threads, ..arguments.clone() }, trials).has_failed();
        }
    }
    let fit = arguments.list || [permissions::nothing_was_in_excess(), logs::are_fit()] == [true; 2];
    let whole = !partial && !has_failed;
    // Each tells what is missing, even where another misses something.
    let complete = !whole || [contract::everything_was_seen(), permissions::everything_was_used()] == [true; 2];
    if has_failed || !fit || !complete { ExitCode::from(101) } else { ExitCode::SUCCESS }
}

/// A server with a store of its own, which ends with the test.
pub struct Berth {
    running: Running,
}

impl Berth {
    /// A server on a free port, with a store in memory.
    pub async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    /// A server with these options.
    pub async fn start_with(options: Options) -> Self {
        // The store is on this machine: a client without TLS will do.
        let client = options.http_client.unwrap_or_else(|| aws_smithy_http_client::Builder::new().build_http());
        let options = Options { http_client: Some(permissions::watched(client)), ..options };
        Self { running: berth::start(options).await.expect("the server starts") }
    }

    /// The server.
    pub fn running(&self) -> &Running {
        &self.running
    }

    /// The server's store, as the operator's commands reach it.
    pub async fn store(&self) -> Store {
        let url = self.running.store_url().expect("a store on this machine");
        let config = aws_config::defaults(BehaviorVersion::latest())
            .endpoint_url(url)
            .region(Region::new("local"))
            .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .load()
            .await;
        Store::connect(&config, self.running.table())
    }

    /// Every item of the table.
    pub async fn items(&self) -> Vec<HashMap<String, AttributeValue>> {
        let scan = self.running.client().scan().table_name(self.running.table()).into_paginator();
        scan.items().send().collect::<Result<_, _>>().await.expect("the table can be read")
    }

    /// A caller with the first key of the platform, which may do everything.
    pub fn platform(&self) -> Caller {
        Caller::new(&self.running.url(), self.running.first_key())
    }

    /// A caller without a credential.
    pub fn nobody(&self) -> Caller {
        Caller::new(&self.running.url(), None)
    }

    /// A caller with this credential.
    pub fn with_key(&self, credential: &str) -> Caller {
        Caller::new(&self.running.url(), Some(credential))
    }

    /// A caller with a new key of an organization, with these scopes.
    pub async fn tenant(&self, organization: &str, scopes: &[&str]) -> Caller {
        self.with_key(&self.platform().create_api_key(Some(organization), scopes).await.text("key"))
    }
}

/// Every scope that the directory's own endpoints ask for.
pub const DIRECTORY_SCOPES: [&str; 10] = [
    "organizations:read",
    "organizations:write",
    "docks:read",
    "docks:write",
    "parties:read",
    "parties:write",
    "roles:read",
    "roles:write",
    "api-keys:read",
    "api-keys:write",
];
