//! Representation of recipients in responses.

use berth_shared::{
    domain::{Metadata, Recipient, StakeholderClass},
    http::EntityTag,
    id::{DockId, PartyId, RecipientId, RoleId},
    store::LinkedRecipient,
    time::Time,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

/// Contact in a dock, who receives documents and may belong to a party.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Recipient")]
pub(crate) struct RecipientView {
    /// Identifier of the recipient.
    id: RecipientId,
    /// Dock of the recipient.
    dock_id: DockId,
    /// Display name, 1 to 200 characters.
    name: String,
    /// E-mail address in lower case, unique in the dock.
    email: String,
    /// Relation to the documents; `null` if there is none.
    stakeholder_class: Option<StakeholderClass>,
    /// Values that identify the recipient, for example a policy number.
    #[schemars(with = "Metadata")]
    identifiers: Box<RawValue>,
    /// Party to which the recipient belongs; `null` if there is none, or if it was deleted.
    party_id: Option<PartyId>,
    /// Role `RECIPIENT` of that party in the dock; `null` if the party does not hold it.
    role_id: Option<RoleId>,
    /// Time of creation.
    created_at: Time,
    /// Time of the last change.
    updated_at: Time,
}

impl RecipientView {
    /// Creates the representation of a recipient. `party_id` and `role_id` are the current state of its link.
    pub(super) fn new(recipient: &Recipient, party_id: Option<PartyId>, role_id: Option<RoleId>) -> Self {
        Self {
            id: recipient.id,
            dock_id: recipient.dock_id,
            name: recipient.name.as_str().to_owned(),
            email: recipient.email.to_string(),
            stakeholder_class: recipient.stakeholder_class,
            identifiers: recipient.identifiers.to_raw(),
            party_id,
            role_id,
            created_at: recipient.created_at,
            updated_at: recipient.updated_at,
        }
    }

    /// Returns the `ETag` of a recipient with this version.
    pub(super) fn tag(&self, version: u64) -> EntityTag {
        // The role can change without the recipient.
        match (self.party_id, self.role_id) {
            (None, _) => EntityTag::version(version),
            (Some(_), None) => EntityTag::version_and(version, "none"),
            (Some(_), Some(role)) => EntityTag::version_and(version, &role.ulid().to_string()),
        }
    }
}

impl From<&LinkedRecipient> for RecipientView {
    fn from(found: &LinkedRecipient) -> Self {
        Self::new(&found.recipient, found.party_id, found.role_id)
    }
}

/// Example of a recipient for the OpenAPI document.
pub(super) const EXAMPLE: &str = r#"{
    "id": "rcp_01HQ3R7H6A8X0E2GZ1W4X6Z9BC",
    "dockId": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV",
    "name": "Jane Doe",
    "email": "jane.doe@example.com",
    "stakeholderClass": "mortgagee",
    "identifiers": {"lender_id": "L-77", "policy_number": "P-1001"},
    "partyId": "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY",
    "roleId": "dpr_01HQ3R7H6A8X0E2GZ1W4X6Z9BC",
    "createdAt": "2024-03-01T12:00:00.000Z",
    "updatedAt": "2024-03-01T12:00:00.000Z"
}"#;
