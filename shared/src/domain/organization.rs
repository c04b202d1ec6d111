//! Organizations: the tenants.

use serde::{Deserialize, Serialize};

use super::{
    Metadata, MetadataPatch, Name, Patch, Slug,
    object::{Defaulted, NonNullable, Optional, Patched, Required},
    patch::Violation,
};
use crate::domain::{id::OrganizationId, time::Time};

/// A tenant: it owns docks, parties and API keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// What people call it.
    pub name: Name,
    /// Its name in URLs: unique in the deployment.
    pub slug: Slug,
    /// The tenant's own attributes.
    pub metadata: Metadata,
    /// When it was made.
    pub created_at: Time,
    /// When it was last changed.
    pub updated_at: Time,
    /// 1, and one more with every change.
    pub version: u64,
}

/// How much an organization owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Docks.
    pub docks: u64,
    /// Parties that are persons.
    pub individuals: u64,
    /// Parties that are organizations.
    pub organizations: u64,
    /// Machine clients.
    pub machine_clients: u64,
}

impl Counts {
    /// Parties of both types.
    #[must_use]
    pub const fn parties(self) -> u64 {
        self.individuals + self.organizations
    }
}

crate::object! {
    /// Organization to create.
    pub struct OrganizationDraft {
        /// Display name, 1 to 200 characters. White space at both ends is removed.
        pub name: Required<Name>,
        /// Slug: 1 to 63 of `a-z`, `0-9` and inner hyphens, unique in the deployment. If it is omitted or `null`, the slug is
        /// derived from the name.
        pub slug: Optional<Slug>,
        /// Custom attributes. The default, also for `null`, is an empty object.
        pub metadata: Defaulted<Metadata>,
    }
}

crate::object! {
    /// Changes to an organization, as a JSON merge patch.
    pub struct OrganizationPatch {
        /// New display name, 1 to 200 characters.
        pub name: NonNullable<Name>,
        /// New slug: 1 to 63 of `a-z`, `0-9` and inner hyphens, unique in the deployment.
        pub slug: NonNullable<Slug>,
        /// Changes to the custom attributes; `null` removes all of them.
        pub metadata: Patched<MetadataPatch>,
    }
}

impl Organization {
    /// The organization after `patch`, changed at `now`; the same where the patch changes nothing.
    ///
    /// # Errors
    /// What is wrong with the merged metadata.
    pub fn patched(&self, patch: OrganizationPatch, now: Time) -> Result<Self, Vec<Violation>> {
        let mut new = self.clone();
        new.name = patch.name.unwrap_or(new.name);
        new.slug = patch.slug.unwrap_or(new.slug);
        new.metadata = patched_metadata(&self.metadata, patch.metadata)?;
        if new != *self {
            new.version += 1;
            new.updated_at = now;
        }
        Ok(new)
    }
}

/// Metadata after its part of a patch.
pub(super) fn patched_metadata(old: &Metadata, patch: Patch<MetadataPatch>) -> Result<Metadata, Vec<Violation>> {
    let wrong = |wrong: Vec<Violation>| wrong.into_iter().map(|wrong| wrong.under("metadata")).collect();
    match patch {
        Patch::Keep => Ok(old.clone()),
        Patch::Clear => Ok(Metadata::default()),
        Patch::Set(patch) => old.merge(patch).map_err(wrong),
    }
}
