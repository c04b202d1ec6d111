//! Errors of the ledger dialect: a JSON body with ten fields, or text for an undecodable request.

use lambda_http::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    domain::{
        InvalidLedgerId,
        error::{Code, Error},
    },
    http::TokenFailure,
};

/// The result of a request in the ledger dialect.
pub type LedgerResult<T> = Result<T, LedgerFailure>;

/// Why a request in the ledger dialect failed.
#[derive(Debug)]
pub enum LedgerFailure {
    /// An error of the ledger.
    Ledger(LedgerError),
    /// An undecodable request. The response is text, because the ledger did not process the request.
    Undecodable(Decoding),
    /// An error whose response is always text: an unknown path or method, or a service that is not ready.
    Text(StatusCode, String),
    /// An error that is independent of the dialect.
    Berth(Error),
}

/// The undecodable part of a request.
#[derive(Debug)]
pub struct Decoding {
    /// Name of the part: `body`, `query parameter pageSize`, `header Authorization`.
    pub input: String,
    /// Reason, if known.
    pub reason: Option<String>,
}

/// The category of an error, which determines the status, the gRPC code and whether to retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// The service is temporarily unavailable.
    Transient,
    /// Another request changed the resource concurrently.
    Contention,
    /// A bug or a misconfiguration of the service.
    Internal,
    /// The request has no valid credential.
    Unauthenticated,
    /// The user lacks the right.
    PermissionDenied,
    /// The request is invalid in any state.
    InvalidArgument,
    /// The request is invalid in the current state.
    FailedPrecondition,
    /// The resource does not exist.
    NotFound,
}

impl Category {
    /// Returns the number of the category.
    #[must_use]
    pub const fn number(self) -> i32 {
        match self {
            Self::Transient => 1,
            Self::Contention => 2,
            Self::Internal => 4,
            Self::Unauthenticated => 6,
            Self::PermissionDenied => 7,
            Self::InvalidArgument => 8,
            Self::FailedPrecondition => 9,
            Self::NotFound => 11,
        }
    }

    /// Returns the gRPC status code.
    #[must_use]
    pub const fn grpc(self) -> i32 {
        match self {
            Self::Transient => 14,
            Self::Contention => 10,
            Self::Internal => 13,
            Self::Unauthenticated => 16,
            Self::PermissionDenied => 7,
            Self::InvalidArgument => 3,
            Self::FailedPrecondition => 9,
            Self::NotFound => 5,
        }
    }

    /// Returns the HTTP status.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Transient => StatusCode::SERVICE_UNAVAILABLE,
            Self::Contention => StatusCode::CONFLICT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::PermissionDenied => StatusCode::FORBIDDEN,
            Self::InvalidArgument | Self::FailedPrecondition => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
        }
    }

    const fn retry(self) -> Option<&'static str> {
        match self {
            Self::Transient | Self::Contention => Some("1 second"),
            _ => None,
        }
    }

    /// Returns whether the response contains no details.
    const fn is_redacted(self) -> bool {
        matches!(self, Self::Internal | Self::Unauthenticated | Self::PermissionDenied)
    }
}

/// An error of the ledger.
#[derive(Debug)]
pub struct LedgerError {
    /// Machine-readable code.
    pub code: &'static str,
    /// Description in one sentence.
    pub cause: String,
    /// Category of the error.
    pub category: Category,
    /// Resources of the error: type and name.
    pub resources: Vec<(&'static str, String)>,
    /// Whether the JSON layer rejected the request, before the ledger processed it.
    pub in_json_layer: bool,
    /// Whether the body contains the trace id as `correlationId`, too.
    pub correlated: bool,
}

/// Maximum length of `cause`, in characters.
const MAX_CAUSE: usize = 512;

impl LedgerError {
    /// Returns an error of this category.
    #[must_use]
    pub fn new(category: Category, code: &'static str, cause: impl Into<String>) -> Self {
        let cause = cause.into().chars().take(MAX_CAUSE).collect();
        Self { code, cause, category, resources: Vec::new(), in_json_layer: false, correlated: false }
    }

    /// Returns `INVALID_ARGUMENT`.
    #[must_use]
    pub fn invalid_argument(cause: impl Into<String>) -> Self {
        let cause = format!("The submitted request has invalid arguments: {}", cause.into());
        Self::new(Category::InvalidArgument, "INVALID_ARGUMENT", cause)
    }

    /// Returns `INVALID_FIELD`.
    #[must_use]
    pub fn invalid_field(field: &str, cause: impl std::fmt::Display) -> Self {
        let cause = format!("The submitted command has a field with invalid value: Invalid field {field}: {cause}");
        Self::new(Category::InvalidArgument, "INVALID_FIELD", cause)
    }

