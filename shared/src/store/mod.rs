//! The store: one DynamoDB table, one function per access pattern.
//!
//! Reads and writes go through the official SDK. Each write is one transaction with its conditions (`transaction`),
//! each list a bounded query (`listing`), each call retried within the time that is left (`retry`).

mod api_keys;
mod audit;
mod client;
mod deployment;
mod docks;
mod expression;
mod families;
mod idempotency;
pub mod keys;
mod ledger;
mod ledger_list;
mod listing;
mod meter;
mod organizations;
mod parties;
mod reads;
mod retry;
mod roles;
mod slugs;
mod transaction;

use std::{collections::HashMap, sync::Arc, time::Duration};

use aws_config::{
    SdkConfig, retry::RetryConfig, stalled_stream_protection::StalledStreamProtectionConfig, timeout::TimeoutConfig,
};
use aws_sdk_dynamodb::{Client, config::SharedInterceptor, types::AttributeValue};
use tokio::time::Instant;

use self::meter::{CapacityInterceptor, CapacityMeter};

pub use api_keys::{ApiKeyRecord, ListedApiKey};
pub use audit::{Action, Actor, Change, Dialect, Entity, Origin};
pub use client::{Trust, function_config, https_client};
pub use deployment::Deployment;
pub use families::Family;
pub use idempotency::Idempotency;
pub use ledger::{ActingUser, MAX_RIGHTS, NotAllocated};
pub use ledger_list::{LedgerRow, LedgerRows};
pub use listing::{Listed, Page, Start};
pub use meter::Usage;
pub use organizations::SlugChoice;
pub use parties::PartyFilter;
pub use retry::is_transient;
pub use roles::{CheckedRole, DockParty, PartyRole, RoleFilter};
pub use transaction::Write;

/// An item as the SDK has it.
pub type Item = HashMap<String, AttributeValue>;

/// How long one attempt may take before it is given up and tried again.
const ATTEMPT: Duration = Duration::from_secs(2);
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(1);
/// How long calls may take where nobody set a deadline: the operator's commands.
const UNHURRIED: Duration = Duration::from_secs(30);

/// The table, the time until which its calls have to be done, and the count of what they use.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: Arc<str>,
    deadline: Instant,
    meter: CapacityMeter,
}

impl Store {
    /// The table `table` as `sdk` reaches it. Does not connect yet.
    #[must_use]
    pub fn connect(sdk: &SdkConfig, table: &str) -> Self {
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT).build();
        let mut config = aws_sdk_dynamodb::config::Builder::from(sdk)
            // Berth retries itself: it knows the time that is left, and which refusals of a transaction are final.
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts)
            // Answers are small and read at once; watching their flow costs 4 % of a call.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        config.push_interceptor(SharedInterceptor::permanent(CapacityInterceptor));
        let client = Client::from_conf(config.build());
        let deadline = Instant::now() + UNHURRIED;
        Self { client, table: table.into(), deadline, meter: CapacityMeter::default() }
    }

    /// The same table, for a request whose calls have to be done by `deadline`. They are counted apart from all others.
    #[must_use]
    pub fn with_deadline(&self, deadline: Instant) -> Self {
        Self { deadline, meter: CapacityMeter::default(), ..self.clone() }
    }

    /// What this request has used until now.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.meter.usage()
    }

    /// When the calls have to be done.
    #[must_use]
    pub(crate) const fn deadline(&self) -> Instant {
        self.deadline
    }

    /// The SDK's client.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// The table's name.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }
}

/// 128 random bits from the operating system.
///
/// # Errors
/// [`Error::Internal`](crate::domain::error::Error::Internal) where it has none.
pub(crate) fn random() -> crate::domain::error::Result<u128> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|e| crate::domain::error::Error::internal(e.to_string()))?;
    Ok(u128::from_le_bytes(bytes))
}
