//! Records: the typed content of the table's items.
//!
//! Every item is one record. Its attribute `entity` names the type, and [`Record::from_item`] reads any item by it:
//!
//! ```
//! use berth_shared::{id::DockId, store::{Item, Record}};
//!
//! fn dock_of(item: &Item) -> berth_shared::Result<Option<DockId>> {
//!     match Record::from_item(item)? {
//!         Record::Dock(dock) => Ok(Some(dock.id)),
//!         Record::AuditEntry(entry) => Ok(entry.dock_id),
//!         _ => Ok(None),
//!     }
//! }
//! ```
//!
//! The key of a record follows from its members ([`StoredRecord::key`]). What the key contains need not be an attribute, too.

mod api_keys;
mod audit;
mod deletions;
mod docks;
mod groups;
mod idempotency;
mod ledger;
mod machine_clients;
mod organizations;
mod parties;
mod platform;
mod recipients;
mod roles;
mod secrets;
#[cfg(test)]
mod tests;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    Item,
    expression::key_attributes,
    keys::{ENTITY, Key, RecordKey},
    reads::{decode, key_of},
};
use crate::domain::{
    Dock, Group, Organization,
    error::{Error, Result},
};

pub use api_keys::{
    ApiKeyRecord, ApiKeyRow, CredentialChild, CredentialRow, CredentialUse, OwnerApiKeyRow, PendingRevocation,
    RevokedParent,
};
pub use audit::{AuditEntry, AuditRow, Changes, Content, Details};
pub use deletions::{DeletedDock, Deletion, DockOwner, LastState, PendingDeletion, Tombstone};
pub use docks::{DockCounter, DockCounts, DockRow, DomainOwner, DomainRecord};
pub use groups::{GroupMember, GroupName, GroupRef};
pub use idempotency::{FirstResponse, IdempotencyRecord};
pub use ledger::{
    GrantedHint, HintOwner, LedgerHint, LedgerRight, LedgerRightCounter, LedgerRow, PartyRef, RightCount,
};
pub use machine_clients::{
    AccessTokenRecord, MachineClientRecord, MachineClientRow, MachineClientSummary, TokenIssuances,
};
pub use organizations::{OrganizationCounter, OrganizationCounts, OrganizationRow, SlugRecord, SlugState};
pub use parties::{PartyOwner, PartyPointer, PartyRecord, PartyReference, PartySummary, RoleCounts};
pub use platform::{CursorSecret, Deployment, PlatformCounter, PlatformCounts};
pub use recipients::{Memberships, RecipientEmail, RecipientPlace, RecipientPointer, RecipientRecord, RecipientRef};
pub use roles::{RevokedRoleByDock, RevokedRoleByParty, RoleByDock, RoleByParty};
pub use secrets::{SecretDigests, SecretMatch};

/// A type of record.
pub trait StoredRecord: Sized {
    /// Entity type: the value of the attribute `entity`, unique among all record types.
    const ENTITY_TYPE: &'static str;

    /// The members that are stored as attributes. The others are in the key only.
    type Attributes: Serialize + DeserializeOwned;

    /// Returns the primary key.
    fn key(&self) -> Key;

    /// Returns the members that are stored as attributes.
    fn attributes(&self) -> &Self::Attributes;

    /// Creates the record from the values in its key and its attributes; `None` if the key is one of another type.
    fn from_parts(key: RecordKey, attributes: Self::Attributes) -> Option<Self>;

    /// Returns the item: key, entity type and attributes. Absent values are left out, because names take space, too.
    ///
    /// # Errors
    /// [`Error::Internal`] if a value cannot be stored.
    fn to_item(&self) -> Result<Item> {
        let mut item: Item = serde_dynamo::to_item(self.attributes()).map_err(Error::internal)?;
        item.retain(|_, value| !matches!(value, AttributeValue::Null(_)));
        item.extend(key_attributes(&self.key()));
        item.insert(ENTITY.to_owned(), AttributeValue::S(Self::ENTITY_TYPE.to_owned()));
        Ok(item)
    }
}

/// Implements a record whose members are all attributes.
macro_rules! stores_all_members {
    () => {
        type Attributes = Self;

        fn attributes(&self) -> &Self {
            self
        }

        fn from_parts(_: $crate::store::keys::RecordKey, record: Self) -> Option<Self> {
            Some(record)
        }
    };
}
use stores_all_members;

/// Implements a record of which one member is stored as attributes. The others are values of its key.
macro_rules! stores_member {
    ($member:ident: $type:ty, $key:ident { $($value:ident),+ }) => {
        type Attributes = $type;

        fn attributes(&self) -> &$type {
            &self.$member
        }

        fn from_parts(key: $crate::store::keys::RecordKey, $member: $type) -> Option<Self> {
            match key {
                $crate::store::keys::RecordKey::$key { $($value,)+ .. } => Some(Self { $($value,)+ $member }),
                _ => None,
            }
        }
    };
}
use stores_member;

