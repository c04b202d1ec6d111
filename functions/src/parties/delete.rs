//! `DELETE /v1/organizations/{orgId}/parties/{partyId}`

use berth_shared::{
    Result,
    credentials::Scope,
    error::Code,
    http::{Endpoint, Request, Response, StoreAction},
    store::Family,
};

/// The endpoint delete-party.
pub(crate) const ENDPOINT: Endpoint = Endpoint::delete(
    "delete-party",
    "/v1/organizations/{orgId}/parties/{partyId}",
    Scope::PartiesWrite,
    |request| Box::pin(handle(request)),
)
.summary("Delete a party")
.description(
    "Deletes a party for ever. Its roles are revoked, with the time of the deletion as `revokedAt`. They stay in the \
         history that lists return with `asOf`, with the last name of the party. The ledger API no longer returns the \
         party, and its ledger id is never used again.\n\nThe party and its roles are gone with the first request, \
         whatever its status. If the party has too many roles for one request, the status is 503 with \
         `DELETION_IN_PROGRESS`, and the same request continues.",
)
.store(&[
    StoreAction::GetItem.on(&[Family::Tenant]),
    StoreAction::Query.on(&[Family::PartyRoles, Family::Deletions]),
    StoreAction::PutItem.on(&[Family::DockRoles, Family::PartyRoles, Family::Deletions, Family::LedgerHints]),
    StoreAction::UpdateItem.on(&[
        Family::Tenant,
        Family::DockRoles,
        Family::Deletions,
        Family::LedgerHints,
        Family::LedgerRights,
    ]),
    StoreAction::DeleteItem.on(&[
        Family::Tenant,
        Family::DockRoles,
        Family::PartyRoles,
        Family::PartyPointers,
        Family::ExternalRefs,
        Family::LedgerRows,
        Family::LedgerRights,
    ]),
])
.errors(&[Code::DeletionInProgress]);

async fn handle(request: &Request) -> Result<Response> {
    let (organization, id) = (request.organization()?, request.path("partyId")?);
    let matches = |version| request.require_match(version);
    request.store().delete_party(organization, id, matches, &request.write()?).await?;
    Ok(Response::deleted())
}
