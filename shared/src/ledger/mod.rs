//! The ledger dialect, `/v2`: the interface that clients expect of a Canton participant's party management.
//!
//! It is a second interface to the same directory. Its conventions differ from those of [`crate::http`] like the two
//! systems:
//! error bodies, pagination, media types and undecodable requests. Both return the same parties.

mod annotations;
mod authenticate;
mod error;
mod page;
mod request;
mod respond;

pub use annotations::{
    Annotations, MAX_ANNOTATIONS, check_new as check_new_annotations, check_patch as check_annotations_patch, merged,
    shown, size as annotations_size, storable,
};
pub use error::{Category, Decoding, LedgerError, LedgerFailure, LedgerResult};
pub use page::{PageToken, check_party_filter};
pub use request::{LedgerRequest, User, check_ledger_string, check_user_id, check_user_id_in_path, unknown_provider};
pub use respond::{HandlerFuture, LedgerHandler};
