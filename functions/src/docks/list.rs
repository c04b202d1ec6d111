//! `GET /v1/docks`

use berth_shared::{
    Result,
    credentials::{Owner, Scope},
    domain::Search,
    http::{Endpoint, ListResponse, Parameter, Request, Response, StoreAction},
    id::OrganizationId,
    store::{Family, Listed},
};

use super::view::DockView;

/// The endpoint list-docks.
pub(crate) const ENDPOINT: Endpoint = Endpoint::get("list-docks", "/v1/docks", Scope::DocksRead, |request| {
    Box::pin(handle(request))
})
.summary("List docks")
.description(
    "Returns docks, newest first. A platform key sees the docks of every organization, an \
     organization key those of its own organization.",
)
.store(&[
    StoreAction::Query.on(&[Family::Tenant, Family::Docks, Family::Platform]),
    StoreAction::BatchGetItem.on(&[Family::Tenant]),
])
.query(&[
    Parameter::new::<OrganizationId>("organizationId", "Return only docks of this organization."),
    Parameter {
        name: "search",
        description: "Return only docks whose name contains this text, ignoring case and width. 1 to 200 characters.",
        schema: crate::schemas::search,
    },
])
.returns_page_of::<DockView>();

async fn handle(request: &Request) -> Result<Response> {
    let mut query = request.query();
    let organization: Option<OrganizationId> = query.read_id("organizationId");
    let search = query.read("search", Search::parse);
    let paging = query.paging().await?;
    let listed = match (request.caller()?.owner, organization) {
        (Owner::Organization(own), Some(other)) if own != other => Listed::empty(),
        (owner, organization) => {
            let organization = owner.organization().or(organization);
            request.store().list_docks(organization, search.as_ref(), &paging.page).await?
        }
    };
    ListResponse::page(listed, &paging, DockView::from)
}
