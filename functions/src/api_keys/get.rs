//! `GET /v1/api-keys/{keyId}`

use berth_shared::{
    Result,
    credentials::Scope,
    http::{Endpoint, Request, Response, StoreAction},
    store::{Family, ListedApiKey},
};

use super::{
    find::visible,
    view::{self, ApiKeyView, tag},
};

/// The endpoint get-api-key.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::get("get-api-key", "/v1/api-keys/{keyId}", Scope::ApiKeysRead, |request| Box::pin(handle(request)))
        .summary("Get an API key")
        .description(
            "Returns an API key without its credential, also a revoked one. An organization key finds only keys of \
             its own organization.",
        )
        .store(&[StoreAction::BatchGetItem.on(&[Family::ApiKeys, Family::CredentialUses])])
        .returns_resource::<ApiKeyView>()
        .response_example(view::EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    let found = request.store().api_key_with_use(request.path("keyId")?).await?;
    let ListedApiKey { key, last_used_at } = visible(request.caller()?, found, |found| &found.key)?;
    request.conditional_response(&ApiKeyView::new(&key, last_used_at), tag(&key, last_used_at))
}
