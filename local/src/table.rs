//! Creation of the table. An existing table is checked and kept.

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

use crate::error::error_chain;

/// Key schema of the table: partition key and sort key.
const KEYS: [(&str, KeyType); 2] = [("pk", KeyType::Hash), ("sk", KeyType::Range)];

/// Time-to-live attribute: when an item expires, in seconds since 1970.
const TIME_TO_LIVE: &str = "ttl";

/// How long to wait for a table to become active. On AWS it takes seconds.
const ACTIVE_TIMEOUT: Duration = Duration::from_mins(2);

/// Result of [`ensure`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The table was created.
    Created,
    /// The table existed.
    Found,
}

/// Error when the table is checked or created.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TableError {
    /// DynamoDB does not respond, or no credentials are configured.
    #[error("{0}")]
    Unreachable(String),
    /// DynamoDB returned an error.
    #[error("{operation}: {reason}")]
    Service {
        /// Name of the DynamoDB operation.
        operation: &'static str,
        /// Code and message of the error.
        reason: String,
    },
    /// The table exists with another key schema.
    #[error("it exists, but its keys are not {} and {}: another application uses it", KEYS[0].0, KEYS[1].0)]
    Foreign,
    /// The table did not become active in time.
    #[error("it is not active after {} s", ACTIVE_TIMEOUT.as_secs())]
    Inactive,
}

/// Returns whether the table exists. Fails if its key schema is not Berth's.
pub(crate) async fn exists(client: &Client, table: &str) -> Result<bool, TableError> {
    let Some(found) = describe(client, table).await? else { return Ok(false) };
    let keys = found.key_schema().iter().map(|key| (key.attribute_name(), key.key_type()));
    if keys.eq(KEYS.iter().map(|(name, kind)| (*name, kind))) { Ok(true) } else { Err(TableError::Foreign) }
}

/// Creates the table if it does not exist, configures it, and waits until it is active. It is idempotent: after an
/// interruption, the next run does the remaining steps.
///
/// On AWS (`at_aws`) the table has point-in-time recovery for 35 days, deletion protection and a stream. Emulators do
/// not support point-in-time recovery, and their tables are disposable. The embedded DynamoDB reads all stream records
/// on each write, so an unused stream would make writes slow.
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
        ensure_point_in_time_recovery(client, table).await?;
    }
    Ok(outcome)
}

async fn describe(client: &Client, table: &str) -> Result<Option<TableDescription>, TableError> {
    match client.describe_table().table_name(table).send().await {
        Ok(response) => Ok(response.table),
        Err(error) if error.as_service_error().is_some_and(DescribeTableError::is_resource_not_found_exception) => {
            Ok(None)
        }
        Err(error) => Err(service_error("DescribeTable", &error)),
    }
}

async fn create(client: &Client, table: &str, at_aws: bool) -> Result<(), TableError> {
    let mut request = client.create_table().table_name(table).billing_mode(BillingMode::PayPerRequest);
    for (name, kind) in KEYS {
        let attribute = AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S);
        let key = KeySchemaElement::builder().attribute_name(name).key_type(kind);
        request = request.attribute_definitions(built(attribute.build())?).key_schema(built(key.build())?);
    }
    if at_aws {
        let stream = StreamSpecification::builder().stream_enabled(true);
        let stream = stream.stream_view_type(StreamViewType::NewAndOldImages).build();
        request = request.deletion_protection_enabled(true).stream_specification(built(stream)?);
    }
    match request.send().await {
        Ok(_) => Ok(()),
        // Another process is creating the same table.
        Err(error) if error.as_service_error().is_some_and(CreateTableError::is_resource_in_use_exception) => Ok(()),
        Err(error) => Err(service_error("CreateTable", &error)),
    }
}

async fn wait_until_active(client: &Client, table: &str) -> Result<(), TableError> {
    let deadline = Instant::now() + ACTIVE_TIMEOUT;
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
    let found = found.map_err(|error| service_error("DescribeTimeToLive", &error))?.time_to_live_description;
    let status = found.and_then(|found| found.time_to_live_status);
    if matches!(status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)) {
        return Ok(());
    }
    let wanted = built(TimeToLiveSpecification::builder().attribute_name(TIME_TO_LIVE).enabled(true).build())?;
    let response = client.update_time_to_live().table_name(table).time_to_live_specification(wanted).send().await;
    response.map(|_| ()).map_err(|error| service_error("UpdateTimeToLive", &error))
}

