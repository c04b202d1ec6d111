//! Representation of docks in responses.

use berth_shared::{
    domain::{Dock, DockProfile, DockStatus, DomainVerification, Kyc},
    http::EntityTag,
    id::{DockId, OrganizationId},
    time::Time,
};
use schemars::JsonSchema;
use serde::Serialize;

/// Workspace of an organization in which parties exchange documents.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Dock")]
pub(super) struct DockView {
    /// Identifier of the dock.
    id: DockId,
    /// Organization that owns the dock.
    organization_id: OrganizationId,
    #[serde(flatten)]
    profile: DockProfile,
    /// Status of the dock.
    status: DockStatus,
    /// State of the verification of `domain`.
    domain_verification_status: DomainVerification,
    /// State of the identity check of the business that operates the dock.
    kyc_status: Kyc,
    /// Time of creation.
    created_at: Time,
    /// Time of the last change.
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

/// Returns the `ETag` of a dock.
pub(super) fn tag(dock: &Dock) -> EntityTag {
    EntityTag::version(dock.version)
}

/// Example of a dock for the OpenAPI document.
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
