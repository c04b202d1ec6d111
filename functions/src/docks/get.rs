//! `GET /v1/docks/{dockId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    http::{Access, Endpoint, Handler, Request, Response, StoreAction, schema_of},
    id,
    store::Family,
};
use lambda_http::http::Method;

use super::{
    find::place,
    view::{self, DockView, tag},
};

/// The row of get-dock.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "get-dock",
    method: Method::GET,
    path: "/v1/docks/{dockId}",
    access: Access::Scope(Scope::DocksRead),
    success: 200,
    store: &[StoreAction::GetItem.on(&[Family::Tenant, Family::Docks])],
    summary: "Get a dock",
    description: "Returns the current state of a dock.",
    query: &[],
    paged: false,
    tagged: true,
    body: None,
    response: schema_of::<DockView>,
    errors: &[],
    examples: ("", view::EXAMPLE),
    handler: Handler::Rest(|request| Box::pin(handle(request))),
};

async fn handle(request: &Request) -> Result<Response> {
    let (organization, id) = place(request).await?;
    let dock = request.store().dock(organization, id).await?.ok_or_else(Error::not_found::<id::Dock>)?;
    let tag = tag(&dock);
    request.conditional_response(&DockView::from(dock), tag)
}
