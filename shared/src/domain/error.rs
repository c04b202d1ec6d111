//! What a caller is told when a call does not succeed.
//!
//! An [`Error`] knows nothing of HTTP but the status of its [`Code`]; `http::problem` writes it down. What a caller may
//! read (`detail`, `failures`) and what only the log may hold (`Internal`, `Unavailable`) have different types, so the
//! second cannot end up in an answer.

use std::fmt;

use crate::domain::id::Kind;

/// The result of anything that may be refused.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call did not do what was asked.
#[derive(Debug)]
pub enum Error {
    /// The caller can do something about it: change the request, the credential or the state it met.
    Client(Box<ClientError>),
    /// This `Idempotency-Key` was answered before, to the same request: not a failure, the first answer goes out again.
    Replay(Box<RecordedResponse>),
    /// The store did not answer in time. Nothing is wrong with the request: the same call may succeed later.
    Unavailable(Cause),
    /// Berth's own mistake. The caller learns the request id and nothing else.
    Internal(Cause),
}

/// A refusal that the caller can do something about.
#[derive(Debug)]
pub struct ClientError {
    /// What is refused.
    pub code: Code,
    /// One sentence for the engineer who reads the answer.
    pub detail: String,
    /// Every failure of a validation, in the order of the request.
    pub failures: Vec<FieldError>,
    /// For a conflict: the id of the thing in the way, `None` where the caller may not see it.
    pub conflict_id: Option<String>,
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Where it is.
    pub place: FieldLocation,
    /// What it must be, beginning with the name of the place.
    pub detail: String,
}

/// Where in a request something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldLocation {
    /// A JSON pointer (RFC 6901) into the body.
    Body(String),
    /// The name of a query parameter or a header.
    Parameter(String),
}

/// The answer that was given when an `Idempotency-Key` was first used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedResponse {
    /// The status.
    pub status: u16,
    /// `Location`, where there was one.
    pub location: Option<String>,
    /// `ETag`, where there was one.
    pub etag: Option<String>,
    /// The body, without secrets.
    pub body: String,
}

/// What the log is told of an error that callers are told nothing of.
pub struct Cause(Box<dyn std::error::Error + Send + Sync>);

impl Cause {
    /// The cause `error`; a text will do.
    pub fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(error.into())
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $status:literal $text:literal;)*) => {
        /// The machine-readable name of a refusal.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* $code,)* }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$code),*];

            /// The HTTP status: one for each code.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$code => $status,)* }
            }

            /// The name as answers write it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => $text,)* }
            }
        }
    };
}

