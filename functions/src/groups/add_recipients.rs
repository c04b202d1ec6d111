//! `POST /v1/docks/{dockId}/groups/{groupId}/recipients`

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

/// The endpoint add-group-recipients.
pub(crate) const ENDPOINT: Endpoint = Endpoint::post(
    "add-group-recipients",
    "/v1/docks/{dockId}/groups/{groupId}/recipients",
    Scope::RecipientsWrite,
    |request| Box::pin(handle(request)),
)
.success(200)
.summary("Add recipients to a group")
.description(
    "Adds 1 to 100 recipients of the dock to a group. One that is in the group already is no error. If a recipient \
     does not exist, or belongs to another dock, the status is 404 and none is added.\n\nMore than 45 recipients \
     are added in several transactions. If the status is 503, the same request adds the rest.",
)
.store(&[
    StoreAction::GetItem.on(&[Family::Docks, Family::Idempotency]),
    StoreAction::BatchGetItem.on(&[Family::DockRoles, Family::Groups, Family::Recipients]),
    StoreAction::Query.on(&[Family::Groups]),
    StoreAction::UpdateItem.on(&[Family::Recipients, Family::Groups]),
    StoreAction::PutItem.on(&[Family::Groups]),
])
.body::<GroupRecipients>()
.returns_resource::<GroupView>()
.errors(&[Code::RecipientNotFound, Code::TooManyMembers])
.request_example(r#"{"recipientIds": ["rcp_01HQ3R7H6A8X0E2GZ1W4X6Z9BC"]}"#)
.response_example(view::EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    let GroupRecipients { recipient_ids: Items(ids) } = request.body()?;
    let place = locate(request).await?;
    // A repetition may have nothing to add.
    request.require_not_replayed().await?;
    members::add(request, place, request.path("groupId")?, &members::distinct(ids), true).await
}
