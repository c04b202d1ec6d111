//! `GET /v1/organizations/{orgId}/roles`

use berth_shared::{
    Result,
    credentials::Scope,
    domain::RoleName,
    http::{Endpoint, ListResponse, Parameter, Request, Response, StoreAction},
    id::{self, DockId, IdList, PartyId, RoleId},
    store::{Family, OrganizationRole, OrganizationRoleFilter},
    time::Time,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::roles::history::{self, Revocation};

/// Maximum number of docks or parties of a filter.
const MAX_IDS: usize = 50;
/// Maximum number of rows of a page.
const MAX_LIMIT: usize = 500;

/// The endpoint list-organization-roles.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::get("list-organization-roles", "/v1/organizations/{orgId}/roles", Scope::RolesRead, |request| {
        Box::pin(handle(request))
    })
    .summary("List the roles of an organization")
    .description(
        "Returns the roles that parties hold in the docks of the organization, newest party first. The roles of one \
     party follow each other, newest first. `dockName` and `partyName` are the current names; of a deleted dock or \
     party, the last ones.\n\nUnknown ids in \
     `dockId` and `partyId` match nothing. With `asOf`, with `role`, with both `dockId` and `partyId`, or while a \
     deletion is in progress, a page may be short while `hasMore` is true.\n\n`meta.total` is exact if the first page has all roles. It is also exact with \
     either `partyId` or `dockId`, with or without `role`. In all other cases it is `null`.",
    )
    .store(&[
        StoreAction::Query.on(&[Family::PartyRoles, Family::DockRoles, Family::Deletions]),
        StoreAction::BatchGetItem.on(&[Family::Tenant, Family::Deletions]),
        StoreAction::GetItem.on(&[Family::Tenant]),
    ])
    .query(&[
        Parameter::new::<RoleName>("role", "Return only this role: `DISTRIBUTOR` or `RECIPIENT`."),
        Parameter::new::<IdList<id::Dock, MAX_IDS>>(
            "dockId",
            "Return only roles in these docks: 1 to 50 ids, comma-separated.",
        ),
        Parameter::new::<IdList<id::Party, MAX_IDS>>(
            "partyId",
            "Return only roles of these parties: 1 to 50 ids, comma-separated.",
        ),
        Parameter::new::<Time>("asOf", history::AS_OF),
    ])
    .returns_page_of::<OrganizationRoleView>()
    .max_limit(MAX_LIMIT)
    .response_example(
        r#"{
        "data": [
            {
                "id": "dpr_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
                "dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV",
                "dockName": "Underwriting Division",
                "partyId": "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY",
                "partyName": "First American Title",
                "role": "DISTRIBUTOR",
                "createdAt": "2024-03-01T12:00:00.000Z"
            },
            {
                "id": "dpr_01HPP5N3RQ2S7V9X1Z4B6D8FGH",
                "dockId": "dock_01HQ3N7E8Y2V0B4DX7T1V3W6YZ",
                "dockName": "Agent Portal",
                "partyId": "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY",
                "partyName": "First American Title",
                "role": "RECIPIENT",
                "createdAt": "2024-02-15T09:30:00.000Z"
            }
        ],
        "meta": {"total": 2, "page": 1, "pageSize": 20, "hasMore": false, "nextCursor": null}
    }"#,
    );

/// Role that a party holds in a dock, with the names of both.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "OrganizationRole")]
struct OrganizationRoleView {
    /// Identifier of the role.
    id: RoleId,
    /// Dock in which the role is held.
    dock_id: DockId,
    /// Current display name of the dock; of a deleted dock, its last name. `null` if the name is not known.
    dock_name: Option<String>,
    /// Party that holds the role.
    party_id: PartyId,
    /// Current display name of the party; of a deleted party, its last name. `null` if the name is not known.
    party_name: Option<String>,
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
    let docks = query.read_ids::<_, MAX_IDS>("dockId");
    let parties = query.read_ids::<_, MAX_IDS>("partyId");
    let as_of = query.read("asOf", |text| history::as_of(text, request.now()));
    let paging = query.paging().await?;
    let organization = request.organization()?;
    let is_own = request.caller()?.owner.organization().is_some();
    let filter = OrganizationRoleFilter { role, docks, parties, as_of };
    let listed = request.store().list_organization_roles(organization, is_own, &filter, &paging.page).await?;
    ListResponse::page(listed, &paging, |OrganizationRole { role, dock_name, party_name }| OrganizationRoleView {
        id: role.id,
        dock_id: role.dock_id,
        dock_name: dock_name.map(|name| name.as_str().to_owned()),
        party_id: role.party_id,
        party_name: party_name.map(|name| name.as_str().to_owned()),
        role: role.role,
        created_at: role.created_at,
        revocation: as_of.map(|_| Revocation::of(&role)),
    })
}
