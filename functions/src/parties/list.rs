//! `GET /v1/organizations/{orgId}/parties`

use berth_shared::{
    Result,
    credentials::Scope,
    domain::{ExternalRef, PartyType, Search},
    http::{Access, Answer, Call, Endpoint, Handler, ListAnswer, Parameter, StoreAction, schema_of},
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
    description: "The parties of an organization, newest first. Finding by `externalRef` costs the same however many \
                  parties there are.",
    query: &[
        Parameter { name: "type", description: "Only persons or only companies.", schema: schema_of::<PartyType> },
        Parameter {
            name: "search",
            description: "Only parties whose names contain this, in any case.",
            schema: crate::schemas::search,
        },
        Parameter {
            name: "externalRef",
            description: "Only parties with this external reference.",
            schema: schema_of::<ExternalRef>,
        },
    ],
    paged: true,
    tagged: false,
    body: None,
    answer: schema_of::<ListAnswer<PartyView>>,
    refusals: &[],
    examples: ("", ""),
    handler: Handler::Rest(|call| Box::pin(handle(call))),
};

async fn handle(call: &Call) -> Result<Answer> {
    let mut query = call.query();
    let kind = query.read("type", PartyType::parse);
    let search = query.read("search", Search::parse);
    let external_ref = query.read("externalRef", ExternalRef::parse);
    let paging = query.paging().await?;
    let filter = PartyFilter { kind, search, external_ref };
    let listed = call.store().list_parties(call.organization()?, &filter, &paging.page).await?;
    let deployment = call.deployment().await?;
    ListAnswer::answer(listed, &paging, |party| PartyView::new(&party, deployment))
}
