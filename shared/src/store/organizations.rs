//! Organizations, their counters and the list of all organizations.

use futures::{StreamExt, TryStreamExt, future::try_join, stream};

use super::{
    Change, Entity, Listed, Page, Store, Write,
    expression::{Condition, Update},
    keys::{self, Key},
    listing::{READ_BY_FILTER, Section},
    reads::{decode, key_of},
    record::{
        OrganizationCounter, OrganizationCounts, OrganizationRow, PlatformCounter, PlatformCounts, SlugRecord,
        SlugState,
    },
    retry::Attempt,
    slugs,
    transaction::{Outcome, Transaction, unexpected},
};
use crate::domain::{
    Counts, Organization, Search, Slug, SlugStem,
    credentials::Owner,
    error::{Error, Result},
    id::OrganizationId,
};

/// Number of organizations of a page that are read in parallel.
const PARALLEL_READS: usize = 20;

/// Slug of a new organization.
#[derive(Debug, Clone)]
pub enum SlugChoice {
    /// This slug, or an error if it is taken.
    Exactly(Slug),
    /// The stem, or the stem with the next free suffix.
    Free(SlugStem),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Slug,
    Organization,
    OldSlug,
    Row,
    Count,
}

/// Number of resources of the platform.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PlatformTotals {
    organizations: u64,
    pub(super) docks: u64,
    pub(super) api_keys: u64,
}

impl Store {
    /// Creates an organization. `organization` returns it for a slug, and `choice` determines the slug. `write` returns the
    /// context of the write and a value for the caller, because the recorded response contains the slug.
    ///
    /// # Errors
    /// `SLUG_ALREADY_TAKEN` and `SLUG_RESERVED` if an exact slug is taken or reserved; as every write.
    pub async fn create_organization<T>(
        &self,
        choice: &SlugChoice,
        organization: impl Fn(Slug) -> Organization,
        write: impl Fn(&Organization) -> Result<(T, Write)>,
    ) -> Result<T> {
        let stem = match choice {
            SlugChoice::Exactly(slug) => {
                slugs::require_unreserved(slug)?;
                let new = organization(slug.clone());
                let (created, write) = write(&new)?;
                return match self.try_create_organization(&new, &write).await? {
                    None => Ok(created),
                    Some(state) => Err(slugs::not_taken(&state)),
                };
            }
            SlugChoice::Free(stem) => stem,
        };
        // A name whose slug is reserved gets a suffix at once.
        let mut state = SlugState::default();
        if !stem.slug().is_reserved() {
            let new = organization(stem.slug().clone());
            let (created, context) = write(&new)?;
            match self.try_create_organization(&new, &context).await? {
                None => return Ok(created),
                Some(found) => state = found,
            }
        }
        loop {
            let suffix = self.reserve_suffix(stem, &state).await?;
            let new = organization(stem.numbered(suffix));
            let (created, context) = write(&new)?;
            match self.try_create_organization(&new, &context).await {
                Ok(None) => return Ok(created),
                // Another organization chose this slug explicitly. The suffix is in use, so continue with the next.
                Ok(Some(_)) => state = SlugState::default(),
                Err(error) => {
                    // Nothing was written, except if DynamoDB did not respond. Then the suffix may be in use.
                    if !matches!(error, Error::Unavailable(_)) {
                        self.return_suffix(stem, suffix).await?;
                    }
                    return Err(error);
                }
            }
        }
    }

