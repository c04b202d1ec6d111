//! `POST /v1/api-keys`

use berth_shared::{
    Error, Result,
    credentials::{Owner, Scope, Scopes},
    domain::{
        Creator, Name,
        object::{Optional, OptionalExpiry, Required},
    },
    error::Code,
    http::{Endpoint, EntityTag, Request, Response, StoreAction},
    id::{self, OrganizationId},
    operator::{KeyProperties, mint},
    store::Family,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::view::ApiKeyView;

/// The endpoint create-api-key.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::post("create-api-key", "/v1/api-keys", Scope::ApiKeysWrite, |request| Box::pin(handle(request)))
        .summary("Create an API key")
        .description(
            "Creates an API key. `key` in the response is the credential and is shown only once: only a \
             digest of it is stored. A repetition of the request with the same `Idempotency-Key` returns \
             `null` instead.\n\nA key can grant only scopes that it holds itself, and only until it expires \
             itself. An organization key can create keys only for its own organization.",
        )
        .store(&[
            StoreAction::ConditionCheckItem.on(&[Family::ApiKeys]),
            StoreAction::UpdateItem.on(&[Family::Tenant, Family::Platform]),
            StoreAction::PutItem.on(&[
                Family::ApiKeys,
                Family::ApiKeyLineage,
                Family::ApiKeyRows,
                Family::Tenant,
                Family::Platform,
                Family::PlatformAudit,
            ]),
            StoreAction::GetItem.on(&[Family::Idempotency]),
        ])
        .body::<CreateApiKey>()
        .returns_resource::<CreatedApiKeyView>()
        .errors(&[Code::ScopeNotHeld, Code::OrganizationNotFound])
        .request_example(
            r#"{"name": "Onboarding", "scopes": ["parties:read", "parties:write"],
            "organizationId": "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS"}"#,
        )
        .response_example(
            r#"{
            "id": "key_01HQ3P2F4Z6W8C0EY9V3X5Y8Z1",
            "organizationId": "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
            "name": "Onboarding",
            "scopes": ["parties:read", "parties:write"],
            "environment": "live",
            "start": "dk_live_02Xk9a",
            "expiresAt": null,
            "lastUsedAt": null,
            "createdAt": "2024-03-01T12:00:00.000Z",
            "createdBy": "key_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
            "revokedAt": null,
            "key": null
        }"#,
        );

berth_shared::object! {
    /// API key to create.
    struct CreateApiKey {
        /// Display name, 1 to 200 characters.
        name: Required<Name>,
        /// Scopes to grant, at least one. The key that sends the request must hold each of them.
        scopes: Required<Scopes>,
        /// Organization that will own the key. The default, also for `null`, is the owner of the key that sends the request.
        organization_id: Optional<OrganizationId>,
        /// Time of expiry: RFC 3339 with any offset, in the future, and no later than the expiry of the key that sends the
        /// request. The default, also for `null`, is the expiry of that key.
        expires_at: OptionalExpiry,
    }
}

/// New API key with its credential.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CreatedApiKey")]
struct CreatedApiKeyView {
    #[serde(flatten)]
    api_key: ApiKeyView,
    /// Credential to send as `Authorization: Bearer`. It is shown only once; `null` in the response to a repetition.
    key: Option<String>,
}

async fn handle(request: &Request) -> Result<Response> {
    let CreateApiKey { name, scopes, organization_id, expires_at } = match request.body() {
        Ok(body) => body,
        Err(error) => {
            // `expiresAt` was valid in the first request, but may be in the past in its repetition.
            request.require_not_replayed().await?;
            return Err(error);
        }
    };
    let caller = request.caller()?;
    if organization_id.is_some_and(|id| !caller.owner.sees(id)) {
        return Err(Error::not_found::<id::Organization>());
    }
    if let [first, ..] = caller.scopes.lacking(&scopes).as_slice() {
        let detail = format!("An API key can grant only scopes that it holds; this API key does not hold {first}");
        return Err(Error::new(Code::ScopeNotHeld, detail));
    }
    let owner = organization_id.map_or(caller.owner, Owner::Organization);
    let environment = request.service().verifier().environment();
    let expires_at = expires_at.or(caller.expires_at);
    let properties = KeyProperties { owner, name, scopes, expires_at, created_by: Creator::ApiKey(caller.key) };
    let (record, credential) = mint(environment, properties, request.now())?;
    let view = |key| CreatedApiKeyView { api_key: ApiKeyView::new(&record.key, None), key };
    let response = Response::new(&view(Some(credential.reveal().to_owned())))?
        .recorded_as(&view(None))?
        .with_location(format!("/v1/api-keys/{}", record.key.id))
        .with_etag(EntityTag::version(record.key.version));
    request.store().create_api_key(&record, &request.write_with_response(&response)?).await?;
    Ok(response)
}
