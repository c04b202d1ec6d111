//! `POST /v1/organizations/{orgId}/machine-clients/{machineClientId}/rotate`

use berth_shared::{
    Result,
    credentials::{CredentialSubject, Scope, Scopes},
    domain::MachineClient,
    error::Code,
    http::{Endpoint, Request, Response, StoreAction},
    operator,
    store::{Family, ListedMachineClient},
};

use super::{
    find::{find, require_scopes},
    view::{CREATED, CreatedMachineClientView, MachineClientView, tag},
};
use crate::api_keys::rotate::RotateSecret;

/// The endpoint rotate-machine-client.
pub(crate) const ENDPOINT: Endpoint = Endpoint::post(
    "rotate-machine-client",
    "/v1/organizations/{orgId}/machine-clients/{machineClientId}/rotate",
    Scope::MachineClientsWrite,
    |request| Box::pin(handle(request)),
)
.success(200)
.summary("Rotate the secret of a machine client")
.description(
    "Replaces the secret of a machine client. `clientSecret` in the response is shown only once. A repetition of the \
     request with the same `Idempotency-Key` returns `null` instead. The ids and all other properties stay, and so do \
     the tokens of the client.\n\nThe previous secret is accepted for `graceSeconds` more, and never beyond the expiry \
     of the client. A second rotation in that time ends the first secret.\n\nA credential can rotate only machine \
     clients whose scopes it holds.",
)
.store(&[
    StoreAction::BatchGetItem.on(&[Family::MachineClients, Family::CredentialUses]),
    StoreAction::ConditionCheckItem.on(&[Family::ApiKeys, Family::MachineClients, Family::AccessTokens]),
    StoreAction::UpdateItem.on(&[Family::MachineClients]),
])
.optional_body::<RotateSecret>()
.returns_resource::<CreatedMachineClientView>()
.errors(&[Code::ScopeNotHeld])
.request_example(r#"{"graceSeconds": 600}"#)
.response_example(CREATED);

async fn handle(request: &Request) -> Result<Response> {
    let rotation: RotateSecret = request.body()?;
    let caller = request.caller()?;
    loop {
        let ListedMachineClient { record, last_used_at } = find(request).await?;
        let before = record.client;
        require_scopes(caller, &Scopes::new(before.scopes.clone()), "rotate")?;
        let secret = operator::credential(before.environment, CredentialSubject::ClientSecret(before.id))?;
        let until = rotation.until(before.expires_at, request.now());
        let secrets = record.secrets.rotated(&secret.digest(), until);
        let after = MachineClient { version: before.version + 1, updated_at: request.now(), ..before.clone() };
        let view = |secret| CreatedMachineClientView::new(MachineClientView::new(&after, last_used_at), secret);
        let response = Response::new(&view(Some(secret.reveal().to_owned())))?
            .recorded_as(&view(None))?
            .with_etag(tag(&after, last_used_at));
        let write = request.write_with_response(&response)?;
        let store = request.store();
        if store.rotate_machine_client((&before, &after), &secrets, caller.into(), &write).await? {
            return Ok(response);
        }
    }
}
