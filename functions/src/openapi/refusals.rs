//! Which refusals an endpoint has.

use berth_shared::{
    error::Code,
    http::{Access, Endpoint, PathParameter},
};
use lambda_http::http::Method;

/// Every refusal that `endpoint` documents: those of its row, and those of its kind.
#[must_use]
pub fn refusals(endpoint: &Endpoint) -> Vec<Code> {
    let mut codes = vec![Code::ValidationFailed, Code::Internal];
    if matches!(endpoint.access, Access::Scope(_)) {
        codes.extend([Code::Unauthorized, Code::InsufficientScope, Code::Unavailable]);
        if endpoint.method == Method::POST {
            codes.push(Code::IdempotencyKeyReused);
        }
        if matches!(endpoint.method, Method::PATCH | Method::DELETE) {
            codes.push(Code::PreconditionFailed);
        }
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
