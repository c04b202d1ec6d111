//! `DELETE /v1/docks/{dockId}/groups/{groupId}`

use berth_shared::{
    Result,
    credentials::Scope,
    http::{Endpoint, Request, Response, StoreAction},
    store::{Family, MEMBERS_PER_WRITE},
};

use super::members;
use crate::docks::find::locate;

/// The endpoint delete-group.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::delete("delete-group", "/v1/docks/{dockId}/groups/{groupId}", Scope::RecipientsWrite, |request| {
        Box::pin(handle(request))
    })
    .summary("Delete a group")
    .description(
        "Deletes a group. Its recipients stay. A large group is emptied first; if the time of the request does not \
         suffice, the status is 503, and the same request without `If-Match` continues.",
    )
    .store(&[
        StoreAction::GetItem.on(&[Family::Docks]),
        StoreAction::BatchGetItem.on(&[Family::DockRoles, Family::Groups, Family::Recipients]),
        StoreAction::Query.on(&[Family::Groups]),
        StoreAction::UpdateItem.on(&[Family::DockRoles, Family::Recipients, Family::Groups]),
        StoreAction::DeleteItem.on(&[Family::Groups]),
    ]);

async fn handle(request: &Request) -> Result<Response> {
    let place @ (organization, dock) = locate(request).await?;
    let (id, store) = (request.path("groupId")?, request.store());
    let mut is_begun = false;
    loop {
        let before = members::find(request, place, id).await?.group;
        if !is_begun {
            request.require_match(before.version)?;
        }
        let members = store.first_members(organization, dock, id, MEMBERS_PER_WRITE).await?;
        let count = members.len() as u64;
        // If the group changed since the read, read it again.
        if before.recipient_count == count {
            if store.delete_group(&before, &members, &request.write()?).await? {
                return Ok(Response::deleted());
            }
        } else if count < before.recipient_count {
            let after = before.with_count(before.recipient_count - count, request.now());
            is_begun |= store.remove_group_members(&before, &after, &members, &request.write()?).await?;
        }
    }
}
