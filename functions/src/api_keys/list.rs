//! `GET /v1/api-keys`

use berth_shared::{
    Result,
    credentials::Scope,
    http::{Endpoint, ListResponse, Parameter, Request, Response, StoreAction},
    id::OrganizationId,
    store::{Family, Listed, ListedApiKey},
};

use super::view::ApiKeyView;

/// The endpoint list-api-keys.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::get("list-api-keys", "/v1/api-keys", Scope::ApiKeysRead, |request| Box::pin(handle(request)))
        .summary("List API keys")
        .description(
            "Returns API keys, newest first, including revoked ones. A platform key sees the keys of every \
             owner, an organization key those of its own organization.",
        )
        .store(&[
            StoreAction::Query.on(&[Family::ApiKeyRows, Family::Tenant, Family::Platform]),
            StoreAction::BatchGetItem.on(&[Family::ApiKeys, Family::CredentialUses]),
        ])
        .query(&[Parameter::new::<OrganizationId>("organizationId", "Return only keys of this organization.")])
        .returns_page_of::<ApiKeyView>();

async fn handle(request: &Request) -> Result<Response> {
    let mut query = request.query();
    let organization: Option<OrganizationId> = query.read_id("organizationId");
    let paging = query.paging().await?;
    let owner = request.caller()?.owner;
    let listed = match organization {
        Some(other) if !owner.sees(other) => Listed::empty(),
        organization => request.store().list_api_keys(organization.or(owner.organization()), &paging.page).await?,
    };
    ListResponse::page(listed, &paging, |ListedApiKey { key, last_used_at }| ApiKeyView::new(&key, last_used_at))
}
