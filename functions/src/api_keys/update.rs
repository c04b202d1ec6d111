//! `PATCH /v1/api-keys/{keyId}`

use berth_shared::{
    Result,
    credentials::Scope,
    domain::ApiKeyPatch,
    error::Code,
    http::{Endpoint, Request, Response, StoreAction},
    store::{Family, ListedApiKey},
};

use super::{
    find::{require_scopes, visible},
    view::{self, ApiKeyView, tag},
};

/// The endpoint update-api-key.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::patch("update-api-key", "/v1/api-keys/{keyId}", Scope::ApiKeysWrite, |request| Box::pin(handle(request)))
        .summary("Update an API key")
        .description(
            "Applies a JSON merge patch (RFC 7396) to an API key: a new name, fewer scopes, or an earlier expiry. \
             Nothing else can change, and nothing is widened. A process that has just verified the key may accept \
             it with its earlier scopes for up to 30 more seconds. Keys that the key created stay as they are.\n\n\
             A key can change only keys whose scopes it holds itself.",
        )
        .store(&[
            StoreAction::BatchGetItem.on(&[Family::ApiKeys, Family::CredentialUses]),
            StoreAction::UpdateItem.on(&[Family::ApiKeys]),
            StoreAction::PutItem.on(&[Family::PlatformAudit]),
        ])
        .body::<ApiKeyPatch>()
        .returns_resource::<ApiKeyView>()
        .errors(&[Code::ScopeNotHeld])
        .request_example(r#"{"name": "Onboarding, read only", "scopes": ["parties:read"]}"#)
        .response_example(view::EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    let patch: ApiKeyPatch = request.body()?;
    let (id, caller, store) = (request.path("keyId")?, request.caller()?, request.store());
    loop {
        let found = store.api_key_with_use(id).await?;
        let ListedApiKey { key: before, last_used_at } = visible(caller, found, |found| &found.key)?;
        require_scopes(caller, &before, "change")?;
        request.require_match(before.version)?;
        let after = before.patched(patch.clone(), request.now()).map_err(|violations| request.invalid(&violations))?;
        if after == before || store.update_api_key(&before, &after, &request.write()?).await? {
            let view = ApiKeyView::new(&after, last_used_at);
            return Ok(Response::new(&view)?.with_etag(tag(&after, last_used_at)));
        }
    }
}
