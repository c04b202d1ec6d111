//! `DELETE /v1/docks/{dockId}/groups/{groupId}/recipients/{recipientId}`

use berth_shared::{
    Result,
    credentials::Scope,
    http::{Endpoint, Request, Response, StoreAction},
    store::Family,
};

use super::{
    members,
    view::{self, GroupView},
};
use crate::docks::find::locate;

/// The endpoint remove-group-recipient.
pub(crate) const ENDPOINT: Endpoint = Endpoint::delete(
    "remove-group-recipient",
    "/v1/docks/{dockId}/groups/{groupId}/recipients/{recipientId}",
    Scope::RecipientsWrite,
    |request| Box::pin(handle(request)),
)
.summary("Remove a recipient from a group")
.description(
    "Removes a recipient from a group, and returns the group. A recipient that is not in the group is no error. The \
     recipient itself stays.",
)
.store(&[
    StoreAction::GetItem.on(&[Family::Docks]),
    StoreAction::BatchGetItem.on(&[Family::DockRoles, Family::Groups, Family::Recipients]),
    StoreAction::Query.on(&[Family::Groups]),
    StoreAction::UpdateItem.on(&[Family::Recipients, Family::Groups]),
    StoreAction::DeleteItem.on(&[Family::Groups]),
])
.returns_resource::<GroupView>()
.response_example(view::EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    let place = locate(request).await?;
    members::remove(request, place, request.path("groupId")?, &[request.path("recipientId")?]).await
}
