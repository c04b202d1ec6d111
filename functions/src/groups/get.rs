//! `GET /v1/docks/{dockId}/groups/{groupId}`

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

/// The endpoint get-group.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::get("get-group", "/v1/docks/{dockId}/groups/{groupId}", Scope::RecipientsRead, |request| {
        Box::pin(handle(request))
    })
    .summary("Get a group")
    .description("Returns the current state of a group with its first 100 recipients.")
    .store(&[
        StoreAction::GetItem.on(&[Family::Docks]),
        StoreAction::BatchGetItem.on(&[Family::DockRoles, Family::Groups, Family::Recipients]),
        StoreAction::Query.on(&[Family::Groups]),
    ])
    .returns_resource::<GroupView>()
    .response_example(view::EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    let place = locate(request).await?;
    let found = members::find(request, place, request.path("groupId")?).await?;
    let view = GroupView::from(&found);
    request.conditional_response(&view, view.tag(found.group.version)?)
}
