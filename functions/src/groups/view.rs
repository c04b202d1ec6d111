//! Representation of groups in responses.

use berth_shared::{
    Error, Result,
    domain::Group,
    http::EntityTag,
    id::{DockId, GroupId, RecipientId},
    store::{GroupWithMembers, MemberName},
    time::Time,
};
use schemars::JsonSchema;
use serde::Serialize;

/// Named set of recipients of a dock.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Group")]
pub(super) struct GroupView {
    /// Identifier of the group.
    id: GroupId,
    /// Dock of the group.
    dock_id: DockId,
    /// Display name, 1 to 200 characters, unique in the dock.
    name: String,
    /// Description, 1 to 1000 characters; `null` if there is none.
    description: Option<String>,
    /// Number of recipients in the group, at most 10 000.
    recipient_count: u64,
    /// The first 100 recipients in the group, newest recipient first.
    recipients: Vec<MemberView>,
    /// Time of creation.
    created_at: Time,
    /// Time of the last change of the group or of its recipients.
    updated_at: Time,
}

/// Recipient in a group.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "GroupMember")]
struct MemberView {
    /// Identifier of the recipient.
    id: RecipientId,
    /// Display name, 1 to 200 characters.
    name: String,
    /// E-mail address in lower case.
    email: String,
}

impl GroupView {
    pub(super) fn new(group: &Group, members: &[MemberName]) -> Self {
        let member = |member: &MemberName| MemberView {
            id: member.id,
            name: member.name.as_str().to_owned(),
            email: member.email.to_string(),
        };
        Self {
            id: group.id,
            dock_id: group.dock_id,
            name: group.name.as_str().to_owned(),
            description: group.description.as_ref().map(|text| text.as_str().to_owned()),
            recipient_count: group.recipient_count,
            recipients: members.iter().map(member).collect(),
            created_at: group.created_at,
            updated_at: group.updated_at,
        }
    }

    /// Returns the `ETag` of a group with this version. It also depends on the names of the members.
    pub(super) fn tag(&self, version: u64) -> Result<EntityTag> {
        let members = serde_json::to_string(&self.recipients).map_err(Error::internal)?;
        Ok(EntityTag::version_and_digest_of(version, &members))
    }
}

impl From<&GroupWithMembers> for GroupView {
    fn from(found: &GroupWithMembers) -> Self {
        Self::new(&found.group, &found.members)
    }
}

/// Example of a group for the OpenAPI document.
pub(super) const EXAMPLE: &str = r#"{
    "id": "grp_01HQ3S8J7B9Y1F3H02X5Y7A0CD",
    "dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV",
    "name": "Lenders",
    "description": "Recipients of the monthly report",
    "recipientCount": 1,
    "recipients": [{"id": "rcp_01HQ3R7H6A8X0E2GZ1W4X6Z9BC", "name": "Jane Doe", "email": "jane.doe@example.com"}],
    "createdAt": "2024-03-01T12:00:00.000Z",
    "updatedAt": "2024-03-01T12:00:00.000Z"
}"#;
