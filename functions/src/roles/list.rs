//! `GET /v1/organizations/{orgId}/parties/{partyId}/roles`

use berth_shared::{
    Result,
    credentials::Scope,
    domain::RoleName,
    http::{Endpoint, ListResponse, Parameter, Request, Response, StoreAction},
    id::{DockId, PartyId, RoleId},
    store::{Family, PartyRole, RoleFilter},
    time::Time,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::history::{self, Revocation};

/// The endpoint list-roles.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::get("list-roles", "/v1/organizations/{orgId}/parties/{partyId}/roles", Scope::RolesRead, |request| {
        Box::pin(handle(request))
    })
    .summary("List the roles of a party")
    .description(
        "Returns the roles that a party holds in the docks of its organization, newest first. `dockName` \
         is the current name of the dock; of a deleted dock, its last name.",
    )
    .store(&[
        StoreAction::Query.on(&[Family::PartyRoles, Family::Deletions]),
        StoreAction::BatchGetItem.on(&[Family::Tenant, Family::DockRoles, Family::Deletions]),
    ])
    .query(&[
        Parameter::new::<RoleName>("role", "Return only this role: `DISTRIBUTOR` or `RECIPIENT`."),
        Parameter::new::<DockId>("dockId", "Return only roles in this dock."),
        Parameter::new::<Time>("asOf", history::AS_OF),
    ])
    .returns_page_of::<PartyRoleView>()
    .response_example(
        r#"{
            "data": [
                {
                    "id": "dpr_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
                    "dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV",
                    "dockName": "Underwriting Division",
                    "partyId": "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY",
                    "role": "DISTRIBUTOR",
                    "createdAt": "2024-03-01T12:00:00.000Z"
                },
                {
                    "id": "dpr_01HPP5N3RQ2S7V9X1Z4B6D8FGH",
                    "dockId": "dock_01HQ3N7E8Y2V0B4DX7T1V3W6YZ",
                    "dockName": "Agent Portal",
                    "partyId": "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY",
                    "role": "RECIPIENT",
                    "createdAt": "2024-02-15T09:30:00.000Z"
                }
            ],
            "meta": {"total": 2, "page": 1, "pageSize": 20, "hasMore": false, "nextCursor": null}
        }"#,
    );

/// Role that a party holds in a dock, with the name of the dock.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PartyRole")]
struct PartyRoleView {
    /// Identifier of the role.
    id: RoleId,
    /// Dock in which the role is held.
    dock_id: DockId,
    /// Current display name of the dock; of a deleted dock, its last name. `null` if the name is not known.
    dock_name: Option<String>,
    /// Party that holds the role.
    party_id: PartyId,
    /// Role that the party holds.
    role: RoleName,
    /// Time from which the role is held.
    created_at: Time,
    #[serde(flatten)]
    revocation: Option<Revocation>,
}

async fn handle(request: &Request) -> Result<Response> {
    let mut query = request.query();
    let role = query.read("role", RoleName::parse);
    let dock = query.read_id("dockId");
    let as_of = query.read("asOf", |text| history::as_of(text, request.now()));
    let paging = query.paging().await?;
    let (organization, party) = (request.organization()?, request.path("partyId")?);
    let filter = RoleFilter { role, dock, as_of };
    let listed = request.store().list_party_roles(organization, party, &filter, &paging.page).await?;
    ListResponse::page(listed, &paging, |PartyRole { role, dock_name }| PartyRoleView {
        id: role.id,
        dock_id: role.dock_id,
        dock_name: dock_name.map(|name| name.as_str().to_owned()),
        party_id: role.party_id,
        role: role.role,
        created_at: role.created_at,
        revocation: as_of.map(|_| Revocation::of(&role)),
    })
}
