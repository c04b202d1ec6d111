//! `DELETE /v1/organizations/{orgId}/machine-clients/{machineClientId}`

use berth_shared::{
    Result,
    credentials::{CredentialId, Scope, Scopes},
    error::Code,
    http::{Endpoint, Parameter, Request, Response, StoreAction},
    store::Family,
};

use super::find::{find, require_scopes};

/// The endpoint delete-machine-client.
pub(crate) const ENDPOINT: Endpoint = Endpoint::delete(
    "delete-machine-client",
    "/v1/organizations/{orgId}/machine-clients/{machineClientId}",
    Scope::MachineClientsWrite,
    |request| Box::pin(handle(request)),
)
.summary("Delete a machine client")
.description(
    "Deletes a machine client, which ends its tokens. A process that has just verified a token may accept it for up to \
     30 more seconds.\n\nA credential can delete only machine clients whose scopes it holds. With `descendants=true`, \
     the request also revokes every API key and deactivates every machine client that descends from the client: those \
     that were created with its tokens, those that were created with these, and so on. If there are too many for one \
     request, the status is 503 with `REVOCATION_IN_PROGRESS`, and the same request without `If-Match` continues.",
)
.query(&[Parameter::new::<bool>(
    "descendants",
    "`true` also revokes all credentials that descend from the client. Default: `false`.",
)])
.store(&[
    StoreAction::BatchGetItem.on(&[Family::MachineClients, Family::CredentialUses, Family::ApiKeys]),
    StoreAction::Query.on(&[Family::CredentialLineage]),
    StoreAction::UpdateItem.on(&[Family::ApiKeys, Family::MachineClients, Family::CredentialLineage, Family::Tenant]),
    StoreAction::DeleteItem.on(&[Family::MachineClients, Family::Tenant, Family::CredentialLineage]),
])
.errors(&[Code::ScopeNotHeld, Code::RevocationInProgress]);

async fn handle(request: &Request) -> Result<Response> {
    let mut query = request.query();
    let descendants = query.read("descendants", |text| text.parse().map_err(|_| "must be true or false".to_owned()));
    query.finish()?;
    let (caller, store) = (request.caller()?, request.store());
    let mut descendants = descendants.unwrap_or(false);
    let mut is_first = true;
    loop {
        let client = find(request).await?.record.client;
        require_scopes(caller, &Scopes::new(client.scopes.clone()), "delete")?;
        // Later reads find the version that this request has written.
        if is_first {
            request.require_match(client.version)?;
        }
        if descendants {
            // The deactivated client creates no further descendants, so the deletion can follow.
            let is_done = store.deactivate_machine_client_and_descendants(&client, &request.write()?).await?;
            (descendants, is_first) = (!is_done, !is_done);
        } else if store.delete_machine_client(&client, &request.write()?).await? {
            request.service().verifier().forget(CredentialId::MachineClient(client.id));
            return Ok(Response::deleted());
        }
    }
}
