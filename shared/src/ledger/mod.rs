//! The ledger's dialect: what a program written for a Canton participant's party management expects of `/v2`.
//!
//! It is another boundary to the same directory. Its conventions differ from those of [`crate::http`] wherever the two
//! systems differ: bodies of errors, paging, media types, what cannot be decoded. What it shows are the same parties.

mod annotations;
mod authenticate;
mod error;
mod page;
mod request;
mod respond;

pub use annotations::{
    Annotations, MAX_ANNOTATIONS, check as check_annotations, merged, shown, size as annotations_size, storable,
};
pub use error::{Category, Decoding, LedgerError, LedgerFailure, LedgerResult};
pub use page::{PageToken, check_party_filter};
pub use request::{LedgerRequest, User, check_ledger_string, check_user_id, unknown_provider};
pub use respond::{HandlerFuture, LedgerHandler};
