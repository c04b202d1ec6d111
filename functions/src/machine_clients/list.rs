//! `GET /v1/organizations/{orgId}/machine-clients`

use berth_shared::{
    Result,
    credentials::Scope,
    http::{Endpoint, ListResponse, Parameter, Request, Response, StoreAction},
    id::DockId,
    store::{Family, ListedMachineClient, MachineClientFilter},
};

use super::view::MachineClientView;

/// The endpoint list-machine-clients.
pub(crate) const ENDPOINT: Endpoint = Endpoint::get(
    "list-machine-clients",
    "/v1/organizations/{orgId}/machine-clients",
    Scope::MachineClientsRead,
    |request| Box::pin(handle(request)),
)
.summary("List machine clients")
.description("Returns the machine clients of an organization, newest first, including inactive ones.")
.store(&[
    StoreAction::Query.on(&[Family::Tenant]),
    StoreAction::BatchGetItem.on(&[Family::MachineClients, Family::CredentialUses]),
])
.query(&[
    Parameter::new::<DockId>("dockId", "Return only machine clients that are bound to this dock."),
    Parameter::new::<bool>(
        "isActive",
        "`true` returns only active machine clients, `false` only inactive ones. Default: both.",
    ),
])
.returns_page_of::<MachineClientView>();

async fn handle(request: &Request) -> Result<Response> {
    let mut query = request.query();
    let dock = query.read_id("dockId");
    let is_active = query.read("isActive", |text| text.parse().map_err(|_| "must be true or false".to_owned()));
    let paging = query.paging().await?;
    let filter = MachineClientFilter { dock, is_active };
    let listed = request.store().list_machine_clients(request.organization()?, filter, &paging.page).await?;
    ListResponse::page(listed, &paging, |ListedMachineClient { record, last_used_at }| {
        MachineClientView::new(&record.client, last_used_at)
    })
}
