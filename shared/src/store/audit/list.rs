//! The list of audit entries.
//!
//! Every filter has a view of the trail, whose rows are copies of the entries. So a page is one query of one range, at any
//! position and any length of the trail. With several filters, the view with the fewest rows is read and the others are
//! applied to its rows.

use std::collections::HashMap;

use futures::future::try_join;
use serde::de::IgnoredAny;
use ulid::Ulid;

use super::{Entity, creation_of};
use crate::{
    domain::{
        credentials::Owner,
        error::{Error, Result},
        id::{self, ApiKeyId, DockId, MachineClientId, OrganizationId, PartyId, RecipientId},
        time::Time,
    },
    store::{
        Item, Listed, Page, Start, Store,
        keys::{self, AuditView, Key, Range},
        listing::{Keep, Section},
        reads::decode,
        record::{AuditEntry, Content, MachineClientRecord, PartyOwner, RecipientPlace},
        retry::Attempt,
    },
};

/// Filter of the list of audit entries. `None` does not filter.
#[derive(Debug, Clone)]
pub struct AuditFilter {
    /// Dock that the entries concern.
    pub dock: Option<DockId>,
    /// Type of the changed resource.
    pub entity_type: Option<Entity>,
    /// Id of the changed resource.
    pub entity_id: Option<String>,
    /// Id of the author.
    pub actor_id: Option<String>,
    /// Name of the change.
    pub action: Option<String>,
    /// Time from which entries are listed, inclusive.
    pub from: Option<Time>,
    /// Time up to which entries are listed, exclusive.
    pub to: Option<Time>,
    /// Time of the request. Entries that have expired are not listed.
    pub now: Time,
}

impl AuditFilter {
    /// Returns the filter that accepts all entries that have not expired by `now`.
    #[must_use]
    pub const fn all(now: Time) -> Self {
        Self { dock: None, entity_type: None, entity_id: None, actor_id: None, action: None, from: None, to: None, now }
    }

    /// Returns the ranges that have all entries of the filter, and whether they have others, too.
    fn ranges(&self, owner: Owner) -> (Vec<Range>, bool) {
        let Self { dock, entity_type, entity_id, actor_id, action, .. } = self;
        let given = [dock.is_some(), entity_type.is_some(), entity_id.is_some(), actor_id.is_some(), action.is_some()];
        let has_several = given.into_iter().filter(|is_given| *is_given).count() > 1;
        let rows = |view| keys::audit_rows(owner, &view);
        let ranges = if let Some(id) = entity_id {
            vec![rows(AuditView::Entity(id.clone()))]
        } else if let Some(dock) = dock {
            vec![rows(AuditView::Dock(*dock))]
        } else if let Some(id) = actor_id {
            vec![rows(AuditView::Actor(id.clone()))]
        } else if let Some(name) = action {
            vec![rows(AuditView::Action(name.clone()))]
        } else if let Some(Entity::Other(name)) = entity_type {
            vec![rows(AuditView::Type(name.clone()))]
        } else if let Some(entity) = entity_type {
            entity.actions().iter().map(|action| rows(AuditView::Action(action.name(entity)))).collect()
        } else {
            vec![keys::audit_entries(owner)]
        };
        (ranges, has_several)
    }

    /// Returns the sections of the list, and whether they have other entries than those of the filter.
    fn sections(&self, owner: Owner) -> (Vec<Section>, bool) {
        let (ranges, has_others) = self.ranges(owner);
        let first = self.from.map_or_else(Ulid::nil, |time| Ulid::from_parts(time.millis_since_epoch(), 0));
        // The last possible ULID before the end.
        let last = self.to.map(|time| (u128::from(time.millis_since_epoch()) << Ulid::RAND_BITS).saturating_sub(1));
        let last = Ulid(last.unwrap_or(u128::MAX));
        let is_bounded = self.from.is_some() || self.to.is_some();
        let bounded = |range: Range| {
            let section = Section::single(range);
            if is_bounded { section.between(first.to_string(), last.to_string()) } else { section }
        };
        let mut sections: Vec<_> = ranges.into_iter().map(bounded).collect();
        // The entry of the creation has the ULID of the resource, and no row in the view of the resource.
        let creation = self.entity_id.as_deref().and_then(creation_of).map(|id| id.ulid());
        if let Some(ulid) = creation.filter(|ulid| (first..=last).contains(ulid)) {
            sections.push(Section::single(keys::audit_entries(owner)).between(ulid.to_string(), ulid.to_string()));
        }
        (sections, has_others)
    }

    fn is_empty_period(&self) -> bool {
        let to = self.to.map(Time::millis_since_epoch);
        to.is_some_and(|to| self.from.map_or(0, Time::millis_since_epoch) >= to)
    }

    fn keeps(&self, entry: &AuditEntry) -> bool {
        self.dock.is_none_or(|dock| entry.dock_id == Some(dock))
            && self.entity_type.as_ref().is_none_or(|entity| entry.entity_type == *entity)
            && self.entity_id.as_ref().is_none_or(|id| entry.entity_id == *id)
            && self.actor_id.as_ref().is_none_or(|id| entry.actor.id == *id)
            && self.action.as_ref().is_none_or(|name| entry.action.name(&entry.entity_type) == *name)
    }
}

impl Store {
    /// Reads a page of the audit entries of an owner, newest first. The total is not counted. `is_own` means that the client
    /// belongs to the owner, which therefore exists.
    ///
    /// # Errors
    /// `DOCK_NOT_FOUND` and `ORGANIZATION_NOT_FOUND` if neither the resource nor any entry of it exists;
    /// [`Error::Unavailable`].
    pub async fn list_audit_entries(
        &self,
        owner: Owner,
        is_own: bool,
        filter: &AuditFilter,
        page: &Page,
    ) -> Result<Listed<AuditEntry>> {
        let listed = self.audit_page(owner, filter, page).await?;
        if let (true, Some(organization)) = (listed.rows.is_empty(), owner.organization()) {
            match filter.dock {
                Some(dock) => self.require_dock_trail(organization, dock).await?,
                None if !is_own => self.require_organization_trail(organization).await?,
                None => {}
            }
        }
        Ok(listed)
    }

