//! `PATCH /v1/organizations/{orgId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    domain::{MetadataPatch, Name, OrganizationPatch, Patch, Slug},
    error::Code,
    http::{Access, Body, BodySchema, Endpoint, Fields, Handler, Request, Response, StoreAction, schema_of},
    store::Family,
};
use lambda_http::http::Method;
use schemars::JsonSchema;

use super::view::{self, OrganizationView, tag};

/// The row of update-organization.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "update-organization",
    method: Method::PATCH,
    path: "/v1/organizations/{orgId}",
    access: Access::Scope(Scope::OrganizationsWrite),
    success: 200,
    store: &[
        StoreAction::Query.on(&[Family::Tenant]),
        StoreAction::UpdateItem.on(&[Family::Tenant, Family::Organizations, Family::Slugs]),
    ],
    summary: "Update an organization",
    description: "Applies a JSON merge patch (RFC 7396): omitted members stay unchanged. `metadata` is merged key \
                  by key. The slug does not follow the name. A slug that is replaced can be used by another \
                  organization immediately.",
    query: &[],
    paged: false,
    tagged: true,
    body: Some(BodySchema::of::<UpdateOrganization>()),
    response: schema_of::<OrganizationView>,
    errors: &[Code::SlugAlreadyTaken],
    examples: (r#"{"metadata": {"tier": "enterprise", "region": null}}"#, view::EXAMPLE),
    handler: Handler::Rest(|request| Box::pin(handle(request))),
};

/// Changes to an organization, as a JSON merge patch.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "UpdateOrganizationRequest", rename_all = "camelCase")]
struct UpdateOrganization {
    /// New display name, 1 to 200 characters.
    #[schemars(with = "Name")]
    #[schemars(default)]
    name: Option<Name>,
    /// New slug: 1 to 63 of `a-z`, `0-9` and inner hyphens, unique in the deployment.
    #[schemars(with = "Slug")]
    #[schemars(default)]
    slug: Option<Slug>,
    /// Changes to the custom attributes; `null` removes all of them.
    #[schemars(with = "Option<MetadataPatch>")]
    metadata: Patch<MetadataPatch>,
}

impl Body for UpdateOrganization {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.non_nullable("name");
        let slug = fields.non_nullable("slug");
        let metadata = fields.patch("metadata");
        Some(Self { name, slug, metadata })
    }
}

async fn handle(request: &Request) -> Result<Response> {
    let UpdateOrganization { name, slug, metadata } = request.body()?;
    let patch = OrganizationPatch { name, slug, metadata };
    let (id, store) = (request.organization()?, request.store());
    loop {
        let found = store.organization(id).await?;
        let (before, counts) = found.ok_or_else(Error::not_found::<berth_shared::id::Organization>)?;
        request.require_match(before.version)?;
        let after = before.patched(patch.clone(), request.now()).map_err(|wrong| request.invalid(&wrong))?;
        // Where another change came between reading and writing, this one is merged into it.
        if after == before
            || store
                .update_organization(&before, &after, &request.write()?)
                .await
                .map_err(|e| request.redact_conflict(e))?
        {
            return Ok(Response::new(&OrganizationView::new(&after, counts))?.tagged(tag(&after, counts)));
        }
    }
}
