//! `GET /v1/audit/logs/entity/{entityType}/{entityId}`

use berth_shared::{
    Error, Result,
    credentials::{Owner, Scope},
    error::Code,
    http::{Endpoint, ListResponse, Parameter, Request, Response, StoreAction},
    id::{self, OrganizationId},
    store::{Entity, Family},
};

use super::{
    names::{self, EntityType},
    view::{self, AuditEntryView},
};

/// The endpoint list-audit-entries-by-entity.
pub(crate) const ENDPOINT: Endpoint = Endpoint::get(
    "list-audit-entries-by-entity",
    "/v1/audit/logs/entity/{entityType}/{entityId}",
    Scope::AuditRead,
    |request| Box::pin(handle(request)),
)
.summary("List the audit entries of a resource")
.description(
    "Returns the entries of the audit trail about one resource, newest first, across all docks. They outlive the \
     resource.\n\nAn organization key reads the trail of its own organization. For a platform key, Berth finds the \
     organization of an organization, a dock, a party, a recipient, an API key or a machine client that exists. For other resources, the request \
     names it by `organizationId`.",
)
.store(&[
    StoreAction::Query.on(&[Family::TenantAudit, Family::PlatformAudit]),
    StoreAction::BatchGetItem.on(&[Family::TenantAudit, Family::PlatformAudit]),
    StoreAction::GetItem.on(&[
        Family::Docks,
        Family::DeletedDocks,
        Family::PartyPointers,
        Family::RecipientPointers,
        Family::ApiKeys,
        Family::MachineClients,
    ]),
])
.query(&[Parameter::new::<OrganizationId>(
    "organizationId",
    "Organization that owns the resource. Default: the organization of the API key.",
)])
.returns_page_of::<AuditEntryView>()
.errors(&[Code::AuditEntryNotFound, Code::OrganizationNotFound])
.response_example(view::PAGE_EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    let mut query = request.query();
    let organization: Option<OrganizationId> = query.read_id("organizationId");
    let paging = query.paging().await?;
    let not_found = |_| Error::not_found::<id::AuditEntry>();
    let entity_type = EntityType::parse(request.path_value("entityType")).map_err(not_found)?;
    let entity_id = names::id(request.path_value("entityId")).map_err(not_found)?;
    let owner = owner(request, organization, &entity_type, &entity_id).await?;
    let (store, now) = (request.store(), request.now());
    let listed = store.list_entity_audit_entries(owner, entity_type, entity_id, now, &paging.page).await?;
    ListResponse::page(listed, &paging, AuditEntryView::from)
}

/// Returns the owner of the trail to read: the named organization, the owner of the API key, or, for a platform key, the
/// owner of the resource.
///
/// # Errors
/// `ORGANIZATION_NOT_FOUND` if the caller does not see the organization.
async fn owner(
    request: &Request,
    organization: Option<OrganizationId>,
    entity_type: &Entity,
    entity_id: &str,
) -> Result<Owner> {
    let caller = request.caller()?.owner;
    match organization {
        Some(organization) if caller.sees(organization) => Ok(Owner::Organization(organization)),
        Some(_) => Err(Error::not_found::<id::Organization>()),
        None if caller == Owner::Platform => {
            Ok(request.store().owner_of(entity_type, entity_id).await?.unwrap_or(Owner::Platform))
        }
        None => Ok(caller),
    }
}
