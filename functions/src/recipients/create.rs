//! `POST /v1/docks/{dockId}/recipients`

use berth_shared::{
    Error, Result,
    credentials::{Owner, Scope},
    domain::{Recipient, RecipientDraft},
    error::Code,
    http::{Endpoint, Request, Response, StoreAction},
    id::RoleId,
    store::{Family, RecipientRole, RecipientWrite, Write},
};

use super::view::{self, RecipientView};
use crate::docks::find::locate;

/// The endpoint create-recipient.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::post("create-recipient", "/v1/docks/{dockId}/recipients", Scope::RecipientsWrite, |request| {
        Box::pin(handle(request))
    })
    .summary("Create a recipient")
    .description(
        "Creates a recipient in a dock. Its e-mail address is unique in the dock.\n\nWith `partyId`, the \
         recipient belongs to a party of the same organization. If that party lacks the role `RECIPIENT` in the \
         dock, the same transaction assigns it. `roleId` in the response is the role. If the party belongs to \
         another organization, the status is 403 with a platform key, and 404 with an organization key.",
    )
    .store(&[
        StoreAction::GetItem.on(&[Family::Docks]),
        StoreAction::BatchGetItem.on(&[Family::PartyPointers]),
        StoreAction::UpdateItem.on(&[Family::Tenant, Family::DockRoles]),
        StoreAction::PutItem.on(&[
            Family::DockRoles,
            Family::PartyRoles,
            Family::Recipients,
            Family::RecipientPointers,
        ]),
        StoreAction::ConditionCheckItem.on(&[Family::DockRoles]),
    ])
    .body::<RecipientDraft>()
    .returns_resource::<RecipientView>()
    .errors(ERRORS)
    .request_example(
        r#"{"name": "Jane Doe", "email": "Jane.Doe@example.com", "stakeholderClass": "mortgagee",
            "identifiers": {"lender_id": "L-77", "policy_number": "P-1001"},
            "partyId": "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY"}"#,
    )
    .response_example(view::EXAMPLE);

/// Errors of a recipient.
pub(super) const ERRORS: &[Code] = &[Code::PartyNotFound, Code::PartyOfAnotherOrganization, Code::EmailAlreadyUsed];

async fn handle(request: &Request) -> Result<Response> {
    let draft: RecipientDraft = request.body()?;
    let (organization, dock) = locate(request).await?;
    let recipient = Recipient::new(request.new_id()?, organization, dock, draft, request.now());
    write(request, &recipient, |response| request.write_with_response(response)).await
}

/// Writes a new recipient. `to_write` returns the metadata of the write with this response.
pub(super) async fn write(
    request: &Request,
    recipient: &Recipient,
    to_write: impl Fn(&Response) -> Result<Write>,
) -> Result<Response> {
    let dock = recipient.dock_id;
    let disclose_foreign = request.caller()?.owner == Owner::Platform;
    // The new role has the ULID of the recipient, so one counter of the dock counts both.
    let first = RecipientRole::Assign(RoleId::from_ulid(recipient.id.ulid()));
    let mut role = recipient.party_id.map(|_| first);
    loop {
        let view = RecipientView::new(recipient, recipient.party_id, role.map(RecipientRole::id));
        let response = Response::new(&view)?
            .with_location(format!("/v1/docks/{dock}/recipients/{}", recipient.id))
            .with_etag(view.tag(recipient.version));
        let write = to_write(&response)?;
        match request.store().create_recipient(recipient, role, disclose_foreign, &write).await? {
            RecipientWrite::RoleIs(current) => role = Some(current),
            RecipientWrite::Done => return Ok(response),
            RecipientWrite::Changed => return Err(Error::internal("a new recipient has changed")),
        }
    }
}
