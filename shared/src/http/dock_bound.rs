//! Access of credentials that are bound to a dock.

use super::{Endpoint, Request};
use crate::domain::{
    error::{Code, Error, Result},
    id,
};

/// Path of a dock. Everything below it concerns only that dock.
const DOCK_PATH: &str = "/v1/docks/{dockId}";

impl Endpoint {
    /// Returns whether the path of the endpoint is that of a dock, or below it.
    fn is_within_dock(&self) -> bool {
        self.path.strip_prefix(DOCK_PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Returns whether credentials that are bound to a dock have access to the endpoint.
    #[must_use]
    pub fn is_open_to_dock_bound(&self) -> bool {
        self.restricts_dock_bound || self.is_within_dock()
    }
}

/// Checks that the credential of a request has access to the dock that the request concerns.
///
/// # Errors
/// If the credential is bound to a dock: `DOCK_BOUND_CREDENTIAL` at an endpoint that concerns more than that dock,
/// `DOCK_NOT_FOUND` for another dock in the path.
pub(super) fn check(request: &Request) -> Result<()> {
    let Some(dock) = request.principal().and_then(|principal| principal.dock) else { return Ok(()) };
    if !request.endpoint.is_open_to_dock_bound() {
        let detail = "The credential is bound to a dock, and this operation concerns more than that dock";
        return Err(Error::new(Code::DockBoundCredential, detail));
    }
    if request.endpoint.is_within_dock() && request.path::<id::Dock>("dockId")? != dock {
        return Err(Error::not_found::<id::Dock>());
    }
    Ok(())
}
