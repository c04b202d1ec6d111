//! `GET /v1/organizations/{orgId}/parties`

use berth_shared::{
    Result,
    credentials::Scope,
    domain::{ExternalRef, PartyType, Search},
    http::{Access, Endpoint, Handler, ListResponse, Parameter, Request, Response, StoreAction, schema_of},
    store::{Family, PartyFilter},
};
use lambda_http::http::Method;

use super::view::PartyView;

/// The row of list-parties.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "list-parties",
    method: Method::GET,
    path: "/v1/organizations/{orgId}/parties",
    access: Access::Scope(Scope::PartiesRead),
    success: 200,
    store: &[
        StoreAction::Query.on(&[Family::Tenant, Family::ExternalRefs]),
        StoreAction::BatchGetItem.on(&[Family::Tenant]),
    ],
    summary: "List parties",
    description: "Returns the parties of an organization, newest first. The cost of a search by `externalRef` \
                  does not depend on the number of parties.",
    query: &[
        Parameter {
            name: "type",
            description: "Return only parties of this type: `INDIVIDUAL` or `ORGANIZATION`.",
            schema: schema_of::<PartyType>,
        },
        Parameter {
            name: "search",
            description: "Return only parties whose name contains this text, ignoring case. 1 to 200 characters.",
            schema: crate::schemas::search,
        },
        Parameter {
            name: "externalRef",
            description: "Return only parties with exactly this external reference. 1 to 256 characters.",
            schema: schema_of::<ExternalRef>,
        },
    ],
    paged: true,
    tagged: false,
    body: None,
    response: schema_of::<ListResponse<PartyView>>,
    errors: &[],
    examples: ("", ""),
    handler: Handler::Rest(|request| Box::pin(handle(request))),
};

async fn handle(request: &Request) -> Result<Response> {
    let mut query = request.query();
    let kind = query.read("type", PartyType::parse);
    let search = query.read("search", Search::parse);
    let external_ref = query.read("externalRef", ExternalRef::parse);
    let paging = query.paging().await?;
    let filter = PartyFilter { kind, search, external_ref };
    let listed = request.store().list_parties(request.organization()?, &filter, &paging.page).await?;
    let deployment = request.deployment().await?;
    ListResponse::answer(listed, &paging, |party| PartyView::new(&party, deployment))
}