    /// Returns `MISSING_FIELD`.
    #[must_use]
    pub fn missing_field(field: &str) -> Self {
        let cause = format!("The submitted command is missing a mandatory field: {field}");
        Self::new(Category::InvalidArgument, "MISSING_FIELD", cause)
    }

    /// Returns `PERMISSION_DENIED`.
    #[must_use]
    pub fn permission_denied(cause: impl Into<String>) -> Self {
        Self::new(Category::PermissionDenied, "PERMISSION_DENIED", cause)
    }

    /// Returns `UNAUTHENTICATED`.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(Category::Unauthenticated, "UNAUTHENTICATED", "The command is missing a valid token")
    }

    /// Adds a resource to the error.
    #[must_use]
    pub fn about(mut self, kind: &'static str, name: impl Into<String>) -> Self {
        self.resources.push((kind, name.into()));
        self
    }

    /// Marks the error as one of the JSON layer.
    #[must_use]
    pub fn by_json_layer(self) -> Self {
        Self { in_json_layer: true, ..self }
    }

    /// Adds a `correlationId` to the body.
    #[must_use]
    pub fn correlated(self) -> Self {
        Self { correlated: true, ..self }
    }

    /// Returns the body for the request with this trace id.
    #[must_use]
    pub fn body(&self, trace_id: &str) -> Value {
        let category = self.category;
        if category.is_redacted() {
            let context = if self.in_json_layer { json!({ "ledger_api_error": "invalid token" }) } else { json!({}) };
            return json!({
                "code": "NA",
                "cause": "A security-sensitive error has been received",
                "correlationId": trace_id,
                "traceId": trace_id,
                "context": context,
                "resources": [],
                "errorCategory": -1,
                "grpcCodeValue": category.grpc(),
                "retryInfo": null,
                "definiteAnswer": null,
            });
        }
        let context = if self.in_json_layer {
            json!({})
        } else {
            json!({
                "category": category.number().to_string(),
                "tid": trace_id,
                "definite_answer": "false",
                "participant": "'berth'",
            })
        };
        json!({
            "code": self.code,
            "cause": self.cause,
            "correlationId": self.correlated.then_some(trace_id),
            "traceId": trace_id,
            "context": context,
            "resources": self.resources,
            "errorCategory": category.number(),
            "grpcCodeValue": category.grpc(),
            "retryInfo": category.retry(),
            "definiteAnswer": self.in_json_layer.then_some(false),
        })
    }
}

impl LedgerFailure {
    /// Returns whether the user lacks the right.
    #[must_use]
    pub fn is_permission(&self) -> bool {
        matches!(self, Self::Ledger(error) if error.category == Category::PermissionDenied)
    }
}

impl From<LedgerError> for LedgerFailure {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

impl From<InvalidLedgerId> for LedgerError {
    fn from(error: InvalidLedgerId) -> Self {
        Self::invalid_argument(error.to_string())
    }
}

impl From<InvalidLedgerId> for LedgerFailure {
    fn from(error: InvalidLedgerId) -> Self {
        Self::Ledger(error.into())
    }
}

impl From<TokenFailure> for LedgerFailure {
    fn from(failure: TokenFailure) -> Self {
        match failure {
            TokenFailure::Invalid(_) => LedgerError::unauthenticated().into(),
            TokenFailure::OtherParticipant => LedgerError::permission_denied("another participant").into(),
            TokenFailure::UnknownUser => LedgerError::permission_denied("unknown user").by_json_layer().into(),
            TokenFailure::Keys(error) => Self::Berth(error),
        }
    }
}

impl From<Decoding> for LedgerFailure {
    fn from(decoding: Decoding) -> Self {
        Self::Undecodable(decoding)
    }
}

impl From<Error> for LedgerFailure {
    fn from(error: Error) -> Self {
        Self::Berth(error)
    }
}

impl Decoding {
    /// Returns the text of the response.
    #[must_use]
    pub fn text(&self) -> String {
        match &self.reason {
            Some(reason) => format!("Invalid value for: {} ({reason})", self.input),
            None => format!("Invalid value for: {}", self.input),
        }
    }
}

/// Translates an error that is independent of the dialect.
#[must_use]
pub(super) fn translated(error: &Error) -> LedgerError {
    match error.code() {
        Some(Code::Unavailable) => LedgerError::new(
            Category::Transient,
            "SERVICE_NOT_RUNNING",
            "The service is not available at the moment; try again",
        ),
        Some(Code::Unauthorized) => LedgerError::unauthenticated(),
        Some(Code::InsufficientScope) => LedgerError::permission_denied(error.to_string()),
        _ => LedgerError::new(Category::Internal, "INTERNAL", "Something went wrong"),
    }
}
