//! `DELETE /v1/organizations/{orgId}/parties/{partyId}/roles/{roleId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    domain::Role,
    http::{Endpoint, Request, Response, StoreAction},
    id,
    store::Family,
};

/// The endpoint revoke-role.
pub(crate) const ENDPOINT: Endpoint = Endpoint::delete(
    "revoke-role",
    "/v1/organizations/{orgId}/parties/{partyId}/roles/{roleId}",
    Scope::RolesWrite,
    |request| Box::pin(handle(request)),
)
.summary("Revoke a role")
.description(
    "Revokes a role. It stays in the history that lists return with `asOf`. The same role can be \
     assigned again and then has a new identifier.",
)
.store(&[
    StoreAction::GetItem.on(&[Family::PartyRoles]),
    StoreAction::Query.on(&[Family::Deletions]),
    StoreAction::UpdateItem.on(&[Family::Tenant, Family::DockRoles]),
    StoreAction::PutItem.on(&[Family::DockRoles, Family::PartyRoles]),
    StoreAction::DeleteItem.on(&[Family::DockRoles, Family::PartyRoles]),
]);

async fn handle(request: &Request) -> Result<Response> {
    let (organization, party, id) = (request.organization()?, request.path("partyId")?, request.path("roleId")?);
    let role = request.store().role(organization, party, id).await?.ok_or_else(Error::not_found::<id::Role>)?;
    request.require_match(Role::VERSION)?;
    if request.store().revoke_role(organization, &role, &request.write()?).await? {
        Ok(Response::deleted())
    } else {
        // Another request revoked the role after the read.
        Err(Error::not_found::<id::Role>())
    }
}
