//! Representation of parties in responses.

use berth_shared::{
    domain::{LedgerPartyId, Metadata, Party, PartyType},
    http::EntityTag,
    id::{OrganizationId, PartyId},
    store::Deployment,
    time::Time,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

/// Counterparty of an organization: a person or a company that can hold roles in docks.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Party")]
pub(super) struct PartyView {
    /// Identifier of the party.
    id: PartyId,
    /// Organization that owns the party.
    organization_id: OrganizationId,
    /// Type of the party.
    #[serde(rename = "type")]
    kind: PartyType,
    /// Full name or company name, 1 to 200 characters.
    name: String,
    /// E-mail address of the primary contact; `null` if there is none.
    email: Option<String>,
    /// Identifier that an external authority assigned; `null` if there is none.
    external_ref: Option<String>,
    /// Custom attributes.
    #[schemars(with = "Metadata")]
    metadata: Box<RawValue>,
    /// Identifier of the party in the ledger API under `/v2`: `<hint>::<namespace>`.
    ledger_party: String,
    /// Time of creation.
    created_at: Time,
    /// Time of the last change.
    updated_at: Time,
}

impl PartyView {
    pub(super) fn new(party: &Party, deployment: &Deployment) -> Self {
        Self {
            id: party.id,
            organization_id: party.organization_id,
            kind: party.kind,
            name: party.name.as_str().to_owned(),
            email: party.email.as_ref().map(ToString::to_string),
            external_ref: party.external_ref.as_ref().map(ToString::to_string),
            metadata: party.metadata.to_raw(),
            ledger_party: LedgerPartyId::of(party, &deployment.namespace),
            created_at: party.created_at,
            updated_at: party.updated_at,
        }
    }
}

/// Returns the `ETag` of a party.
pub(super) fn tag(party: &Party) -> EntityTag {
    EntityTag::version(party.version)
}

/// Example of a party for the OpenAPI document.
pub(super) const EXAMPLE: &str = r#"{
    "id": "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY",
    "organizationId": "org_01HQ3K9B2V6R4X8ZT1M5N7P0QS",
    "type": "ORGANIZATION",
    "name": "First American Title",
    "email": "closing@example.com",
    "externalRef": "EIN:94-1234567",
    "metadata": {"tier": "preferred"},
    "ledgerParty": "pty_01HQ3N5D6X0T8Z2CW5R9S1V4XY::1220c2f8a1d3e5b7094f6a8c0e2d4b6f81a3c5e7092b4d6f8a0c1e3d5b7f90a2c4e6",
    "createdAt": "2024-03-01T12:00:00.000Z",
    "updatedAt": "2024-03-01T12:00:00.000Z"
}"#;
