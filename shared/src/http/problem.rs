//! Refusals as JSON: problem details (RFC 9457) with the origin's three members beside them.

use lambda_http::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::error::{Code, Error, FieldError, FieldLocation};

/// The one shape of every refusal.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// `/problems/` and the code in lower case.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// The status.
    pub status: u16,
    /// One sentence for the engineer who reads it.
    pub detail: String,
    /// The path of the call.
    pub instance: String,
    /// The refusal's name for programs.
    pub code: String,
    /// The id of the call, which is in the log, too.
    pub request_id: String,
    /// Everything that is wrong with the request; only where a validation failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<ProblemDetail>>,
    /// The id of what is in the way, `null` where the caller may not see it; only on conflicts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub conflict_id: Option<Option<String>>,
    /// The status again.
    pub status_code: u16,
    /// A sentence; for a failed validation, one for each failure.
    pub message: Message,
    /// The status in words again.
    pub error: String,
}

/// One thing that is wrong with a request.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProblemDetail {
    /// Where in the body (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Which query parameter or header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// What it must be.
    pub detail: String,
}

/// A sentence, or one for each failure of a validation.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Message {
    /// A sentence.
    One(String),
    /// One for each failure.
    Each(Vec<String>),
}

impl Problem {
    /// What a caller is told of `error`, which happened to the call `request_id` of the path `instance`.
    #[must_use]
    pub fn of(error: &Error, instance: &str, request_id: &str) -> Self {
        let code = error.code().unwrap_or(Code::Internal);
        let title = reason(code.status());
        let (detail, failures, conflict_id) = match error {
            Error::Client(refusal) => {
                let conflict_id = (code.status() == 409).then(|| refusal.conflict_id.clone());
                (refusal.detail.clone(), refusal.failures.as_slice(), conflict_id)
            }
            Error::Unavailable(_) => ("The store did not answer in time; try again".to_owned(), [].as_slice(), None),
            Error::Internal(_) | Error::Replay(_) => ("Something went wrong".to_owned(), [].as_slice(), None),
        };
        let (errors, message) = match failures {
            [] => (None, Message::One(detail.clone())),
            failures => {
                let sentences = failures.iter().map(|failure| failure.detail.clone()).collect();
                (Some(failures.iter().map(ProblemDetail::of).collect()), Message::Each(sentences))
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
            conflict_id,
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

/// The status in words, as RFC 9110 has them.
fn reason(status: u16) -> &'static str {
    let status = StatusCode::from_u16(status).ok();
    status.and_then(|status| status.canonical_reason()).unwrap_or("Error")
}
