//! Records of recipients.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{StoredRecord, parties::is_zero, stores_all_members, stores_member};
use crate::{
    domain::{
        LowercaseEmail, Recipient,
        id::{DockId, GroupId, OrganizationId, RecipientId},
    },
    store::keys::{self, Key},
};

/// Recipient, with its groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipientRecord {
    /// The recipient.
    #[serde(flatten)]
    pub recipient: Recipient,
    /// Its groups.
    #[serde(flatten)]
    pub memberships: Memberships,
}

/// Groups of a recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Memberships {
    /// The groups.
    #[serde(with = "serde_dynamo::string_set", skip_serializing_if = "BTreeSet::is_empty")]
    pub groups: BTreeSet<GroupId>,
    /// Number of times that the recipient joined or left a group.
    #[serde(skip_serializing_if = "is_zero")]
    pub group_changes: u64,
}

impl RecipientRecord {
    /// Creates the record of a recipient without groups.
    #[must_use]
    pub fn new(recipient: Recipient) -> Self {
        Self { recipient, memberships: Memberships::default() }
    }
}

impl StoredRecord for RecipientRecord {
    const ENTITY_TYPE: &'static str = "recipient";
    stores_all_members!();

    fn key(&self) -> Key {
        let Recipient { organization_id, dock_id, id, .. } = self.recipient;
        keys::recipient(organization_id, dock_id, id)
    }
}

/// E-mail address of a recipient. No other recipient of the dock can have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientEmail {
    /// Organization of the dock.
    pub organization_id: OrganizationId,
    /// Dock.
    pub dock_id: DockId,
    /// The address.
    pub email: LowercaseEmail,
    /// The recipient that has it.
    pub owner: RecipientRef,
}

/// Reference to a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecipientRef {
    /// The recipient.
    pub recipient_id: RecipientId,
}

impl StoredRecord for RecipientEmail {
    const ENTITY_TYPE: &'static str = "recipient_email";
    stores_member!(owner: RecipientRef, RecipientEmail { organization_id, dock_id, email });

    fn key(&self) -> Key {
        keys::recipient_email(self.organization_id, self.dock_id, &self.email)
    }
}

/// Pointer from the id of a recipient to its dock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientPointer {
    /// Recipient.
    pub id: RecipientId,
    /// Its dock.
    pub place: RecipientPlace,
}

/// Dock of a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecipientPlace {
    /// Organization of the dock.
    pub organization_id: OrganizationId,
    /// Dock.
    pub dock_id: DockId,
}

impl StoredRecord for RecipientPointer {
    const ENTITY_TYPE: &'static str = "recipient_pointer";
    stores_member!(place: RecipientPlace, RecipientPointer { id });

    fn key(&self) -> Key {
        keys::recipient_pointer(self.id)
    }
}
