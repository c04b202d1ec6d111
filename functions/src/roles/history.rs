//! What lists of roles have in common that look back with `asOf`.

use berth_shared::{domain::Role, time::Time};
use schemars::JsonSchema;
use serde::Serialize;

/// What `asOf` does, for the contract.
pub(crate) const AS_OF: &str = "The roles that were held at that time, instead of those held now. A role counts from \
                                `createdAt` up to but not including `revokedAt`. Any offset; not in the future.";

/// Reads `asOf`.
///
/// # Errors
/// What it must be, as the end of a sentence that begins with the parameter's name.
pub(crate) fn as_of(text: &str, now: Time) -> Result<Time, String> {
    let time: Time = text.parse().map_err(|malformed: berth_shared::time::MalformedTime| malformed.to_string())?;
    if time > now { Err("must not be in the future".to_owned()) } else { Ok(time) }
}

/// How a role ended; only in lists with `asOf`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ending {
    /// When the role was revoked; `null` while it lives.
    revoked_at: Option<Time>,
    /// The id of who revoked it; `null` while it lives.
    revoked_by: Option<String>,
}

impl Ending {
    pub(crate) fn of(role: &Role) -> Self {
        Self { revoked_at: role.revoked_at, revoked_by: role.revoked_by.clone() }
    }
}
