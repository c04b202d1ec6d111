//! Representation of roles in responses.

use berth_shared::{
    domain::{Role, RoleName},
    http::EntityTag,
    id::{DockId, PartyId, RoleId},
    time::Time,
};
use schemars::JsonSchema;
use serde::Serialize;

/// Role that a party holds in a dock.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AssignedRole")]
pub(super) struct RoleView {
    /// Identifier of the role.
    id: RoleId,
    /// Dock in which the role is held.
    dock_id: DockId,
    /// Party that holds the role.
    party_id: PartyId,
    /// Role that the party holds.
    role: RoleName,
    /// Time from which the role is held.
    created_at: Time,
}

impl From<&Role> for RoleView {
    fn from(role: &Role) -> Self {
        Self {
            id: role.id,
            dock_id: role.dock_id,
            party_id: role.party_id,
            role: role.role,
            created_at: role.created_at,
        }
    }
}

/// Returns the `ETag` of a role. It is the same for every role, because a role never changes.
pub(super) fn tag() -> EntityTag {
    EntityTag::version(Role::VERSION)
}

/// Example of a role for the OpenAPI document.
pub(super) const EXAMPLE: &str = r#"{
    "id": "dpr_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
    "dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV",
    "partyId": "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY",
    "role": "DISTRIBUTOR",
    "createdAt": "2024-03-01T12:00:00.000Z"
}"#;
