//! Error responses: problem details (RFC 9457), with the three members of the original API's errors.

use std::borrow::Cow;

use lambda_http::http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use crate::domain::error::{Code, Error, FieldError, FieldLocation, MAX_FAILURES, OwnedResources};

/// Error response (RFC 9457). Programs should branch on `code`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// URI reference of the problem type: `/problems/` and `code` in lower case with hyphens.
    #[serde(rename = "type")]
    pub kind: String,
    /// Reason phrase of the status, for example `Not Found`.
    pub title: String,
    /// HTTP status code.
    #[schemars(range(min = 400, max = 599))]
    pub status: u16,
    /// Explanation for developers, in English. It may change.
    pub detail: String,
    /// Path of the request.
    pub instance: String,
    /// Machine-readable error code.
    #[schemars(with = "ErrorCode")]
    pub code: String,
    /// Identifier of the request, as in `X-Request-Id`. Quote it in support requests.
    pub request_id: String,
    /// Violations in the request: all of them, or the first 100. Present only if validation failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<ProblemDetail>", length(max = MAX_FAILURES))]
    pub errors: Option<Vec<ProblemDetail>>,
    /// `true` if the request has more violations than `errors` lists. Absent otherwise.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schemars(with = "bool", extend("const" = true))]
    pub errors_truncated: bool,
    /// Identifier of the conflicting resource; `null` if it is not visible to the caller. Present only with status 409.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub conflict_id: Option<Option<String>>,
    /// Resources that the organization owns. Present only with the code `ORGANIZATION_NOT_EMPTY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "OwnedResources")]
    pub counts: Option<OwnedResources>,
    /// HTTP status code, as in `status`.
    #[schemars(range(min = 400, max = 599))]
    pub status_code: u16,
    /// Explanation as in `detail`; if validation failed, one string for each violation in `errors`.
    pub message: Message,
    /// Reason phrase of the status, as in `title`.
    pub error: String,
}

/// Violation in a request. Exactly one of `pointer` and `parameter` is present.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProblemDetail {
    /// JSON Pointer (RFC 6901) to the value in the body; empty for the body itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub pointer: Option<String>,
    /// Name of the query parameter, path parameter or header.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub parameter: Option<String>,
    /// Violated requirement, beginning with the name of the member, parameter or header.
    pub detail: String,
}

/// Explanation; if validation failed, one string per violation.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ProblemMessage")]
#[serde(untagged)]
pub enum Message {
    /// Explanation of the error.
    One(String),
    /// One explanation per violation.
    Each(Vec<String>),
}

/// Schema of `code`. It is an open enumeration, because later versions may add codes.
struct ErrorCode;

impl JsonSchema for ErrorCode {
    fn schema_name() -> Cow<'static, str> {
        "ErrorCode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        json_schema!({
            "type": "string",
            "description": "Machine-readable error code.",
            "x-extensible-enum": codes,
        })
    }
}

impl Problem {
    /// Creates the error response for `error` in the request `request_id` to the path `instance`.
    ///
    /// The causes of internal errors and of DynamoDB errors are not disclosed.
    #[must_use]
    pub fn of(error: &Error, instance: &str, request_id: &str) -> Self {
        let code = error.code().unwrap_or(Code::Internal);
        let title = reason_phrase(code.status());
        let (detail, failures, conflict_id) = match error {
            Error::Client(error) => {
                let conflict_id = (code.status() == 409).then(|| error.conflict_id.clone());
                (error.detail.clone(), error.failures.as_slice(), conflict_id)
            }
            Error::Unavailable(_) => {
                ("DynamoDB did not respond in time; retry the request".to_owned(), [].as_slice(), None)
            }
            Error::Internal(_) | Error::Replay(_) => ("An internal error occurred".to_owned(), [].as_slice(), None),
        };
        let counts = match error {
            Error::Client(error) => error.counts,
            _ => None,
        };
        let errors_truncated = failures.len() > MAX_FAILURES;
        let (errors, message) = match &failures[..failures.len().min(MAX_FAILURES)] {
            [] => (None, Message::One(detail.clone())),
            failures => {
                let details = failures.iter().map(|failure| failure.detail.clone()).collect();
                (Some(failures.iter().map(ProblemDetail::of).collect()), Message::Each(details))
            }
        };
        Self {
            kind: format!("/problems/{}", code.as_str().to_ascii_lowercase().replace('_', "-")),
            title: title.to_owned(),
            status: code.status(),
            detail,
            instance: instance.to_owned(),
            code: code.as_str().to_owned(),
            request_id: request_id.to_owned(),
            errors,
            errors_truncated,
            conflict_id,
            counts,
            status_code: code.status(),
            message,
            error: title.to_owned(),
        }
    }
}

impl ProblemDetail {
    fn of(failure: &FieldError) -> Self {
        let (pointer, parameter) = match &failure.place {
            FieldLocation::Body(pointer) => (Some(pointer.clone()), None),
            FieldLocation::Parameter(name) => (None, Some(name.clone())),
        };
        Self { pointer, parameter, detail: failure.detail.clone() }
    }
}

/// Returns the reason phrase of a status (RFC 9110).
fn reason_phrase(status: u16) -> &'static str {
    let status = StatusCode::from_u16(status).ok();
    status.and_then(|status| status.canonical_reason()).unwrap_or("Error")
}
