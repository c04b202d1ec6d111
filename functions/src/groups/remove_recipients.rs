//! `DELETE /v1/docks/{dockId}/groups/{groupId}/recipients`

use berth_shared::{
    Result,
    credentials::Scope,
    domain::{GroupRecipients, object::Items},
    error::Code,
    http::{Endpoint, Request, Response, StoreAction},
    store::Family,
};

use super::{
    members,
    view::{self, GroupView},
};
use crate::docks::find::locate;

/// The endpoint remove-group-recipients.
pub(crate) const ENDPOINT: Endpoint = Endpoint::delete(
    "remove-group-recipients",
    "/v1/docks/{dockId}/groups/{groupId}/recipients",
    Scope::RecipientsWrite,
    |request| Box::pin(handle(request)),
)
.summary("Remove recipients from a group")
.description(
    "Removes 1 to 100 recipients from a group. One that is not in the group is no error. If a recipient does not \
     exist, or belongs to another dock, the status is 404 and none is removed. The recipients themselves stay.",
)
.store(&[
    StoreAction::GetItem.on(&[Family::Docks]),
    StoreAction::BatchGetItem.on(&[Family::DockRoles, Family::Groups, Family::Recipients]),
    StoreAction::Query.on(&[Family::Groups]),
    StoreAction::UpdateItem.on(&[Family::Recipients, Family::Groups]),
    StoreAction::DeleteItem.on(&[Family::Groups]),
])
.body::<GroupRecipients>()
.returns_resource::<GroupView>()
.errors(&[Code::RecipientNotFound])
.request_example(r#"{"recipientIds": ["rcp_01HQ3R7H6A8X0E2GZ1W4X6Z9BC"]}"#)
.response_example(view::EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    let GroupRecipients { recipient_ids: Items(ids) } = request.body()?;
    let place = locate(request).await?;
    members::remove(request, place, request.path("groupId")?, &members::distinct(ids)).await
}
