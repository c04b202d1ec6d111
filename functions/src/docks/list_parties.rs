//! `GET /v1/docks/{dockId}/parties`

use berth_shared::{
    Result,
    credentials::Scope,
    domain::{PartyType, RoleName},
    http::{Endpoint, ListResponse, Parameter, Request, Response, StoreAction},
    id::{DockId, PartyId, RoleId},
    store::{DockParty, Family, RoleFilter},
    time::Time,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::find::locate;
use crate::roles::history::{self, Revocation};

/// The endpoint list-dock-parties.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::get("list-dock-parties", "/v1/docks/{dockId}/parties", Scope::RolesRead, |request| {
        Box::pin(handle(request))
    })
    .summary("List the parties of a dock")
    .description(
        "Returns one row for each role that a party holds in the dock, newest party first. A party with \
         both roles has two rows, `DISTRIBUTOR` before `RECIPIENT`. `partyName` and `partyType` are the current ones; \
         of a deleted party, the last ones.",
    )
    .store(&[
        StoreAction::GetItem.on(&[Family::Docks]),
        StoreAction::Query.on(&[Family::DockRoles, Family::Deletions]),
        StoreAction::BatchGetItem.on(&[Family::Tenant, Family::Deletions]),
    ])
    .query(&[
        Parameter::new::<RoleName>("role", "Return only parties with this role: `DISTRIBUTOR` or `RECIPIENT`."),
        Parameter::new::<Time>("asOf", history::AS_OF),
    ])
    .returns_page_of::<DockPartyView>()
    .response_example(
        r#"{
            "data": [{
                "id": "dpr_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
                "dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV",
                "partyId": "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY",
                "partyName": "First American Title",
                "partyType": "ORGANIZATION",
                "role": "DISTRIBUTOR",
                "createdAt": "2024-03-01T12:00:00.000Z"
            }],
            "meta": {"total": 1, "page": 1, "pageSize": 20, "hasMore": false, "nextCursor": null}
        }"#,
    );

/// Role of a party in a dock, with the name and type of the party.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DockParty")]
struct DockPartyView {
    /// Identifier of the role.
    id: RoleId,
    /// Dock in which the role is held.
    dock_id: DockId,
    /// Party that holds the role.
    party_id: PartyId,
    /// Current display name of the party; of a deleted party, its last name. `null` if the name is not known.
    party_name: Option<String>,
    /// Current type of the party; of a deleted party, its last type. `null` if the type is not known.
    party_type: Option<PartyType>,
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
    let as_of = query.read("asOf", |text| history::as_of(text, request.now()));
    let paging = query.paging().await?;
    let (organization, dock) = locate(request).await?;
    let filter = RoleFilter { role, dock: Some(dock), as_of };
    let listed = request.store().list_dock_parties(organization, dock, &filter, &paging.page).await?;
    ListResponse::page(listed, &paging, |DockParty { role, party }| DockPartyView {
        id: role.id,
        dock_id: role.dock_id,
        party_id: role.party_id,
        party_name: party.as_ref().map(|(name, _)| name.as_str().to_owned()),
        party_type: party.map(|(_, kind)| kind),
        role: role.role,
        created_at: role.created_at,
        revocation: as_of.map(|_| Revocation::of(&role)),
    })
}
