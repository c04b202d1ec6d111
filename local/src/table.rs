//! The table: made if it is missing, and left alone if it is there.

use std::time::Duration;

use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::{create_table::CreateTableError, describe_table::DescribeTableError},
    types::{
        AttributeDefinition, BillingMode, ContinuousBackupsStatus, KeySchemaElement, KeyType,
        PointInTimeRecoverySpecification, PointInTimeRecoveryStatus, ScalarAttributeType, StreamSpecification,
        StreamViewType, TableDescription, TableStatus, TimeToLiveSpecification, TimeToLiveStatus,
    },
};
use tokio::time::{Instant, sleep};

use crate::error::in_one_line;

/// The keys of the table: partition, sort.
const KEYS: [(&str, KeyType); 2] = [("pk", KeyType::Hash), ("sk", KeyType::Range)];

/// The attribute that says when an item may be removed, in seconds since 1970.
const TIME_TO_LIVE: &str = "ttl";

/// How long a table may take to become active. AWS needs seconds.
const PATIENCE: Duration = Duration::from_mins(2);

/// What there was to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The table is new.
    Created,
    /// The table was there.
    Found,
}

/// Why there is no table to work with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TableError {
    /// DynamoDB does not answer, or there are no credentials for it.
    #[error("{0}")]
    Unreachable(String),
    /// DynamoDB refuses.
    #[error("{call}: {reason}")]
    Refused {
        /// The call it refuses.
        call: &'static str,
        /// What it says.
        reason: String,
    },
    /// It has keys other than Berth's.
    #[error("it is there, but its keys are not {} and {}: it is not a table of Berth's", KEYS[0].0, KEYS[1].0)]
    Foreign,
    /// It did not become active in time.
    #[error("it is not active after {} s", PATIENCE.as_secs())]
    Inactive,
}

/// Whether the table is there, with the keys it must have.
pub(crate) async fn exists(client: &Client, table: &str) -> Result<bool, TableError> {
    let Some(found) = describe(client, table).await? else { return Ok(false) };
    let keys = found.key_schema().iter().map(|key| (key.attribute_name(), key.key_type()));
    if keys.eq(KEYS.iter().map(|(name, kind)| (*name, kind))) { Ok(true) } else { Err(TableError::Foreign) }
}

/// Makes the table if it is missing, and waits until it can be used. Whatever a call that broke off has left undone is
/// done by the next.
///
/// On AWS (`at_aws`) it keeps a history to restore any second of the last 35 days from, cannot be deleted by a single
/// call, and has a stream of its changes. Emulators know nothing of the first, and their tables are meant to be thrown
/// away. A stream that nobody reads would cost the embedded store dear: with each write it looks through all records.
pub(crate) async fn ensure(client: &Client, table: &str, at_aws: bool) -> Result<Outcome, TableError> {
    let outcome = if exists(client, table).await? {
        Outcome::Found
    } else {
        create(client, table, at_aws).await?;
        Outcome::Created
    };
    wait_until_active(client, table).await?;
    ensure_time_to_live(client, table).await?;
    if at_aws {
        ensure_history(client, table).await?;
    }
    Ok(outcome)
}

async fn describe(client: &Client, table: &str) -> Result<Option<TableDescription>, TableError> {
    match client.describe_table().table_name(table).send().await {
        Ok(answer) => Ok(answer.table),
        Err(error) if error.as_service_error().is_some_and(DescribeTableError::is_resource_not_found_exception) => {
            Ok(None)
        }
        Err(error) => Err(failure("DescribeTable", &error)),
    }
}

async fn create(client: &Client, table: &str, at_aws: bool) -> Result<(), TableError> {
    let mut call = client.create_table().table_name(table).billing_mode(BillingMode::PayPerRequest);
    for (name, kind) in KEYS {
        let attribute = AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S);
        let key = KeySchemaElement::builder().attribute_name(name).key_type(kind);
        call = call.attribute_definitions(built(attribute.build())?).key_schema(built(key.build())?);
    }
    if at_aws {
        let stream = StreamSpecification::builder().stream_enabled(true);
        let stream = stream.stream_view_type(StreamViewType::NewAndOldImages).build();
        call = call.deletion_protection_enabled(true).stream_specification(built(stream)?);
    }
    match call.send().await {
        Ok(_) => Ok(()),
        // Someone else makes it at this moment: the same table.
        Err(error) if error.as_service_error().is_some_and(CreateTableError::is_resource_in_use_exception) => Ok(()),
        Err(error) => Err(failure("CreateTable", &error)),
    }
}

async fn wait_until_active(client: &Client, table: &str) -> Result<(), TableError> {
    let deadline = Instant::now() + PATIENCE;
    let mut pause = Duration::from_millis(50);
    loop {
        let status = describe(client, table).await?.and_then(|table| table.table_status);
        if matches!(status, Some(TableStatus::Active | TableStatus::Updating)) {
            return Ok(());
        }
        if Instant::now() >= deadline {
            return Err(TableError::Inactive);
        }
        sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(2));
    }
}

async fn ensure_time_to_live(client: &Client, table: &str) -> Result<(), TableError> {
    let found = client.describe_time_to_live().table_name(table).send().await;
    let found = found.map_err(|error| failure("DescribeTimeToLive", &error))?.time_to_live_description;
    let status = found.and_then(|found| found.time_to_live_status);
    if matches!(status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)) {
        return Ok(());
    }
    let wanted = built(TimeToLiveSpecification::builder().attribute_name(TIME_TO_LIVE).enabled(true).build())?;
    let answer = client.update_time_to_live().table_name(table).time_to_live_specification(wanted).send().await;
    answer.map(|_| ()).map_err(|error| failure("UpdateTimeToLive", &error))
}

