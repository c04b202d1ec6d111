//! `POST /v1/organizations`

use berth_shared::{
    Error, Result,
    credentials::{Owner, Scope},
    domain::{Counts, Organization, OrganizationDraft, SlugStem},
    error::Code,
    http::{Endpoint, Request, Response, StoreAction},
    store::{Family, SlugChoice},
};

use super::view::{self, OrganizationView, path, tag};

/// The endpoint create-organization.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::post("create-organization", "/v1/organizations", Scope::OrganizationsWrite, |request| {
        Box::pin(handle(request))
    })
    .summary("Create an organization")
    .description(
        "Creates a tenant. Requires a platform key.\n\nThe slug is derived from the name. If it is taken, the first \
         free number is appended (`-1`, `-2`, …), so two organizations may have the same name. To get either the \
         exact slug or an error, send `slug` or `Prefer: handling=strict`: a slug that is taken is then rejected with \
         `SLUG_ALREADY_TAKEN`.\n\nThese slugs are reserved: `admin`, `administrator`, `api`, `app`, `auth`, \
         `billing`, `blog`, `console`, `dashboard`, `docs`, `help`, `login`, `logout`, `mail`, `oauth`, `root`, \
         `security`, `signin`, `signup`, `sso`, `static`, `status`, `support`, `system`, `www`. A slug that an \
         organization has given up stays reserved for it for 30 days. A slug that is derived from a name gets a \
         number instead; one that you ask for is rejected with `SLUG_RESERVED`. No slug begins with `xn--`.",
    )
    .store(&[
        StoreAction::PutItem.on(&[Family::Tenant, Family::Organizations]),
        StoreAction::UpdateItem.on(&[Family::Slugs, Family::Platform]),
    ])
    .body::<OrganizationDraft>()
    .returns_resource::<OrganizationView>()
    .errors(&[Code::PlatformKeyRequired, Code::SlugAlreadyTaken, Code::SlugReserved])
    .request_example(
        r#"{"name": "Bank of America",
            "metadata": {"industry": "financial-services", "region": "north-america", "tier": "enterprise"}}"#,
    )
    .response_example(view::EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    if request.caller()?.owner != Owner::Platform {
        return Err(Error::new(Code::PlatformKeyRequired, "Only a platform key can create organizations"));
    }
    let OrganizationDraft { name, slug, metadata } = request.body()?;
    let choice = match slug {
        Some(slug) => SlugChoice::Exactly(slug),
        None if request.is_strict() => SlugChoice::Exactly(SlugStem::of(&name).slug().clone()),
        None => SlugChoice::Free(SlugStem::of(&name)),
    };
    let (id, now) = (request.new_id()?, request.now());
    let organization = |slug| Organization {
        id,
        name: name.clone(),
        slug,
        metadata: metadata.clone(),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let response = |new: &Organization| {
        let counts = Counts::default();
        let response =
            Response::new(&OrganizationView::new(new, counts))?.with_location(path(new.id)).with_etag(tag(new, counts));
        let write = request.write_with_response(&response)?;
        Ok((response, write))
    };
    request.store().create_organization(&choice, organization, response).await
}
