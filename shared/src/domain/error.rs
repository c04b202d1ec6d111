//! Errors of Berth.
//!
//! An [`Error`] is independent of HTTP, except for the status of its [`Code`]. `http::problem` serializes it. Data for
//! clients (`detail`, `failures`) and data for the log (`Cause`) have different types, so that the latter cannot appear
//! in a response.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::id::Kind;

/// The result of a fallible operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The reason why a request failed or was replayed.
#[derive(Debug)]
pub enum Error {
    /// The client can correct the request, the credential or the state of the resource.
    Client(Box<ClientError>),
    /// The `Idempotency-Key` was used for the same request before. This is not a failure: the first response is
    /// replayed.
    Replay(Box<RecordedResponse>),
    /// DynamoDB did not respond in time. The same request may succeed later.
    Unavailable(Cause),
    /// A bug or a misconfiguration. Clients get only the request id.
    Internal(Cause),
}

/// An error that the client can correct.
#[derive(Debug)]
pub struct ClientError {
    /// Machine-readable code.
    pub code: Code,
    /// One sentence for the developer of the client.
    pub detail: String,
    /// The violations of a failed validation, in the order of the request: at most one more than [`MAX_FAILURES`].
    pub failures: Vec<FieldError>,
    /// For a conflict: id of the conflicting resource; `None` if the client may not access it.
    pub conflict_id: Option<String>,
    /// For an organization that is not empty: what it owns.
    pub counts: Option<OwnedResources>,
}

/// Numbers of the resources that prevent the deletion of an organization.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnedResources {
    /// Number of docks.
    pub docks: u64,
    /// Number of parties.
    pub parties: u64,
    /// Number of machine clients.
    pub machine_clients: u64,
    /// Number of API keys that are neither revoked nor expired.
    pub api_keys: u64,
}

/// Maximum number of violations in an error response. If there are more, the response says so.
pub const MAX_FAILURES: usize = 100;

/// A violation in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Location of the value.
    pub place: FieldLocation,
    /// The requirement that the value violates, beginning with the name of the value.
    pub detail: String,
}

/// The location of a value in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldLocation {
    /// A JSON pointer (RFC 6901) into the body.
    Body(String),
    /// The name of a query parameter or a header.
    Parameter(String),
}

/// The recorded response to the first request with an `Idempotency-Key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedResponse {
    /// HTTP status.
    pub status: u16,
    /// `Location` header, if the response has one.
    pub location: Option<String>,
    /// `ETag` header, if the response has one.
    pub etag: Option<String>,
    /// Body without secrets.
    pub body: String,
}

/// The cause of an error, for the log. Clients do not see it.
pub struct Cause(Box<dyn std::error::Error + Send + Sync>);

impl Cause {
    /// Returns the cause with this error or text.
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
        /// The machine-readable code of an error.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* $code,)* }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$code),*];

            /// Returns the HTTP status.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$code => $status,)* }
            }

            /// Returns the name as in responses.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => $text,)* }
            }
        }
    };
}

codes! {
    /// The body is not valid JSON.
    MalformedBody = 400 "MALFORMED_BODY";
    /// Members, parameters or headers are missing or invalid; `errors` lists all of them.
    ValidationFailed = 400 "VALIDATION_FAILED";
    /// Another dock has this domain.
    DomainAlreadyRegistered = 400 "DOMAIN_ALREADY_REGISTERED";
    /// The credential is missing or invalid. Only the log contains the reason.
    Unauthorized = 401 "UNAUTHORIZED";
    /// The credential is valid, but lacks the scope of the operation.
    InsufficientScope = 403 "INSUFFICIENT_SCOPE";
    /// The operation requires a platform key.
    PlatformKeyRequired = 403 "PLATFORM_KEY_REQUIRED";
    /// A key can grant only scopes that it holds, and change, rotate or revoke only keys whose scopes it holds.
    ScopeNotHeld = 403 "SCOPE_NOT_HELD";
    /// The credential is bound to a dock, and the operation concerns more than that dock.
    DockBoundCredential = 403 "DOCK_BOUND_CREDENTIAL";
    /// The party belongs to another organization.
    PartyOfAnotherOrganization = 403 "PARTY_OF_ANOTHER_ORGANIZATION";
    /// The dock belongs to another organization.
    DockOfAnotherOrganization = 403 "DOCK_OF_ANOTHER_ORGANIZATION";
    /// No endpoint has this path.
    RouteNotFound = 404 "ROUTE_NOT_FOUND";
    /// The organization does not exist, or the client has no access to it.
    OrganizationNotFound = 404 "ORGANIZATION_NOT_FOUND";
    /// The dock does not exist, or the client has no access to it.
    DockNotFound = 404 "DOCK_NOT_FOUND";
    /// The party does not exist, or the client has no access to it.
    PartyNotFound = 404 "PARTY_NOT_FOUND";
    /// The role does not exist, or the client has no access to it.
    RoleNotFound = 404 "ROLE_NOT_FOUND";
    /// The recipient does not exist, or the client has no access to it.
    RecipientNotFound = 404 "RECIPIENT_NOT_FOUND";
    /// The group does not exist, or the client has no access to it.
    GroupNotFound = 404 "GROUP_NOT_FOUND";
    /// The API key does not exist, or the client has no access to it.
    ApiKeyNotFound = 404 "API_KEY_NOT_FOUND";
    /// The audit trail has no entry of the resource, or the client has no access to it.
    AuditEntryNotFound = 404 "AUDIT_ENTRY_NOT_FOUND";
    /// The machine client does not exist, or the client has no access to it.
    MachineClientNotFound = 404 "MACHINE_CLIENT_NOT_FOUND";
    /// The path does not support the method. `Allow` lists the supported methods.
    MethodNotAllowed = 405 "METHOD_NOT_ALLOWED";
    /// The party holds this role in this dock.
    RoleAlreadyAssigned = 409 "ROLE_ALREADY_ASSIGNED";
    /// Another recipient of the dock has this e-mail address.
    EmailAlreadyUsed = 409 "EMAIL_ALREADY_USED";
    /// Another group of the dock has this name.
    GroupNameAlreadyUsed = 409 "GROUP_NAME_ALREADY_USED";
    /// The group would have more than 10 000 recipients.
    TooManyMembers = 409 "TOO_MANY_MEMBERS";
    /// Another organization has this slug.
    SlugAlreadyTaken = 409 "SLUG_ALREADY_TAKEN";
    /// The slug is reserved for the service, or for the organization that had it in the last 30 days.
    SlugReserved = 409 "SLUG_RESERVED";
    /// The organization owns docks, parties, machine clients or live API keys. `counts` has their numbers.
    OrganizationNotEmpty = 409 "ORGANIZATION_NOT_EMPTY";
    /// The default organization of the deployment cannot be deleted.
    DefaultOrganization = 409 "DEFAULT_ORGANIZATION";
    /// The dock of the machine client does not exist any more.
    DockGone = 409 "DOCK_GONE";
    /// The API key is revoked.
    ApiKeyRevoked = 409 "API_KEY_REVOKED";
    /// The version of the resource does not match `If-Match`.
    PreconditionFailed = 412 "PRECONDITION_FAILED";
    /// The body is larger than 256 KiB.
    BodyTooLarge = 413 "BODY_TOO_LARGE";
    /// The content type of the body is not JSON.
    UnsupportedMediaType = 415 "UNSUPPORTED_MEDIA_TYPE";
    /// The `Idempotency-Key` was used for another request.
    IdempotencyKeyReused = 422 "IDEMPOTENCY_KEY_REUSED";
    /// A bug or a misconfiguration. The log line with the request id has the cause.
    Internal = 500 "INTERNAL_ERROR";
    /// DynamoDB did not respond in time. The client can retry.
    Unavailable = 503 "STORE_UNAVAILABLE";
    /// Descendants of the API key remain to be revoked. The same request continues.
    RevocationInProgress = 503 "REVOCATION_IN_PROGRESS";
    /// The resource is deleted, and resources that belonged to it remain to be deleted. The same request continues.
    DeletionInProgress = 503 "DELETION_IN_PROGRESS";
}

