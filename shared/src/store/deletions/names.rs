//! Names of docks and parties, including deleted ones.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::DeletedResource;
use crate::{
    domain::{Name, PartyType, RoleName, error::Result, id::OrganizationId},
    store::{
        Store,
        keys::{self, Key},
        record::RoleCounts,
    },
};

/// Current or last name of a dock or party.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::store) struct Named {
    /// Name.
    pub(in crate::store) name: Name,
    /// Type of a party.
    #[serde(rename = "type", default)]
    pub(in crate::store) kind: Option<PartyType>,
    /// Number of current roles of a party.
    #[serde(flatten)]
    pub(in crate::store) role_counts: RoleCounts,
    /// Whether the resource was deleted.
    #[serde(skip)]
    pub(in crate::store) is_deleted: bool,
}

impl Store {
    /// Reads the names of docks and parties; of deleted ones, the last names. Those that never existed are left out.
    pub(in crate::store) async fn names(
        &self,
        organization: OrganizationId,
        resources: impl IntoIterator<Item = DeletedResource>,
    ) -> Result<HashMap<DeletedResource, Named>> {
        let resources: HashSet<DeletedResource> = resources.into_iter().collect();
        let [distributor, recipient] = [RoleName::Distributor, RoleName::Recipient].map(RoleCounts::attribute);
        let attributes = ["name", "type", distributor, recipient];
        let current = resources.iter().map(|resource| resource.key(organization));
        let mut current: HashMap<Key, Named> = self.get_batch_of(current, &attributes).await?;
        let found = |resource: DeletedResource| Some((resource, current.remove(&resource.key(organization))?));
        let mut names: HashMap<DeletedResource, Named> = resources.iter().copied().filter_map(found).collect();
        let missing: Vec<_> = resources.into_iter().filter(|resource| !names.contains_key(resource)).collect();
        let tombstone = |resource: &DeletedResource| keys::tombstone(organization, *resource);
        let mut last: HashMap<Key, Named> = self.get_batch_of(missing.iter().map(tombstone), &["name", "type"]).await?;
        for resource in missing {
            if let Some(named) = last.remove(&tombstone(&resource)) {
                names.insert(resource, Named { is_deleted: true, ..named });
            }
        }
        Ok(names)
    }
}
