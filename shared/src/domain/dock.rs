//! Docks: the workspaces of a tenant.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Address, Color, Domain, Email, Name, Patch, Stylesheet, Text};
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
    /// Control of the domain has not been verified.
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
    /// Its id.
    pub id: DockId,
    /// The tenant it belongs to.
    pub organization_id: OrganizationId,
    /// What the caller says of it.
    #[serde(flatten)]
    pub profile: DockDraft,
    /// Whether it can be used.
    pub status: DockStatus,
    /// Whether its domain is shown to be its own.
    pub domain_verification_status: DomainVerification,
    /// How far the examination of its owner has come.
    pub kyc_status: Kyc,
    /// When it was made.
    pub created_at: Time,
    /// When it was last changed.
    pub updated_at: Time,
    /// 1, and one more with every change.
    pub version: u64,
}

/// What a caller says of a dock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DockDraft {
    /// Display name, 1 to 200 characters.
    pub name: Name,
    /// Domain name of at most 253 characters, in ASCII. It must not belong to another dock. `null` means none.
    pub domain: Option<Domain>,
    /// Domain name under which the pages of the dock are served. It must not belong to another dock. `null` means none.
    pub custom_domain: Option<Domain>,
    /// Legal name of the business that operates the dock, 1 to 200 characters. `null` means none.
    pub legal_name: Option<Name>,
    /// Legal form, for example `corporation`, `llc` or `partnership`: 1 to 64 characters. `null` means none.
    pub business_type: Option<Text<64>>,
    /// Tax number, 1 to 64 characters. `null` means none.
    pub tax_id: Option<Text<64>>,
    /// Number in the commercial register, 1 to 64 characters. `null` means none.
    pub registration_number: Option<Text<64>>,
    /// Telephone number, 1 to 32 characters. `null` means none.
    pub business_phone: Option<Text<32>>,
    /// E-mail address, at most 254 characters. `null` means none.
    pub business_email: Option<Email>,
    /// Address of the registered office. `null` means none.
    pub business_address: Option<Address>,
    /// Primary colour of the pages: `#` and 3 or 6 hexadecimal digits. `null` means none.
    pub primary_color: Option<Color>,
    /// Secondary colour of the pages: `#` and 3 or 6 hexadecimal digits. `null` means none.
    pub secondary_color: Option<Color>,
    /// Style sheet of the pages, at most 16 384 characters. It is stored and not interpreted. `null` means none.
    pub custom_css: Option<Stylesheet>,
}

/// What a merge patch says of a dock; the fields are those of [`DockDraft`].
#[derive(Debug, Clone, Default)]
pub struct DockPatch {
    /// What people call it.
    pub name: Option<Name>,
    /// Its domain.
    pub domain: Patch<Domain>,
    /// The domain its pages are served under.
    pub custom_domain: Patch<Domain>,
    /// The legal name.
    pub legal_name: Patch<Name>,
    /// The legal form.
    pub business_type: Patch<Text<64>>,
    /// The tax number.
    pub tax_id: Patch<Text<64>>,
    /// The number in the commercial register.
    pub registration_number: Patch<Text<64>>,
    /// The telephone number.
    pub business_phone: Patch<Text<32>>,
    /// The e-mail address.
    pub business_email: Patch<Email>,
    /// The seat, replaced whole.
    pub business_address: Patch<Address>,
    /// The first colour.
    pub primary_color: Patch<Color>,
    /// The second colour.
    pub secondary_color: Patch<Color>,
    /// The style sheet.
    pub custom_css: Patch<Stylesheet>,
}

impl Dock {
    /// The dock that `profile` describes, made at `now`: usable at once, with nothing verified.
    #[must_use]
    pub const fn new(id: DockId, organization_id: OrganizationId, profile: DockDraft, now: Time) -> Self {
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

    /// The domains that no other dock may have, each once.
    #[must_use]
    pub fn domains(&self) -> Vec<&Domain> {
        let mut domains: Vec<_> = self.profile.domain.iter().chain(&self.profile.custom_domain).collect();
        domains.sort();
        domains.dedup();
        domains
    }

    /// The dock after `patch`, changed at `now`; the same where the patch changes nothing. Another domain is an
    /// unverified one.
    #[must_use]
    pub fn patched(&self, patch: DockPatch, now: Time) -> Self {
        let mut new = self.clone();
        let profile = &mut new.profile;
        if let Some(name) = patch.name {
            profile.name = name;
        }
        patch.domain.apply(&mut profile.domain);
        patch.custom_domain.apply(&mut profile.custom_domain);
        patch.legal_name.apply(&mut profile.legal_name);
        patch.business_type.apply(&mut profile.business_type);
        patch.tax_id.apply(&mut profile.tax_id);
        patch.registration_number.apply(&mut profile.registration_number);
        patch.business_phone.apply(&mut profile.business_phone);
        patch.business_email.apply(&mut profile.business_email);
        patch.business_address.apply(&mut profile.business_address);
        patch.primary_color.apply(&mut profile.primary_color);
        patch.secondary_color.apply(&mut profile.secondary_color);
        patch.custom_css.apply(&mut profile.custom_css);
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
