//! `POST /v1/api-keys`

use berth_shared::{
    Error, Result,
    credentials::{Owner, Scope, Scopes},
    domain::Name,
    error::Code,
    http::{Access, Body, BodySchema, Endpoint, EntityTag, Fields, Handler, Request, Response, StoreAction, schema_of},
    id::{self, OrganizationId},
    operator::mint,
    store::Family,
    time::Time,
};
use lambda_http::http::Method;
use schemars::JsonSchema;
use serde::Serialize;

use super::view::ApiKeyView;

/// The row of create-api-key.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "create-api-key",
    method: Method::POST,
    path: "/v1/api-keys",
    access: Access::Scope(Scope::ApiKeysWrite),
    success: 201,
    store: &[
        StoreAction::UpdateItem.on(&[Family::Tenant, Family::Platform]),
        StoreAction::PutItem.on(&[
            Family::ApiKeys,
            Family::ApiKeyRows,
            Family::Tenant,
            Family::Platform,
            Family::PlatformAudit,
        ]),
        StoreAction::GetItem.on(&[Family::Idempotency]),
    ],
    summary: "Create an API key",
    description: "Creates an API key. `key` in the response is the credential and is shown only once: only a \
                  digest of it is stored. A repetition of the request with the same `Idempotency-Key` returns \
                  `null` instead.\n\nA key can grant only scopes that it holds itself. An organization's key can \
                  create keys only of its own organization.",
    query: &[],
    paged: false,
    tagged: true,
    body: Some(BodySchema::of::<CreateApiKey>()),
    response: schema_of::<CreatedApiKeyView>,
    errors: &[Code::ScopeNotHeld, Code::OrganizationNotFound],
    examples: (
        r#"{"name": "Onboarding", "scopes": ["parties:read", "parties:write"], "organizationId": "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS"}"#,
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
            "revokedAt": null,
            "key": null
        }"#,
    ),
    handler: Handler::Rest(|request| Box::pin(handle(request))),
};

/// API key to create.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "CreateApiKeyRequest", rename_all = "camelCase")]
struct CreateApiKey {
    /// Display name, 1 to 200 characters.
    name: Name,
    /// Scopes to grant, at least one. The key that sends the request must hold each of them.
    #[schemars(with = "Vec<Scope>", length(min = 1))]
    scopes: Scopes,
    /// Organization that will own the key. The default, also for `null`, is the owner of the key that sends the request.
    organization_id: Option<OrganizationId>,
    /// Time of expiry: RFC 3339 with any offset, in the future. The default, also for `null`, is no expiry.
    expires_at: Option<Time>,
}

impl Body for CreateApiKey {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.required("name");
        let scopes = fields.required("scopes");
        let organization_id = fields.optional("organizationId");
        let expires_at = fields.optional_future("expiresAt");
        Some(Self { name: name?, scopes: scopes?, organization_id, expires_at })
    }
}

/// New API key with its credential.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CreatedApiKey")]
struct CreatedApiKeyView {
    #[serde(flatten)]
    shown: ApiKeyView,
    /// Credential to send as `Authorization: Bearer`. It is shown only once; `null` in the response to a repetition.
    key: Option<String>,
}

async fn handle(request: &Request) -> Result<Response> {
    let CreateApiKey { name, scopes, organization_id, expires_at } = match request.body() {
        Ok(body) => body,
        Err(refused) => {
            // What was a time to come may have passed by the time of a repetition.
            request.require_not_replayed().await?;
            return Err(refused);
        }
    };
    let caller = request.caller()?;
    if organization_id.is_some_and(|named| !caller.owner.sees(named)) {
        return Err(Error::not_found::<id::Organization>());
    }
    if let [first, ..] = caller.scopes.lacking(&scopes).as_slice() {
        let detail = format!("A key can only hand on the scopes that it holds, and this one lacks {first}");
        return Err(Error::new(Code::ScopeNotHeld, detail));
    }
    let owner = organization_id.map_or(caller.owner, Owner::Organization);
    let environment = request.service().verifier().environment();
    let (record, credential) = mint(environment, owner, name, &scopes, expires_at, request.now())?;
    let shown = |key| CreatedApiKeyView { shown: ApiKeyView::new(&record.key, None), key };
    let answer = Response::new(&shown(Some(credential.reveal().to_owned())))?
        .recorded_as(&shown(None))?
        .at(format!("/v1/api-keys/{}", record.key.id))
        .tagged(EntityTag::version(record.key.version));
    request.store().create_api_key(&record, &request.write_with_response(&answer)?).await?;
    Ok(answer)
}