    /// Reads a page of the audit entries of one resource, newest first.
    ///
    /// # Errors
    /// `AUDIT_ENTRY_NOT_FOUND` if there is no entry of the resource; [`Error::Unavailable`].
    pub async fn list_entity_audit_entries(
        &self,
        owner: Owner,
        entity_type: Entity,
        entity_id: String,
        now: Time,
        page: &Page,
    ) -> Result<Listed<AuditEntry>> {
        let filter =
            AuditFilter { entity_type: Some(entity_type), entity_id: Some(entity_id), ..AuditFilter::all(now) };
        let listed = self.audit_page(owner, &filter, page).await?;
        if listed.rows.is_empty() && page.start == Start::default() {
            return Err(Error::not_found::<id::AuditEntry>());
        }
        Ok(listed)
    }

    /// Returns the owner of an existing organization, party, recipient, API key or machine client, or of a dock that exists or
    /// was deleted; `None` for other resources.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn owner_of(&self, entity_type: &Entity, entity_id: &str) -> Result<Option<Owner>> {
        match entity_type {
            Entity::Organization => Ok(entity_id.parse().ok().map(Owner::Organization)),
            Entity::Dock => {
                let Ok(id) = entity_id.parse::<DockId>() else { return Ok(None) };
                Ok(self.dock_owner_with_deleted(id).await?.map(Owner::Organization))
            }
            Entity::Party => {
                let Ok(id) = entity_id.parse::<PartyId>() else { return Ok(None) };
                let owner: Option<PartyOwner> = self.get(&keys::party_pointer(id)).await?;
                Ok(owner.map(|owner| Owner::Organization(owner.organization_id)))
            }
            Entity::ApiKey => {
                let Ok(id) = entity_id.parse::<ApiKeyId>() else { return Ok(None) };
                Ok(self.api_key(id).await?.map(|record| record.key.owner))
            }
            Entity::Recipient => {
                let Ok(id) = entity_id.parse::<RecipientId>() else { return Ok(None) };
                let place: Option<RecipientPlace> = self.get(&keys::recipient_pointer(id)).await?;
                Ok(place.map(|place| Owner::Organization(place.organization_id)))
            }
            Entity::MachineClient => {
                let Ok(id) = entity_id.parse::<MachineClientId>() else { return Ok(None) };
                let record: Option<MachineClientRecord> = self.get(&keys::machine_client(id)).await?;
                Ok(record.map(|record| Owner::Organization(record.client.organization_id)))
            }
            Entity::Role | Entity::Group | Entity::AccessToken | Entity::Other(_) => Ok(None),
        }
    }

    async fn audit_page(&self, owner: Owner, filter: &AuditFilter, page: &Page) -> Result<Listed<AuditEntry>> {
        if filter.is_empty_period() {
            return Ok(Listed::empty().with_total(None));
        }
        let (sections, has_others) = filter.sections(owner);
        let keep = |entry: &AuditEntry| filter.keeps(entry);
        let keep: Keep<'_, AuditEntry> = if has_others { Some(&keep) } else { None };
        let listed = self.list(&sections, page, keep).await?;
        // A resource with the ULID of another one has its creation in the range. DynamoDB deletes expired items late.
        let is_listed = |entry: &AuditEntry| filter.keeps(entry) && entry.expires_at.is_none_or(|end| filter.now < end);
        let listed = listed.try_filter_map(|entry: AuditEntry| Ok(is_listed(&entry).then_some(entry)))?;
        let large = listed.values().filter(|entry| entry.content == Content::InEntry);
        let large: Vec<Key> = large.map(|entry| keys::audit_entry(owner, entry.id)).collect();
        if large.is_empty() {
            return Ok(listed);
        }
        let mut entries: HashMap<Key, Item> = self.get_batch(large).await?;
        listed.try_filter_map(|row| {
            if row.content != Content::InEntry {
                return Ok(Some(row));
            }
            // Without the entry, time to live has deleted it before the row.
            entries.remove(&keys::audit_entry(owner, row.id)).map(decode).transpose()
        })
    }

    /// Checks that an organization exists, or that its trail has entries.
    async fn require_organization_trail(&self, organization: OrganizationId) -> Result<()> {
        let entries = keys::audit_entries(Owner::Organization(organization));
        let shard = keys::count_shard(organization, 0);
        let (shard, has_rows) = try_join(self.get::<IgnoredAny>(&shard), self.has_rows(&entries)).await?;
        if shard.is_none() && !has_rows { Err(Error::not_found::<id::Organization>()) } else { Ok(()) }
    }

    /// Checks that a dock exists, or that its trail has entries.
    async fn require_dock_trail(&self, organization: OrganizationId, dock: DockId) -> Result<()> {
        let entries = keys::audit_rows(Owner::Organization(organization), &AuditView::Dock(dock));
        let dock = keys::dock(organization, dock);
        let (dock, has_rows) = try_join(self.get::<IgnoredAny>(&dock), self.has_rows(&entries)).await?;
        if dock.is_none() && !has_rows { Err(Error::not_found::<id::Dock>()) } else { Ok(()) }
    }

    async fn has_rows(&self, range: &Range) -> Result<bool> {
        let query = self.query(range, None).limit(1);
        let response = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
        Ok(response.count > 0)
    }
}