    /// Creates an organization. If its slug is taken, creates nothing and returns the state of the slug.
    async fn try_create_organization(&self, new: &Organization, write: &Write) -> Result<Option<SlugState>> {
        let mut transaction = Transaction::new(self, write)?;
        let platform = Update::default();
        add(&mut transaction, [Step::Slug, Step::Organization, Step::Count, Step::Row], new, platform, write)?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(None),
            Outcome::ConditionsFailed(failed) => match failed.into_iter().next() {
                Some((Step::Slug, found)) => slugs::state_of(found).map(Some),
                other => Err(unexpected(other.as_slice())),
            },
        }
    }

    /// Reads an organization and the number of its resources.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn organization(&self, id: OrganizationId) -> Result<Option<(Organization, Counts)>> {
        let range = keys::organization_and_counts(id);
        let query = self.query(&range, None);
        let response = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
        let organization = keys::organization(id);
        let (mut found, mut counts) = (None, Vec::new());
        for item in response.items.unwrap_or_default() {
            if key_of(&item).as_ref() == Some(&organization) {
                found = Some(decode(item)?);
            } else {
                counts.push(decode(item)?);
            }
        }
        Ok(found.map(|organization| (organization, total(&counts))))
    }

    /// Returns the number of resources of an organization; `None` if it does not exist.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub(super) async fn organization_counts(&self, id: OrganizationId) -> Result<Option<Counts>> {
        let counts = self.count_items(id).await?;
        Ok((!counts.is_empty()).then(|| total(&counts)))
    }

    /// Returns the number of API keys of an organization, including revoked ones; `None` if it does not exist.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub(super) async fn organization_api_keys(&self, id: OrganizationId) -> Result<Option<u64>> {
        let counts = self.count_items(id).await?;
        Ok((!counts.is_empty()).then(|| sum(&counts, |count| count.api_keys)))
    }

    async fn count_items(&self, id: OrganizationId) -> Result<Vec<OrganizationCounts>> {
        let query = self.query(&keys::organization_counts(id), None);
        let response = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
        response.items.unwrap_or_default().into_iter().map(decode).collect()
    }

    /// Reads a page of all organizations, or of those whose names contain `search`.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn list_organizations(
        &self,
        search: Option<&Search>,
        page: &Page,
    ) -> Result<Listed<(Organization, Counts)>> {
        let sections = [Section::single(keys::organization_rows())];
        let (listed, total) = match search {
            None => {
                let total = async { Ok(Some(self.platform_counts().await?.organizations)) };
                try_join(self.list::<OrganizationRow>(&sections, page, None), total).await?
            }
            Some(search) => {
                let keep = |row: &OrganizationRow| search.matches(row.name.as_str());
                let total = self.count_kept(&sections, &keep, READ_BY_FILTER);
                try_join(self.list(&sections, page, Some(&keep)), total).await?
            }
        };
        let ids: Vec<_> = listed.values().map(|row| row.id).collect();
        let reads = ids.into_iter().map(|id| self.organization(id));
        let found: Vec<_> = stream::iter(reads).buffered(PARALLEL_READS).try_collect().await?;
        let mut found = found.into_iter();
        let listed = listed.try_filter_map(|_| Ok(found.next().flatten()))?;
        Ok(listed.with_total(total))
    }

    /// Returns the number of resources of the platform.
    pub(super) async fn platform_counts(&self) -> Result<PlatformTotals> {
        let query = self.query(&keys::platform_counts(), None);
        let response = self.retrying(|| async { Attempt::of(query.clone().send().await) }).await?;
        let counts: Vec<PlatformCounts> =
            response.items.unwrap_or_default().into_iter().map(decode).collect::<Result<_>>()?;
        Ok(PlatformTotals {
            organizations: sum(&counts, |count| count.organizations),
            docks: sum(&counts, |count| count.docks),
            api_keys: sum(&counts, |count| count.api_keys),
        })
    }

    /// Replaces `before` with `after`. Returns `false` and writes nothing if the organization has changed in between.
    ///
    /// # Errors
    /// `SLUG_ALREADY_TAKEN`, with the id of its owner; `SLUG_RESERVED`; as every write.
    pub async fn update_organization(
        &self,
        before: &Organization,
        after: &Organization,
        write: &Write,
    ) -> Result<bool> {
        let mut transaction = Transaction::new(self, write)?;
        let update = Update::default()
            .set("name", &after.name)?
            .set("slug", &after.slug)?
            .set("metadata", &after.metadata)?
            .set("updatedAt", &after.updated_at)?
            .set("version", &after.version)?;
        transaction.update(
            Step::Organization,
            &keys::organization(after.id),
            Condition::version(before.version),
            update,
        )?;
        if before.slug != after.slug {
            slugs::require_unreserved(&after.slug)?;
            let (free, take) = slugs::taking(after.id, write.origin.now)?;
            transaction.upsert::<SlugRecord>(Step::Slug, &keys::slug(&after.slug), Some(free), take)?;
            let (held, free) = slugs::releasing(after.id, write.origin.now)?;
            transaction.update(Step::OldSlug, &keys::slug(&before.slug), held, free)?;
        }
        if before.name != after.name {
            let row = Update::default().set("name", &after.name)?;
            transaction.update(Step::Row, &keys::organization_row(after.id), Condition::Exists, row)?;
        }
        let owner = Owner::Organization(after.id);
        transaction.audit(write, &Change::updated(owner, Entity::Organization, &after.id, before, after)?)?;
        match transaction.commit(self, write).await? {
            Outcome::Committed => Ok(true),
            Outcome::ConditionsFailed(failed) => match failed.into_iter().next() {
                Some((Step::Organization, _)) => Ok(false),
                Some((Step::Slug, found)) => Err(slugs::not_taken(&slugs::state_of(found)?)),
                other => Err(unexpected(other.as_slice())),
            },
        }
    }
}

/// Adds the steps that create an organization: slug, organization, counters and row, each with the given step. `platform`
/// is a further change of the platform counters, because a transaction can change an item only once.
pub(super) fn add<S: Copy>(
    transaction: &mut Transaction<S>,
    [slug, itself, count, row]: [S; 4],
    new: &Organization,
    platform: Update,
    write: &Write,
) -> Result<()> {
    let (free, take) = slugs::taking(new.id, write.origin.now)?;
    transaction.upsert::<SlugRecord>(slug, &keys::slug(&new.slug), Some(free), take)?;
    transaction.create(itself, new)?;
    for shard in 0..keys::SHARDS {
        let counts = OrganizationCounts::default();
        transaction.create(count, &OrganizationCounter { organization_id: new.id, shard, counts })?;
    }
    transaction.create(row, &OrganizationRow { id: new.id, name: new.name.clone() })?;
    let platform = platform.add("organizations", 1);
    transaction.upsert::<PlatformCounter>(count, &keys::platform_count(new.id.ulid().0), None, platform)?;
    transaction.audit(write, &Change::created(Owner::Organization(new.id), Entity::Organization, &new.id, new)?)
}

/// Returns the value of one counter: the sum over all its items.
fn sum<T>(shards: &[T], counter: fn(&T) -> i64) -> u64 {
    // One item may be negative, if a resource was counted in another item when it was created. The sum never is.
    u64::try_from(shards.iter().map(counter).sum::<i64>()).unwrap_or_default()
}

/// Returns the sums of an organization's counters.
fn total(counts: &[OrganizationCounts]) -> Counts {
    Counts {
        docks: sum(counts, |count| count.docks),
        individuals: sum(counts, |count| count.parties_individual),
        organizations: sum(counts, |count| count.parties_organization),
        machine_clients: sum(counts, |count| count.machine_clients),
    }
}

/// Returns the update that adds `by` to the counter `name` of an organization, and its key. The 128 bits of the resource's id
/// determine the item. With the condition that the item exists, the update also proves that the organization exists.
pub(super) fn counting(organization: OrganizationId, resource: u128, name: &str, by: i64) -> (Key, Update) {
    (keys::count(organization, resource), Update::default().add(name, by))
}
