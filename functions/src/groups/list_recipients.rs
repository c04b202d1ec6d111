//! `GET /v1/docks/{dockId}/groups/{groupId}/recipients`

use berth_shared::{
    Result,
    credentials::Scope,
    http::{Endpoint, ListResponse, Request, Response, StoreAction},
    store::Family,
};

use crate::{docks::find::locate, recipients::view::RecipientView};

/// The endpoint list-group-recipients.
pub(crate) const ENDPOINT: Endpoint = Endpoint::get(
    "list-group-recipients",
    "/v1/docks/{dockId}/groups/{groupId}/recipients",
    Scope::RecipientsRead,
    |request| Box::pin(handle(request)),
)
.summary("List the recipients of a group")
.description("Returns the recipients in a group, newest recipient first.")
.store(&[
    StoreAction::GetItem.on(&[Family::Docks]),
    StoreAction::Query.on(&[Family::Groups]),
    StoreAction::BatchGetItem.on(&[Family::DockRoles, Family::Groups, Family::Recipients, Family::Tenant]),
])
.returns_page_of::<RecipientView>();

async fn handle(request: &Request) -> Result<Response> {
    let paging = request.query().paging().await?;
    let (organization, dock) = locate(request).await?;
    let group = request.path("groupId")?;
    let listed = request.store().list_group_members(organization, dock, group, &paging.page).await?;
    ListResponse::page(listed, &paging, |found| RecipientView::from(&found))
}
