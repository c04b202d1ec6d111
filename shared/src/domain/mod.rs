//! What Berth is about: organizations, docks, parties, roles and API keys, and the values they are made of.
//!
//! Everything here is pure. Values have private insides and one way to be made, which checks them; time, ids and
//! randomness are arguments; nothing knows of HTTP or of the store.

mod address;
mod api_key;
mod contact;
pub mod credentials;
mod dock;
mod email;
pub mod error;
pub(crate) mod hex;
pub mod id;
pub mod json;
pub mod ledger;
mod metadata;
pub mod object;
mod organization;
mod party;
mod patch;
mod role;
mod slug;
mod text;
pub mod time;

pub use address::Address;
pub use api_key::ApiKey;
pub use contact::{Color, Domain};
pub use credentials::Environment;
pub use dock::{Dock, DockPatch, DockProfile, DockStatus, DomainVerification, Kyc};
pub use email::Email;
pub use ledger::{Hint, InvalidLedgerId, LedgerPartyId, MAX_HINT, Namespace, is_user_id};
pub use metadata::{Metadata, MetadataPatch};
pub use organization::{Counts, Organization, OrganizationDraft, OrganizationPatch};
pub use party::{Party, PartyDraft, PartyPatch, PartyType};
pub use patch::{FromJson, Patch, Violation};
pub use role::{Role, RoleName};
pub use slug::{Slug, SlugStem};
pub use text::{ExternalRef, Name, Search, Stylesheet, Text};
