//! `PATCH /v1/organizations/{orgId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    domain::OrganizationPatch,
    error::Code,
    http::{Endpoint, Request, Response, StoreAction},
    store::Family,
};

use super::view::{self, OrganizationView, tag};

/// The endpoint update-organization.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::patch("update-organization", "/v1/organizations/{orgId}", Scope::OrganizationsWrite, |request| {
        Box::pin(handle(request))
    })
    .summary("Update an organization")
    .description(
        "Applies a JSON merge patch (RFC 7396): omitted members stay unchanged. `metadata` is merged key \
         by key. The slug does not follow the name. A slug that is replaced stays reserved for the \
         organization for 30 days: it can take the slug back, and other organizations get \
         `SLUG_RESERVED`. After that, every organization can use it.",
    )
    .store(&[
        StoreAction::Query.on(&[Family::Tenant]),
        StoreAction::UpdateItem.on(&[Family::Tenant, Family::Organizations, Family::Slugs]),
    ])
    .body::<OrganizationPatch>()
    .returns_resource::<OrganizationView>()
    .errors(&[Code::SlugAlreadyTaken, Code::SlugReserved])
    .request_example(r#"{"metadata": {"tier": "enterprise", "region": null}}"#)
    .response_example(view::EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    let patch: OrganizationPatch = request.body()?;
    let (id, store) = (request.organization()?, request.store());
    loop {
        let found = store.organization(id).await?;
        let (before, counts) = found.ok_or_else(Error::not_found::<berth_shared::id::Organization>)?;
        request.require_match(before.version)?;
        let after = before.patched(patch.clone(), request.now()).map_err(|violations| request.invalid(&violations))?;
        // If the item changed since the read, read it again and apply the patch to the new state.
        if after == before
            || store
                .update_organization(&before, &after, &request.write()?)
                .await
                .map_err(|e| request.redact_conflict(e))?
        {
            return Ok(Response::new(&OrganizationView::new(&after, counts))?.with_etag(tag(&after, counts)));
        }
    }
}
