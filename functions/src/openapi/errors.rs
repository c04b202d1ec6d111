//! Error codes of an endpoint.

use berth_shared::{
    error::Code,
    http::{Access, Endpoint, PathParameter},
};

/// Returns every error code that `endpoint` documents: its own codes, and those that follow from its access, method, path
/// and body.
#[must_use]
pub fn errors_of(endpoint: &Endpoint) -> Vec<Code> {
    let mut codes = vec![Code::ValidationFailed, Code::Internal];
    if matches!(endpoint.access, Access::Scope(_)) {
        codes.extend([Code::Unauthorized, Code::InsufficientScope, Code::Unavailable]);
    }
    if matches!(endpoint.access, Access::Scope(_)) && !endpoint.is_open_to_dock_bound() {
        codes.push(Code::DockBoundCredential);
    }
    if endpoint.accepts_idempotency_key() {
        codes.push(Code::IdempotencyKeyReused);
    }
    if endpoint.accepts_if_match() {
        codes.push(Code::PreconditionFailed);
    }
    if endpoint.body.is_some() {
        codes.extend([Code::MalformedBody, Code::BodyTooLarge, Code::UnsupportedMediaType]);
    }
    codes.extend(endpoint.path_parameters().filter_map(|name| PathParameter::find(name)?.not_found));
    codes.extend(endpoint.errors);
    codes.sort_by_key(|code| (code.status(), code.as_str()));
    codes.dedup();
    codes
}