/// Declares [`Record`] with one variant for each record type.
macro_rules! records {
    ($($(#[$doc:meta])+ $variant:ident($type:ty);)+) => {
        /// Record of any type.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Record {
            $($(#[$doc])+ $variant($type),)+
        }

        impl Record {
            /// All entity types.
            pub const ENTITY_TYPES: &'static [&'static str] = &[$(<$type>::ENTITY_TYPE),+];

            /// Reads an item by its entity type.
            ///
            /// # Errors
            /// [`Error::Internal`] if the item has no entity type or an unknown one, if its key does not belong to that
            /// type, if an attribute is missing or malformed, or if the key and the attributes disagree. The message
            /// quotes no stored value.
            pub fn from_item(item: &Item) -> Result<Self> {
                let Some(AttributeValue::S(entity_type)) = item.get(ENTITY) else {
                    return Err(Error::internal("item without entity type"));
                };
                match entity_type.as_str() {
                    $(<$type>::ENTITY_TYPE => read::<$type>(item).map(Self::$variant),)+
                    _ => Err(Error::internal("item of an unknown entity type")),
                }
            }

            /// Returns the entity type.
            #[must_use]
            pub const fn entity_type(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => <$type>::ENTITY_TYPE,)+
                }
            }

            /// Returns the primary key.
            #[must_use]
            pub fn key(&self) -> Key {
                match self {
                    $(Self::$variant(record) => record.key(),)+
                }
            }

            /// Returns the item.
            ///
            /// # Errors
            /// [`Error::Internal`] if a value cannot be stored.
            pub fn to_item(&self) -> Result<Item> {
                match self {
                    $(Self::$variant(record) => record.to_item(),)+
                }
            }
        }

        $(impl From<$type> for Record {
            fn from(record: $type) -> Self {
                Self::$variant(record)
            }
        })+
    };
}

records! {
    /// Deployment record.
    Deployment(Deployment);
    /// Secret that signs cursors.
    CursorSecret(CursorSecret);
    /// Counters of the platform, one of eight items.
    PlatformCounter(PlatformCounter);
    /// Organization.
    Organization(Organization);
    /// Counters of an organization, one of eight items.
    OrganizationCounter(OrganizationCounter);
    /// Organization in the list of all organizations.
    OrganizationRow(OrganizationRow);
    /// Slug, with or without an owner.
    Slug(SlugRecord);
    /// Dock.
    Dock(Dock);
    /// Counters of a dock, one of eight items.
    DockCounter(DockCounter);
    /// Dock in the list of all docks.
    DockRow(DockRow);
    /// Domain of a dock.
    Domain(DomainRecord);
    /// Dock in the list of all deleted docks.
    DeletedDock(DeletedDock);
    /// Last state of a deleted resource.
    Tombstone(Tombstone);
    /// Deletion after which roles remain to be revoked.
    PendingDeletion(PendingDeletion);
    /// Party.
    Party(PartyRecord);
    /// Pointer from the id of a party to its organization.
    PartyPointer(PartyPointer);
    /// Party in the index of external references.
    PartyReference(PartyReference);
    /// Hint of a ledger id.
    LedgerHint(LedgerHint);
    /// Ledger party in the list of its organization.
    LedgerRow(LedgerRow);
    /// Right of a user to act as a ledger party.
    LedgerRight(LedgerRight);
    /// Number of rights of a user.
    LedgerRightCounter(LedgerRightCounter);
    /// Current role, by dock.
    DockRole(RoleByDock);
    /// Current role, by party.
    Role(RoleByParty);
    /// Revoked role, by dock.
    RevokedDockRole(RevokedRoleByDock);
    /// Revoked role, by party.
    RevokedRole(RevokedRoleByParty);
    /// Recipient.
    Recipient(RecipientRecord);
    /// E-mail address of a recipient.
    RecipientEmail(RecipientEmail);
    /// Pointer from the id of a recipient to its dock.
    RecipientPointer(RecipientPointer);
    /// Group of recipients.
    Group(Group);
    /// Name of a group.
    GroupName(GroupName);
    /// Member of a group.
    GroupMember(GroupMember);
    /// API key.
    ApiKey(ApiKeyRecord);
    /// API key in the list of all API keys.
    ApiKeyRow(ApiKeyRow);
    /// API key in the list of its owner.
    OwnerApiKeyRow(OwnerApiKeyRow);
    /// Machine client.
    MachineClient(MachineClientRecord);
    /// Machine client in the list of its organization.
    MachineClientRow(MachineClientRow);
    /// Access token of a machine client.
    AccessToken(AccessTokenRecord);
    /// Last issuances of a machine client.
    TokenIssuances(TokenIssuances);
    /// Credential in the list of those that another one created.
    CredentialChild(CredentialChild);
    /// Revoked credential whose children remain to be revoked.
    PendingRevocation(PendingRevocation);
    /// Last use of an API key or a machine client.
    CredentialUse(CredentialUse);
    /// Recorded response to an `Idempotency-Key`.
    Idempotency(IdempotencyRecord);
    /// Audit entry.
    AuditEntry(AuditEntry);
    /// Row of an audit entry in a view of the trail.
    AuditRow(AuditRow);
}

/// Reads an item as a record of type `R`.
fn read<R: StoredRecord>(item: &Item) -> Result<R> {
    let wrong = |what: &str| Error::internal(format!("item of type {}: {what}", R::ENTITY_TYPE));
    let key = key_of(item).ok_or_else(|| wrong("no key"))?;
    let values = RecordKey::parse(&key).ok_or_else(|| wrong("a key that is not one of Berth"))?;
    let record = R::from_parts(values, decode(item.clone())?).ok_or_else(|| wrong("the key of another type"))?;
    if record.key() != key {
        return Err(wrong("the key disagrees with the attributes"));
    }
    Ok(record)
}
