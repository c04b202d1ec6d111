//! `GET /v1/organizations/{orgId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    http::{Access, Answer, Call, Endpoint, Handler, StoreAction, schema_of},
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
    description: "`_count` is exact. The `ETag` changes with it, while `If-Match` on a later change compares the \
                  organization's own version only.",
    query: &[],
    paged: false,
    tagged: true,
    body: None,
    answer: schema_of::<OrganizationView>,
    refusals: &[],
    examples: ("", view::EXAMPLE),
    handler: Handler::Rest(|call| Box::pin(handle(call))),
};

async fn handle(call: &Call) -> Result<Answer> {
    let found = call.store().organization(call.organization()?).await?;
    let (organization, counts) = found.ok_or_else(Error::not_found::<berth_shared::id::Organization>)?;
    call.read_answer(&OrganizationView::new(&organization, counts), tag(&organization, counts))
}
