//! `POST /v1/docks`

use berth_shared::{
    Error, Result,
    credentials::{Owner, Scope},
    domain::{Dock, DockProfile, object::RequiredOfPlatform},
    error::Code,
    http::{Endpoint, Request, Response, StoreAction},
    id::{self, OrganizationId},
    store::Family,
};

use super::view::{self, DockView, tag};

/// The endpoint create-dock.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::post("create-dock", "/v1/docks", Scope::DocksWrite, |request| Box::pin(handle(request)))
        .summary("Create a dock")
        .description(
            "Creates a workspace of an organization. A platform key must name the organization in \
             `organizationId`; an organization key may omit it.\n\nA domain belongs to at most one dock, \
             whether as `domain` or as `customDomain`. A new domain is unverified. Berth does not verify domains \
             yet, so after 30 days another dock can take the domain. To claim it for another 30 days, remove it \
             and set it again.",
        )
        .store(&[
            StoreAction::PutItem.on(&[Family::Tenant, Family::DockRoles, Family::Docks, Family::Domains]),
            StoreAction::UpdateItem.on(&[Family::Tenant, Family::Platform]),
        ])
        .body::<CreateDock>()
        .returns_resource::<DockView>()
        .errors(&[Code::DomainAlreadyRegistered, Code::OrganizationNotFound])
        .request_example(
            r##"{"organizationId": "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS", "name": "Underwriting Division",
            "domain": "underwriting.example.com", "primaryColor": "#0066cc"}"##,
        )
        .response_example(view::EXAMPLE);

berth_shared::object! {
    /// Dock to create.
    struct CreateDock {
        /// Organization that will own the dock. Required with a platform key. With an organization key the default, also
        /// for `null`, is that organization.
        organization_id: RequiredOfPlatform<OrganizationId>,
        ...profile: DockProfile,
    }
}

async fn handle(request: &Request) -> Result<Response> {
    let body: CreateDock = request.body()?;
    let organization = owner(request, body.organization_id)?;
    let dock = Dock::new(request.new_id()?, organization, body.profile, request.now());
    let path = format!("/v1/docks/{}", dock.id);
    let response = Response::new(&DockView::from(dock.clone()))?.with_location(path).with_etag(tag(&dock));
    request.store().create_dock(&dock, &request.write_with_response(&response)?).await?;
    Ok(response)
}

/// Returns the organization that will own the dock.
///
/// # Errors
/// `ORGANIZATION_NOT_FOUND` if the caller does not see the organization.
fn owner(request: &Request, named: Option<OrganizationId>) -> Result<OrganizationId> {
    match (request.caller()?.owner, named) {
        (Owner::Organization(own), None) => Ok(own),
        (owner, Some(named)) if owner.sees(named) => Ok(named),
        // Reading the body fails if a platform key names no organization.
        _ => Err(Error::not_found::<id::Organization>()),
    }
}
