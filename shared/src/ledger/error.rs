//! Errors of the ledger's dialect: a body of ten fields, all always written, and a text for what cannot be decoded.

use lambda_http::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    domain::{
        InvalidLedgerId,
        error::{Code, Error},
    },
    http::TokenFailure,
};

/// The result of a call in the ledger's dialect.
pub type LedgerResult<T> = Result<T, LedgerFailure>;

/// Why a call in the ledger's dialect did not do what was asked.
#[derive(Debug)]
pub enum LedgerFailure {
    /// The ledger refused.
    Ledger(LedgerError),
    /// The request does not have the form of one: a text, since it never reached the ledger.
    Undecodable(Decoding),
    /// A refusal that is a text, whatever is asked for: of a path or method that there is not, of a service that is not
    /// ready.
    Text(StatusCode, String),
    /// What goes wrong in Berth whatever the dialect.
    Berth(Error),
}

/// Which part of a request does not have its form, and why.
#[derive(Debug)]
pub struct Decoding {
    /// `body`, `query parameter pageSize`, `header Authorization`.
    pub input: String,
    /// Why, where there is more to say.
    pub reason: Option<String>,
}

/// What kind of error it is: from it follow the status, the gRPC code and whether to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// The service is not there for the moment.
    Transient,
    /// Somebody else is at the same thing.
    Contention,
    /// A mistake of the service.
    Internal,
    /// Nobody is known to call.
    Unauthenticated,
    /// The caller may not.
    PermissionDenied,
    /// The request is wrong whatever the state.
    InvalidArgument,
    /// The request does not fit the state.
    FailedPrecondition,
    /// There is no such thing.
    NotFound,
}

impl Category {
    /// The number of the category.
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

    /// The gRPC status code that goes with it.
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

    /// The HTTP status that goes with it.
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

    /// Whether callers are told nothing but that something was refused.
    const fn is_redacted(self) -> bool {
        matches!(self, Self::Internal | Self::Unauthenticated | Self::PermissionDenied)
    }
}

/// A refusal of the ledger.
#[derive(Debug)]
pub struct LedgerError {
    /// Its name for programs.
    pub code: &'static str,
    /// One sentence.
    pub cause: String,
    /// What kind it is.
    pub category: Category,
    /// The things it is about: type and name.
    pub resources: Vec<(&'static str, String)>,
    /// Whether the JSON layer refused, before the ledger was asked.
    pub in_json_layer: bool,
    /// Whether the body names the call once more as `correlationId`.
    pub correlated: bool,
}

/// The longest `cause`, in characters.
const MAX_CAUSE: usize = 512;

impl LedgerError {
    /// A refusal of this kind.
    #[must_use]
    pub fn new(category: Category, code: &'static str, cause: impl Into<String>) -> Self {
        let cause = cause.into().chars().take(MAX_CAUSE).collect();
        Self { code, cause, category, resources: Vec::new(), in_json_layer: false, correlated: false }
    }

    /// `INVALID_ARGUMENT`
    #[must_use]
    pub fn invalid_argument(cause: impl Into<String>) -> Self {
        let cause = format!("The submitted request has invalid arguments: {}", cause.into());
        Self::new(Category::InvalidArgument, "INVALID_ARGUMENT", cause)
    }

    /// `INVALID_FIELD`
    #[must_use]
    pub fn invalid_field(field: &str, cause: impl std::fmt::Display) -> Self {
        let cause = format!("The submitted command has a field with invalid value: Invalid field {field}: {cause}");
        Self::new(Category::InvalidArgument, "INVALID_FIELD", cause)
    }

    /// `MISSING_FIELD`
    #[must_use]
    pub fn missing_field(field: &str) -> Self {
        let cause = format!("The submitted command is missing a mandatory field: {field}");
        Self::new(Category::InvalidArgument, "MISSING_FIELD", cause)
    }

    /// The caller may not.
    #[must_use]
    pub fn permission_denied(cause: impl Into<String>) -> Self {
        Self::new(Category::PermissionDenied, "PERMISSION_DENIED", cause)
    }

    /// Nobody is known to call.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(Category::Unauthenticated, "UNAUTHENTICATED", "The command is missing a valid token")
    }

    /// The same refusal, about this thing.
    #[must_use]
    pub fn about(mut self, kind: &'static str, name: impl Into<String>) -> Self {
        self.resources.push((kind, name.into()));
        self
    }

    /// The same refusal, by the JSON layer.
    #[must_use]
    pub fn by_json_layer(self) -> Self {
        Self { in_json_layer: true, ..self }
    }

    /// The same refusal, with a `correlationId`.
    #[must_use]
    pub fn correlated(self) -> Self {
        Self { correlated: true, ..self }
    }

    /// The body, for the call with this trace.
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
    /// Whether the caller's rights are not enough.
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
    /// The text of the answer.
    #[must_use]
    pub fn text(&self) -> String {
        match &self.reason {
            Some(reason) => format!("Invalid value for: {} ({reason})", self.input),
            None => format!("Invalid value for: {}", self.input),
        }
    }
}

/// What is told in the ledger's dialect of an error that knows no dialect.
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
