//! Data access: one DynamoDB table, one function per access pattern.
//!
//! All requests go through the official SDK. Each write is one transaction with its conditions, each list is a bounded
//! query, and each request is retried until the deadline. The items are typed [`Record`]s.

mod access_tokens;
mod api_keys;
mod audit;
mod client;
mod deletions;
mod deployment;
mod docks;
mod expression;
mod families;
mod groups;
mod idempotency;
pub mod keys;
mod ledger;
mod ledger_list;
mod lineage;
mod listing;
mod machine_clients;
mod meter;
mod organization_roles;
mod organizations;
mod parties;
mod reads;
mod recipients;
pub mod record;
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

pub use access_tokens::{MAX_ISSUANCES, TooManyIssuances};
pub use api_keys::{ListedApiKey, Rotation};
pub use audit::{Action, Actor, Appended, AuditFilter, AuditRetention, Change, Dialect, Entity, Origin};
pub use client::{Trust, function_config, https_client};
pub use families::Family;
pub use groups::{GroupWithMembers, MEMBERS_PER_WRITE, MemberName, SHOWN_MEMBERS};
pub use idempotency::Idempotency;
pub use ledger::{ActingUser, MAX_RIGHTS, NotAllocated};
pub use ledger_list::{ListedParties, ListedParty};
pub use lineage::Minter;
pub use listing::{Listed, Page, Row, Start};
pub use machine_clients::{ListedMachineClient, MachineClientFilter};
pub use meter::Usage;
pub use organization_roles::{OrganizationRole, OrganizationRoleFilter};
pub use organizations::SlugChoice;
pub use parties::PartyFilter;
pub use recipients::{LinkedRecipient, RecipientFilter, RecipientRole, RecipientWrite};
pub use record::{
    AccessTokenRecord, ApiKeyRecord, CursorSecret, Deployment, MachineClientRecord, Record, StoredRecord,
    TokenIssuances,
};
pub use retry::is_transient;
pub use roles::{CheckedRole, DockParty, PartyRole, RoleFilter};
pub use transaction::Write;

/// Item as the SDK represents it.
pub type Item = HashMap<String, AttributeValue>;

/// Timeout of one attempt of a request.
const ATTEMPT: Duration = Duration::from_secs(2);
/// Timeout of a connection attempt.
const CONNECT: Duration = Duration::from_secs(1);
/// Time for requests without a deadline of their own: those of the operator's commands.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// Client of the table, with a deadline for its requests and a meter of their capacity.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: Arc<str>,
    deadline: Instant,
    meter: CapacityMeter,
    audit_retention: AuditRetention,
}

impl Store {
    /// Creates a client of the table `table`. Does not connect yet.
    #[must_use]
    pub fn connect(sdk: &SdkConfig, table: &str) -> Self {
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT).build();
        let mut config = aws_sdk_dynamodb::config::Builder::from(sdk)
            // Berth retries itself, because it knows the deadline and which errors of a transaction are final.
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts)
            // Responses are small and read at once. Watching the stream costs 4 % of the processor time of a request.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        config.push_interceptor(SharedInterceptor::permanent(CapacityInterceptor));
        let client = Client::from_conf(config.build());
        let deadline = Instant::now() + DEFAULT_TIMEOUT;
        let (meter, audit_retention) = (CapacityMeter::default(), AuditRetention::default());
        Self { client, table: table.into(), deadline, meter, audit_retention }
    }

    /// Returns a client whose audit entries are deleted after this time.
    #[must_use]
    pub fn retaining(self, audit_retention: AuditRetention) -> Self {
        Self { audit_retention, ..self }
    }

    /// Returns a client for one request: with its deadline, and a meter of its own.
    #[must_use]
    pub fn with_deadline(&self, deadline: Instant) -> Self {
        Self { deadline, meter: CapacityMeter::default(), ..self.clone() }
    }

    /// Returns the capacity that this request has consumed so far.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.meter.usage()
    }

    /// Returns the deadline.
    #[must_use]
    pub(crate) const fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Returns the SDK's client.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Returns the name of the table.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }
}

/// Returns 128 random bits from the operating system.
///
/// # Errors
/// [`Error::Internal`](crate::domain::error::Error::Internal) if the system has no randomness.
pub(crate) fn random() -> crate::domain::error::Result<u128> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|e| crate::domain::error::Error::internal(e.to_string()))?;
    Ok(u128::from_le_bytes(bytes))
}
