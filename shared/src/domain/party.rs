//! Parties, which are the counterparties of a tenant.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Email, ExternalRef, Metadata, MetadataPatch, Name,
    object::{Defaulted, NonNullable, Optional, Patched, Required},
    organization::patched_metadata,
    patch::{FromJson, Violation},
};
use crate::domain::{
    Hint,
    id::{OrganizationId, PartyId},
    json::Json,
    time::Time,
};

/// Type of a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum PartyType {
    /// A natural person.
    Individual,
    /// A company, an authority or any other legal body.
    Organization,
}

impl PartyType {
    /// Parses the name of a type.
    ///
    /// # Errors
    /// The requirement that the text violates, as the end of a sentence that begins with the member's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "INDIVIDUAL" => Ok(Self::Individual),
            "ORGANIZATION" => Ok(Self::Organization),
            _ => Err("must be INDIVIDUAL or ORGANIZATION".to_owned()),
        }
    }
}

impl FromJson for PartyType {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        let Json::String(text) = json else { return Err(Violation::new("must be a string")) };
        Self::parse(text).map_err(Violation::new)
    }
}

/// A person or company that takes part in docks of one organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Party {
    /// Id of the party.
    pub id: PartyId,
    /// Organization that owns the party.
    pub organization_id: OrganizationId,
    /// Type of the party.
    #[serde(rename = "type")]
    pub kind: PartyType,
    /// Full name or company name.
    pub name: Name,
    /// E-mail address of the primary contact.
    pub email: Option<Email>,
    /// Identifier that an external authority assigned.
    pub external_ref: Option<ExternalRef>,
    /// Custom attributes.
    pub metadata: Metadata,
    /// Time of creation.
    pub created_at: Time,
    /// Time of the last change.
    pub updated_at: Time,
    /// Version of the record: 1, incremented by every change.
    pub version: u64,
    /// Hint of the ledger id, if the party was allocated in the ledger dialect. Otherwise the hint is the party's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger_hint: Option<Hint>,
}

crate::object! {
    /// Party to create.
    pub struct PartyDraft {
        /// Type of the party: `INDIVIDUAL` or `ORGANIZATION`.
        #[name = "type"]
        pub kind: Required<PartyType>,
        /// Full name or company name, 1 to 200 characters. White space at both ends is removed.
        pub name: Required<Name>,
        /// E-mail address of the primary contact, at most 254 characters. `null` means none.
        pub email: Optional<Email>,
        /// Identifier that an external authority assigned, for example a company number: 1 to 256 characters. `null`
        /// means none.
        pub external_ref: Optional<ExternalRef>,
        /// Custom attributes. The default, also for `null`, is an empty object.
        pub metadata: Defaulted<Metadata>,
    }
}

crate::object! {
    /// Changes to a party, as a JSON merge patch.
    pub struct PartyPatch {
        /// New type of the party: `INDIVIDUAL` or `ORGANIZATION`.
        #[name = "type"]
        pub kind: NonNullable<PartyType>,
        /// New full name or company name, 1 to 200 characters.
        pub name: NonNullable<Name>,
        /// E-mail address of the primary contact, at most 254 characters. `null` removes it.
        pub email: Patched<Email>,
        /// Identifier that an external authority assigned, 1 to 256 characters. `null` removes it.
        pub external_ref: Patched<ExternalRef>,
        /// Changes to the custom attributes; `null` removes all of them.
        pub metadata: Patched<MetadataPatch>,
    }
}

impl Party {
    /// Returns a new party with these attributes, created at `now`.
    #[must_use]
    pub fn new(id: PartyId, organization_id: OrganizationId, draft: PartyDraft, now: Time) -> Self {
        let PartyDraft { kind, name, email, external_ref, metadata } = draft;
        Self {
            id,
            organization_id,
            kind,
            name,
            email,
            external_ref,
            metadata,
            created_at: now,
            updated_at: now,
            version: 1,
            ledger_hint: None,
        }
    }

    /// Returns a new party that was allocated on the ledger with this hint. The hint is also its name.
    #[must_use]
    pub fn on_ledger(
        id: PartyId,
        organization_id: OrganizationId,
        hint: Hint,
        kind: PartyType,
        metadata: Metadata,
        now: Time,
    ) -> Self {
        let draft = PartyDraft { kind, name: hint.to_name(), email: None, external_ref: None, metadata };
        Self { ledger_hint: Some(hint), ..Self::new(id, organization_id, draft, now) }
    }

    /// Returns the party after `patch`, changed at `now`. If the patch changes nothing, the party is unchanged.
    ///
    /// # Errors
    /// Violations of the merged metadata.
    pub fn patched(&self, patch: PartyPatch, now: Time) -> Result<Self, Vec<Violation>> {
        let mut new = self.clone();
        new.kind = patch.kind.unwrap_or(new.kind);
        new.name = patch.name.unwrap_or(new.name);
        patch.email.apply(&mut new.email);
        patch.external_ref.apply(&mut new.external_ref);
        new.metadata = patched_metadata(&self.metadata, patch.metadata)?;
        if new != *self {
            new.version += 1;
            new.updated_at = now;
        }
        Ok(new)
    }
}
