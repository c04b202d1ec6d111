//! `POST /v1/organizations`

use berth_shared::{
    Error, Result,
    credentials::{Owner, Scope},
    domain::{Counts, Metadata, Name, Organization, Slug, SlugStem},
    error::Code,
    http::{Access, Body, BodySchema, Endpoint, Fields, Handler, Request, Response, StoreAction, schema_of},
    store::{Family, SlugChoice},
};
use lambda_http::http::Method;
use schemars::JsonSchema;

use super::view::{self, OrganizationView, path, tag};

/// The row of create-organization.
pub(crate) const ENDPOINT: Endpoint = Endpoint {
    name: "create-organization",
    method: Method::POST,
    path: "/v1/organizations",
    access: Access::Scope(Scope::OrganizationsWrite),
    success: 201,
    store: &[
        StoreAction::PutItem.on(&[Family::Tenant, Family::Organizations]),
        StoreAction::UpdateItem.on(&[Family::Slugs, Family::Platform]),
    ],
    summary: "Create an organization",
    description: "Creates a tenant. Requires a platform key.\n\nThe slug is derived from the name. If it is \
                  taken, the first free number is appended (`-1`, `-2`, …), so two organizations may have the same \
                  name. To get either the exact slug or an error, send `slug` or `Prefer: handling=strict`: a slug \
                  that is taken is then rejected with `SLUG_ALREADY_TAKEN`.",
    query: &[],
    paged: false,
    tagged: true,
    body: Some(BodySchema::of::<CreateOrganization>()),
    response: schema_of::<OrganizationView>,
    errors: &[Code::PlatformKeyRequired, Code::SlugAlreadyTaken],
    examples: (
        r#"{"name": "Bank of America", "metadata": {"industry": "financial-services", "region": "north-america", "tier": "enterprise"}}"#,
        view::EXAMPLE,
    ),
    handler: Handler::Rest(|request| Box::pin(handle(request))),
};

/// Organization to create.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "CreateOrganizationRequest")]
struct CreateOrganization {
    /// Display name, 1 to 200 characters. White space at both ends is removed.
    name: Name,
    /// Slug: 1 to 63 of `a-z`, `0-9` and inner hyphens, unique in the deployment. If it is omitted or `null`, the slug is
    /// derived from the name.
    slug: Option<Slug>,
    /// Custom attributes. The default, also for `null`, is an empty object.
    metadata: Option<Metadata>,
}

impl Body for CreateOrganization {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.required("name");
        let slug = fields.optional("slug");
        let metadata = fields.optional("metadata");
        Some(Self { name: name?, slug, metadata })
    }
}

async fn handle(request: &Request) -> Result<Response> {
    if request.caller()?.owner != Owner::Platform {
        return Err(Error::new(Code::PlatformKeyRequired, "Only a key of the platform makes organizations"));
    }
    let CreateOrganization { name, slug, metadata } = request.body()?;
    let choice = match slug {
        Some(slug) => SlugChoice::Exactly(slug),
        None if request.is_strict() => SlugChoice::Exactly(SlugStem::of(&name).slug().clone()),
        None => SlugChoice::Free(SlugStem::of(&name)),
    };
    let (id, now) = (request.new_id()?, request.now());
    let metadata = metadata.unwrap_or_default();
    let organization = |slug| Organization {
        id,
        name: name.clone(),
        slug,
        metadata: metadata.clone(),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let answer = |new: &Organization| {
        let counts = Counts::default();
        let answer = Response::new(&OrganizationView::new(new, counts))?.at(path(new.id)).tagged(tag(new, counts));
        let write = request.write_with_response(&answer)?;
        Ok((answer, write))
    };
    request.store().create_organization(&choice, organization, answer).await
}
