//! `GET /v1/organizations/{orgId}/parties/{partyId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    http::{Access, Answer, Call, Endpoint, Handler, StoreAction, schema_of},
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
    description: "A party as it was a moment ago: one that was just made is found, a change may take some milliseconds \
                  to show. With `Cache-Control: no-cache` it is the party as it is now.",
    query: &[],
    paged: false,
    tagged: true,
    body: None,
    answer: schema_of::<PartyView>,
    refusals: &[],
    examples: ("", view::EXAMPLE),
    handler: Handler::Rest(|call| Box::pin(handle(call))),
};

async fn handle(call: &Call) -> Result<Answer> {
    let (organization, id) = (call.organization()?, call.path("partyId")?);
    let found = if call.wants_latest() {
        call.store().party(organization, id).await?
    } else {
        call.store().recent_party(organization, id).await?
    };
    let party = found.ok_or_else(Error::not_found::<id::Party>)?;
    call.read_answer(&PartyView::new(&party, call.deployment().await?), tag(&party))
}
