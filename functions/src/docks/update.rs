//! `PATCH /v1/docks/{dockId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    domain::DockPatch,
    error::Code,
    http::{Endpoint, Request, Response, StoreAction},
    id,
    store::Family,
};

use super::{
    find::locate,
    view::{self, DockView, tag},
};

/// The endpoint update-dock.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::patch("update-dock", "/v1/docks/{dockId}", Scope::DocksWrite, |request| Box::pin(handle(request)))
        .summary("Update a dock")
        .description(
            "Applies a JSON merge patch (RFC 7396): omitted members stay unchanged, `null` removes an \
             optional member. `businessAddress` is replaced as a whole. A new `domain` is unverified, and after \
             30 days another dock can take it.",
        )
        .store(&[
            StoreAction::GetItem.on(&[Family::Tenant, Family::Docks]),
            StoreAction::UpdateItem.on(&[Family::Tenant, Family::Docks]),
            StoreAction::PutItem.on(&[Family::Domains]),
            StoreAction::DeleteItem.on(&[Family::Domains]),
        ])
        .body::<DockPatch>()
        .returns_resource::<DockView>()
        .errors(&[Code::DomainAlreadyRegistered])
        .request_example(r##"{"primaryColor": "#0066cc", "customDomain": null}"##)
        .response_example(view::EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    let patch: DockPatch = request.body()?;
    let (organization, id) = locate(request).await?;
    loop {
        let before = request.store().dock(organization, id).await?.ok_or_else(Error::not_found::<id::Dock>)?;
        request.require_match(before.version)?;
        let after = before.patched(patch.clone(), request.now());
        // If the item changed since the read, read it again and apply the patch to the new state.
        if after == before || request.store().update_dock(&before, &after, &request.write()?).await? {
            let tag = tag(&after);
            return Ok(Response::new(&DockView::from(after))?.with_etag(tag));
        }
    }
}
