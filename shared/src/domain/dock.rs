//! Docks, which are workspaces of a tenant.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Address, Color, Domain, Email, Name, Stylesheet, Text};
use crate::domain::{
    id::{DockId, OrganizationId},
    time::Time,
};

/// Status of a dock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(extend("x-extensible-enum" = true))]
pub enum DockStatus {
    /// The dock can be used. A dock is active from its creation on.
    Active,
}

/// State of the verification that a dock controls its domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(extend("x-extensible-enum" = true))]
pub enum DomainVerification {
    /// Control of the domain has not been verified. Berth does not verify domains yet.
    Unverified,
}

/// State of the identity check (know your customer) of the business that operates a dock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(extend("x-extensible-enum" = true))]
pub enum Kyc {
    /// The check has not started.
    NotStarted,
}

/// A workspace in which documents are exchanged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dock {
    /// Id of the dock.
    pub id: DockId,
    /// Organization that owns the dock.
    pub organization_id: OrganizationId,
    /// Attributes that clients set.
    #[serde(flatten)]
    pub profile: DockProfile,
    /// Status of the dock.
    pub status: DockStatus,
    /// State of the domain verification.
    pub domain_verification_status: DomainVerification,
    /// State of the identity check of the business.
    pub kyc_status: Kyc,
    /// Time of creation.
    pub created_at: Time,
    /// Time of the last change.
    pub updated_at: Time,
    /// Version of the record: 1, incremented by every change.
    pub version: u64,
}

crate::patchable_object! {
    /// Attributes of a dock that clients set.
    pub struct DockProfile {
        required {
            /// Display name, 1 to 200 characters.
            name: Name,
        }
        optional {
            /// Domain name of at least two labels and at most 253 characters, not an IP address. An international name is
            /// accepted and returned in ASCII (`xn--…`). It must not belong to another dock.
            domain: Domain,
            /// Domain name under which the pages of the dock are served, in the form of `domain`. It must not belong to
            /// another dock.
            custom_domain: Domain,
            /// Legal name of the business that operates the dock, 1 to 200 characters.
            legal_name: Text<200>,
            /// Legal form, for example `corporation`, `llc` or `partnership`: 1 to 64 characters.
            business_type: Text<64>,
            /// Tax number, 1 to 64 characters.
            tax_id: Text<64>,
            /// Number in the commercial register, 1 to 64 characters.
            registration_number: Text<64>,
            /// Telephone number, 1 to 32 characters.
            business_phone: Text<32>,
            /// E-mail address, at most 254 characters.
            business_email: Email,
            /// Address of the registered office.
            business_address: Address,
            /// Primary colour of the pages: `#` and 3 or 6 hexadecimal digits.
            primary_color: Color,
            /// Secondary colour of the pages: `#` and 3 or 6 hexadecimal digits.
            secondary_color: Color,
            /// Style sheet of the pages: at most 16 KiB (16 384 bytes in UTF-8), without `<`. It is stored and not
            /// interpreted.
            custom_css: Stylesheet,
        }
    }
    /// Changes to a dock, as a JSON merge patch.
    patch DockPatch
}

impl Dock {
    /// Returns a new dock with this profile, created at `now`. It is active, and nothing is verified.
    #[must_use]
    pub const fn new(id: DockId, organization_id: OrganizationId, profile: DockProfile, now: Time) -> Self {
        Self {
            id,
            organization_id,
            profile,
            status: DockStatus::Active,
            domain_verification_status: DomainVerification::Unverified,
            kyc_status: Kyc::NotStarted,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    /// Returns the domains that must be unique, without duplicates.
    #[must_use]
    pub fn domains(&self) -> Vec<&Domain> {
        let mut domains: Vec<_> = self.profile.domain.iter().chain(&self.profile.custom_domain).collect();
        domains.sort();
        domains.dedup();
        domains
    }

    /// Returns the dock after `patch`, changed at `now`. If the patch changes nothing, the dock is unchanged. A new
    /// domain is unverified.
    #[must_use]
    pub fn patched(&self, patch: DockPatch, now: Time) -> Self {
        let mut new = self.clone();
        patch.apply(&mut new.profile);
        if new.profile.domain != self.profile.domain {
            new.domain_verification_status = DomainVerification::Unverified;
        }
        if new != *self {
            new.version += 1;
            new.updated_at = now;
        }
        new
    }
}
