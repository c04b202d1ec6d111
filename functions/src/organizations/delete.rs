//! `DELETE /v1/organizations/{orgId}`

use berth_shared::{
    Error, Result,
    credentials::{Owner, Scope},
    error::Code,
    http::{Endpoint, Request, Response, StoreAction},
    store::Family,
};

/// The endpoint delete-organization.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::delete("delete-organization", "/v1/organizations/{orgId}", Scope::OrganizationsWrite, |request| {
        Box::pin(handle(request))
    })
    .summary("Delete an organization")
    .description(
        "Deletes an organization for ever. Requires a platform key.\n\nThe organization must own no docks, parties and \
         machine clients, and no API keys that are neither revoked nor expired. Otherwise the status is 409, and `counts` \
         has their numbers. The default organization of the deployment cannot be deleted.\n\nThe slug stays reserved \
         for 30 days. The audit entries of the organization stay. If roles of its deleted docks and parties remain to be \
         revoked, the request revokes them first; if they are too many for one request, the status is 503 with \
         `DELETION_IN_PROGRESS`, and the same request continues.",
    )
    .store(&[
        StoreAction::GetItem.on(&[Family::Deployment]),
        StoreAction::BatchGetItem.on(&[Family::ApiKeys]),
        StoreAction::Query.on(&[
            Family::Tenant,
            Family::Deletions,
            Family::PartyRoles,
            Family::DockRoles,
            Family::Recipients,
            Family::Groups,
        ]),
        StoreAction::PutItem.on(&[Family::Deletions, Family::PartyRoles, Family::DockRoles]),
        StoreAction::UpdateItem.on(&[Family::Slugs, Family::Platform, Family::Deletions]),
        StoreAction::DeleteItem.on(&[
            Family::Tenant,
            Family::Organizations,
            Family::PartyRoles,
            Family::DockRoles,
            Family::Recipients,
            Family::Groups,
            Family::RecipientPointers,
        ]),
    ])
    .errors(&[
        Code::PlatformKeyRequired,
        Code::OrganizationNotEmpty,
        Code::DefaultOrganization,
        Code::DeletionInProgress,
    ]);

async fn handle(request: &Request) -> Result<Response> {
    let id = request.organization()?;
    if request.caller()?.owner != Owner::Platform {
        return Err(Error::new(Code::PlatformKeyRequired, "Only a platform key can delete organizations"));
    }
    let default = request.deployment().await?.organization_id;
    let matches = |version| request.require_match(version);
    request.store().delete_organization(id, default, matches, &request.write()?).await?;
    Ok(Response::deleted())
}
