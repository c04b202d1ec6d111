//! `POST /v1/docks/{dockId}/groups`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    domain::{Group, GroupDraft, object::Items},
    error::Code,
    http::{Endpoint, Request, Response, StoreAction},
    id::GroupId,
    store::{Family, MEMBERS_PER_WRITE},
};
use serde::Deserialize;

use super::{
    members,
    view::{self, GroupView},
};
use crate::docks::find::locate;

/// The endpoint create-group.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::post("create-group", "/v1/docks/{dockId}/groups", Scope::RecipientsWrite, |request| {
        Box::pin(handle(request))
    })
    .summary("Create a group")
    .description(
        "Creates a group of recipients of a dock. Its name is unique in the dock; names are compared exactly. If a \
         recipient does not exist, or belongs to another dock, the status is 404 and no group is created.",
    )
    .store(&[
        StoreAction::GetItem.on(&[Family::Docks, Family::Idempotency]),
        StoreAction::BatchGetItem.on(&[Family::DockRoles, Family::Recipients, Family::Groups]),
        StoreAction::Query.on(&[Family::Groups]),
        StoreAction::UpdateItem.on(&[Family::DockRoles, Family::Recipients, Family::Groups]),
        StoreAction::PutItem.on(&[Family::Groups]),
    ])
    .body::<GroupDraft>()
    .returns_resource::<GroupView>()
    .errors(&[Code::RecipientNotFound, Code::GroupNameAlreadyUsed])
    .request_example(
        r#"{"name": "Lenders", "description": "Recipients of the monthly report",
            "recipientIds": ["rcp_01HQ3R7H6A8X0E2GZ1W4X6Z9BC"]}"#,
    )
    .response_example(view::EXAMPLE);

/// The id in a recorded response.
#[derive(Deserialize)]
struct CreatedGroup {
    id: GroupId,
}

async fn handle(request: &Request) -> Result<Response> {
    let GroupDraft { name, description, recipient_ids } = request.body()?;
    let place @ (organization, dock) = locate(request).await?;
    let recipients = members::distinct(recipient_ids.map(|Items(ids)| ids).unwrap_or_default());
    if let Err(error) = request.require_not_replayed().await {
        if let Error::Replay(recorded) = &error {
            let CreatedGroup { id } = serde_json::from_str(&recorded.body).map_err(Error::internal)?;
            let group = request.store().group(organization, dock, id).await?;
            // The first request stopped before it added all recipients.
            if group.is_some_and(|found| found.group.is_filling) {
                members::add(request, place, id, &recipients, false).await?;
            }
        }
        return Err(error);
    }
    let mut group = Group::new(request.new_id()?, organization, dock, name, description, request.now());
    let first = &recipients[..recipients.len().min(MEMBERS_PER_WRITE)];
    group.recipient_count = first.len() as u64;
    group.is_filling = first.len() < recipients.len();
    let whole = Group {
        recipient_count: recipients.len() as u64,
        is_filling: false,
        version: recipients.len().div_ceil(MEMBERS_PER_WRITE).max(1) as u64,
        ..group.clone()
    };
    loop {
        request.store().members_among(organization, dock, group.id, &recipients).await?;
        let names = request.store().member_names(organization, dock, &recipients).await?;
        let response = members::respond(&whole, &members::first(names))?
            .with_location(format!("/v1/docks/{dock}/groups/{}", group.id));
        // If a recipient was deleted since the read, read them again.
        if request.store().create_group(&group, first, &request.write_with_response(&response)?).await? {
            if group.is_filling {
                members::add(request, place, group.id, &recipients, false).await?;
            }
            return Ok(response);
        }
    }
}
