//! `GET /v1/docks/{dockId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    http::{Access, Answer, Call, Endpoint, Handler, StoreAction, schema_of},
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
    description: "A dock as it is now.",
    query: &[],
    paged: false,
    tagged: true,
    body: None,
    answer: schema_of::<DockView>,
    refusals: &[],
    examples: ("", view::EXAMPLE),
    handler: Handler::Rest(|call| Box::pin(handle(call))),
};

async fn handle(call: &Call) -> Result<Answer> {
    let (organization, id) = place(call).await?;
    let dock = call.store().dock(organization, id).await?.ok_or_else(Error::not_found::<id::Dock>)?;
    let tag = tag(&dock);
    call.read_answer(&DockView::from(dock), tag)
}
