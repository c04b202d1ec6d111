//! `GET /v1/docks/{dockId}/parties`

use berth_shared::{
    Result,
    credentials::Scope,
    domain::{PartyType, RoleName},
    http::{Access, Endpoint, Handler, ListResponse, Parameter, Request, Response, StoreAction, schema_of},
    id::{DockId, PartyId, RoleId},
    store::{DockParty, Family, RoleFilter},
    time::Time,
};
use lambda_http::http::Method;
use schemars::JsonSchema;
use serde::Serialize;

use super::find::place;
use crate::roles::history::{self, Ending};

/// The row of list-dock-parties.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "list-dock-parties",
    method: Method::GET,
    path: "/v1/docks/{dockId}/parties",
    access: Access::Scope(Scope::RolesRead),
    success: 200,
    store: &[
        StoreAction::GetItem.on(&[Family::Tenant, Family::Docks]),
        StoreAction::Query.on(&[Family::DockRoles]),
        StoreAction::BatchGetItem.on(&[Family::Tenant]),
    ],
    summary: "List the parties of a dock",
    description: "Who takes part in a dock, in which role: a row for each role. The newest party comes first; a party \
                  with both roles has two rows, the distributor's before the recipient's.",
    query: &[
        Parameter { name: "role", description: "Only this role.", schema: schema_of::<RoleName> },
        Parameter { name: "asOf", description: history::AS_OF, schema: schema_of::<Time> },
    ],
    paged: true,
    tagged: false,
    body: None,
    response: schema_of::<ListResponse<DockPartyView>>,
    errors: &[],
    examples: (
        "",
        r#"{
            "data": [{
                "id": "dpr_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
                "dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV",
                "partyId": "pty_01HQ3L5D6X0T8Z2CW5R9S1V4XY",
                "partyName": "First American Title",
                "partyType": "ORGANIZATION",
                "role": "DISTRIBUTOR",
                "createdAt": "2024-03-01T12:00:00.000Z"
            }],
            "meta": {"total": 1, "page": 1, "pageSize": 20, "hasMore": false, "nextCursor": null}
        }"#,
    ),
    handler: Handler::Rest(|request| Box::pin(handle(request))),
};

/// A party in a dock.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DockParty")]
struct DockPartyView {
    /// The role's id.
    id: RoleId,
    /// The dock.
    dock_id: DockId,
    /// The party.
    party_id: PartyId,
    /// The party's name now; `null` for a party that is gone.
    party_name: Option<String>,
    /// Person or company; `null` for a party that is gone.
    party_type: Option<PartyType>,
    /// As what.
    role: RoleName,
    /// Since when.
    created_at: Time,
    #[serde(flatten)]
    ending: Option<Ending>,
}

async fn handle(request: &Request) -> Result<Response> {
    let mut query = request.query();
    let role = query.read("role", RoleName::parse);
    let as_of = query.read("asOf", |text| history::as_of(text, request.now()));
    let paging = query.paging().await?;
    let (organization, dock) = place(request).await?;
    let filter = RoleFilter { role, dock: Some(dock), as_of };
    let listed = request.store().list_dock_parties(organization, dock, &filter, &paging.page).await?;
    ListResponse::answer(listed, &paging, |DockParty { role, party }| DockPartyView {
        id: role.id,
        dock_id: role.dock_id,
        party_id: role.party_id,
        party_name: party.as_ref().map(|(name, _)| name.as_str().to_owned()),
        party_type: party.map(|(_, kind)| kind),
        role: role.role,
        created_at: role.created_at,
        ending: as_of.map(|_| Ending::of(&role)),
    })
}
