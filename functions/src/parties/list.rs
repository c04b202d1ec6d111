//! `GET /v1/organizations/{orgId}/parties`

use berth_shared::{
    Result,
    credentials::Scope,
    domain::{ExternalRef, PartyType, Search},
    http::{Endpoint, ListResponse, Parameter, Request, Response, StoreAction},
    store::{Family, PartyFilter},
};

use super::view::PartyView;

/// The endpoint list-parties.
pub(crate) const ENDPOINT: Endpoint = Endpoint::get(
    "list-parties",
    "/v1/organizations/{orgId}/parties",
    Scope::PartiesRead,
    |request| Box::pin(handle(request)),
)
.summary("List parties")
.description(
    "Returns the parties of an organization, newest first. The cost of a search by `externalRef` \
     does not depend on the number of parties.",
)
.store(&[
    StoreAction::Query.on(&[Family::Tenant, Family::ExternalRefs]),
    StoreAction::BatchGetItem.on(&[Family::Tenant]),
    StoreAction::GetItem.on(&[Family::Deployment]),
])
.query(&[
    Parameter::new::<PartyType>("type", "Return only parties of this type: `INDIVIDUAL` or `ORGANIZATION`."),
    Parameter {
        name: "search",
        description: "Return only parties whose name contains this text, ignoring case and width. 1 to 200 characters.",
        schema: crate::schemas::search,
    },
    Parameter::new::<ExternalRef>(
        "externalRef",
        "Return only parties with exactly this external reference. 1 to 256 characters.",
    ),
])
.returns_page_of::<PartyView>();

async fn handle(request: &Request) -> Result<Response> {
    let mut query = request.query();
    let kind = query.read("type", PartyType::parse);
    let search = query.read("search", Search::parse);
    let external_ref = query.read("externalRef", ExternalRef::parse);
    let paging = query.paging().await?;
    let filter = PartyFilter { kind, search, external_ref };
    let listed = request.store().list_parties(request.organization()?, &filter, &paging.page).await?;
    let deployment = request.deployment().await?;
    ListResponse::page(listed, &paging, |party| PartyView::new(&party, deployment))
}
