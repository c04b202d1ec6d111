//! Representation of audit entries in responses.

use berth_shared::{
    domain::Metadata,
    id::{AuditEntryId, DockId, OrganizationId},
    json::Json,
    store::record::{AuditEntry, Details},
    time::Time,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use super::names::{ActionName, EntityType};

/// Entry of the audit trail: one change of one resource.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AuditEntry")]
pub(super) struct AuditEntryView {
    /// Identifier of the entry.
    id: AuditEntryId,
    /// Organization that owns the resource; `null` for a resource of the platform.
    organization_id: Option<OrganizationId>,
    /// Dock that the change concerns; `null` if it concerns no dock.
    dock_id: Option<DockId>,
    /// Type of the changed resource.
    #[schemars(with = "EntityType")]
    entity_type: String,
    /// Identifier of the changed resource.
    entity_id: String,
    /// Name of the change.
    #[schemars(with = "ActionName")]
    action: String,
    /// Author of the change.
    actor: ActorView,
    /// Members of the resource that differ; `null` if another service sent none.
    changes: Option<ChangesView>,
    /// Custom attributes of an entry of another service; empty in Berth's own entries.
    #[schemars(with = "Metadata")]
    metadata: Box<RawValue>,
    /// Identifier of the request: header `X-Request-Id`.
    request_id: String,
    /// IP address of the client; `null` if it is unknown.
    ip_address: Option<String>,
    /// First 256 characters of the header `User-Agent` of the request; `null` if it had none.
    user_agent: Option<String>,
    /// Time of the change.
    created_at: Time,
    /// Time of the deletion of the entry; `null` if the deployment keeps its entries.
    expires_at: Option<Time>,
}

/// Author of a change.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditActor")]
struct ActorView {
    /// Type of actor: `api_key`, `ledger_user` (a signed token), `operator` (a command), or `external` (named by another
    /// service).
    #[serde(rename = "type")]
    kind: String,
    /// Identifier of the actor.
    id: String,
}

/// Members of a resource that differ before and after a change. A value above 4096 bytes is replaced by `bytes`, its size,
/// and `sha256`, the digest of its compact JSON.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditChanges")]
struct ChangesView {
    /// Values before the change; `null` for a creation.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    before: Json,
    /// Values after the change; `null` for a deletion.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    after: Json,
}

impl From<AuditEntry> for AuditEntryView {
    fn from(entry: AuditEntry) -> Self {
        let Details { changes, metadata, ip_address, user_agent } = entry.details().cloned().unwrap_or_default();
        Self {
            id: entry.id,
            organization_id: entry.owner.organization(),
            dock_id: entry.dock_id,
            action: entry.action.name(&entry.entity_type),
            entity_type: entry.entity_type.as_str().to_owned(),
            entity_id: entry.entity_id,
            actor: ActorView { kind: entry.actor.kind, id: entry.actor.id },
            changes: changes.map(|changes| ChangesView { before: changes.before, after: changes.after }),
            metadata: metadata.unwrap_or_default().to_raw(),
            request_id: entry.request_id,
            ip_address,
            user_agent,
            created_at: entry.created_at,
            expires_at: entry.expires_at,
        }
    }
}

/// Example of a page of audit entries for the OpenAPI document.
pub(super) const PAGE_EXAMPLE: &str = r#"{
    "data": [
        {
            "id": "aud_01HQ3P2F4Z6W8C0EY9V3X5Y8Z1",
            "organizationId": "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
            "dockId": null,
            "entityType": "party",
            "entityId": "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY",
            "action": "party.updated",
            "actor": {"type": "api_key", "id": "key_01HQ3K9B2V6R4X8ZT1M5N7P0QS"},
            "changes": {
                "before": {"email": "closing@example.com", "updatedAt": "2024-03-01T12:00:00.000Z", "version": 1},
                "after": {"email": null, "updatedAt": "2024-03-01T12:30:00.000Z", "version": 2}
            },
            "metadata": {},
            "requestId": "req_01HQ3P2F4Z6W8C0EY9V3X5Y8Z1",
            "ipAddress": "203.0.113.7",
            "userAgent": "curl/8.5.0",
            "createdAt": "2024-03-01T12:30:00.000Z",
            "expiresAt": null
        }
    ],
    "meta": {"total": null, "page": 1, "pageSize": 20, "hasMore": false, "nextCursor": null}
}"#;

/// Example of an entry of another service for the OpenAPI document.
pub(super) const APPENDED_EXAMPLE: &str = r#"{
    "id": "aud_01HQ3P2F4Z6W8C0EY9V3X5Y8Z1",
    "organizationId": "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
    "dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV",
    "entityType": "artifact",
    "entityId": "art_81",
    "action": "update",
    "actor": {"type": "external", "id": "user_17"},
    "changes": {"before": {"state": "DRAFT"}, "after": {"state": "FINAL"}},
    "metadata": {"channel": "portal"},
    "requestId": "req_01HQ3P2F4Z6W8C0EY9V3X5Y8Z1",
    "ipAddress": "203.0.113.7",
    "userAgent": "Mozilla/5.0",
    "createdAt": "2024-03-01T12:30:00.000Z",
    "expiresAt": null
}"#;
