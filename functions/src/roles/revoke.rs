//! `DELETE /v1/organizations/{orgId}/parties/{partyId}/roles/{roleId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    domain::Role,
    http::{Access, Endpoint, Handler, Request, Response, StoreAction},
    id,
    store::Family,
};
use lambda_http::http::Method;

/// The row of revoke-role.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "revoke-role",
    method: Method::DELETE,
    path: "/v1/organizations/{orgId}/parties/{partyId}/roles/{roleId}",
    access: Access::Scope(Scope::RolesWrite),
    success: 200,
    store: &[
        StoreAction::GetItem.on(&[Family::PartyRoles]),
        StoreAction::UpdateItem.on(&[Family::Tenant]),
        StoreAction::PutItem.on(&[Family::DockRoles, Family::PartyRoles]),
        StoreAction::DeleteItem.on(&[Family::DockRoles, Family::PartyRoles]),
    ],
    summary: "Revoke a role",
    description: "Revokes a role. It stays in the history that lists return with `asOf`. The same role can be \
                  assigned again and then has a new identifier.",
    query: &[],
    paged: false,
    tagged: false,
    body: None,
    response: crate::schemas::success,
    errors: &[],
    examples: ("", r#"{"success": true}"#),
    handler: Handler::Rest(|request| Box::pin(handle(request))),
};

async fn handle(request: &Request) -> Result<Response> {
    let (organization, party, id) = (request.organization()?, request.path("partyId")?, request.path("roleId")?);
    let role = request.store().role(organization, party, id).await?.ok_or_else(Error::not_found::<id::Role>)?;
    request.require_match(Role::VERSION)?;
    if request.store().revoke_role(organization, &role, &request.write()?).await? {
        Ok(Response::deleted())
    } else {
        // Another request revoked it since it was read.
        Err(Error::not_found::<id::Role>())
    }
}
