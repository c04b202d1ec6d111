//! Groups of recipients.

use serde::{Deserialize, Serialize};

use super::{
    Name, Text,
    object::{Items, NonNullable, Optional, Patched, Required},
};
use crate::domain::{
    id::{DockId, GroupId, OrganizationId, RecipientId},
    time::Time,
};

/// Maximum number of recipients that one request adds or removes.
pub const MAX_CHANGED_MEMBERS: usize = 100;

/// A named set of recipients of one dock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// Id of the group.
    pub id: GroupId,
    /// Organization that owns the dock.
    pub organization_id: OrganizationId,
    /// Dock of the group.
    pub dock_id: DockId,
    /// Display name, unique in the dock.
    pub name: Name,
    /// Description.
    pub description: Option<Text<1000>>,
    /// Number of members.
    pub recipient_count: u64,
    /// Whether the request that created the group has not added all its members yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_filling: bool,
    /// Time of creation.
    pub created_at: Time,
    /// Time of the last change of the group or its members.
    pub updated_at: Time,
    /// Version of the record: 1, incremented by every change of the group or its members.
    pub version: u64,
}

crate::object! {
    /// Group to create.
    pub struct GroupDraft {
        /// Display name, 1 to 200 characters. No other group of the dock can have it.
        pub name: Required<Name>,
        /// Description, 1 to 1000 characters. `null` means none.
        pub description: Optional<Text<1000>>,
        /// Recipients of the dock to add, at most 100. `null` means none. One that is repeated counts once.
        pub recipient_ids: Optional<Items<RecipientId, 0, MAX_CHANGED_MEMBERS>>,
    }
}

crate::object! {
    /// Changes to a group, as a JSON merge patch.
    pub struct GroupPatch {
        /// New display name, 1 to 200 characters.
        pub name: NonNullable<Name>,
        /// Description, 1 to 1000 characters. `null` removes it.
        pub description: Patched<Text<1000>>,
    }
}

crate::object! {
    /// Recipients to add to a group or to remove from it.
    pub struct GroupRecipients {
        /// Recipients of the dock, 1 to 100. One that is repeated counts once.
        pub recipient_ids: Required<Items<RecipientId, 1, MAX_CHANGED_MEMBERS>>,
    }
}

impl Group {
    /// Maximum number of members.
    pub const MAX_RECIPIENTS: u64 = 10_000;

    /// Returns a new group without members, created at `now`.
    #[must_use]
    pub const fn new(
        id: GroupId,
        organization_id: OrganizationId,
        dock_id: DockId,
        name: Name,
        description: Option<Text<1000>>,
        now: Time,
    ) -> Self {
        Self {
            id,
            organization_id,
            dock_id,
            name,
            description,
            recipient_count: 0,
            is_filling: false,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    /// Returns the group after `patch`, changed at `now`. If the patch changes nothing, the group is unchanged.
    #[must_use]
    pub fn patched(&self, patch: GroupPatch, now: Time) -> Self {
        let mut new = self.clone();
        new.name = patch.name.unwrap_or(new.name);
        patch.description.apply(&mut new.description);
        if new != *self {
            new.version += 1;
            new.updated_at = now;
        }
        new
    }

    /// Returns the group with this number of members, changed at `now`.
    #[must_use]
    pub fn with_count(&self, recipient_count: u64, now: Time) -> Self {
        Self { recipient_count, updated_at: now, version: self.version + 1, ..self.clone() }
    }
}
