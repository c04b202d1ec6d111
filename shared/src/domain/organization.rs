//! Organizations, which are the tenants.

use serde::{Deserialize, Serialize};

use super::{
    Metadata, MetadataPatch, Name, Patch, Slug,
    object::{Defaulted, NonNullable, Optional, Patched, Required},
    patch::Violation,
};
use crate::domain::{id::OrganizationId, time::Time};

/// A tenant. It owns docks, parties and API keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// Id of the organization.
    pub id: OrganizationId,
    /// Display name.
    pub name: Name,
    /// Name in URLs, unique in the deployment.
    pub slug: Slug,
    /// Custom attributes.
    pub metadata: Metadata,
    /// Time of creation.
    pub created_at: Time,
    /// Time of the last change.
    pub updated_at: Time,
    /// Version of the record: 1, incremented by every change.
    pub version: u64,
}

/// Numbers of resources that an organization owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Number of docks.
    pub docks: u64,
    /// Number of parties of type `INDIVIDUAL`.
    pub individuals: u64,
    /// Number of parties of type `ORGANIZATION`.
    pub organizations: u64,
    /// Number of machine clients.
    pub machine_clients: u64,
}

impl Counts {
    /// Returns the number of parties of both types.
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
        /// Slug: 1 to 63 of `a-z`, `0-9` and inner hyphens, not beginning with `xn--`, unique in the deployment. If it is
        /// omitted or `null`, the slug is derived from the name.
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
        /// New slug: 1 to 63 of `a-z`, `0-9` and inner hyphens, not beginning with `xn--`, unique in the deployment.
        pub slug: NonNullable<Slug>,
        /// Changes to the custom attributes; `null` removes all of them.
        pub metadata: Patched<MetadataPatch>,
    }
}

impl Organization {
    /// Returns the organization after `patch`, changed at `now`. If the patch changes nothing, the organization is
    /// unchanged.
    ///
    /// # Errors
    /// Violations of the merged metadata.
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

/// Returns the metadata after a patch.
pub(super) fn patched_metadata(old: &Metadata, patch: Patch<MetadataPatch>) -> Result<Metadata, Vec<Violation>> {
    let under = |found: Vec<Violation>| found.into_iter().map(|violation| violation.under("metadata")).collect();
    match patch {
        Patch::Keep => Ok(old.clone()),
        Patch::Clear => Ok(Metadata::default()),
        Patch::Set(patch) => old.merge(patch).map_err(under),
    }
}
