//! Reads request bodies.

use crate::domain::{
    Violation,
    error::{FieldError, MAX_FAILURES, Result},
    json::Json,
    object::{Object, ReadContext, read_object},
};

/// Reads the JSON body of a request as `T`.
///
/// # Errors
/// Returns the violations, each with a JSON Pointer: all of them, or one more than an error response shows.
pub(super) fn read_body<T: Object>(json: &Json, context: ReadContext) -> Result<T, Vec<FieldError>> {
    let Json::Object(_) = json else {
        return Err(vec![FieldError::body("", "the body must be a JSON object")]);
    };
    read_object(json, context).map_err(|violations| violations.iter().take(MAX_FAILURES + 1).map(field_error).collect())
}

/// Converts a violation in the body to a field error with a JSON Pointer (RFC 6901).
pub(super) fn field_error(violation: &Violation) -> FieldError {
    let escaped = |name: &String| format!("/{}", name.replace('~', "~0").replace('/', "~1"));
    let pointer: String = violation.path.iter().map(escaped).collect();
    let name = if violation.path.is_empty() { "the body".to_owned() } else { violation.path.join(".") };
    FieldError::body(pointer, format!("{name} {}", violation.detail))
}
