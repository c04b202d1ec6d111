//! `PATCH /v1/organizations/{orgId}/parties/{partyId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    domain::PartyPatch,
    http::{Endpoint, Request, Response, StoreAction},
    id,
    store::Family,
};

use super::view::{self, PartyView, tag};

/// The endpoint update-party.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::patch("update-party", "/v1/organizations/{orgId}/parties/{partyId}", Scope::PartiesWrite, |request| {
        Box::pin(handle(request))
    })
    .summary("Update a party")
    .description(
        "Applies a JSON merge patch (RFC 7396): omitted members stay unchanged, `null` removes an \
         optional member. `metadata` is merged key by key.",
    )
    .store(&[
        StoreAction::GetItem.on(&[Family::Tenant, Family::Deployment]),
        StoreAction::UpdateItem.on(&[Family::Tenant, Family::ExternalRefs]),
        StoreAction::PutItem.on(&[Family::ExternalRefs]),
        StoreAction::DeleteItem.on(&[Family::ExternalRefs]),
    ])
    .body::<PartyPatch>()
    .returns_resource::<PartyView>()
    .request_example(r#"{"email": null, "metadata": {"tier": "preferred"}}"#)
    .response_example(view::EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    let patch: PartyPatch = request.body()?;
    let (organization, id, store) = (request.organization()?, request.path("partyId")?, request.store());
    loop {
        let before = store.party(organization, id).await?.ok_or_else(Error::not_found::<id::Party>)?;
        request.require_match(before.version)?;
        let after = before.patched(patch.clone(), request.now()).map_err(|violations| request.invalid(&violations))?;
        // If the item changed since the read, read it again and apply the patch to the new state.
        if after == before || store.update_party(&before, &after, &request.write()?).await? {
            let view = PartyView::new(&after, request.deployment().await?);
            return Ok(Response::new(&view)?.with_etag(tag(&after)));
        }
    }
}
