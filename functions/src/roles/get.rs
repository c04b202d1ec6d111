//! `GET /v1/organizations/{orgId}/parties/{partyId}/roles/{roleId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    http::{Endpoint, Request, Response, StoreAction},
    id,
    store::Family,
};

use super::view::{self, RoleView, tag};

/// The endpoint get-role.
pub(crate) const ENDPOINT: Endpoint = Endpoint::get(
    "get-role",
    "/v1/organizations/{orgId}/parties/{partyId}/roles/{roleId}",
    Scope::RolesRead,
    |request| Box::pin(handle(request)),
)
.summary("Get a role")
.description(
    "Returns a role that a party holds in a dock. A revoked role is not found; it stays in the history that \
     lists return with `asOf`.",
)
.store(&[StoreAction::GetItem.on(&[Family::PartyRoles]), StoreAction::Query.on(&[Family::Deletions])])
.returns_resource::<RoleView>()
.response_example(view::EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    let (organization, party, id) = (request.organization()?, request.path("partyId")?, request.path("roleId")?);
    let role = request.store().role(organization, party, id).await?.ok_or_else(Error::not_found::<id::Role>)?;
    request.conditional_response(&RoleView::from(&role), tag())
}
