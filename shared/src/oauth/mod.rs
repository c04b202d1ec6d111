//! The OAuth dialect, `/v1/oauth`: the interface that OAuth 2.0 clients expect (RFC 6749, 7009, 7662 and 8414).
//!
//! Its conventions differ from those of [`crate::http`]: requests are forms or JSON, machine clients authenticate with their
//! secrets, and errors have the members `error` and `error_description`.

mod authenticate;
mod error;
mod parameters;
mod request;
mod respond;

pub use authenticate::Caller;
pub use error::{OAuthCode, OAuthError, OAuthFailure, OAuthResult};
pub use request::OAuthRequest;
pub use respond::{OAuthHandler, OAuthHandlerFuture};
