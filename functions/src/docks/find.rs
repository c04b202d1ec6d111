//! Finds the organization of the dock in a path.

use berth_shared::{
    Error, Result,
    http::Request,
    id::{self, DockId, OrganizationId},
};

/// Returns the id of the dock in the path, and the organization to read it from: the caller's own organization, or the
/// owner of the dock if the caller has a platform key.
///
/// # Errors
/// `DOCK_NOT_FOUND` if the caller has a platform key and the dock does not exist.
pub(crate) async fn locate(request: &Request) -> Result<(OrganizationId, DockId)> {
    let dock = request.path("dockId")?;
    let organization = match request.caller()?.owner.organization() {
        Some(own) => Some(own),
        None => request.store().dock_owner(dock).await?,
    };
    Ok((organization.ok_or_else(Error::not_found::<id::Dock>)?, dock))
}
