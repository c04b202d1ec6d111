//! Representation of organizations in responses.

use berth_shared::{
    domain::{Counts, Metadata, Organization},
    http::EntityTag,
    id::OrganizationId,
    time::Time,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

/// Tenant that owns docks, parties and API keys.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Organization")]
pub(super) struct OrganizationView {
    /// Identifier of the organization.
    id: OrganizationId,
    /// Display name, 1 to 200 characters.
    name: String,
    /// Name for use in URLs: 1 to 63 of `a-z`, `0-9` and inner hyphens, unique in the deployment.
    slug: String,
    /// Custom attributes.
    #[schemars(with = "Metadata")]
    metadata: Box<RawValue>,
    /// Time of creation.
    created_at: Time,
    /// Time of the last change to the organization itself; changes of `_count` do not count.
    updated_at: Time,
    /// Number of resources that the organization owns.
    #[serde(rename = "_count")]
    count: CountView,
}

/// Exact number of resources that an organization owns.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "OrganizationCounts")]
struct CountView {
    /// Number of docks.
    docks: u64,
    /// Number of parties.
    parties: u64,
    /// Number of machine clients.
    machine_clients: u64,
}

impl OrganizationView {
    pub(super) fn new(organization: &Organization, counts: Counts) -> Self {
        Self {
            id: organization.id,
            name: organization.name.as_str().to_owned(),
            slug: organization.slug.to_string(),
            metadata: organization.metadata.to_raw(),
            created_at: organization.created_at,
            updated_at: organization.updated_at,
            count: CountView {
                docks: counts.docks,
                parties: counts.parties(),
                machine_clients: counts.machine_clients,
            },
        }
    }
}

/// Returns the `ETag` of an organization: its version, and its counts, which change without a new version.
///
/// `If-Match` compares only the version.
pub(super) fn tag(organization: &Organization, counts: Counts) -> EntityTag {
    let digest = format!("{:x}-{:x}-{:x}", counts.docks, counts.parties(), counts.machine_clients);
    EntityTag::version_and(organization.version, &digest)
}

/// Returns the path of an organization.
pub(super) fn path(id: OrganizationId) -> String {
    format!("/v1/organizations/{id}")
}

/// Example of an organization for the OpenAPI document. It is the example of the original API.
pub(super) const EXAMPLE: &str = r#"{
    "id": "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
    "name": "Bank of America",
    "slug": "bank-of-america",
    "metadata": {"industry": "financial-services", "region": "north-america", "tier": "enterprise"},
    "createdAt": "2024-03-01T12:00:00.000Z",
    "updatedAt": "2024-03-01T12:00:00.000Z",
    "_count": {"docks": 0, "parties": 0, "machineClients": 0}
}"#;
