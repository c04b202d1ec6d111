//! `POST /v1/organizations/{orgId}/parties/{partyId}/roles`

use berth_shared::{
    Result,
    credentials::{Owner, Scope},
    domain::{Role, RoleName, object::Required},
    error::Code,
    http::{Endpoint, Request, Response, StoreAction},
    id::DockId,
    store::Family,
};

use super::view::{self, RoleView, tag};

/// The endpoint assign-role.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::post("assign-role", "/v1/organizations/{orgId}/parties/{partyId}/roles", Scope::RolesWrite, |request| {
        Box::pin(handle(request))
    })
    .summary("Assign a role")
    .description(
        "Assigns a party the role `DISTRIBUTOR` or `RECIPIENT` in a dock of the same organization. A \
         party may hold both roles in one dock, each once.\n\nIf the party or dock belongs to another \
         organization, the status is 403 with a platform key. With an organization key it is 404, as \
         for a resource that does not exist.",
    )
    .store(&[
        StoreAction::UpdateItem.on(&[Family::Tenant, Family::DockRoles]),
        StoreAction::PutItem.on(&[Family::DockRoles, Family::PartyRoles]),
        StoreAction::BatchGetItem.on(&[Family::Tenant, Family::PartyPointers, Family::Docks]),
    ])
    .body::<AssignRole>()
    .returns_resource::<RoleView>()
    .errors(&[
        Code::PartyOfAnotherOrganization,
        Code::DockOfAnotherOrganization,
        Code::DockNotFound,
        Code::RoleAlreadyAssigned,
    ])
    .request_example(r#"{"dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV", "role": "DISTRIBUTOR"}"#)
    .response_example(view::EXAMPLE);

berth_shared::object! {
    /// Role to assign.
    struct AssignRole {
        /// Dock in which the party is to hold the role.
        dock_id: Required<DockId>,
        /// Role to assign: `DISTRIBUTOR` or `RECIPIENT`.
        role: Required<RoleName>,
    }
}

async fn handle(request: &Request) -> Result<Response> {
    let AssignRole { dock_id, role } = request.body()?;
    let (organization, party_id) = (request.organization()?, request.path("partyId")?);
    let (id, created_at) = (request.new_id()?, request.now());
    let role = Role { id, dock_id, party_id, role, created_at, revoked_at: None, revoked_by: None };
    let path = format!("/v1/organizations/{organization}/parties/{party_id}/roles/{id}");
    let response = Response::new(&RoleView::from(&role))?.with_location(path).with_etag(tag());
    let disclose_foreign = request.caller()?.owner == Owner::Platform;
    request
        .store()
        .assign_role(organization, &role, disclose_foreign, &request.write_with_response(&response)?)
        .await?;
    Ok(response)
}
