//! `GET /v1/docks/{dockId}/recipients/{recipientId}`

use berth_shared::{
    Error, Result,
    credentials::Scope,
    http::{Endpoint, Request, Response, StoreAction},
    id,
    store::Family,
};

use super::view::{self, RecipientView};
use crate::docks::find::locate;

/// The endpoint get-recipient.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::get("get-recipient", "/v1/docks/{dockId}/recipients/{recipientId}", Scope::RecipientsRead, |request| {
        Box::pin(handle(request))
    })
    .summary("Get a recipient")
    .description("Returns the current state of a recipient.")
    .store(&[
        StoreAction::GetItem.on(&[Family::Docks]),
        StoreAction::BatchGetItem.on(&[Family::DockRoles, Family::Recipients, Family::Tenant]),
    ])
    .returns_resource::<RecipientView>()
    .response_example(view::EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    let (organization, dock) = locate(request).await?;
    let found = request.store().recipient(organization, dock, request.path("recipientId")?).await?;
    let found = found.ok_or_else(Error::not_found::<id::Recipient>)?;
    let view = RecipientView::from(&found);
    request.conditional_response(&view, view.tag(found.recipient.version))
}