async fn ensure_point_in_time_recovery(client: &Client, table: &str) -> Result<(), TableError> {
    let deadline = Instant::now() + ACTIVE_TIMEOUT;
    loop {
        let found = client.describe_continuous_backups().table_name(table).send().await;
        let found =
            found.map_err(|error| service_error("DescribeContinuousBackups", &error))?.continuous_backups_description;
        let (ready, recovery) = found.map_or((false, None), |found| {
            let ready = found.continuous_backups_status == ContinuousBackupsStatus::Enabled;
            (ready, found.point_in_time_recovery_description.and_then(|found| found.point_in_time_recovery_status))
        });
        if recovery == Some(PointInTimeRecoveryStatus::Enabled) {
            return Ok(());
        }
        // Continuous backups of a new table become available after some seconds.
        if ready || Instant::now() >= deadline {
            break;
        }
        sleep(Duration::from_secs(2)).await;
    }
    let wanted = built(PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true).build())?;
    let request = client.update_continuous_backups().table_name(table).point_in_time_recovery_specification(wanted);
    request.send().await.map(|_| ()).map_err(|error| service_error("UpdateContinuousBackups", &error))
}

/// Returns a built part of a request. Building does not fail, because all required members are set.
fn built<T>(part: Result<T, aws_sdk_dynamodb::error::BuildError>) -> Result<T, TableError> {
    part.map_err(|error| TableError::Service { operation: "build", reason: error_chain(&error) })
}

fn service_error<E, R>(operation: &'static str, error: &SdkError<E, R>) -> TableError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    match error {
        SdkError::ServiceError(_) => {
            let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
            let reason = format!("{}: {}", text(error.code()), text(error.message()));
            TableError::Service { operation, reason: reason.trim_matches([':', ' ']).to_owned() }
        }
        _ => TableError::Unreachable(error_chain(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EmbeddedDynamoDb;

    async fn client(dynamodb: &EmbeddedDynamoDb) -> Client {
        Client::new(&dynamodb.sdk_config().await)
    }

    #[tokio::test]
    async fn a_missing_table_is_created_once() {
        let dynamodb = EmbeddedDynamoDb::open(None).unwrap();
        let client = client(&dynamodb).await;
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
    async fn a_table_on_aws_has_a_stream_and_deletion_protection() {
        let dynamodb = EmbeddedDynamoDb::open(None).unwrap();
        let client = client(&dynamodb).await;
        create(&client, "berth", true).await.unwrap();
        let table = describe(&client, "berth").await.unwrap().unwrap();
        let stream = table.stream_specification().unwrap();
        assert!(stream.stream_enabled());
        assert_eq!(stream.stream_view_type(), Some(&StreamViewType::NewAndOldImages));
        assert_eq!(table.deletion_protection_enabled(), Some(true));
    }

    #[tokio::test]
    async fn concurrent_creations_succeed() {
        let dynamodb = EmbeddedDynamoDb::open(None).unwrap();
        let client = client(&dynamodb).await;
        let results = futures::future::join_all((0..8).map(|_| ensure(&client, "berth", false))).await;
        assert!(results.iter().all(Result::is_ok), "{results:?}");
    }

    #[tokio::test]
    async fn a_table_with_another_key_schema_is_rejected() {
        let dynamodb = EmbeddedDynamoDb::open(None).unwrap();
        let client = client(&dynamodb).await;
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
    async fn a_closed_dynamodb_is_unreachable() {
        let dynamodb = EmbeddedDynamoDb::open(None).unwrap();
        let client = client(&dynamodb).await;
        dynamodb.close().await;
        let error = ensure(&client, "berth", false).await.unwrap_err();
        assert!(matches!(error, TableError::Unreachable(_)), "{error}");
    }

    #[tokio::test]
    async fn a_service_error_names_the_operation_and_the_code() {
        let dynamodb = EmbeddedDynamoDb::open(None).unwrap();
        let error = ensure(&client(&dynamodb).await, "a", false).await.unwrap_err().to_string();
        assert!(error.starts_with("DescribeTable: ValidationException: "), "{error}");
    }
}
