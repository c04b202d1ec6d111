//! `GET /v1/organizations/{orgId}/parties/{partyId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    http::{Access, Endpoint, Handler, Request, Response, StoreAction, schema_of},
    id,
    store::Family,
};
use lambda_http::http::Method;

use super::view::{self, PartyView, tag};

/// The row of get-party.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "get-party",
    method: Method::GET,
    path: "/v1/organizations/{orgId}/parties/{partyId}",
    access: Access::Scope(Scope::PartiesRead),
    success: 200,
    store: &[StoreAction::GetItem.on(&[Family::Tenant, Family::Platform])],
    summary: "Get a party",
    description: "Returns a party. The read is eventually consistent: a party that was just created is found, a \
                  change may take some milliseconds to become visible. `Cache-Control: no-cache` requests the \
                  current state.",
    query: &[],
    paged: false,
    tagged: true,
    body: None,
    response: schema_of::<PartyView>,
    errors: &[],
    examples: ("", view::EXAMPLE),
    handler: Handler::Rest(|request| Box::pin(handle(request))),
};

async fn handle(request: &Request) -> Result<Response> {
    let (organization, id) = (request.organization()?, request.path("partyId")?);
    let found = if request.wants_latest() {
        request.store().party(organization, id).await?
    } else {
        request.store().party_eventually_consistent(organization, id).await?
    };
    let party = found.ok_or_else(Error::not_found::<id::Party>)?;
    request.conditional_response(&PartyView::new(&party, request.deployment().await?), tag(&party))
}