impl Error {
    /// Returns an error with this code and detail.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self::client(code, detail.into(), Vec::new(), None)
    }

    fn client(code: Code, detail: String, failures: Vec<FieldError>, conflict_id: Option<String>) -> Self {
        Self::Client(Box::new(ClientError { code, detail, failures, conflict_id, counts: None }))
    }

    /// Returns the error for the deletion of an organization that owns these resources.
    #[must_use]
    pub fn organization_not_empty(counts: OwnedResources) -> Self {
        let code = Code::OrganizationNotEmpty;
        let detail =
            "The organization is not empty: delete its docks, parties and machine clients, and revoke its API keys";
        let (detail, failures) = (detail.to_owned(), Vec::new());
        Self::Client(Box::new(ClientError { code, detail, failures, conflict_id: None, counts: Some(counts) }))
    }

    /// Returns the error for a resource that does not exist or to which the client has no access. Both get the same
    /// response.
    #[must_use]
    pub fn not_found<K: Kind>() -> Self {
        let mut noun = K::NOUN.to_owned();
        noun[..1].make_ascii_uppercase();
        Self::new(K::NOT_FOUND, format!("{noun} not found"))
    }

    /// Returns a failed validation. `failures` must not be empty. Of many failures, the first are kept.
    #[must_use]
    pub fn invalid(mut failures: Vec<FieldError>) -> Self {
        failures.truncate(MAX_FAILURES + 1);
        let detail =
            failures.iter().take(MAX_FAILURES).map(|failure| failure.detail.as_str()).collect::<Vec<_>>().join("; ");
        Self::client(Code::ValidationFailed, detail, failures, None)
    }

    /// Returns a conflict. `conflict_id` is the conflicting resource, if the client has access to it.
    #[must_use]
    pub fn conflict(code: Code, detail: impl Into<String>, conflict_id: Option<String>) -> Self {
        Self::client(code, detail.into(), Vec::new(), conflict_id)
    }

    /// Returns the error for a version that does not match `If-Match`.
    #[must_use]
    pub fn precondition_failed() -> Self {
        Self::new(Code::PreconditionFailed, "The version of the resource does not match If-Match")
    }

    /// Returns the error for every invalid credential. It is the same for all reasons.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::new(Code::Unauthorized, "Invalid or expired API key")
    }

    /// Returns an internal error.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(Cause::new(cause))
    }

    /// Returns the error for a DynamoDB request without a response in time.
    pub fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(Cause::new(cause))
    }

    /// Returns the code; `None` for a replay.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Client(error) => Some(error.code),
            Self::Replay(_) => None,
            Self::Unavailable(_) => Some(Code::Unavailable),
            Self::Internal(_) => Some(Code::Internal),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => f.write_str(&error.detail),
            Self::Replay(_) => f.write_str("replayed"),
            Self::Unavailable(cause) | Self::Internal(cause) => cause.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl FieldError {
    /// Returns a violation at a member of the body. `pointer` begins with `/`.
    #[must_use]
    pub fn body(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { place: FieldLocation::Body(pointer.into()), detail: detail.into() }
    }

    /// Returns a violation of the query parameter or header `name`.
    #[must_use]
    pub fn parameter(name: &str, detail: impl fmt::Display) -> Self {
        Self { place: FieldLocation::Parameter(name.to_owned()), detail: format!("{name} {detail}") }
    }
}
