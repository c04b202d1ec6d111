//! The `asOf` parameter of lists of roles, and the members that it adds to their rows.

use berth_shared::{domain::Role, time::Time};
use schemars::JsonSchema;
use serde::Serialize;

/// Description of `asOf` in the OpenAPI document.
pub(crate) const AS_OF: &str = "Return the roles held at this time instead of those held now. A role is held from \
    `createdAt` up to, but not including, `revokedAt`. RFC 3339 with any offset, not in \
    the future; encode `+` as `%2B`. Default: now.";

/// Parses the value of `asOf`.
///
/// # Errors
/// Returns the requirement that the value violates, to be appended to the name of the parameter.
pub(crate) fn as_of(text: &str, now: Time) -> Result<Time, String> {
    let time: Time = text.parse().map_err(|malformed: berth_shared::time::MalformedTime| malformed.to_string())?;
    if time > now { Err("must not be in the future".to_owned()) } else { Ok(time) }
}

/// Revocation of a role. Only lists with `asOf` return it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Revocation {
    /// Time of the revocation; `null` if the role is still held. Present only in lists with `asOf`.
    revoked_at: Option<Time>,
    /// Identifier of the API key that revoked the role; `null` if the role is still held. Present only in lists with `asOf`.
    revoked_by: Option<String>,
}

impl Revocation {
    pub(crate) fn of(role: &Role) -> Self {
        Self { revoked_at: role.revoked_at, revoked_by: role.revoked_by.clone() }
    }
}
