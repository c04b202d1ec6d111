//! `DELETE /v1/docks/{dockId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    error::Code,
    http::{Endpoint, Request, Response, StoreAction},
    id::{self, DockId},
    store::Family,
};

/// The endpoint delete-dock.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::delete("delete-dock", "/v1/docks/{dockId}", Scope::DocksWrite, |request| Box::pin(handle(request)))
        .summary("Delete a dock")
        .description(
            "Deletes a dock for ever. Its roles are revoked, with the time of the deletion as `revokedAt`. They stay in the \
             history that lists return with `asOf`, with the last name of the dock. Its recipients and groups are deleted. Another \
             dock can take its domains at once.\n\nThe dock and all that belongs to it are gone with the first request, whatever its status. If that is too \
             much for one request, the status is 503 with `DELETION_IN_PROGRESS`, and the same request continues.",
        )
        .store(&[
            StoreAction::GetItem.on(&[Family::Tenant, Family::Docks, Family::DeletedDocks]),
            StoreAction::Query.on(&[Family::DockRoles, Family::Recipients, Family::Groups, Family::Deletions]),
            StoreAction::PutItem.on(&[
                Family::DockRoles,
                Family::PartyRoles,
                Family::Deletions,
                Family::DeletedDocks,
            ]),
            StoreAction::UpdateItem.on(&[Family::Tenant, Family::Platform, Family::Deletions]),
            StoreAction::DeleteItem.on(&[
                Family::Tenant,
                Family::DockRoles,
                Family::PartyRoles,
                Family::Docks,
                Family::Domains,
                Family::Recipients,
                Family::Groups,
                Family::RecipientPointers,
            ]),
        ])
        .errors(&[Code::DeletionInProgress]);

async fn handle(request: &Request) -> Result<Response> {
    let id: DockId = request.path("dockId")?;
    let organization = match request.caller()?.owner.organization() {
        Some(own) => own,
        // A deletion in progress must be continued, although the dock is gone.
        None => request.store().dock_owner_with_deleted(id).await?.ok_or_else(Error::not_found::<id::Dock>)?,
    };
    let matches = |version| request.require_match(version);
    request.store().delete_dock(organization, id, matches, &request.write()?).await?;
    Ok(Response::deleted())
}
