//! Records of groups of recipients.

use serde::{Deserialize, Serialize};

use super::{RecipientRef, StoredRecord, stores_all_members, stores_member};
use crate::{
    domain::{
        Group, Name,
        id::{DockId, GroupId, OrganizationId},
    },
    store::keys::{self, Key},
};

impl StoredRecord for Group {
    const ENTITY_TYPE: &'static str = "group";
    stores_all_members!();

    fn key(&self) -> Key {
        keys::group(self.organization_id, self.dock_id, self.id)
    }
}

/// Name of a group. No other group of the dock can have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupName {
    /// Organization of the dock.
    pub organization_id: OrganizationId,
    /// Dock.
    pub dock_id: DockId,
    /// The name.
    pub name: Name,
    /// The group that has it.
    pub owner: GroupRef,
}

/// Reference to a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupRef {
    /// The group.
    pub group_id: GroupId,
}

impl StoredRecord for GroupName {
    const ENTITY_TYPE: &'static str = "group_name";
    stores_member!(owner: GroupRef, GroupName { organization_id, dock_id, name });

    fn key(&self) -> Key {
        keys::group_name(self.organization_id, self.dock_id, &self.name)
    }
}

/// Member of a group. The recipient names its groups, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupMember {
    /// Organization of the dock.
    pub organization_id: OrganizationId,
    /// Dock.
    pub dock_id: DockId,
    /// Group.
    pub group_id: GroupId,
    /// The member.
    pub member: RecipientRef,
}

impl StoredRecord for GroupMember {
    const ENTITY_TYPE: &'static str = "group_member";
    stores_member!(member: RecipientRef, GroupMember { organization_id, dock_id, group_id });

    fn key(&self) -> Key {
        keys::group_member(self.organization_id, self.dock_id, self.group_id, self.member.recipient_id)
    }
}
