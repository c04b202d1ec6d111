//! `GET /v1/docks`

use berth_shared::{
    Result,
    credentials::{Owner, Scope},
    domain::Search,
    http::{Access, Endpoint, Handler, ListResponse, Parameter, Request, Response, StoreAction, schema_of},
    id::OrganizationId,
    store::{Family, Listed},
};
use lambda_http::http::Method;

use super::view::DockView;

/// The row of list-docks.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "list-docks",
    method: Method::GET,
    path: "/v1/docks",
    access: Access::Scope(Scope::DocksRead),
    success: 200,
    store: &[
        StoreAction::Query.on(&[Family::Tenant, Family::Docks, Family::Platform]),
        StoreAction::BatchGetItem.on(&[Family::Tenant]),
    ],
    summary: "List docks",
    description: "Returns docks, newest first. A platform key sees the docks of every organization, an \
                  organization's key those of its own organization.",
    query: &[
        Parameter {
            name: "organizationId",
            description: "Return only docks of this organization.",
            schema: schema_of::<OrganizationId>,
        },
        Parameter {
            name: "search",
            description: "Return only docks whose name contains this text, ignoring case. 1 to 200 characters.",
            schema: crate::schemas::search,
        },
    ],
    paged: true,
    tagged: false,
    body: None,
    response: schema_of::<ListResponse<DockView>>,
    errors: &[],
    examples: ("", ""),
    handler: Handler::Rest(|request| Box::pin(handle(request))),
};

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
    ListResponse::answer(listed, &paging, DockView::from)
}
