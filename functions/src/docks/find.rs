//! Which organization the dock in a path belongs to.

use berth_shared::{
    Error, Result,
    http::Call,
    id::{self, DockId, OrganizationId},
};

/// The dock in the path, and the organization under which it is to be looked for: the caller's own, or for a key of
/// the platform the one that has it.
///
/// # Errors
/// 404 where no organization has it.
pub(super) async fn place(call: &Call) -> Result<(OrganizationId, DockId)> {
    let dock = call.path("dockId")?;
    let organization = match call.caller()?.owner.organization() {
        Some(own) => Some(own),
        None => call.store().dock_owner(dock).await?,
    };
    Ok((organization.ok_or_else(Error::not_found::<id::Dock>)?, dock))
}
