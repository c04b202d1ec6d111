//! Keys of recipients.

use super::{Key, Range, key, range};
use crate::domain::{
    LowercaseEmail,
    id::{DockId, OrganizationId, RecipientId},
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
