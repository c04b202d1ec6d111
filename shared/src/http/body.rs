//! Bodies of requests.

use crate::domain::{
    Violation,
    error::{FieldError, Result},
    json::Json,
    object::{Object, ReadContext, read_object},
};

/// Reads the body of a request.
///
/// # Errors
/// All failures, each with a JSON pointer.
pub(super) fn read_body<T: Object>(json: &Json, context: ReadContext) -> Result<T, Vec<FieldError>> {
    let Json::Object(_) = json else {
        return Err(vec![FieldError::body("", "the body must be an object")]);
    };
    read_object(json, context).map_err(|violations| violations.iter().map(field_error).collect())
}

/// The failure of a body member, with a JSON pointer (RFC 6901).
pub(super) fn field_error(violation: &Violation) -> FieldError {
    let escaped = |name: &String| format!("/{}", name.replace('~', "~0").replace('/', "~1"));
    let pointer: String = violation.path.iter().map(escaped).collect();
    let name = if violation.path.is_empty() { "the body".to_owned() } else { violation.path.join(".") };
    FieldError::body(pointer, format!("{name} {}", violation.detail))
}
