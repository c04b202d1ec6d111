//! Recipients, which are the contacts in a dock.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    LowercaseEmail, Metadata, MetadataPatch, Name,
    object::{Defaulted, NonNullable, Optional, Patched, Required},
    patch::{FromJson, Patch, Violation},
};
use crate::domain::{
    id::{DockId, OrganizationId, PartyId, RecipientId},
    json::Json,
    time::Time,
};

/// Relation of a recipient to the documents of a dock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StakeholderClass {
    /// A lender or another holder of a mortgage.
    Mortgagee,
    /// An agent or a broker.
    Agent,
    /// The holder of a policy.
    Policyholder,
    /// An auditor.
    Auditor,
}

impl StakeholderClass {
    /// Every class.
    pub const ALL: [Self; 4] = [Self::Mortgagee, Self::Agent, Self::Policyholder, Self::Auditor];

    /// Returns the name as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mortgagee => "mortgagee",
            Self::Agent => "agent",
            Self::Policyholder => "policyholder",
            Self::Auditor => "auditor",
        }
    }

    /// Parses the name of a class.
    ///
    /// # Errors
    /// The requirement that the text violates, as the end of a sentence that begins with the member's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|class| class.as_str() == text);
        known.ok_or_else(|| "must be mortgagee, agent, policyholder or auditor".to_owned())
    }
}

impl FromJson for StakeholderClass {
    fn from_json(json: &Json) -> Result<Self, Vec<Violation>> {
        let Json::String(text) = json else { return Err(Violation::new("must be a string")) };
        Self::parse(text).map_err(Violation::new)
    }
}

/// A person or an address that receives the documents of a dock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recipient {
    /// Id of the recipient.
    pub id: RecipientId,
    /// Organization that owns the dock.
    pub organization_id: OrganizationId,
    /// Dock of the recipient.
    pub dock_id: DockId,
    /// Display name.
    pub name: Name,
    /// E-mail address, unique in the dock.
    pub email: LowercaseEmail,
    /// Relation to the documents.
    pub stakeholder_class: Option<StakeholderClass>,
    /// Values that identify the recipient, for example a policy number.
    pub identifiers: Metadata,
    /// Party to which the recipient belongs. The party may have been deleted since.
    pub party_id: Option<PartyId>,
    /// Time of creation.
    pub created_at: Time,
    /// Time of the last change.
    pub updated_at: Time,
    /// Version of the record: 1, incremented by every change.
    pub version: u64,
}

crate::object! {
    /// Recipient to create.
    pub struct RecipientDraft {
        /// Display name, 1 to 200 characters. White space at both ends is removed.
        pub name: Required<Name>,
        /// E-mail address, at most 254 characters. It is stored in lower case, and no other recipient of the dock can have it.
        pub email: Required<LowercaseEmail>,
        /// Relation to the documents: `mortgagee`, `agent`, `policyholder` or `auditor`. `null` means none.
        pub stakeholder_class: Optional<StakeholderClass>,
        /// Values that identify the recipient, for example a policy number. The default, also for `null`, is an empty object.
        pub identifiers: Defaulted<Metadata>,
        /// Party of the same organization to which the recipient belongs. If it lacks the role `RECIPIENT` in the dock, it
        /// gets it. `null` means none.
        pub party_id: Optional<PartyId>,
    }
}

crate::object! {
    /// Changes to a recipient, as a JSON merge patch.
    pub struct RecipientPatch {
        /// New display name, 1 to 200 characters.
        pub name: NonNullable<Name>,
        /// New e-mail address, at most 254 characters. It is stored in lower case.
        pub email: NonNullable<LowercaseEmail>,
        /// Relation to the documents: `mortgagee`, `agent`, `policyholder` or `auditor`. `null` removes it.
        pub stakeholder_class: Patched<StakeholderClass>,
        /// Changes to the identifiers; `null` removes all of them.
        pub identifiers: Patched<MetadataPatch>,
        /// Party to which the recipient belongs. If it lacks the role `RECIPIENT` in the dock, it gets it. `null` removes the
        /// link; the party keeps the role.
        pub party_id: Patched<PartyId>,
    }
}

impl Recipient {
    /// Returns a new recipient with these attributes, created at `now`.
    #[must_use]
    pub fn new(
        id: RecipientId,
        organization_id: OrganizationId,
        dock_id: DockId,
        draft: RecipientDraft,
        now: Time,
    ) -> Self {
        let RecipientDraft { name, email, stakeholder_class, identifiers, party_id } = draft;
        Self {
            id,
            organization_id,
            dock_id,
            name,
            email,
            stakeholder_class,
            identifiers,
            party_id,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    /// Returns the recipient after `patch`, changed at `now`. If the patch changes nothing, the recipient is unchanged.
    ///
    /// # Errors
    /// Violations of the merged identifiers.
    pub fn patched(&self, patch: RecipientPatch, now: Time) -> Result<Self, Vec<Violation>> {
        let mut new = self.clone();
        new.name = patch.name.unwrap_or(new.name);
        new.email = patch.email.unwrap_or(new.email);
        patch.stakeholder_class.apply(&mut new.stakeholder_class);
        let under = |found: Vec<Violation>| -> Vec<_> {
            found.into_iter().map(|violation| violation.under("identifiers")).collect()
        };
        new.identifiers = match patch.identifiers {
            Patch::Keep => new.identifiers,
            Patch::Clear => Metadata::default(),
            Patch::Set(changes) => self.identifiers.merge(changes).map_err(under)?,
        };
        patch.party_id.apply(&mut new.party_id);
        Ok(if new == *self { new } else { new.changed_at(now) })
    }

    /// Returns the next version of the recipient.
    #[must_use]
    pub fn changed_at(mut self, now: Time) -> Self {
        self.version += 1;
        self.updated_at = now;
        self
    }
}