async fn ensure_history(client: &Client, table: &str) -> Result<(), TableError> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let found = client.describe_continuous_backups().table_name(table).send().await;
        let found = found.map_err(|error| failure("DescribeContinuousBackups", &error))?.continuous_backups_description;
        let (ready, recovery) = found.map_or((false, None), |found| {
            let ready = found.continuous_backups_status == ContinuousBackupsStatus::Enabled;
            (ready, found.point_in_time_recovery_description.and_then(|found| found.point_in_time_recovery_status))
        });
        if recovery == Some(PointInTimeRecoveryStatus::Enabled) {
            return Ok(());
        }
        // For some seconds a new table has nothing that could be switched on.
        if ready || Instant::now() >= deadline {
            break;
        }
        sleep(Duration::from_secs(2)).await;
    }
    let wanted = built(PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true).build())?;
    let call = client.update_continuous_backups().table_name(table).point_in_time_recovery_specification(wanted);
    call.send().await.map(|_| ()).map_err(|error| failure("UpdateContinuousBackups", &error))
}

/// A part of a call. It cannot fail, as all its members are given.
fn built<T>(part: Result<T, aws_sdk_dynamodb::error::BuildError>) -> Result<T, TableError> {
    part.map_err(|error| TableError::Refused { call: "build", reason: in_one_line(&error) })
}

fn failure<E, R>(call: &'static str, error: &SdkError<E, R>) -> TableError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    match error {
        SdkError::ServiceError(_) => {
            let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
            let reason = format!("{}: {}", text(error.code()), text(error.message()));
            TableError::Refused { call, reason: reason.trim_matches([':', ' ']).to_owned() }
        }
        _ => TableError::Unreachable(in_one_line(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{client::sdk_config, embedded::Embedded};

    async fn client(store: &Embedded) -> Client {
        Client::new(&sdk_config(Some(store.url()), None).await)
    }

    #[tokio::test]
    async fn a_missing_table_is_made_and_found_ever_after() {
        let store = Embedded::open(None).unwrap();
        let client = client(&store).await;
        assert!(!exists(&client, "berth").await.unwrap());
        assert_eq!(ensure(&client, "berth", false).await.unwrap(), Outcome::Created);
        assert_eq!(ensure(&client, "berth", false).await.unwrap(), Outcome::Found);
        assert!(exists(&client, "berth").await.unwrap());

        let table = describe(&client, "berth").await.unwrap().unwrap();
        assert_eq!(
            table.billing_mode_summary().and_then(|mode| mode.billing_mode()),
            Some(&BillingMode::PayPerRequest)
        );
        assert_eq!(table.stream_specification(), None);
        let ttl =
            client.describe_time_to_live().table_name("berth").send().await.unwrap().time_to_live_description.unwrap();
        assert_eq!(ttl.attribute_name(), Some(TIME_TO_LIVE));
    }

    #[tokio::test]
    async fn at_aws_it_has_a_stream_and_cannot_be_deleted() {
        let store = Embedded::open(None).unwrap();
        let client = client(&store).await;
        create(&client, "berth", true).await.unwrap();
        let table = describe(&client, "berth").await.unwrap().unwrap();
        let stream = table.stream_specification().unwrap();
        assert!(stream.stream_enabled());
        assert_eq!(stream.stream_view_type(), Some(&StreamViewType::NewAndOldImages));
        assert_eq!(table.deletion_protection_enabled(), Some(true));
    }

    #[tokio::test]
    async fn many_may_make_it_at_once() {
        let store = Embedded::open(None).unwrap();
        let client = client(&store).await;
        let made = futures::future::join_all((0..8).map(|_| ensure(&client, "berth", false))).await;
        assert!(made.iter().all(Result::is_ok), "{made:?}");
    }

    #[tokio::test]
    async fn a_table_with_other_keys_is_not_ours() {
        let store = Embedded::open(None).unwrap();
        let client = client(&store).await;
        let attribute = AttributeDefinition::builder().attribute_name("id").attribute_type(ScalarAttributeType::S);
        let key = KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash);
        client
            .create_table()
            .table_name("berth")
            .billing_mode(BillingMode::PayPerRequest)
            .attribute_definitions(attribute.build().unwrap())
            .key_schema(key.build().unwrap())
            .send()
            .await
            .unwrap();
        assert!(matches!(ensure(&client, "berth", false).await, Err(TableError::Foreign)));
    }

    #[tokio::test]
    async fn a_store_that_is_gone_is_unreachable() {
        let store = Embedded::open(None).unwrap();
        let client = client(&store).await;
        store.close().await;
        let error = ensure(&client, "berth", false).await.unwrap_err();
        assert!(matches!(error, TableError::Unreachable(_)), "{error}");
    }

    #[tokio::test]
    async fn a_refusal_says_which_call_was_refused_and_why() {
        let store = Embedded::open(None).unwrap();
        let error = ensure(&client(&store).await, "a", false).await.unwrap_err().to_string();
        assert!(error.starts_with("DescribeTable: ValidationException: "), "{error}");
    }
}
