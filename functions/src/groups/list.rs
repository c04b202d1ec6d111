//! `GET /v1/docks/{dockId}/groups`

use berth_shared::{
    Result,
    credentials::Scope,
    http::{Endpoint, ListResponse, Request, Response, StoreAction},
    store::Family,
};

use super::view::GroupView;
use crate::docks::find::locate;

/// The endpoint list-groups.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::get("list-groups", "/v1/docks/{dockId}/groups", Scope::RecipientsRead, |request| {
        Box::pin(handle(request))
    })
    .summary("List groups")
    .description("Returns the groups of a dock, newest first, each with its first 100 recipients.")
    .store(&[
        StoreAction::GetItem.on(&[Family::Docks]),
        StoreAction::Query.on(&[Family::DockRoles, Family::Groups]),
        StoreAction::BatchGetItem.on(&[Family::Recipients]),
    ])
    .returns_page_of::<GroupView>();

async fn handle(request: &Request) -> Result<Response> {
    let paging = request.query().paging().await?;
    let (organization, dock) = locate(request).await?;
    let listed = request.store().list_groups(organization, dock, &paging.page).await?;
    ListResponse::page(listed, &paging, |found| GroupView::from(&found))
}
