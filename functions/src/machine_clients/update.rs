//! `PATCH /v1/organizations/{orgId}/machine-clients/{machineClientId}`

use berth_shared::{
    Result,
    credentials::{CredentialId, Scope, Scopes},
    domain::MachineClientPatch,
    error::Code,
    http::{Endpoint, Request, Response, StoreAction},
    store::{Family, ListedMachineClient},
};

use super::{
    find::{find, require_scopes},
    view::{self, MachineClientView, tag},
};

/// The endpoint update-machine-client.
pub(crate) const ENDPOINT: Endpoint = Endpoint::patch(
    "update-machine-client",
    "/v1/organizations/{orgId}/machine-clients/{machineClientId}",
    Scope::MachineClientsWrite,
    |request| Box::pin(handle(request)),
)
.summary("Update a machine client")
.description(
    "Applies a JSON merge patch (RFC 7396) to a machine client. `isActive: false` ends its tokens: they are rejected \
     from then on, also after a later `isActive: true`. A process that has just verified a token may accept it for up \
     to 30 more seconds. The dock, the networks and the expiry of a client cannot change.\n\nA credential can change \
     only machine clients whose scopes it holds, and grant only scopes that it holds.",
)
.store(&[
    StoreAction::BatchGetItem.on(&[Family::MachineClients, Family::CredentialUses]),
    StoreAction::ConditionCheckItem.on(&[Family::Tenant]),
    StoreAction::UpdateItem.on(&[Family::MachineClients, Family::Tenant]),
])
.body::<MachineClientPatch>()
.returns_resource::<MachineClientView>()
.errors(&[Code::ScopeNotHeld, Code::PartyNotFound, Code::DockGone])
.request_example(r#"{"name": "Settlement", "isActive": false}"#)
.response_example(view::EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    let patch: MachineClientPatch = request.body()?;
    let caller = request.caller()?;
    loop {
        let ListedMachineClient { record, last_used_at } = find(request).await?;
        let before = record.client;
        let after = before.patched(patch.clone(), request.now());
        require_scopes(caller, &Scopes::new([before.scopes.clone(), after.scopes.clone()].concat()), "change")?;
        request.require_match(before.version)?;
        if after == before || request.store().update_machine_client(&before, &after, &request.write()?).await? {
            request.service().verifier().forget(CredentialId::MachineClient(after.id));
            let view = MachineClientView::new(&after, last_used_at);
            return Ok(Response::new(&view)?.with_etag(tag(&after, last_used_at)));
        }
    }
}
