//! `DELETE /v1/api-keys/{keyId}`

use berth_shared::{
    Result,
    credentials::Scope,
    error::Code,
    http::{Endpoint, Parameter, Request, Response, StoreAction},
    store::Family,
};

use super::find::{require_scopes, visible};

/// The endpoint revoke-api-key.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::delete("revoke-api-key", "/v1/api-keys/{keyId}", Scope::ApiKeysWrite, |request| {
        Box::pin(handle(request))
    })
    .summary("Revoke an API key")
    .description(
        "Revokes an API key. Requests with it are rejected from then on; a process that has just \
         verified the key may accept it for up to 30 more seconds. Revoking a revoked key has no effect.\n\n\
         A key can revoke only keys whose scopes it holds itself. With `descendants=true`, the request also \
         revokes every key and deactivates every machine client that descends from the key: those that it \
         created, those that they created, and so on. If there are too many for one request, the status is 503 with `REVOCATION_IN_PROGRESS`, and the \
         same request without `If-Match` continues.",
    )
    .query(&[Parameter::new::<bool>(
        "descendants",
        "`true` also revokes all keys that descend from the key. Default: `false`.",
    )])
    .store(&[
        StoreAction::BatchGetItem.on(&[Family::ApiKeys, Family::MachineClients]),
        StoreAction::Query.on(&[Family::CredentialLineage]),
        StoreAction::UpdateItem.on(&[
            Family::ApiKeys,
            Family::MachineClients,
            Family::Tenant,
            Family::CredentialLineage,
        ]),
        StoreAction::DeleteItem.on(&[Family::CredentialLineage]),
        StoreAction::PutItem.on(&[Family::PlatformAudit]),
    ])
    .errors(&[Code::ScopeNotHeld, Code::RevocationInProgress]);

async fn handle(request: &Request) -> Result<Response> {
    let mut query = request.query();
    let descendants = query.read("descendants", |text| text.parse().map_err(|_| "must be true or false".to_owned()));
    query.finish()?;
    let id = request.path("keyId")?;
    let (caller, descendants) = (request.caller()?, descendants.unwrap_or(false));
    loop {
        let found = request.store().api_key(id).await?.map(|record| record.key);
        let key = visible(caller, found, |key| key)?;
        require_scopes(caller, &key, "revoke")?;
        request.require_match(key.version)?;
        let is_revoked = if descendants {
            request.store().revoke_api_key_and_descendants(&key, &request.write()?).await?
        } else {
            key.revoked_at.is_some() || request.store().revoke_api_key(&key, &request.write()?).await?
        };
        if is_revoked {
            return Ok(Response::deleted());
        }
    }
}
