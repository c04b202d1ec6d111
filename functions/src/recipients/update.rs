//! `PATCH /v1/docks/{dockId}/recipients/{recipientId}`

use berth_shared::{
    Error, Result,
    credentials::{Owner, Scope},
    domain::{Patch, RecipientPatch},
    error::Code,
    http::{Endpoint, Request, Response, StoreAction},
    id,
    store::{Family, LinkedRecipient, RecipientRole, RecipientWrite},
};

use super::view::{self, RecipientView};
use crate::docks::find::locate;

/// The endpoint update-recipient.
pub(crate) const ENDPOINT: Endpoint = Endpoint::patch(
    "update-recipient",
    "/v1/docks/{dockId}/recipients/{recipientId}",
    Scope::RecipientsWrite,
    |request| Box::pin(handle(request)),
)
.summary("Update a recipient")
.description(
    "Applies a JSON merge patch (RFC 7396): omitted members stay unchanged, `null` removes an optional \
     member. `identifiers` is merged key by key.\n\nWith `partyId`, the party gets the role `RECIPIENT` in the \
     dock, unless it holds it. `null` removes the link to the party, which keeps the role.",
)
.store(&[
    StoreAction::GetItem.on(&[Family::Docks]),
    StoreAction::BatchGetItem.on(&[Family::DockRoles, Family::PartyPointers, Family::Recipients, Family::Tenant]),
    StoreAction::UpdateItem.on(&[Family::DockRoles, Family::Recipients, Family::Tenant]),
    StoreAction::PutItem.on(&[Family::DockRoles, Family::PartyRoles, Family::Recipients]),
    StoreAction::DeleteItem.on(&[Family::Recipients]),
    StoreAction::ConditionCheckItem.on(&[Family::DockRoles]),
])
.body::<RecipientPatch>()
.returns_resource::<RecipientView>()
.errors(&[Code::PartyNotFound, Code::PartyOfAnotherOrganization, Code::EmailAlreadyUsed])
.request_example(r#"{"stakeholderClass": null, "identifiers": {"policy_number": "P-1002"}}"#)
.response_example(view::EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    let patch: RecipientPatch = request.body()?;
    let (organization, dock) = locate(request).await?;
    let (id, store) = (request.path("recipientId")?, request.store());
    let disclose_foreign = request.caller()?.owner == Owner::Platform;
    loop {
        let found = store.recipient(organization, dock, id).await?.ok_or_else(Error::not_found::<id::Recipient>)?;
        let before = &found.recipient;
        request.require_match(before.version)?;
        let mut after =
            before.patched(patch.clone(), request.now()).map_err(|violations| request.invalid(&violations))?;
        let mut role = new_role(request, &patch, &found)?;
        if after == *before {
            match role {
                // The party has lost the role since.
                Some(RecipientRole::Assign(_)) => after = after.changed_at(request.now()),
                _ => return respond(&RecipientView::from(&found), after.version),
            }
        }
        // If the recipient changed since the read, read it again and apply the patch to the new state.
        loop {
            match store.update_recipient(before, &after, role, disclose_foreign, &request.write()?).await? {
                RecipientWrite::Done => {
                    // Without a new party, the link is as it was read.
                    let unchanged = (found.party_id, found.role_id);
                    let link = if after.party_id.is_some() { unchanged } else { (None, None) };
                    let (party, role) = role.map_or(link, |role| (after.party_id, Some(role.id())));
                    return respond(&RecipientView::new(&after, party, role), after.version);
                }
                RecipientWrite::RoleIs(current) => role = Some(current),
                RecipientWrite::Changed => break,
            }
        }
    }
}

/// Returns the role of the party that the patch sets; `None` if it sets none.
fn new_role(request: &Request, patch: &RecipientPatch, found: &LinkedRecipient) -> Result<Option<RecipientRole>> {
    let Patch::Set(party) = patch.party_id else { return Ok(None) };
    let held = found.role_id.filter(|_| found.party_id == Some(party));
    Ok(Some(match held {
        Some(role) => RecipientRole::Held(role),
        None => RecipientRole::Assign(request.new_id()?),
    }))
}

fn respond(view: &RecipientView, version: u64) -> Result<Response> {
    Ok(Response::new(view)?.with_etag(view.tag(version)))
}