codes! {
    /// The body cannot be read as JSON at all.
    MalformedBody = 400 "MALFORMED_BODY";
    /// Members, parameters or headers are missing or wrong; `errors` lists all of them.
    ValidationFailed = 400 "VALIDATION_FAILED";
    /// Another dock has this domain.
    DomainAlreadyRegistered = 400 "DOMAIN_ALREADY_REGISTERED";
    /// No credential, or one that does not hold. Which of the many reasons it is, only the log knows.
    Unauthorized = 401 "UNAUTHORIZED";
    /// The credential holds, but not the scope that the call needs.
    InsufficientScope = 403 "INSUFFICIENT_SCOPE";
    /// Only a key of the platform may do this.
    PlatformKeyRequired = 403 "PLATFORM_KEY_REQUIRED";
    /// A key can only hand on the scopes that it holds.
    ScopeNotHeld = 403 "SCOPE_NOT_HELD";
    /// The party is another organization's.
    PartyOfAnotherOrganization = 403 "PARTY_OF_ANOTHER_ORGANIZATION";
    /// The dock is another organization's.
    DockOfAnotherOrganization = 403 "DOCK_OF_ANOTHER_ORGANIZATION";
    /// No endpoint has this path.
    RouteNotFound = 404 "ROUTE_NOT_FOUND";
    /// No such organization, or not one that the caller may see.
    OrganizationNotFound = 404 "ORGANIZATION_NOT_FOUND";
    /// No such dock, or not one that the caller may see.
    DockNotFound = 404 "DOCK_NOT_FOUND";
    /// No such party, or not one that the caller may see.
    PartyNotFound = 404 "PARTY_NOT_FOUND";
    /// No such role, or not one that the caller may see.
    RoleNotFound = 404 "ROLE_NOT_FOUND";
    /// No such API key, or not one that the caller may see.
    ApiKeyNotFound = 404 "API_KEY_NOT_FOUND";
    /// The path exists, the method does not; `Allow` lists those that do.
    MethodNotAllowed = 405 "METHOD_NOT_ALLOWED";
    /// The party holds this role in this dock.
    RoleAlreadyAssigned = 409 "ROLE_ALREADY_ASSIGNED";
    /// Another organization has this slug.
    SlugAlreadyTaken = 409 "SLUG_ALREADY_TAKEN";
    /// The resource is not in the version that `If-Match` names.
    PreconditionFailed = 412 "PRECONDITION_FAILED";
    /// The body is larger than 256 KiB.
    BodyTooLarge = 413 "BODY_TOO_LARGE";
    /// The body is not JSON by its content type.
    UnsupportedMediaType = 415 "UNSUPPORTED_MEDIA_TYPE";
    /// The `Idempotency-Key` was used for another request.
    IdempotencyKeyReused = 422 "IDEMPOTENCY_KEY_REUSED";
    /// Berth failed; the request id leads to the log line.
    Internal = 500 "INTERNAL_ERROR";
    /// The store did not answer in time; try again.
    Unavailable = 503 "STORE_UNAVAILABLE";
}

impl Error {
    /// A refusal that needs no more than a sentence.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self::Client(Box::new(ClientError { code, detail: detail.into(), failures: Vec::new(), conflict_id: None }))
    }

    /// There is no such resource, or the caller may not see it: one and the same answer.
    #[must_use]
    pub fn not_found<K: Kind>() -> Self {
        let mut noun = K::NOUN.to_owned();
        noun[..1].make_ascii_uppercase();
        Self::new(K::NOT_FOUND, format!("{noun} not found"))
    }

    /// A validation failed. `failures` must not be empty.
    #[must_use]
    pub fn invalid(failures: Vec<FieldError>) -> Self {
        let detail = failures.iter().map(|failure| failure.detail.as_str()).collect::<Vec<_>>().join("; ");
        Self::Client(Box::new(ClientError { code: Code::ValidationFailed, detail, failures, conflict_id: None }))
    }

    /// Something that stands in the way. `conflict_id` names it where the caller may see it.
    #[must_use]
    pub fn conflict(code: Code, detail: impl Into<String>, conflict_id: Option<String>) -> Self {
        Self::Client(Box::new(ClientError { code, detail: detail.into(), failures: Vec::new(), conflict_id }))
    }

    /// The precondition of `If-Match` does not hold.
    #[must_use]
    pub fn precondition_failed() -> Self {
        Self::new(Code::PreconditionFailed, "The resource is not in the version that If-Match names")
    }

    /// Berth's own mistake.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(Cause::new(cause))
    }

    /// The store did not answer in time.
    pub fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(Cause::new(cause))
    }

    /// The code that the answer carries; an answer that is sent again carries none.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Client(refusal) => Some(refusal.code),
            Self::Replay(_) => None,
            Self::Unavailable(_) => Some(Code::Unavailable),
            Self::Internal(_) => Some(Code::Internal),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(refusal) => f.write_str(&refusal.detail),
            Self::Replay(_) => f.write_str("answered before"),
            Self::Unavailable(cause) | Self::Internal(cause) => cause.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl FieldError {
    /// A failure at a member of the body. `pointer` begins with `/`.
    #[must_use]
    pub fn body(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { place: FieldLocation::Body(pointer.into()), detail: detail.into() }
    }

    /// A failure of the query parameter or header `name`.
    #[must_use]
    pub fn parameter(name: &str, detail: impl fmt::Display) -> Self {
        Self { place: FieldLocation::Parameter(name.to_owned()), detail: format!("{name} {detail}") }
    }
}
