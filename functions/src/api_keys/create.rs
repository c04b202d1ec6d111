//! `POST /v1/api-keys`

use berth_shared::{
    Error, Result,
    credentials::{Owner, Scope, Scopes},
    domain::{
        AllowedIps, Creator, Name, Violation,
        object::{Defaulted, Optional, OptionalExpiry, Required},
    },
    error::Code,
    http::{Endpoint, Request, Response, StoreAction},
    id::{self, DockId, OrganizationId},
    operator::{KeyProperties, mint},
    store::Family,
};

use super::view::{ApiKeyView, CreatedApiKeyView, tag};

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
            StoreAction::ConditionCheckItem.on(&[
                Family::ApiKeys,
                Family::MachineClients,
                Family::AccessTokens,
                Family::Tenant,
            ]),
            StoreAction::UpdateItem.on(&[Family::Tenant, Family::Platform]),
            StoreAction::PutItem.on(&[
                Family::ApiKeys,
                Family::CredentialLineage,
                Family::ApiKeyRows,
                Family::Tenant,
                Family::Platform,
                Family::PlatformAudit,
            ]),
            StoreAction::GetItem.on(&[Family::Idempotency]),
        ])
        .body::<CreateApiKey>()
        .returns_resource::<CreatedApiKeyView>()
        .errors(&[Code::ScopeNotHeld, Code::OrganizationNotFound, Code::DockNotFound])
        .request_example(
            r#"{"name": "Onboarding", "scopes": ["parties:read", "parties:write"],
            "organizationId": "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS"}"#,
        )
        .response_example(EXAMPLE);

/// Example of a new API key for the OpenAPI document.
pub(super) const EXAMPLE: &str = r#"{
    "id": "key_01HQ3P2F4Z6W8C0EY9V3X5Y8Z1",
    "organizationId": "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
    "name": "Onboarding",
    "scopes": ["parties:read", "parties:write"],
    "dockId": null,
    "allowedIps": [],
    "environment": "live",
    "start": "dk_live_02Xk9a",
    "expiresAt": null,
    "lastUsedAt": null,
    "createdAt": "2024-03-01T12:00:00.000Z",
    "createdBy": "key_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
    "revokedAt": null,
    "key": null
}"#;

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
        /// Dock of the organization that is the only one that the key can access. The default, also for `null`, is no such restriction.
        dock_id: Optional<DockId>,
        /// Networks from which the key can be used, in CIDR notation: at most 20, without bits after the prefix. They must be
        /// within those of the key that sends the request. The default, also for `null` and `[]`, is its restriction.
        allowed_ips: Defaulted<AllowedIps>,
    }
}

async fn handle(request: &Request) -> Result<Response> {
    let CreateApiKey { name, scopes, organization_id, expires_at, dock_id, allowed_ips } = match request.body() {
        Ok(body) => body,
        Err(error) => {
            // `expiresAt` was valid in the first request, but may be in the past in its repetition.
            request.require_not_replayed().await?;
            return Err(error);
        }
    };
    let caller = request.caller()?;
    let allowed_ips = caller.allowed_ips.of_child(allowed_ips).map_err(|violations| {
        let at_member = |violation: Violation| violation.under("allowedIps");
        request.invalid(&violations.into_iter().map(at_member).collect::<Vec<_>>())
    })?;
    if dock_id.is_some() && organization_id.or(caller.owner.organization()).is_none() {
        return Err(request.invalid(&[Violation::at("dockId", "requires organizationId")]));
    }
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
    let created_by = Creator::Credential(caller.id);
    let properties = KeyProperties { owner, name, scopes, expires_at, dock_id, allowed_ips, created_by };
    let (record, credential) = mint(environment, properties, request.now())?;
    let view = |key| CreatedApiKeyView::new(ApiKeyView::new(&record.key, None), key);
    let response = Response::new(&view(Some(credential.reveal().to_owned())))?
        .recorded_as(&view(None))?
        .with_location(format!("/v1/api-keys/{}", record.key.id))
        .with_etag(tag(&record.key, None));
    request.store().create_api_key(&record, caller.token, &request.write_with_response(&response)?).await?;
    Ok(response)
}
