//! How docks are shown.

use berth_shared::{
    domain::{Dock, DockDraft, DockStatus, DomainVerification, Kyc},
    http::EntityTag,
    id::{DockId, OrganizationId},
    time::Time,
};
use schemars::JsonSchema;
use serde::Serialize;

/// A dock.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Dock")]
pub(super) struct DockView {
    /// Its id.
    id: DockId,
    /// The organization it belongs to.
    organization_id: OrganizationId,
    #[serde(flatten)]
    profile: DockDraft,
    /// Whether it can be used: from its making on.
    status: DockStatus,
    /// Whether its domain is shown to be its own.
    domain_verification_status: DomainVerification,
    /// How far the examination of its owner has come.
    kyc_status: Kyc,
    /// When it was made.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

impl From<Dock> for DockView {
    fn from(dock: Dock) -> Self {
        Self {
            id: dock.id,
            organization_id: dock.organization_id,
            profile: dock.profile,
            status: dock.status,
            domain_verification_status: dock.domain_verification_status,
            kyc_status: dock.kyc_status,
            created_at: dock.created_at,
            updated_at: dock.updated_at,
        }
    }
}

/// The tag of a dock.
pub(super) fn tag(dock: &Dock) -> EntityTag {
    EntityTag::version(dock.version)
}

/// A dock for the contract's examples.
pub(super) const EXAMPLE: &str = r##"{
    "id": "dock_01HQ3M0C4W8S6Y0AV3P7Q9R2TV",
    "organizationId": "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
    "name": "Underwriting Division",
    "domain": "underwriting.example.com",
    "customDomain": null,
    "legalName": "Bank of America, N.A.",
    "businessType": "corporation",
    "taxId": null,
    "registrationNumber": null,
    "businessPhone": null,
    "businessEmail": "underwriting@example.com",
    "businessAddress": null,
    "primaryColor": "#0066cc",
    "secondaryColor": null,
    "customCss": null,
    "status": "ACTIVE",
    "domainVerificationStatus": "UNVERIFIED",
    "kycStatus": "NOT_STARTED",
    "createdAt": "2024-03-01T12:00:00.000Z",
    "updatedAt": "2024-03-01T12:00:00.000Z"
}"##;
