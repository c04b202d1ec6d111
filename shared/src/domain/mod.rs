//! The domain: organizations, docks, parties, roles, API keys and their values.
//!
//! Everything here is pure. Values have private fields and validating constructors. Time, ids and randomness are
//! arguments.
//! The layer does not depend on HTTP or on the store.

mod address;
mod api_key;
mod contact;
pub mod credentials;
mod dock;
mod email;
pub mod error;
mod group;
pub(crate) mod hex;
pub mod id;
pub mod json;
pub mod ledger;
mod machine_client;
mod metadata;
mod name;
mod network;
mod number;
pub mod object;
mod organization;
mod party;
mod patch;
mod recipient;
mod role;
mod slug;
mod text;
pub mod time;
mod unicode;

pub use address::Address;
pub use api_key::{ApiKey, ApiKeyPatch, Creator};
pub use contact::{Color, Domain};
pub use credentials::Environment;
pub use dock::{Dock, DockPatch, DockProfile, DockStatus, DomainVerification, Kyc};
pub use email::{Email, LowercaseEmail};
pub use group::{Group, GroupDraft, GroupPatch, GroupRecipients};
pub use ledger::{Hint, InvalidLedgerId, LedgerPartyId, MAX_HINT, Namespace, is_user_id};
pub use machine_client::{AccessToken, MachineClient, MachineClientDraft, MachineClientOrigin, MachineClientPatch};
pub use metadata::{Metadata, MetadataPatch};
pub use name::Name;
pub use network::{AllowedIps, MalformedNetwork, Network};
pub use number::Integer;
pub use organization::{Counts, Organization, OrganizationDraft, OrganizationPatch};
pub use party::{Party, PartyDraft, PartyPatch, PartyType};
pub use patch::{FromJson, Patch, Violation};
pub use recipient::{Recipient, RecipientDraft, RecipientPatch, StakeholderClass};
pub use role::{Role, RoleName};
pub use slug::{RESERVED_SLUGS, Slug, SlugStem};
pub use text::{ExternalRef, Search, Stylesheet, Text};
