//! `DELETE /v1/api-keys/{keyId}`

use berth_shared::{
    Error, Result,
    credentials::{Owner, Scope},
    http::{Access, Endpoint, Handler, Request, Response, StoreAction},
    id,
    store::Family,
};
use lambda_http::http::Method;

/// The row of revoke-api-key.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "revoke-api-key",
    method: Method::DELETE,
    path: "/v1/api-keys/{keyId}",
    access: Access::Scope(Scope::ApiKeysWrite),
    success: 200,
    store: &[StoreAction::UpdateItem.on(&[Family::ApiKeys]), StoreAction::PutItem.on(&[Family::PlatformAudit])],
    summary: "Revoke an API key",
    description: "Revokes an API key. Requests with it are rejected from then on; a process that has just \
                  verified the key may accept it for up to 30 more seconds. Revoking a revoked key has no effect.",
    query: &[],
    paged: false,
    tagged: false,
    body: None,
    response: crate::schemas::success,
    errors: &[],
    examples: ("", r#"{"success": true}"#),
    handler: Handler::Rest(|request| Box::pin(handle(request))),
};

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
