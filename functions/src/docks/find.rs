//! Which organization the dock in a path belongs to.

use berth_shared::{
    Error, Result,
    http::Request,
    id::{self, DockId, OrganizationId},
};

/// The dock in the path, and the organization under which it is to be looked for: the caller's own, or for a key of
/// the platform the one that has it.
///
/// # Errors
/// 404 where no organization has it.
pub(super) async fn place(request: &Request) -> Result<(OrganizationId, DockId)> {
    let dock = request.path("dockId")?;
    let organization = match request.caller()?.owner.organization() {
        Some(own) => Some(own),
        None => request.store().dock_owner(dock).await?,
    };
    Ok((organization.ok_or_else(Error::not_found::<id::Dock>)?, dock))
}
