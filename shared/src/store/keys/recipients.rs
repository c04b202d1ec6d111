//! Keys of recipients and their groups.

use super::{Key, Range, key, range};
use crate::domain::{
    LowercaseEmail, Name,
    id::{DockId, GroupId, OrganizationId, RecipientId},
};

fn dock_recipients(organization: OrganizationId, dock: DockId) -> String {
    format!("ORG#{}#DOCK#{}#RCP", organization.ulid(), dock.ulid())
}

/// Returns the key of a recipient.
pub fn recipient(organization: OrganizationId, dock: DockId, id: RecipientId) -> Key {
    let Range { pk, prefix } = recipients(organization, dock);
    key(pk, format!("{prefix}{}", id.ulid()))
}

/// Returns the range of a dock's recipients.
pub fn recipients(organization: OrganizationId, dock: DockId) -> Range {
    range(dock_recipients(organization, dock), "RCP#")
}

/// Returns the key of an e-mail address of a recipient. A second item cannot exist, so the address is unique in the dock.
pub fn recipient_email(organization: OrganizationId, dock: DockId, email: &LowercaseEmail) -> Key {
    key(dock_recipients(organization, dock), format!("EMAIL#{email}"))
}

/// Returns the key of the pointer from the id of a recipient to its dock.
pub fn recipient_pointer(id: RecipientId) -> Key {
    key(format!("RCP#{}", id.ulid()), "RCP")
}

fn dock_groups(organization: OrganizationId, dock: DockId) -> String {
    format!("ORG#{}#DOCK#{}#GRP", organization.ulid(), dock.ulid())
}

/// Returns the key of a group.
pub fn group(organization: OrganizationId, dock: DockId, id: GroupId) -> Key {
    let Range { pk, prefix } = groups(organization, dock);
    key(pk, format!("{prefix}{}", id.ulid()))
}

/// Returns the range of a dock's groups.
pub fn groups(organization: OrganizationId, dock: DockId) -> Range {
    range(dock_groups(organization, dock), "GRP#")
}

/// Returns the key of the name of a group. A second item cannot exist, so the name is unique in the dock.
pub fn group_name(organization: OrganizationId, dock: DockId, name: &Name) -> Key {
    key(dock_groups(organization, dock), format!("NAME#{name}"))
}

/// Returns the range of the members of all groups of a dock.
pub fn dock_group_members(organization: OrganizationId, dock: DockId) -> Range {
    range(dock_groups(organization, dock), "MEMBER#")
}

/// Returns the key of a member of a group.
pub fn group_member(organization: OrganizationId, dock: DockId, group: GroupId, recipient: RecipientId) -> Key {
    let Range { pk, prefix } = group_members(organization, dock, group);
    key(pk, format!("{prefix}{}", recipient.ulid()))
}

/// Returns the range of the members of a group.
pub fn group_members(organization: OrganizationId, dock: DockId, group: GroupId) -> Range {
    range(dock_groups(organization, dock), format!("MEMBER#{}#", group.ulid()))
}
