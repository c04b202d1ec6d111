//! `POST /v1/organizations/{orgId}/parties/{partyId}/roles`

use berth_shared::{
    Result,
    credentials::{Owner, Scope},
    domain::{Role, RoleName},
    error::Code,
    http::{Access, Answer, Body, BodyOf, Call, Endpoint, EntityTag, Fields, Handler, StoreAction, schema_of},
    id::{DockId, PartyId, RoleId},
    store::Family,
    time::Time,
};
use lambda_http::http::Method;
use schemars::JsonSchema;
use serde::Serialize;

/// The row of assign-role.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "assign-role",
    method: Method::POST,
    path: "/v1/organizations/{orgId}/parties/{partyId}/roles",
    access: Access::Scope(Scope::RolesWrite),
    success: 201,
    store: &[
        StoreAction::UpdateItem.on(&[Family::Tenant]),
        StoreAction::PutItem.on(&[Family::DockRoles, Family::PartyRoles]),
        StoreAction::BatchGetItem.on(&[Family::Tenant, Family::PartyPointers, Family::Docks]),
    ],
    summary: "Assign a role",
    description: "Makes a party distributor or recipient in a dock of the same organization. A party may hold both \
                  roles in one dock, each once.\n\nA party or dock of another organization is 403 for a key of the \
                  platform and 404 for an organization's key, for which it does not exist.",
    query: &[],
    paged: false,
    tagged: true,
    body: Some(BodyOf::of::<AssignRole>()),
    answer: schema_of::<RoleView>,
    refusals: &[
        Code::PartyOfAnotherOrganization,
        Code::DockOfAnotherOrganization,
        Code::DockNotFound,
        Code::RoleAlreadyAssigned,
    ],
    examples: (
        r#"{"dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV", "role": "DISTRIBUTOR"}"#,
        r#"{
            "id": "dpr_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
            "dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV",
            "partyId": "pty_01HQ3L5D6X0T8Z2CW5R9S1V4XY",
            "role": "DISTRIBUTOR",
            "createdAt": "2024-03-01T12:00:00.000Z"
        }"#,
    ),
    handler: Handler::Rest(|call| Box::pin(handle(call))),
};

/// A role to assign.
#[derive(Debug, JsonSchema)]
#[schemars(rename_all = "camelCase")]
struct AssignRole {
    /// The dock.
    dock_id: DockId,
    /// Distributor or recipient.
    role: RoleName,
}

impl Body for AssignRole {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let dock_id = fields.required("dockId");
        let role = fields.required("role");
        Some(Self { dock_id: dock_id?, role: role? })
    }
}

/// A role that a party holds in a dock.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Role")]
struct RoleView {
    /// The role's id.
    id: RoleId,
    /// The dock.
    dock_id: DockId,
    /// The party.
    party_id: PartyId,
    /// Distributor or recipient.
    role: RoleName,
    /// Since when.
    created_at: Time,
}

async fn handle(call: &Call) -> Result<Answer> {
    let AssignRole { dock_id, role } = call.body()?;
    let (organization, party_id) = (call.organization()?, call.path("partyId")?);
    let (id, created_at) = (call.new_id()?, call.now());
    let view = RoleView { id, dock_id, party_id, role, created_at };
    let path = format!("/v1/organizations/{organization}/parties/{party_id}/roles/{id}");
    let answer = Answer::new(&view)?.at(path).tagged(EntityTag::version(Role::VERSION));
    let role = Role { id, dock_id, party_id, role, created_at, revoked_at: None, revoked_by: None };
    let tell_foreign = call.caller()?.owner == Owner::Platform;
    call.store().assign_role(organization, &role, tell_foreign, &call.write_answering(&answer)?).await?;
    Ok(answer)
}
