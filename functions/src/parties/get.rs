//! `GET /v1/organizations/{orgId}/parties/{partyId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    http::{Endpoint, Request, Response, StoreAction},
    id,
    store::Family,
};

use super::view::{self, PartyView, tag};

/// The endpoint get-party.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::get("get-party", "/v1/organizations/{orgId}/parties/{partyId}", Scope::PartiesRead, |request| {
        Box::pin(handle(request))
    })
    .summary("Get a party")
    .description(
        "Returns a party. The read is eventually consistent: a party that was just created is found, a \
         change or a deletion may take some milliseconds to become visible. `Cache-Control: no-cache` requests the \
         current state.",
    )
    .store(&[StoreAction::GetItem.on(&[Family::Tenant, Family::Deployment])])
    .returns_resource::<PartyView>()
    .response_example(view::EXAMPLE);

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
