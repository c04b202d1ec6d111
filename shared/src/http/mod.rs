//! The boundary: HTTP in, HTTP out, and everything that holds for every call.
//!
//! [`respond`] is a request's way from the event to the answer. Nothing below it knows of statuses and headers.

mod answer;
mod body;
pub(crate) mod boundary;
mod call;
mod cursor;
mod endpoint;
mod headers;
mod permissions;
mod problem;
mod query;
mod respond;

pub use answer::{Answer, ListAnswer, ListMeta};
pub use body::{Body, Fields};
pub use call::Call;
pub use cursor::CursorKey;
pub use endpoint::{
    Access, BodyOf, Endpoint, Handler, LedgerHandler, LedgerRight, Parameter, RestHandler, SchemaOf, schema_of,
};
pub use headers::EntityTag;
pub use permissions::{Grant, Permission, StoreAction};
pub use problem::Problem;
pub use query::{PAGING, Paging, Query};
pub use respond::respond;

/// The most bytes of a body.
pub const MAX_BODY: usize = 256 * 1024;
