//! `DELETE /v1/api-keys/{keyId}`

use berth_shared::{
    Error, Result,
    credentials::{Owner, Scope},
    http::{Endpoint, Request, Response, StoreAction},
    id,
    store::Family,
};

/// The endpoint revoke-api-key.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::delete("revoke-api-key", "/v1/api-keys/{keyId}", Scope::ApiKeysWrite, |request| {
        Box::pin(handle(request))
    })
    .summary("Revoke an API key")
    .description(
        "Revokes an API key. Requests with it are rejected from then on; a process that has just \
         verified the key may accept it for up to 30 more seconds. Revoking a revoked key has no effect.",
    )
    .store(&[StoreAction::UpdateItem.on(&[Family::ApiKeys]), StoreAction::PutItem.on(&[Family::PlatformAudit])]);

async fn handle(request: &Request) -> Result<Response> {
    let id = request.path("keyId")?;
    let caller = request.caller()?.owner;
    loop {
        let found = request.store().api_key(id).await?.map(|record| record.key);
        let visible = |owner| caller == Owner::Platform || caller == owner;
        let key = found.filter(|key| visible(key.owner)).ok_or_else(Error::not_found::<id::ApiKey>)?;
        request.require_match(key.version)?;
        if key.revoked_at.is_some() || request.store().revoke_api_key(&key, &request.write()?).await? {
            return Ok(Response::deleted());
        }
    }
}
