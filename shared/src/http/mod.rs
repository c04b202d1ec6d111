//! HTTP: requests, responses, and the steps that are common to all endpoints.
//!
//! [`respond`] handles a request from the event to the response. The layers below do not depend on status codes and
//! headers.

mod body;
pub(crate) mod boundary;
mod context;
mod cursor;
mod dock_bound;
mod document;
mod endpoint;
mod headers;
mod method;
mod path;
mod payload;
mod permissions;
mod problem;
mod query;
mod request;
mod respond;
mod response;
mod service;
mod token;
mod verifier;

pub use context::REQUEST;
pub(crate) use context::{LogOutcome, RequestContext, log_caller};
pub use cursor::CursorKey;
pub use document::Document;
pub use endpoint::{
    Access, Dialect, DialectFuture, Endpoint, Handler, LedgerRight, Parameter, RequestBody, RestHandler,
};
pub use headers::EntityTag;
pub use method::allow_header;
pub use path::{PATH_PARAMETERS, PathParameter, audited_id, audited_type, ledger_party, ledger_user};
pub use payload::PayloadBudget;
pub use permissions::{Grant, Permission, StoreAction};
pub use problem::{Problem, ProblemDetail};
pub use query::{PAGING, Paging, Query};
pub use request::Request;
pub use respond::respond;
pub use response::{ListMeta, ListResponse, Response};
pub use service::Service;
pub use token::{InvalidTokenConfig, TokenConfig, TokenFailure, TokenSettings, TokenUser, TokenVerifier, VerifiedUser};
pub use verifier::{AuthFailure, Verifier};

/// Maximum size of a request body in bytes.
pub const MAX_BODY: usize = 256 * 1024;
