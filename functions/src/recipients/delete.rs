//! `DELETE /v1/docks/{dockId}/recipients/{recipientId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    http::{Endpoint, Request, Response, StoreAction},
    id,
    store::Family,
};

use crate::docks::find::locate;

/// The endpoint delete-recipient.
pub(crate) const ENDPOINT: Endpoint = Endpoint::delete(
    "delete-recipient",
    "/v1/docks/{dockId}/recipients/{recipientId}",
    Scope::RecipientsWrite,
    |request| Box::pin(handle(request)),
)
.summary("Delete a recipient")
.description(
    "Deletes a recipient, and removes it from its groups. Another recipient can take its e-mail address. The party of \
     the recipient keeps its role, and the audit entries stay.",
)
.store(&[
    StoreAction::GetItem.on(&[Family::Docks]),
    StoreAction::BatchGetItem.on(&[Family::DockRoles, Family::Groups, Family::Recipients, Family::Tenant]),
    StoreAction::UpdateItem.on(&[Family::DockRoles, Family::Groups, Family::Recipients]),
    StoreAction::DeleteItem.on(&[Family::Groups, Family::Recipients, Family::RecipientPointers]),
]);

async fn handle(request: &Request) -> Result<Response> {
    let (organization, dock) = locate(request).await?;
    let (id, store) = (request.path("recipientId")?, request.store());
    loop {
        let found = store.recipient(organization, dock, id).await?.ok_or_else(Error::not_found::<id::Recipient>)?;
        request.require_match(found.recipient.version)?;
        // If the recipient changed since the read, or is in more groups, read it again.
        if store.delete_recipient(&found, &request.write()?).await? {
            return Ok(Response::deleted());
        }
    }
}
