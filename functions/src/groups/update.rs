//! `PATCH /v1/docks/{dockId}/groups/{groupId}`

use berth_shared::{
    Result,
    credentials::Scope,
    domain::GroupPatch,
    error::Code,
    http::{Endpoint, Request, Response, StoreAction},
    store::Family,
};

use super::{
    members,
    view::{self, GroupView},
};
use crate::docks::find::locate;

/// The endpoint update-group.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::patch("update-group", "/v1/docks/{dockId}/groups/{groupId}", Scope::RecipientsWrite, |request| {
        Box::pin(handle(request))
    })
    .summary("Update a group")
    .description(
        "Applies a JSON merge patch (RFC 7396): omitted members stay unchanged, `null` removes the description. \
         Other operations add and remove recipients.",
    )
    .store(&[
        StoreAction::GetItem.on(&[Family::Docks]),
        StoreAction::BatchGetItem.on(&[Family::DockRoles, Family::Groups, Family::Recipients]),
        StoreAction::Query.on(&[Family::Groups]),
        StoreAction::UpdateItem.on(&[Family::Groups]),
        StoreAction::PutItem.on(&[Family::Groups]),
        StoreAction::DeleteItem.on(&[Family::Groups]),
    ])
    .body::<GroupPatch>()
    .returns_resource::<GroupView>()
    .errors(&[Code::GroupNameAlreadyUsed])
    .request_example(r#"{"name": "Lenders and agents", "description": null}"#)
    .response_example(view::EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    let patch: GroupPatch = request.body()?;
    let place = locate(request).await?;
    let id = request.path("groupId")?;
    loop {
        let found = members::find(request, place, id).await?;
        request.require_match(found.group.version)?;
        let after = found.group.patched(patch.clone(), request.now());
        // If the group changed since the read, read it again and apply the patch to the new state.
        if after == found.group || request.store().update_group(&found.group, &after, &request.write()?).await? {
            return members::respond(&after, &found.members);
        }
    }
}
