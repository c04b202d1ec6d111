//! Records of recipients.

use serde::{Deserialize, Serialize};

use super::{StoredRecord, stores_all_members, stores_member};
use crate::{
    domain::{
        LowercaseEmail, Recipient,
        id::{DockId, OrganizationId, RecipientId},
    },
    store::keys::{self, Key},
};

impl StoredRecord for Recipient {
    const ENTITY_TYPE: &'static str = "recipient";
    stores_all_members!();

    fn key(&self) -> Key {
        keys::recipient(self.organization_id, self.dock_id, self.id)
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
