//! `GET /v1/audit/logs`

use berth_shared::{
    Error, Result,
    credentials::{Owner, Scope},
    error::Code,
    http::{Endpoint, ListResponse, Parameter, Request, Response, StoreAction, audited_id},
    id::{self, DockId, OrganizationId},
    store::{AuditFilter, Family},
    time::{MalformedTime, Time},
};

use super::{
    names::{self, ActionName, EntityType},
    view::{self, AuditEntryView},
};

/// The endpoint list-audit-entries.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::get("list-audit-entries", "/v1/audit/logs", Scope::AuditRead, |request| Box::pin(handle(request)))
        .summary("List audit entries")
        .description(
            "Returns the entries of the audit trail of one organization, newest first. A change is in the trail with \
             the next request.\n\nAn organization key reads the trail of its own organization. A platform key names \
             the organization by `organizationId` or by `dockId`, else it gets the entries about resources of the \
             platform. The trail outlives its resources.\n\n`meta.total` is `null`, because nothing counts the \
             entries. With several filters, a page may be short while `hasMore` is true.",
        )
        .store(&[
            StoreAction::Query.on(&[Family::TenantAudit, Family::PlatformAudit]),
            StoreAction::BatchGetItem.on(&[Family::TenantAudit, Family::PlatformAudit]),
            StoreAction::GetItem.on(&[Family::Tenant, Family::Docks, Family::DeletedDocks]),
        ])
        .query(&[
            Parameter::new::<OrganizationId>(
                "organizationId",
                "Return the entries of this organization. Default: the organization of the API key.",
            ),
            Parameter::new::<DockId>("dockId", "Return only entries about this dock and its roles."),
            Parameter::new::<EntityType>("entityType", "Return only entries about resources of this type."),
            Parameter {
                name: "entityId",
                description: "Return only entries about this resource. 1 to 256 characters.",
                schema: audited_id,
            },
            Parameter {
                name: "actorId",
                description: "Return only changes of this author, for example an API key id. 1 to 256 characters.",
                schema: audited_id,
            },
            Parameter::new::<ActionName>("action", "Return only changes with this name."),
            Parameter::new::<Time>(
                "from",
                "Return only entries from this time on, inclusive. RFC 3339 with any offset; encode `+` as `%2B`.",
            ),
            Parameter::new::<Time>(
                "to",
                "Return only entries before this time, exclusive. RFC 3339 with any offset; encode `+` as `%2B`.",
            ),
        ])
        .returns_page_of::<AuditEntryView>()
        .errors(&[Code::OrganizationNotFound, Code::DockNotFound])
        .response_example(view::PAGE_EXAMPLE);

async fn handle(request: &Request) -> Result<Response> {
    let mut query = request.query();
    let organization: Option<OrganizationId> = query.read_id("organizationId");
    let dock: Option<DockId> = query.read_id("dockId");
    let filter = AuditFilter {
        dock,
        entity_type: query.read("entityType", EntityType::parse),
        entity_id: query.read("entityId", names::id),
        actor_id: query.read("actorId", names::id),
        action: query.read("action", ActionName::parse),
        from: query.read("from", time),
        to: query.read("to", time),
        now: request.now(),
    };
    let paging = query.paging().await?;
    let owner = owner(request, organization, dock).await?;
    let is_own = request.caller()?.owner.organization().is_some();
    let listed = request.store().list_audit_entries(owner, is_own, &filter, &paging.page).await?;
    ListResponse::page(listed, &paging, AuditEntryView::from)
}

fn time(text: &str) -> Result<Time, String> {
    text.parse().map_err(|malformed: MalformedTime| malformed.to_string())
}

/// Returns the owner of the trail to read: the named organization, the one of the named dock, or the owner of the API key.
///
/// # Errors
/// `ORGANIZATION_NOT_FOUND` if the caller does not see the organization; `DOCK_NOT_FOUND`.
async fn owner(request: &Request, organization: Option<OrganizationId>, dock: Option<DockId>) -> Result<Owner> {
    match dock {
        Some(dock) if organization.is_none() && request.caller()?.owner == Owner::Platform => {
            let owner = request.store().dock_owner_with_deleted(dock).await?;
            owner.map(Owner::Organization).ok_or_else(Error::not_found::<id::Dock>)
        }
        _ => named_owner(request, organization),
    }
}

/// Returns the named organization, or the owner of the credential if none is named.
///
/// # Errors
/// `ORGANIZATION_NOT_FOUND` if the caller does not see the organization.
pub(super) fn named_owner(request: &Request, organization: Option<OrganizationId>) -> Result<Owner> {
    let caller = request.caller()?.owner;
    match organization {
        Some(organization) if caller.sees(organization) => Ok(Owner::Organization(organization)),
        Some(_) => Err(Error::not_found::<id::Organization>()),
        None => Ok(caller),
    }
}
