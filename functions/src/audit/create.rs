//! `POST /v1/audit/logs`

use berth_shared::{
    Error, Result,
    credentials::{Owner, Scope},
    domain::{
        Metadata, Text, Violation,
        object::{Defaulted, Optional, Required},
    },
    error::Code,
    http::{Endpoint, Request, Response, StoreAction},
    id::{self, DockId, OrganizationId},
    store::{Actor, Appended, Family},
};

use super::{
    list::named_owner,
    names::{AppendedAction, AuditedId, ForeignType, IpAddress},
    view::{self, AuditEntryView},
};

/// Type of an actor that another service names.
const EXTERNAL: &str = "external";

/// The endpoint create-audit-entry.
pub(crate) const ENDPOINT: Endpoint =
    Endpoint::post("create-audit-entry", "/v1/audit/logs", Scope::AuditWrite, |request| Box::pin(handle(request)))
        .summary("Append an audit entry")
        .description(
            "Appends an entry of another service to the audit trail of an organization. The entry is about a resource \
             whose type is not one of Berth's. It cannot be changed or deleted.\n\nA platform key names the \
             organization by `organizationId` or by `dockId`.",
        )
        .store(&[
            StoreAction::ConditionCheckItem.on(&[Family::Tenant, Family::DockRoles]),
            StoreAction::PutItem.on(&[Family::TenantAudit]),
            StoreAction::GetItem.on(&[Family::Docks]),
        ])
        .body::<CreateAuditEntry>()
        .returns::<AuditEntryView>()
        .errors(&[Code::OrganizationNotFound, Code::DockNotFound])
        .request_example(
            r#"{"dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV", "entityType": "artifact", "entityId": "art_81",
            "action": "update", "actor": "user_17", "changes": {"before": {"state": "DRAFT"}, "after": {"state": "FINAL"}},
            "metadata": {"channel": "portal"}, "ipAddress": "203.0.113.7", "userAgent": "Mozilla/5.0"}"#,
        )
        .response_example(view::APPENDED_EXAMPLE);

berth_shared::object! {
    /// Entry to append to the audit trail.
    struct CreateAuditEntry {
        /// Organization to whose trail the entry belongs. The default, also for `null`, is the organization of the API key or of
        /// the dock.
        organization_id: Optional<OrganizationId>,
        /// Dock that the change concerns. `null` means none.
        dock_id: Optional<DockId>,
        /// Type of the changed resource: a lower-case letter and up to 63 letters, digits, `_` or `-`. Not a type of Berth.
        entity_type: Required<ForeignType>,
        /// Identifier of the changed resource, 1 to 256 characters. It is stored unchanged.
        entity_id: Required<AuditedId>,
        /// Kind of change: `create`, `update` or `delete`.
        action: Required<AppendedAction>,
        /// Identifier of the author of the change, 1 to 256 characters. The default, also for `null`, is the API key.
        actor: Optional<AuditedId>,
        /// Values before and after the change. `null` means none.
        changes: Optional<AppendedChanges>,
        /// Custom attributes. The default, also for `null`, is an empty object.
        metadata: Defaulted<Metadata>,
        /// IP address of the author. `null` means unknown.
        ip_address: Optional<IpAddress>,
        /// Program of the author, 1 to 256 characters. `null` means unknown.
        user_agent: Optional<Text<256>>,
    }
}

berth_shared::object! {
    /// Values before and after a change, each within the limits of metadata.
    struct AppendedChanges {
        /// Values before the change. `null` means that the resource was created.
        before: Optional<Metadata>,
        /// Values after the change. `null` means that the resource was deleted.
        after: Optional<Metadata>,
    }
}

async fn handle(request: &Request) -> Result<Response> {
    let body: CreateAuditEntry = request.body()?;
    let owner = match (body.organization_id, body.dock_id) {
        // Only a deleted dock's existing entries can be read: it gets no others.
        (None, Some(dock)) if request.caller()?.owner == Owner::Platform => {
            let owner = request.store().dock_owner(dock).await?;
            owner.map(Owner::Organization).ok_or_else(Error::not_found::<id::Dock>)?
        }
        (organization, _) => named_owner(request, organization)?,
    };
    let Owner::Organization(organization) = owner else {
        let violation = Violation::at("organizationId", "is required, because the API key has no organization");
        return Err(request.invalid(&[violation]));
    };
    let appended = Appended {
        organization,
        dock: body.dock_id,
        entity: body.entity_type.0,
        entity_id: body.entity_id.0,
        action: body.action.0,
        actor: body.actor.map(|id| Actor { kind: EXTERNAL.to_owned(), id: id.0 }),
        changes: body.changes.map(|changes| (changes.before, changes.after)),
        metadata: body.metadata,
        ip_address: body.ip_address.map(|address| address.0),
        user_agent: body.user_agent.map(|agent| agent.as_str().to_owned()),
    };
    let entry = request.store().appended_entry(appended, &request.write()?.origin)?;
    let location =
        format!("{}/entity/{}/{}", request.path_text(), entry.entity_type.as_str(), encoded(&entry.entity_id));
    let response = Response::new(&AuditEntryView::from(entry.clone()))?.with_location(location);
    request.store().append_audit_entry(organization, &entry, &request.write_with_response(&response)?).await?;
    Ok(response)
}

/// Percent-encodes an id for a path: all but the unreserved characters of RFC 3986.
fn encoded(id: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    id.bytes().map(byte).collect()
}
