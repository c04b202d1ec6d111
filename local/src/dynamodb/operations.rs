//! The operations of DynamoDB's JSON protocol (`application/x-amz-json-1.0`), performed by dynoxide.

use dynoxide::{Database, errors::DynoxideError};
use lambda_http::http::StatusCode;
use serde_json::json;

/// Prefixes of the header `X-Amz-Target`.
const SERVICES: [&str; 2] = ["DynamoDB_20120810.", "DynamoDBStreams_20120810."];

/// Performs the operation that `target` names, and returns status and body of the response.
pub(super) fn perform(database: &Database, target: &str, body: &[u8]) -> (StatusCode, String) {
    let operation = SERVICES.iter().find_map(|service| target.strip_prefix(service)).unwrap_or_default();
    match dispatch(database, operation, body) {
        Some(Ok(body)) => (StatusCode::OK, body),
        Some(Err(error)) => {
            let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, error.to_json())
        }
        None => error("com.amazon.coral.service#UnknownOperationException", "the operation is not supported"),
    }
}

/// Returns a response with DynamoDB's form of an error.
pub(super) fn error(kind: &str, message: &str) -> (StatusCode, String) {
    (StatusCode::BAD_REQUEST, json!({ "__type": kind, "message": message }).to_string())
}

/// Returns the error for a body that is not a request of the operation. dynoxide marks violations of DynamoDB's rules with a
/// prefix; serde appends the position.
fn rejection(error: &serde_json::Error) -> DynoxideError {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    let violation = ["VALIDATION:", "VALIDATION_REQUEST:"].iter().find_map(|marker| text.strip_prefix(marker));
    match violation {
        Some(text) => DynoxideError::ValidationException(text.to_owned()),
        None => DynoxideError::SerializationException(text.strip_prefix("SERIALIZATION:").unwrap_or(text).to_owned()),
    }
}

/// Declares the operations. Each name is followed by the method that performs it.
macro_rules! operations {
    ($($name:literal => $method:ident,)*) => {
        /// Returns `None` for an operation that is not supported.
        fn dispatch(database: &Database, operation: &str, body: &[u8]) -> Option<Result<String, DynoxideError>> {
            match operation {
                $($name => Some(
                    serde_json::from_slice(body)
                        .map_err(|error| rejection(&error))
                        .and_then(|request| database.$method(request))
                        .and_then(|response| {
                            serde_json::to_string(&response)
                                .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
                        }),
                ),)*
                _ => None,
            }
        }
    };
}

operations! {
    "BatchGetItem" => batch_get_item,
    "BatchWriteItem" => batch_write_item,
    "CreateTable" => create_table,
    "DeleteItem" => delete_item,
    "DeleteTable" => delete_table,
    "DescribeStream" => describe_stream,
    "DescribeTable" => describe_table,
    "DescribeTimeToLive" => describe_time_to_live,
    "ExecuteStatement" => execute_statement,
    "GetItem" => get_item,
    "GetRecords" => get_records,
    "GetShardIterator" => get_shard_iterator,
    "ListStreams" => list_streams,
    "ListTables" => list_tables,
    "PutItem" => put_item,
    "Query" => query,
    "Scan" => scan,
    "TransactGetItems" => transact_get_items,
    "TransactWriteItems" => transact_write_items,
    "UpdateItem" => update_item,
    "UpdateTable" => update_table,
    "UpdateTimeToLive" => update_time_to_live,
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn response(target: &str, body: &str) -> (u16, Value) {
        let (status, body) = perform(&Database::memory().unwrap(), target, body.as_bytes());
        (status.as_u16(), serde_json::from_str(&body).unwrap())
    }

    #[test]
    fn responses_have_the_form_of_dynamodb() {
        assert_eq!(response("DynamoDB_20120810.ListTables", "{}"), (200, json!({ "TableNames": [] })));
        let (status, body) = response("DynamoDB_20120810.DescribeTable", r#"{"TableName": "none"}"#);
        assert_eq!(status, 400);
        assert!(body["__type"].as_str().unwrap().ends_with("#ResourceNotFoundException"), "{body}");
    }

    #[test]
    fn unknown_operations_and_malformed_bodies_are_errors() {
        for (target, body, kind) in [
            ("DynamoDB_20120810.Explode", "{}", "#UnknownOperationException"),
            ("ListTables", "{}", "#UnknownOperationException"),
            ("", "", "#UnknownOperationException"),
            ("DynamoDB_20120810.ListTables", "", "#SerializationException"),
            ("DynamoDB_20120810.ListTables", "[", "#SerializationException"),
            ("DynamoDB_20120810.DescribeTable", r#"{"TableName": "a"}"#, "#ValidationException"),
        ] {
            let (status, response) = response(target, body);
            assert_eq!(status, 400, "{target} {body}");
            assert!(response["__type"].as_str().unwrap().ends_with(kind), "{target} {body}: {response}");
        }
    }
}
