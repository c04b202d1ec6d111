//! `GET /v1/organizations/{orgId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    http::{Access, Endpoint, Handler, Request, Response, StoreAction, schema_of},
    store::Family,
};
use lambda_http::http::Method;

use super::view::{self, OrganizationView, tag};

/// The row of get-organization.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "get-organization",
    method: Method::GET,
    path: "/v1/organizations/{orgId}",
    access: Access::Scope(Scope::OrganizationsRead),
    success: 200,
    store: &[StoreAction::Query.on(&[Family::Tenant])],
    summary: "Get an organization",
    description: "Returns an organization with the exact number of resources that it owns in `_count`. The `ETag` \
                  changes when these numbers change; `If-Match` on a later update compares only the organization's \
                  own version.",
    query: &[],
    paged: false,
    tagged: true,
    body: None,
    response: schema_of::<OrganizationView>,
    errors: &[],
    examples: ("", view::EXAMPLE),
    handler: Handler::Rest(|request| Box::pin(handle(request))),
};

async fn handle(request: &Request) -> Result<Response> {
    let found = request.store().organization(request.organization()?).await?;
    let (organization, counts) = found.ok_or_else(Error::not_found::<berth_shared::id::Organization>)?;
    request.conditional_response(&OrganizationView::new(&organization, counts), tag(&organization, counts))
}
