//! `GET /v1/docks/{dockId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    http::{Endpoint, Request, Response, StoreAction},
    id,
    store::Family,
};

use super::{
    find::locate,
    view::{self, DockView, tag},
};

/// The endpoint get-dock.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::get("get-dock", "/v1/docks/{dockId}", Scope::DocksRead, |request| Box::pin(handle(request)))
        .summary("Get a dock")
        .description("Returns the current state of a dock.")
        .store(&[StoreAction::GetItem.on(&[Family::Tenant, Family::Docks])])
        .returns_resource::<DockView>()
        .response_example(view::EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    let (organization, id) = locate(request).await?;
    let dock = request.store().dock(organization, id).await?.ok_or_else(Error::not_found::<id::Dock>)?;
    let tag = tag(&dock);
    request.conditional_response(&DockView::from(dock), tag)
}
