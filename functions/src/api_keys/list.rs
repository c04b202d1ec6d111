//! `GET /v1/api-keys`

use berth_shared::{
    Result,
    credentials::Scope,
    http::{Access, Endpoint, Handler, ListResponse, Parameter, Request, Response, StoreAction, schema_of},
    id::OrganizationId,
    store::{Family, Listed, ListedApiKey},
};
use lambda_http::http::Method;

use super::view::ApiKeyView;

/// The row of list-api-keys.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "list-api-keys",
    method: Method::GET,
    path: "/v1/api-keys",
    access: Access::Scope(Scope::ApiKeysRead),
    success: 200,
    store: &[
        StoreAction::Query.on(&[Family::ApiKeyRows, Family::Tenant, Family::Platform]),
        StoreAction::BatchGetItem.on(&[Family::ApiKeys, Family::ApiKeyUses]),
    ],
    summary: "List API keys",
    description: "Returns API keys, newest first, including revoked ones. A platform key sees the keys of every \
                  owner, an organization's key those of its organization.",
    query: &[Parameter {
        name: "organizationId",
        description: "Return only keys of this organization.",
        schema: schema_of::<OrganizationId>,
    }],
    paged: true,
    tagged: false,
    body: None,
    response: schema_of::<ListResponse<ApiKeyView>>,
    errors: &[],
    examples: ("", ""),
    handler: Handler::Rest(|request| Box::pin(handle(request))),
};

async fn handle(request: &Request) -> Result<Response> {
    let mut query = request.query();
    let organization: Option<OrganizationId> = query.read_id("organizationId");
    let paging = query.paging().await?;
    let owner = request.caller()?.owner;
    let listed = match organization {
        Some(other) if !owner.sees(other) => Listed::empty(),
        organization => request.store().list_api_keys(organization.or(owner.organization()), &paging.page).await?,
    };
    ListResponse::answer(listed, &paging, |ListedApiKey { key, last_used_at }| ApiKeyView::new(&key, last_used_at))
}
