//! `POST /v1/organizations/{orgId}/parties/{partyId}/roles`

use berth_shared::{
    Result,
    credentials::{Owner, Scope},
    domain::{Role, RoleName, object::Required},
    error::Code,
    http::{Endpoint, EntityTag, Request, Response, StoreAction},
    id::{DockId, PartyId, RoleId},
    store::Family,
    time::Time,
};
use schemars::JsonSchema;
use serde::Serialize;

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
        StoreAction::UpdateItem.on(&[Family::Tenant]),
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
    .response_example(
        r#"{
            "id": "dpr_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
            "dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV",
            "partyId": "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY",
            "role": "DISTRIBUTOR",
            "createdAt": "2024-03-01T12:00:00.000Z"
        }"#,
    );

berth_shared::object! {
    /// Role to assign.
    struct AssignRole {
        /// Dock in which the party is to hold the role.
        dock_id: Required<DockId>,
        /// Role to assign: `DISTRIBUTOR` or `RECIPIENT`.
        role: Required<RoleName>,
    }
}

/// Role that a party holds in a dock.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AssignedRole")]
struct RoleView {
    /// Identifier of the role.
    id: RoleId,
    /// Dock in which the role is held.
    dock_id: DockId,
    /// Party that holds the role.
    party_id: PartyId,
    /// Role that the party holds.
    role: RoleName,
    /// Time from which the role is held.
    created_at: Time,
}

async fn handle(request: &Request) -> Result<Response> {
    let AssignRole { dock_id, role } = request.body()?;
    let (organization, party_id) = (request.organization()?, request.path("partyId")?);
    let (id, created_at) = (request.new_id()?, request.now());
    let view = RoleView { id, dock_id, party_id, role, created_at };
    let path = format!("/v1/organizations/{organization}/parties/{party_id}/roles/{id}");
    let response = Response::new(&view)?.with_location(path).with_etag(EntityTag::version(Role::VERSION));
    let role = Role { id, dock_id, party_id, role, created_at, revoked_at: None, revoked_by: None };
    let disclose_foreign = request.caller()?.owner == Owner::Platform;
    request
        .store()
        .assign_role(organization, &role, disclose_foreign, &request.write_with_response(&response)?)
        .await?;
    Ok(response)
}
