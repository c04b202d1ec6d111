//! `GET /v1/organizations/{orgId}/machine-clients/{machineClientId}`

use berth_shared::{
    Result,
    credentials::Scope,
    http::{Endpoint, Request, Response, StoreAction},
    store::{Family, ListedMachineClient},
};

use super::{
    find::find,
    view::{self, MachineClientView, tag},
};

/// The endpoint get-machine-client.
pub(crate) const ENDPOINT: Endpoint = Endpoint::get(
    "get-machine-client",
    "/v1/organizations/{orgId}/machine-clients/{machineClientId}",
    Scope::MachineClientsRead,
    |request| Box::pin(handle(request)),
)
.summary("Get a machine client")
.description("Returns a machine client without its secret.")
.store(&[StoreAction::BatchGetItem.on(&[Family::MachineClients, Family::CredentialUses])])
.returns_resource::<MachineClientView>()
.response_example(view::EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    let ListedMachineClient { record, last_used_at } = find(request).await?;
    let view = MachineClientView::new(&record.client, last_used_at);
    request.conditional_response(&view, tag(&record.client, last_used_at))
}
