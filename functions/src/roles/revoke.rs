//! `DELETE /v1/organizations/{orgId}/parties/{partyId}/roles/{roleId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    domain::Role,
    http::{Access, Answer, Call, Endpoint, Handler, StoreAction},
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
    description: "Ends a role. It stays in the history that `asOf` reads. The role may be assigned again, as a new one.",
    query: &[],
    paged: false,
    tagged: false,
    body: None,
    answer: crate::schemas::success,
    refusals: &[],
    examples: ("", r#"{"success": true}"#),
    handler: Handler::Rest(|call| Box::pin(handle(call))),
};

async fn handle(call: &Call) -> Result<Answer> {
    let (organization, party, id) = (call.organization()?, call.path("partyId")?, call.path("roleId")?);
    let role = call.store().role(organization, party, id).await?.ok_or_else(Error::not_found::<id::Role>)?;
    call.require_match(Role::VERSION)?;
    if call.store().revoke_role(organization, &role, &call.write()?).await? {
        Ok(Answer::deleted())
    } else {
        // Another call revoked it since it was read.
        Err(Error::not_found::<id::Role>())
    }
}
