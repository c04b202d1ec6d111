//! `GET /v1/organizations/{orgId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    http::{Endpoint, Request, Response, StoreAction},
    store::Family,
};

use super::view::{self, OrganizationView, tag};

/// The endpoint get-organization.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::get("get-organization", "/v1/organizations/{orgId}", Scope::OrganizationsRead, |request| {
        Box::pin(handle(request))
    })
    .summary("Get an organization")
    .description(
        "Returns an organization with the exact number of resources that it owns in `_count`. The `ETag` \
         changes when these numbers change; `If-Match` on a later update compares only the organization's \
         own version.",
    )
    .store(&[StoreAction::Query.on(&[Family::Tenant])])
    .returns_resource::<OrganizationView>()
    .response_example(view::EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    let found = request.store().organization(request.organization()?).await?;
    let (organization, counts) = found.ok_or_else(Error::not_found::<berth_shared::id::Organization>)?;
    request.conditional_response(&OrganizationView::new(&organization, counts), tag(&organization, counts))
}
